"""Missed limits go up level by level (逐级上报): to the unit's head, then to the one above while nobody has looked.

A profile may name the role that is reported to; where several do, each is obeyed. Limits may run from the report
(客户员工投诉管理制度, 6.1).

Source: 统一管理、分级处理、专人负责、逐级上报 (消费金融公司客户投诉管理办法, 第五条).
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, joinedload

from archive.binding import keeping, receivers
from archive.binding.bound import bound_of
from archive.binding.models import DossierLimit, Escalation
from archive.binding.receivers import Chain
from archive.core.act import Act
from archive.core.clock import shanghai_date
from archive.core.errors import NotFound
from archive.deadlines import table
from archive.deadlines.calendar import WorkCalendar
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier
from archive.people.models import Unit
from archive.people.rules import Person
from archive.procedures.profile import Cause

_MOST = 2000  # a run; what is left comes with the next one, some minutes later


def raise_missed(*, act: Act) -> int:
    """Report limits that were missed to who decides in the unit, and above; return how many reports were made.

    One level more for each working day on which nobody said that they had seen it. Six statements, and the reckoning
    of dossiers in which a limit runs from the report.
    """
    session = act.session
    reported = (
        select(Escalation.id)
        .where(
            Escalation.dossier_id == DossierLimit.dossier_id,
            Escalation.profile_id == DossierLimit.profile_id,
            Escalation.limit_id == DossierLimit.limit_id,
            Escalation.missed_at == DossierLimit.operative_at,
        )
        .exists()
    )
    missed = session.execute(
        select(DossierLimit, Unit.path)
        .join(Dossier, Dossier.id == DossierLimit.dossier_id)
        .join(Unit, Unit.id == Dossier.unit_id)
        .where(
            DossierLimit.met_at.is_(None),
            DossierLimit.ended_at.is_(None),
            DossierLimit.operative_at <= act.moment,
            DossierLimit.is_right.is_(False),
            DossierLimit.follows.is_(False),
        )
        # What nobody was told of yet comes first: however much else waits, it is told in this run.
        .order_by(reported, DossierLimit.operative_at)
        .limit(_MOST)
    ).all()
    if not missed:
        return 0
    raised = _raised(session, [row.dossier_id for row, _ in missed])
    held = receivers.holders(session)
    bound = bound_of(session, list({row.dossier_id for row, _ in missed}))
    calendar = table.calendar(session)
    count, anew = 0, set()
    for row, path in missed:
        if row.operative_at is None:
            continue
        before = raised.get((row.dossier_id, row.profile_id, row.limit_id, row.operative_at), [])
        profiles = bound[row.dossier_id]
        to = receivers.chains(path, receivers.rules(profiles, Cause.MISSED), held)
        new = _new(row, to, before, levels=1 + _days(calendar, row.operative_at, act.moment), at=act.moment)
        for one in new:
            session.add(one)
            act.record("limit:escalate", row, limit=f"{row.profile_id}.{row.limit_id}", level=one.level)
        count += len(new)
        if new and any(limit.from_ == "escalated" for one in profiles for limit in one.profile.deadlines):
            anew.add(row.dossier_id)
    if anew:
        session.flush()
        keeping.keep_all(list(anew), keeping.setting(session), act=act)
    return count


def _new(
    row: DossierLimit, chains: Sequence[Chain], before: Sequence[Escalation], *, levels: int, at: datetime
) -> Sequence[Escalation]:
    """Return the reports of a missed limit that are still to be made, up to so many levels of each chain.

    Each text's own chain rises until somebody in it has looked: in its role, and in one of its units, since another
    text may want the same role held higher up. Whom two texts name is told once, with both.
    """
    assert row.operative_at is not None
    told = {(one.unit_id, one.role) for one in before}
    new: dict[tuple[uuid.UUID, str], Escalation] = {}
    for to in chains:
        if any(one.seen_at and _within(one, to) for one in before):
            continue
        for level, unit_id in enumerate(to.units[:levels]):
            there = new.get((unit_id, to.role))
            if there is not None:
                there.receiver = _both(there.receiver, to.receiver, 120)
                there.basis = _both(there.basis, to.basis, 260)
            elif (unit_id, to.role) not in told:
                new[unit_id, to.role] = Escalation(
                    dossier_id=row.dossier_id, profile_id=row.profile_id, limit_id=row.limit_id, name=row.name,
                    article=row.article, missed_at=row.operative_at, unit_id=unit_id, level=level, raised_at=at,
                    role=to.role, receiver=to.receiver, basis=to.basis,
                )  # fmt: skip
    return list(new.values())


def _within(one: Escalation, to: Chain) -> bool:
    """Tell whether a report was one of a chain's: by its text, or by whom it went to."""
    return (one.role == to.role and one.unit_id in to.units) or to.basis in one.basis


def _both(one: str, other: str, longest: int) -> str:
    """Return two names or articles as one, each once, as long as they fit."""
    joined = "、".join(dict.fromkeys((one, other)))
    return joined if len(joined) <= longest else one


def waiting(session: Session, person: Person, most: int = 50) -> Sequence[Escalation]:
    """Return what was reported to the person and not yet seen, oldest first. One statement."""
    still_missed = exists().where(
        DossierLimit.dossier_id == Escalation.dossier_id,
        DossierLimit.profile_id == Escalation.profile_id,
        DossierLimit.limit_id == Escalation.limit_id,
        DossierLimit.operative_at == Escalation.missed_at,
        DossierLimit.met_at.is_(None),
        DossierLimit.ended_at.is_(None),
    )
    return (
        session.scalars(
            select(Escalation)
            .join(Escalation.unit)
            .join(Escalation.dossier)
            .where(receivers.mine(person), Escalation.seen_at.is_(None), visible_to(person))
            .where(
                or_(
                    Escalation.cause == Cause.MASS,
                    (Escalation.cause != Cause.MISSED) & Dossier.closed_at.is_(None),
                    still_missed,
                )
            )
            .options(joinedload(Escalation.dossier), joinedload(Escalation.unit))
            .order_by(Escalation.missed_at, Escalation.id)
            .limit(most)
        )
        .unique()
        .all()
    )


def by_id(session: Session, escalation_id: uuid.UUID, person: Person) -> Escalation:
    """Return a report on a dossier the person may see. Raises NotFound."""
    query = select(Escalation).join(Escalation.dossier).where(Escalation.id == escalation_id, visible_to(person))
    found = session.scalar(query)
    if found is None:
        raise NotFound("escalation.unknown")
    return found


def _raised(session: Session, ids: Sequence[uuid.UUID]) -> dict[tuple[uuid.UUID, str, str, datetime], list[Escalation]]:
    found: dict[tuple[uuid.UUID, str, str, datetime], list[Escalation]] = {}
    for row in session.scalars(select(Escalation).where(Escalation.dossier_id.in_(ids))):
        found.setdefault((row.dossier_id, row.profile_id, row.limit_id, row.missed_at), []).append(row)
    return found


def _days(calendar: WorkCalendar, missed: datetime, now: datetime) -> int:
    """Return how many whole working days a limit has been missed."""
    last_day = shanghai_date(missed - timedelta(microseconds=1))
    return max(calendar.count(last_day, shanghai_date(now)) - 1, 0)
