"""The complainant's own look at the progress, by case number and a code that serves once.

The code stands on a slip that an officer prints; only a keyed hash of it, bound to the dossier, is kept. A look spends
it and shows the next one, so that a slip read over somebody's shoulder is worth nothing once it was used, and a look by
another shows: one's own code fails. It ends after ninety days; the office makes a new one at any time, which ends the
old one. A wrong number, a wrong code, a spent or an old one are answered alike, in the same time. Whoever guesses has
49 bits before them and a few tries an hour (see `progress_pages`).
"""

import hmac
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.core.clock import shanghai_date
from archive.core.errors import RuleBroken
from archive.core.ports import ports
from archive.dossiers.models import Dossier
from archive.dossiers.rules import lacks
from archive.handling import rules
from archive.handling.holding import hold
from archive.handling.kinds import Stage
from archive.handling.models import ProgressCode
from archive.people.rules import Permission

# What is compared against when there is nothing to compare: the work must not tell that there was nothing.
_NOBODY = "0" * 40
# A limit ends at 24:00, which is the next day's first moment.
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Progress:
    """What a complainant is shown: how far it is, and days. Nothing of persons, units or contents."""

    number: str
    stage: Stage
    received_at: datetime
    accepted_at: datetime | None
    due_on: date | None
    answered_at: datetime | None
    closed_at: datetime | None


def give(dossier: Dossier, *, act: Act) -> str:
    """Make a code for the complainant; it is returned once and ends the one before. Raises NotAllowed."""
    # Whoever takes in or handles; the dossier may have ended.
    permission = Permission.HANDLE if lacks(act.actor, Permission.REGISTER, dossier.unit.path) else Permission.REGISTER
    hold(dossier, permission, act=act, ended=True)
    code = _put(dossier, act)
    act.record("progress_code:give", dossier, number=dossier.number)
    return code


def code_of(session: Session, dossier: Dossier) -> ProgressCode | None:
    """Return when the dossier's present code was made and until when it serves; the code itself is not known."""
    return session.get(ProgressCode, dossier.id)


def fits(session: Session, number: str, code: str, now: datetime) -> bool:
    """Tell whether the code is the dossier's present one. Reads only: guessing costs the archive no write."""
    return _fitting(session, number, code, now) is not None


def look(number: str, code: str, *, act: Act) -> tuple[Progress, str]:
    """Spend the code and return the progress with the next code. Raises RuleBroken, the same for whatever is wrong."""
    dossier = _fitting(act.session, number, code, act.moment, lock=True)
    if dossier is None:
        raise RuleBroken("progress.wrong")
    act.record("progress:show", dossier, number=dossier.number)
    ended = dossier.closed_at is not None
    waiting = not ended and dossier.answered_at is None
    found = Progress(
        number=dossier.number,
        stage=rules.STAGES[dossier.state],
        received_at=dossier.received_at,
        accepted_at=dossier.accepted_at,
        due_on=shanghai_date(dossier.due_at - _TICK) if waiting and dossier.due_at else None,
        answered_at=dossier.answered_at,
        closed_at=dossier.closed_at,
    )
    return found, _put(dossier, act)


def _fitting(session: Session, number: str, code: str, now: datetime, *, lock: bool = False) -> Dossier | None:
    query = select(Dossier, ProgressCode).join(ProgressCode, ProgressCode.dossier_id == Dossier.id)
    query = query.where(Dossier.number == number.strip())
    found = session.execute(query.with_for_update(of=ProgressCode) if lock else query).first()
    owner, kept = (found[0].id.hex, found[1].hash) if found else ("", _NOBODY)
    same = hmac.compare_digest(_hash(owner, code), kept)
    return found[0] if found and same and found[1].expires_at > now else None


def _put(dossier: Dossier, act: Act) -> str:
    code = rules.new_code()
    kept = act.session.get(ProgressCode, dossier.id)
    if kept is None:
        kept = ProgressCode(dossier_id=dossier.id)
        act.session.add(kept)
    kept.hash, kept.made_at, kept.made_by_name = _hash(dossier.id.hex, code), act.moment, act.actor.name
    kept.expires_at = act.moment + rules.CODE_LIVES
    act.session.flush()
    return code


def _hash(owner: str, code: str) -> str:
    # Blanks, dashes, full-width and small letters make no difference (core.crypto.squeeze).
    return ports().vault.whole(f"progress:{owner}:{code}")
