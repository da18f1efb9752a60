"""A person's open limits as a calendar (RFC 5545) under a secret address that can be taken back.

The address lies in other people's calendar programs: the feed says number and limit, nothing of persons or matters.
"""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from icalendar import Calendar, Event
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from archive.binding.models import DossierLimit, LimitFeed
from archive.core.act import Act
from archive.core.clock import SHANGHAI, shanghai_date
from archive.core.errors import NotFound
from archive.dossiers.access import visible_to
from archive.dossiers.models import Dossier
from archive.people import queries as people
from archive.people.models import Account
from archive.people.rules import Person

_MOST = 500


def make(*, act: Act) -> str:
    """Return a new secret for the person's feed; an older one no longer opens it. Shown once, kept as a hash."""
    take_back(act=act)
    secret = secrets.token_urlsafe(32)
    row = LimitFeed(account_id=_id(act), hash=_hash(secret), created_at=act.moment)
    act.session.add(row)
    act.session.flush()
    act.record("limit_feed:make", row)
    return secret


def take_back(*, act: Act) -> None:
    """Close the person's feed, if there is one."""
    for row in act.session.scalars(_open(_id(act))):
        row.revoked_at = act.moment
        act.record("limit_feed:take_back", row)


def there(session: Session, account_id: uuid.UUID) -> LimitFeed | None:
    """Return the person's feed that is open now."""
    return session.scalar(_open(account_id))


def owner(session: Session, secret: str) -> Person:
    """Return whose feed a secret opens. Raises NotFound, the same for unknown, closed and of who left."""
    query = select(Account).join(LimitFeed, LimitFeed.account_id == Account.id)
    found = session.scalar(query.where(LimitFeed.hash == _hash(secret), LimitFeed.revoked_at.is_(None), Account.active))
    if found is None:
        raise NotFound("limit_feed.unknown")
    return people.person(session, found)


def rows(session: Session, person: Person) -> Sequence[tuple[DossierLimit, str]]:
    """Return the open limits of the person's own dossiers with their numbers, by date. One statement."""
    return [
        (limit, number)
        for limit, number in session.execute(
            select(DossierLimit, Dossier.number)
            .join(Dossier, Dossier.id == DossierLimit.dossier_id)
            .where(
                Dossier.officer_id == person.id,
                visible_to(person),
                DossierLimit.met_at.is_(None),
                DossierLimit.ended_at.is_(None),
                DossierLimit.operative_at.is_not(None),
                DossierLimit.is_right.is_(False),
                DossierLimit.follows.is_(False),
            )
            .order_by(DossierLimit.operative_at)
            .limit(_MOST)
        )
    ]


def written(found: Sequence[tuple[DossierLimit, str]], now: datetime, office: str) -> bytes:
    """Return the limits as iCalendar: whole days for limits in days, moments for those in minutes or hours."""
    calendar = Calendar()
    calendar.add("prodid", "-//anjuan//limits//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"{office} 办理期限")
    for limit, number in found:
        if limit.operative_at is None:
            continue
        event = Event()
        event.add("uid", f"{limit.id}@anjuan")
        event.add("dtstamp", now)
        event.add("summary", f"{number} {limit.name}{'（暂定）' if limit.provisional else ''}")
        local = limit.operative_at.astimezone(SHANGHAI)
        if local.hour == local.minute == 0:
            day = shanghai_date(local - timedelta(microseconds=1))
            event.add("dtstart", day)
            event.add("dtend", day + timedelta(days=1))
        else:
            event.add("dtstart", local)
            event.add("dtend", local)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _open(account_id: uuid.UUID) -> Select[LimitFeed]:
    return select(LimitFeed).where(LimitFeed.account_id == account_id, LimitFeed.revoked_at.is_(None))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _id(act: Act) -> uuid.UUID:
    if act.actor.id is None:
        raise NotFound("account.unknown")
    return act.actor.id
