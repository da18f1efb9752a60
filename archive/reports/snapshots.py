"""Making reports and comparing them again: a snapshot stands as it was made; what is wrong is put right by another."""

import hashlib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from archive.audit.models import Entry
from archive.core.act import Act
from archive.core.clock import shanghai_date
from archive.core.errors import BadInput, NotAllowed, NotFound, Problem, RuleBroken
from archive.core.labels import label
from archive.core.paging import Page, PageRequest, cut, moment
from archive.dossiers import rules
from archive.dossiers.models import Dossier, Move
from archive.dossiers.states import Verb
from archive.people.models import Unit
from archive.people.rules import Permission, Person, covering
from archive.procedures import queries as procedures
from archive.procedures.loading import canonical
from archive.reports import counting, figures
from archive.reports.definitions import VERSION
from archive.reports.due import due_of
from archive.reports.models import ReportKind, ReportSnapshot
from archive.reports.periods import Period, parse
from archive.retention.models import Keeping

# Differences beyond these are counted, not listed.
MOST_DIFFERENCES = 200
DESTROYED = "destroyed"


def make(kind: ReportKind, period_code: str, unit: Unit, *, reason: str = "", act: Act) -> ReportSnapshot:
    """Freeze the report of a period that is over (or on its last day). Where one stands, this one corrects it.

    Raises NotAllowed, BadInput (bad period, no reason for a correction), RuleBroken when the period still runs.
    """
    period = parse(kind, period_code)
    if rules.lacks(act.actor, Permission.REPORT, unit.path):
        raise NotAllowed("person.lacks", permission=Permission.REPORT)
    if kind is ReportKind.ANNUAL_PUBLIC and unit.parent_id is not None:
        raise RuleBroken("report.public_whole")
    if shanghai_date(act.moment) < period.last:
        raise RuleBroken("report.running", last=period.last)
    former = latest(act.session, kind, period.code, unit)
    if former is not None and not reason.strip():
        raise BadInput("input.bad", [Problem("report.reason", "reason", {"made": former.made_at})])
    text = canonical(figures.data_of(act.session, kind, period, unit, withheld=_withheld(former)))
    due = due_of(kind, period, procedures.followed(act.session, [unit.path], shanghai_date(act.moment)))
    snapshot = ReportSnapshot(
        kind=kind, period=period.code, unit_id=unit.id, made_at=act.moment, made_by=act.actor.id,
        made_by_name=act.actor.name, definition=VERSION, data=text, sha256=_sum(text),
        due_on=due.day if due else None, due_basis=due.basis if due else "",
        replaces_id=former.id if former else None, reason=reason.strip() if former else "",
    )  # fmt: skip
    act.session.add(snapshot)
    act.session.flush()
    act.record(
        "report:make", snapshot, report=kind.value, period=period.code, unit=unit.code, sha256=snapshot.sha256,
        late=snapshot.late, replaces=snapshot.replaces_id,
    )  # fmt: skip
    return snapshot


@dataclass(frozen=True)
class Verdict:
    """Whether a snapshot is what was made, and what reckoning again gives.

    `untouched`: the data fit their sum, and the trail's sum. `differences` are (path, then, now); `since` counts what
    happened, after it was made, to the dossiers it tells of, by verb (`destroyed` besides): the reason for them.
    """

    untouched: bool
    differences: Sequence[tuple[str, Any, Any]]
    more: int
    since: Mapping[str, int]

    @property
    def explained(self) -> bool:
        """Whether there is nothing to explain, or something happened since that can."""
        return not self.differences or bool(self.since)


def verify(session: Session, snapshot: ReportSnapshot) -> Verdict:
    """Reckon a report again and compare. Raises RuleBroken for one made by definitions that are gone."""
    noted = session.scalar(
        select(Entry.facts).where(Entry.action == "report:make", Entry.subject_id == snapshot.id).limit(1)
    )
    untouched = _sum(snapshot.data) == snapshot.sha256 and (noted or {}).get("sha256") == snapshot.sha256
    if snapshot.definition != VERSION:
        raise RuleBroken("report.definition", definition=snapshot.definition, now=VERSION)
    period = parse(snapshot.kind, snapshot.period)
    former = session.get(ReportSnapshot, snapshot.replaces_id) if snapshot.replaces_id else None
    now = figures.data_of(session, snapshot.kind, period, snapshot.unit, withheld=_withheld(former))
    try:
        then = snapshot.figures
    except ValueError:
        then, untouched = {}, False
    found = list(_differences(then, now, ""))
    since = _since(session, snapshot, period) if found else {}
    return Verdict(untouched, found[:MOST_DIFFERENCES], max(0, len(found) - MOST_DIFFERENCES), since)


def latest(session: Session, kind: ReportKind, period: str, unit: Unit) -> ReportSnapshot | None:
    """Return the snapshot of a period that no other corrects."""
    later = aliased(ReportSnapshot)
    return session.scalar(
        select(ReportSnapshot)
        .outerjoin(later, later.replaces_id == ReportSnapshot.id)
        .where(
            ReportSnapshot.kind == kind, ReportSnapshot.period == period, ReportSnapshot.unit_id == unit.id,
            later.id.is_(None),
        )
    )  # fmt: skip


def find(session: Session, snapshot_id: uuid.UUID, person: Person) -> ReportSnapshot:
    """Return a snapshot of a unit whose reports the person may read. Raises NotFound."""
    found: ReportSnapshot | None = session.scalar(_readable(person).where(ReportSnapshot.id == snapshot_id))
    if found is None:
        raise NotFound("report.unknown")
    return found


def corrected_by(session: Session, snapshot: ReportSnapshot) -> ReportSnapshot | None:
    """Return the snapshot that corrects this one."""
    return session.scalar(select(ReportSnapshot).where(ReportSnapshot.replaces_id == snapshot.id))


def page(session: Session, person: Person, request: PageRequest) -> Page[ReportSnapshot]:
    """Return the snapshots the person may read, the newest first. One statement."""
    query = _readable(person).order_by(ReportSnapshot.made_at.desc(), ReportSnapshot.id.desc())
    key = request.key(moment, uuid.UUID)
    if key is not None:
        older = ReportSnapshot.made_at < key[0]
        query = query.where(or_(older, (ReportSnapshot.made_at == key[0]) & (ReportSnapshot.id < key[1])))
    found = session.scalars(query.limit(request.size + 1)).all()
    return cut(found, request, lambda row: (row.made_at.isoformat(), row.id))


def units(session: Session, person: Person) -> Sequence[Unit]:
    """Return the units about which the person may report, each after its parent."""
    tops = covering(person.paths(Permission.REPORT))
    if not tops:
        return []
    return session.scalars(select(Unit).where(Unit.id.in_(counting.units_below(tops))).order_by(Unit.path)).all()


def verb_word(verb: str) -> str:
    """Return the word for what happened since a report was made."""
    return "依规销毁" if verb == DESTROYED else label(Verb(verb))


def unit_for(session: Session, person: Person, code: str) -> Unit:
    """Return the unit with this code, or the topmost of the person's. Raises NotFound, also for one not theirs."""
    mine = units(session, person)
    found = next((unit for unit in mine if code in ("", unit.code)), None)
    if found is None:
        raise NotFound("unit.unknown", unit=code)
    return found


def _readable(person: Person) -> Any:
    tops = covering(person.paths(Permission.REPORT))
    return (
        select(ReportSnapshot)
        .options(joinedload(ReportSnapshot.unit))
        .where(ReportSnapshot.unit_id.in_(counting.units_below(tops or ("-",))))
    )


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _withheld(former: ReportSnapshot | None) -> dict[str, list[str]]:
    """Return the cells that a public report withheld, by table: its correction withholds them too."""
    if former is None or former.kind is not ReportKind.ANNUAL_PUBLIC:
        return {}
    tables = former.figures["tables"]
    return {name: [word for word, count in table["rows"] if count is None] for name, table in tables.items()}


def _differences(then: Any, now: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(then, dict) and isinstance(now, dict):
        for key in sorted({*then, *now}):
            yield from _differences(then.get(key), now.get(key), f"{path}/{key}")
    elif isinstance(then, list) and isinstance(now, list) and _keyed(then) and _keyed(now):
        yield from _differences({row[0]: row[1:] for row in then}, {row[0]: row[1:] for row in now}, path)
    elif then != now:
        yield path, then, now


def _keyed(rows: list[Any]) -> bool:
    """Tell whether rows begin with a text of their own: then a row that moved is no difference."""
    names = [row[0] for row in rows if isinstance(row, list) and row and isinstance(row[0], str)]
    return len(names) == len(rows) == len(set(names))


def _since(session: Session, snapshot: ReportSnapshot, period: Period) -> dict[str, int]:
    """Count what was done, after the report, to dossiers of its period or still open in it."""
    touched = or_(Dossier.registered_at < period.ends_at, Move.at < period.ends_at)
    moves = session.execute(
        select(Move.verb, func.count())
        .join(Dossier, Dossier.id == Move.dossier_id)
        .where(Move.at > snapshot.made_at, touched)
        .group_by(Move.verb)
    )
    found = {verb.value: number for verb, number in moves}
    destroyed = session.scalar(select(func.count()).select_from(Keeping).where(Keeping.destroyed_at > snapshot.made_at))
    return found | ({DESTROYED: destroyed} if destroyed else {})
