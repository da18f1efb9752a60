"""Binding dossiers to profiles and keeping their limits reckoned: after each step of one, and for all of them at night.

A dossier takes the newest signed versions until it is accepted; from then on its versions are pinned, and a later one
applies only by a decision on record (see deciding). Which profiles bind it follows its facts as long as it is open.
"""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, exists, select, update
from sqlalchemy.orm import Session

from archive.binding import histories, rules, writing
from archive.binding.happenings import Case
from archive.binding.models import DossierLimit, DossierProfile
from archive.binding.rules import Governing, Reckoned
from archive.core.act import Act
from archive.core.clock import shanghai_date
from archive.core.errors import NotFound
from archive.deadlines import table
from archive.deadlines.calendar import WorkCalendar
from archive.deadlines.history import History
from archive.dossiers.models import Dossier
from archive.dossiers.states import State
from archive.procedures import queries
from archive.procedures.limit import Limit
from archive.procedures.office import Bound, Office, chosen, in_force
from archive.procedures.profile import Profile

KIND = "kind"  # the key in Dossier.custom under which the kind of complaint stands


class Held(NamedTuple):
    """What binds a dossier, as plain values: at night so many are read that their objects would cost a part of it."""

    id: uuid.UUID
    dossier_id: uuid.UUID
    profile_id: str
    version: int
    through: str


_HELD = tuple(getattr(DossierProfile, name) for name in Held._fields)


@dataclass(frozen=True)
class Setting:
    """What is the same for all dossiers of a run."""

    versions: Mapping[tuple[str, int], Profile]
    office: Office
    calendar: WorkCalendar
    # Limits by what they depend on: profiles that bind, and facts.
    known: dict[Any, tuple[Limit, ...]] = field(default_factory=dict)

    def facts(self, case: Case) -> dict[str, str]:
        """Return the facts of a case; without a decision of the office its respondent's kind counts."""
        return rules.facts_of(
            institution=self.office.institution(case.unit_path) or case.institution or "",
            source=case.source,
            channel=case.channel,
            severity=case.severity,
            category=case.category,
            kind=case.custom.get(KIND),
        )

    def newest(self, profile_id: str) -> Profile:
        """Return the highest signed version of a profile. Raises NotFound."""
        found = [profile for (name, _), profile in self.versions.items() if name == profile_id]
        if not found:
            raise NotFound("profile.unknown", profile=profile_id, version="")
        return max(found, key=lambda profile: profile.version)

    def limits(self, bound: Sequence[Bound], facts: Mapping[str, str]) -> tuple[Limit, ...]:
        """Return the limits of a case."""
        key = (tuple((p.id, p.version, through) for p, through in bound), tuple(facts.items()))
        if key not in self.known:
            self.known[key] = rules.limits_of(bound, facts)
        return self.known[key]


def setting(session: Session) -> Setting:
    """Return the present setting. Three statements."""
    versions = {(profile.id, profile.version): profile for profile in queries.signed(session)}
    return Setting(versions, queries.office(session), table.calendar(session))


def follow(dossier: Dossier, act: Act) -> None:
    """Bind the dossier as its facts are now and reckon its limits anew; what follows from each of its steps.

    One that was taken over as ended has no limits here.
    """
    act.session.flush()
    [case] = cases_of(act.session, [dossier.id])
    if case.closed_at is not None and not _has_limits(act.session, dossier.id):
        return
    governs = keep([case], setting(act.session), act=act)[dossier.id]
    if case.closed_at is None or governs.met_at:
        dossier.due_at, dossier.due_met_at = governs.at, governs.met_at
        dossier.due_rule, dossier.due_provisional = governs.rule, governs.provisional


def keep_all(ids: Sequence[uuid.UUID], known: Setting, *, act: Act) -> int:
    """Do the same for many dossiers at once, without a step of theirs; return how many governing limits moved.

    A dossier that somebody has in hand at this moment is passed over: its own step reckons it.
    """
    held = select(Dossier.id).where(Dossier.id.in_(ids)).order_by(Dossier.id).with_for_update(skip_locked=True)
    cases = {case.id: case for case in cases_of(act.session, act.session.scalars(held).all())}
    moved = []
    for dossier_id, governs in keep(list(cases.values()), known, act=act).items():
        case = cases[dossier_id]
        before = Governing(case.due_at, case.due_met_at, case.due_rule, case.due_provisional)
        if governs != before and case.closed_at is None:
            moved.append(
                {
                    "row": dossier_id, "due_at": governs.at, "due_met_at": governs.met_at, "due_rule": governs.rule,
                    "due_provisional": governs.provisional,
                }
            )  # fmt: skip
    if moved:
        # By key in bulk, past the version counter: nobody who is editing meanwhile should be told of it.
        rows = Dossier.__table__
        act.session.execute(update(rows).where(rows.c.id == bindparam("row")), moved)  # type: ignore[arg-type]
    return len(moved)


def keep(cases: Sequence[Case], known: Setting, *, act: Act) -> dict[uuid.UUID, Governing]:
    """Bind these cases, reckon and write their limits; return what governs each. About twelve statements in all."""
    rows: dict[uuid.UUID, list[Held]] = defaultdict(list)
    for one in act.session.execute(_bound([case.id for case in cases], *_HELD)):
        rows[one.dossier_id].append(Held(*one))
    pasts = histories.pasts(act.session, cases)
    reckoned: dict[uuid.UUID, tuple[Reckoned, ...]] = {}
    versions: dict[uuid.UUID, dict[str, int]] = {}
    for case in cases:
        facts = known.facts(case)
        bound = _bind(case, rows[case.id], facts, known, act)
        past = pasts[case.id]
        versions[case.id] = {profile.id: profile.version for profile, _ in bound}
        ended = past.history.events.get("declined") if case.state is State.DECLINED else case.closed_at
        reckoned[case.id] = rules.reckon(
            known.limits(bound, facts), past.history, past.stated, known.calendar, ended_at=ended
        )
    writing.store(reckoned, versions, {case.id for case in cases if case.closed_at is not None}, act=act)
    return {dossier_id: rules.governing(found) for dossier_id, found in reckoned.items()}


def bound_to(rows: Sequence[DossierProfile | Held], known: Setting) -> tuple[Bound, ...]:
    """Return what rows say binds a dossier."""
    return tuple(Bound(known.versions[row.profile_id, row.version], row.through) for row in rows)


def choose(case: Case, facts: Mapping[str, str], known: Setting) -> tuple[Bound, ...]:
    """Return the newest versions that would bind the case."""
    on = shanghai_date(case.received_at)
    return chosen(known.office, in_force(known.versions.values(), on), case.unit_path, facts, on)


def _bind(case: Case, rows: Sequence[Held], facts: Mapping[str, str], known: Setting, act: Act) -> tuple[Bound, ...]:
    """Bring the binding of a case up to its facts, unless it has ended, and return it."""
    if case.closed_at is not None:
        return bound_to(rows, known)
    wanted = {one.profile.id: one for one in choose(case, facts, known)}
    held = {row.profile_id: row for row in rows}
    pinned = case.accepted_at is not None
    found = []
    for profile_id, one in wanted.items():
        row = held.pop(profile_id, None)
        version = row.version if row is not None and pinned else one.profile.version
        found.append(Bound(known.versions[profile_id, version], one.through))
        if row is not None and (row.version, row.through) == (version, one.through):
            continue
        if row is not None:
            _end(row, case, "newer" if row.version != version else "facts", act)
        _begin(case, found[-1], "inherited" if one.through else "scope", facts, act)
    for row in held.values():
        _end(row, case, "facts", act)
    return tuple(found)


def _begin(case: Case, bound: Bound, reason: str, facts: Mapping[str, str], act: Act) -> None:
    profile = bound.profile
    row = DossierProfile(
        dossier_id=case.id,
        profile_id=profile.id,
        version=profile.version,
        digest=profile.digest,
        bound_at=act.moment,
        reason=reason,
        through=bound.through,
    )
    act.session.add(row)
    act.session.flush()
    scope = {name: facts[name] for name in profile.scope if name in facts}
    act.record("bound_profile:bind", row, profile=profile.id, version=profile.version, reason=reason, **scope)


def _end(held: Held, case: Case, reason: str, act: Act) -> None:
    row = act.session.get_one(DossierProfile, held.id)
    row.ended_at, row.ended_reason = act.moment, reason
    act.session.flush()
    act.record("bound_profile:end", row, profile=row.profile_id, version=row.version, reason=reason)


def cases_of(session: Session, ids: Sequence[uuid.UUID]) -> list[Case]:
    """Return these dossiers as the reckoning takes them. One statement."""
    return [Case(*row) for row in session.execute(histories.cases(Dossier.id.in_(ids)))]


def _has_limits(session: Session, dossier_id: uuid.UUID) -> bool:
    return bool(session.scalar(select(exists().where(DossierLimit.dossier_id == dossier_id))))


def limits_now(session: Session, dossier: Dossier, known: Setting) -> tuple[Limit, ...]:
    """Return every limit that the profiles bound to the dossier set, started or not. Two statements."""
    [case] = cases_of(session, [dossier.id])
    return known.limits(bound_to(bound_rows(session, [dossier.id]), known), known.facts(case))


def limit_now(session: Session, dossier: Dossier, profile_id: str, limit_id: str) -> tuple[Limit, History, Profile]:
    """Return a limit as it binds the dossier, with the dossier's history and the profile. Raises NotFound."""
    known = setting(session)
    limit = next((one for one in limits_now(session, dossier, known) if one.key == f"{profile_id}.{limit_id}"), None)
    if limit is None:
        raise NotFound("limit.unknown")
    version = {row.profile_id: row.version for row in bound_rows(session, [dossier.id])}.get(profile_id)
    profile = known.versions[profile_id, version] if version else known.newest(profile_id)
    past = histories.pasts(session, cases_of(session, [dossier.id]))[dossier.id]
    return limit, past.history, profile


def bound_by(session: Session, ids: Sequence[uuid.UUID], known: Setting) -> dict[uuid.UUID, tuple[Bound, ...]]:
    """Return what binds each of these dossiers. One statement."""
    rows: dict[uuid.UUID, list[DossierProfile]] = defaultdict(list)
    for row in bound_rows(session, ids):
        rows[row.dossier_id].append(row)
    return {dossier_id: bound_to(held, known) for dossier_id, held in rows.items()}


def bound_rows(session: Session, ids: Sequence[uuid.UUID]) -> Sequence[DossierProfile]:
    """Return the rows of what binds these dossiers now, the oldest first. One statement."""
    return session.scalars(_bound(ids, DossierProfile)).all()


def _bound(ids: Sequence[uuid.UUID], *what: Any) -> Select[*tuple[Any, ...]]:
    held = DossierProfile.dossier_id.in_(ids), DossierProfile.ended_at.is_(None)
    return select(*what).where(*held).order_by(DossierProfile.bound_at, DossierProfile.id)
