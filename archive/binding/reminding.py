"""The daily digest (每日提醒): what is due soon, missed, reported upwards, and what the office owes, for each person.

It is stored as it stood that morning and shown until the person has seen it: figures and reports, nothing of a dossier;
the list beside it is read with the person's own eyes. Reckoned anew each night and when a year's notice is confirmed.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from archive.binding import missed, queries
from archive.binding.models import DossierLimit, Reminder
from archive.core.act import Act
from archive.core.clock import shanghai_date
from archive.core.errors import NotFound
from archive.dossiers.models import Dossier
from archive.people import queries as people
from archive.people.models import Account
from archive.people.rules import Permission, Person, may

# Digests are for the day; older ones only show how it went.
KEPT = timedelta(days=60)
_SHOWN = 14


@dataclass(frozen=True)
class Owed:
    """Something else to be done by a day: in words, the endpoint where it is done, whether that day is past."""

    title: str
    endpoint: str
    due_on: date
    late: bool


# Given the person and the moment, returns what else they owe.
Source = Callable[[Session, Person, datetime], Sequence[Owed]]

_sources: list[Source] = []


def add(*sources: Source) -> None:
    """Add what other features remind of; adding one twice changes nothing."""
    _sources.extend(source for source in sources if source not in _sources)


def waiting_for_one(session: Session, today: date) -> Sequence[uuid.UUID]:
    """Return the active accounts that have no digest of the day yet. One statement."""
    there = select(Reminder.account_id).where(Reminder.day == today)
    return session.scalars(select(Account.id).where(Account.active, Account.id.not_in(there))).all()


def make(account_ids: Sequence[uuid.UUID], *, act: Act) -> None:
    """Write today's digest of these persons, or bring it up to date; what changed is to be seen again.

    At most ten statements a person.
    """
    today = shanghai_date(act.moment)
    for account_id in account_ids:
        account = act.session.get(Account, account_id)
        if account is None or not account.active:
            continue
        person = people.person(act.session, account)
        values = _values(act.session, person, act.moment) if may(person, Permission.READ) else _NOTHING
        row = act.session.get(Reminder, (account_id, today))
        if row is None:
            act.session.add(Reminder(account_id=account_id, day=today, made_at=act.moment, **values))
        elif any(getattr(row, name) != value for name, value in values.items()):
            row.made_at, row.seen_at = act.moment, None
            for name, value in values.items():
                setattr(row, name, value)


def forget(*, act: Act) -> None:
    """Remove digests of long ago."""
    act.session.execute(delete(Reminder).where(Reminder.day < shanghai_date(act.moment) - KEPT))


def see(day: date, *, act: Act) -> Reminder:
    """The person has seen the digest of a day. Raises NotFound."""
    row = act.session.get(Reminder, (act.actor.id, day))
    if row is None:
        raise NotFound("reminder.unknown")
    row.seen_at = row.seen_at or act.moment
    return row


def latest(session: Session, person: Person, most: int = _SHOWN) -> Sequence[Reminder]:
    """Return the person's digests, the newest first. One statement."""
    query = select(Reminder).where(Reminder.account_id == person.id).order_by(Reminder.day.desc())
    return session.scalars(query.limit(most)).all()


def unseen(session: Session, person: Person) -> int:
    """Return how many things the newest digest names that the person has not seen: the rail's badge. One statement."""
    found = latest(session, person, 1)
    return found[0].count if found and found[0].seen_at is None else 0


_NOTHING: dict[str, Any] = {"soon": 0, "overdue": 0, "escalated": 0, "owed": []}


def _values(session: Session, person: Person, now: datetime) -> dict[str, Any]:
    late = DossierLimit.operative_at <= now
    conditions = (*queries.pressing_for(person), queries.presses(now))
    counted = select(func.count().filter(late), func.count()).select_from(DossierLimit)
    overdue, whole = session.execute(
        counted.join(Dossier, Dossier.id == DossierLimit.dossier_id).where(*conditions)
    ).one()
    return {
        "soon": whole - overdue,
        "overdue": overdue,
        "escalated": len(missed.waiting(session, person)),
        "owed": [
            {**asdict(one), "due_on": one.due_on.isoformat()}
            for source in _sources
            for one in source(session, person, now)
        ],
    }
