"""The figures of a report, reckoned from the dossiers as they stand: plain values that canonical JSON can freeze."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from archive.core.db import tested
from archive.core.labels import label
from archive.dossiers import code_tables
from archive.dossiers.models import Closing, Contact, Dossier, Institution
from archive.dossiers.states import Channel, CodeTable, Severity, Source, State
from archive.people.models import Unit
from archive.reports import counting, performance, satisfaction, suppression
from archive.reports.counting import Counted, counted, figure, within
from archive.reports.definitions import VERSION
from archive.reports.models import ReportKind
from archive.reports.periods import Period, before

Data = dict[str, Any]

# Institutions beyond these are counted together.
MOST_INSTITUTIONS = 20
_HOT = 10
_OTHERS = "其余机构"
_NONE = "未填写"


def data_of(
    session: Session,
    kind: ReportKind,
    period: Period,
    unit: Unit,
    *,
    withheld: Mapping[str, Sequence[str]] | None = None,
) -> Data:
    """Return the data of a report about a unit and those below. `withheld`: cells the version before withheld."""
    head = {
        "kind": kind.value, "period": period.code, "first": period.first.isoformat(), "last": period.last.isoformat(),
        "unit": unit.code, "unit_name": unit.name, "definition": VERSION,
    }  # fmt: skip
    if kind is ReportKind.ANNUAL_PUBLIC:
        return head | _public(session, period, unit, withheld or {})
    return head | _internal(session, kind, period, unit)


def _internal(session: Session, kind: ReportKind, period: Period, unit: Unit) -> Data:
    scope = tested(Dossier.unit_id).in_(counting.units_below([unit.path]))
    found = _flows(session, period, scope, unit)
    sooner = before(kind, period)
    earlier = counted(
        session,
        figure("registered", Dossier.fonds, Dossier, scope, within(Dossier.registered_at, sooner)),
        figure("ended", Closing.state, Dossier.__table__.join(Closing.__table__), scope, counting.ended_in(sooner)),
    )
    fares = performance.figures(session, [unit.path], period, period.ends_at)
    ended, parts = found.get("ended", {}), period.parts()
    in_time = found.get("timeliness", {})
    return {
        "totals": {
            "contacts": _sum(found, "contacts"),
            "registered": _sum(found, "channel"),
            "accepted": _sum(found, "accepted"),
            "declined": ended.get(State.DECLINED.value, 0),
            "withdrawn": ended.get(State.WITHDRAWN.value, 0),
            "closed": ended.get(State.CLOSED.value, 0),
            "reopened": _sum(found, "reopened"),
            "open": _sum(found, "open"),
            "overdue": _sum(found, "overdue"),
        },
        "before": {
            "period": sooner.code,
            "registered": _sum(earlier, "registered"),
            "closed": earlier.get("ended", {}).get(State.CLOSED.value, 0),
        },
        "timeliness": {name: in_time.get(name, 0) for name in ("on_time", "late", "no_limit")},
        "median_days": counting.median({int(days): number for days, number in found.get("days", {}).items()}),
        "satisfaction": satisfaction.within(session, scope, period),
        "tables": _tables(session, found),
        "trend": [
            [part.name, found.get("came", {}).get(str(at), 0), found.get("went", {}).get(str(at), 0)]
            for at, part in enumerate(parts)
        ],
        "hot": _hot(session, scope, period, sooner),
        "units": [line.plain() for line in performance.by_unit(session, fares)],
    }


def _flows(session: Session, period: Period, scope: Any, unit: Unit) -> Counted:
    """Count what came, what ended and what stood at the end. One statement."""
    came = (
        select(
            Dossier.channel, Dossier.source, Dossier.category, Dossier.cause, Dossier.severity, Dossier.unit_id,
            Dossier.respondent_id, Dossier.registered_at, Dossier.custom["region"].as_string().label("region"),
        )
        .where(scope, within(Dossier.registered_at, period))
        .cte("came")
    )  # fmt: skip
    done = (
        select(
            Closing.state,
            Closing.closed_on,
            counting.timeliness(Closing.closed_at).label("timeliness"),
            counting.days_taken(session, Closing.closed_on).label("days"),
        )
        .join(Dossier, Dossier.id == Closing.dossier_id)
        .where(scope, counting.ended_in(period))
        .cte("done")
    )
    stood = (
        select(case((counting.overdue_at(period.ends_at), "late"), else_="").label("late"))
        .where(scope, counting.open_at(period.ends_at))
        .cte("stood")
    )
    closed = done.c.state == State.CLOSED
    starts = [part.first for part in period.parts()]
    moments = [Period("", first, first).begins_at for first in starts]
    by_unit = Contact.unit_id.in_(counting.units_below([unit.path]))
    return counted(
        session,
        figure("contacts", Contact.channel, Contact, by_unit, within(Contact.received_at, period)),
        *(figure(name, came.c[column], came) for name, column in _COLUMNS.items()),
        figure("came", counting.part_of(came.c.registered_at, moments), came),
        figure("went", counting.part_of(done.c.closed_on, starts), done),
        figure("ended", done.c.state, done),
        figure("timeliness", done.c.timeliness, done, closed),
        figure("days", done.c.days, done, closed),
        figure("open", stood.c.late, stood),
        figure("overdue", stood.c.late, stood, stood.c.late == "late"),
        figure("accepted", Dossier.fonds, Dossier, scope, within(Dossier.accepted_at, period)),
        figure(
            "reopened", Closing.state, Dossier.__table__.join(Closing.__table__), scope,
            within(Closing.reopened_at, period),
        ),
    )  # fmt: skip


_COLUMNS = {
    "channel": "channel", "source": "source", "category": "category", "cause": "cause", "severity": "severity",
    "unit": "unit_id", "institution": "respondent_id", "region": "region",
}  # fmt: skip


def _tables(session: Session, found: Counted) -> dict[str, list[list[Any]]]:
    """Return each table as rows [key, word, count], the most first; words are frozen with the counts."""
    words = _words(session, found)
    tables: dict[str, list[list[Any]]] = {}
    for name in _COLUMNS:
        rows: list[list[Any]] = [
            [_key(name, key), words[name](key) or _NONE, number] for key, number in found.get(name, {}).items()
        ]
        tables[name] = sorted(rows, key=lambda row: (-row[2], row[0]))
    if not any(row[0] for row in tables["region"]):
        tables["region"] = []
    shown, others = tables["institution"][:MOST_INSTITUTIONS], tables["institution"][MOST_INSTITUTIONS:]
    if others:
        tables["institution"] = [*shown, ["others", _OTHERS, sum(row[2] for row in others)]]
    return tables


def _words(session: Session, found: Counted) -> Mapping[str, Any]:
    codes = code_tables.tables(session, (CodeTable.CATEGORY, CodeTable.CAUSE))
    units = {row.id: row.name for row in session.execute(select(Unit.id, Unit.name))}
    top = sorted(found.get("institution", {}).items(), key=lambda item: -item[1])[: MOST_INSTITUTIONS + 5]
    ids = [uuid.UUID(key) for key, _ in top if key]
    query = select(Institution.id, Institution.name).where(Institution.id.in_(ids))
    institutions = {row.id: row.name for row in session.execute(query)}
    return {
        "channel": lambda key: label(Channel(key)),
        "source": lambda key: label(Source(key)),
        "severity": lambda key: label(Severity(key)),
        "category": codes[CodeTable.CATEGORY].word,
        "cause": codes[CodeTable.CAUSE].word,
        "unit": lambda key: units.get(uuid.UUID(key), ""),
        "institution": lambda key: institutions.get(uuid.UUID(key), "") if key else "",
        "region": lambda key: key,
    }


def _key(table: str, key: str) -> str:
    """Return ids in one spelling: the databases have two."""
    return str(uuid.UUID(key)) if key and table in ("unit", "institution") else key


def _hot(session: Session, scope: Any, period: Period, sooner: Period) -> list[list[Any]]:
    """Return the matters complained of most: [category, cause, their words, now, in the period before]."""
    now = func.sum(case((Dossier.registered_at >= period.begins_at, 1), else_=0))
    then = func.sum(case((Dossier.registered_at < period.begins_at, 1), else_=0))
    rows = session.execute(
        select(Dossier.category, Dossier.cause, now, then)
        .where(scope, Dossier.registered_at >= sooner.begins_at, Dossier.registered_at < period.ends_at)
        .group_by(Dossier.category, Dossier.cause)
        .order_by(now.desc(), then.desc(), Dossier.category, Dossier.cause)
        .limit(_HOT)
    ).all()
    words = code_tables.tables(session, (CodeTable.CATEGORY, CodeTable.CAUSE))
    return [
        [
            category, cause, words[CodeTable.CATEGORY].word(category) or _NONE,
            words[CodeTable.CAUSE].word(cause) or _NONE, int(count), int(earlier),
        ]
        for category, cause, count, earlier in rows
        if count
    ]  # fmt: skip


# Each divides all complaints registered in the year, so that one threshold rule keeps them all.
_PUBLIC = ("category", "cause", "channel", "region")
_RESULTS = {
    "on_time": "按期办结", "late": "超期办结", "no_limit": "办结（无期限）", "declined": "不予受理",
    "withdrawn": "投诉人撤回", "open": "正在办理",
}  # fmt: skip


def _public(session: Session, period: Period, unit: Unit, withheld: Mapping[str, Sequence[str]]) -> Data:
    """Return what may be published of a year: no person, no institution, no cell that points at one."""
    scope = tested(Dossier.unit_id).in_(counting.units_below([unit.path]))
    found = _flows(session, period, scope, unit)
    total = _sum(found, "channel")
    if total < suppression.THRESHOLD:
        return {"threshold": suppression.THRESHOLD, "total": None, "tables": {}, "on_time_rate": "", "median_days": ""}
    internal = _tables(session, found)
    counts: dict[str, dict[str, int]] = {
        name: {row[1]: row[2] for row in internal[name]} for name in _PUBLIC if internal[name]
    }
    counts["month"] = {part.name: found.get("came", {}).get(str(at), 0) for at, part in enumerate(period.parts())}
    results, days = _results(session, scope, period)
    counts["result"] = {word: results.get(key, 0) for key, word in _RESULTS.items()}
    tables: dict[str, Any] = {}
    for name, cells in counts.items():
        done = suppression.publish(cells, withheld_before=withheld.get(name, ()))
        # By name, never by size: the order of withheld cells would tell which is greater.
        names = list(cells) if name in ("month", "result") else sorted(cells)
        tables[name] = {"shown": done.shown, "rows": [[one, done.cells[one]] for one in names] if done.shown else []}
    cells = dict(tables["result"]["rows"])
    on_time, late = cells.get(_RESULTS["on_time"]), cells.get(_RESULTS["late"])
    enough = sum(days.values()) >= 2 * suppression.THRESHOLD
    return {
        "threshold": suppression.THRESHOLD,
        "total": total,
        "tables": tables,
        "on_time_rate": counting.rate(on_time, late) if on_time is not None and late is not None else "",
        "median_days": counting.median(days) if enough else "",
    }


def _results(session: Session, scope: Any, period: Period) -> tuple[Mapping[str, int], dict[int, int]]:
    """Return what became, until now, of what was registered in the period; and the days the closed ones took."""
    closed = Dossier.state == State.CLOSED
    result = case(
        (closed, counting.timeliness(Dossier.closed_at)),
        (Dossier.state == State.DECLINED, "declined"),
        (Dossier.state == State.WITHDRAWN, "withdrawn"),
        else_="open",
    )
    mine = (
        select(result.label("result"), case((closed, counting.days_taken(session, Dossier.closed_on))).label("days"))
        .where(scope, within(Dossier.registered_at, period))
        .cte("mine")
    )
    found = counted(
        session,
        figure("result", mine.c.result, mine),
        figure("days", mine.c.days, mine, mine.c.days.is_not(None)),
    )
    return found.get("result", {}), {int(days): number for days, number in found.get("days", {}).items()}


def _sum(found: Counted, name: str) -> int:
    return sum(found.get(name, {}).values())
