"""A second person's word before one security administrator can become anybody (三员分立).

Giving a role that reads, decides or hides much, and opening the account of who holds such a role, is asked for by one
security administrator and confirmed by the auditor or another one; only then may it be done, by who asked, within a
day. The command line stands above: who may run it owns the database.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from archive.core.act import Act
from archive.core.errors import NotAllowed, NotFound, RuleBroken
from archive.people.models import Account, RoleHeld, SecondWord, Unit
from archive.people.rules import WEIGHTY, Deed, Permission, Person, Role, may

# Unanswered so long, nobody means it any more; confirmed, it is for one handing-over, not for a drawer.
WAITS = timedelta(days=7)
COUNTS = timedelta(days=1)

_READ = (
    joinedload(SecondWord.account).selectinload(Account.held).joinedload(RoleHeld.unit),
    joinedload(SecondWord.unit),
    joinedload(SecondWord.asker),
)


def needed(account: Account, deed: Deed, role: Role | None, actor: object) -> bool:
    """Tell whether this actor needs a second person's word for a deed on an account."""
    if not isinstance(actor, Person):
        return False
    return role in WEIGHTY if deed is Deed.GRANT else any(held.role in WEIGHTY for held in account.held)


def ask(account: Account, deed: Deed, role: Role | None = None, unit: Unit | None = None, *, act: Act) -> SecondWord:
    """Ask for a second person's word; asked already, the same request serves. Raises RuleBroken when none is needed."""
    if act.actor.id is None or not needed(account, deed, role, act.actor):
        raise RuleBroken("second_word.needless")
    found = _same(act.session, account, deed, role, unit, act)
    if found is not None:
        return found
    word = SecondWord(
        account_id=account.id,
        deed=deed,
        role=role,
        unit_id=unit.id if unit else None,
        asked_by=act.actor.id,
        asked_at=act.moment,
    )
    act.session.add(word)
    act.session.flush()
    act.record("second_word:ask", word, **_facts(word))
    return word


def use(account: Account, deed: Deed, role: Role | None = None, unit: Unit | None = None, *, act: Act) -> None:
    """Use up the word that was given for a deed, where one is needed. Raises RuleBroken without one."""
    if not needed(account, deed, role, act.actor):
        return
    word = _same(act.session, account, deed, role, unit, act)
    if word is None or not word.agreed:
        raise RuleBroken("second_word.missing", name=account.name)
    word.used_at = act.moment


def answer(word_id: uuid.UUID, agreed: bool, *, act: Act) -> SecondWord:
    """Confirm or refuse what another asked. Raises NotFound, NotAllowed, RuleBroken."""
    word = act.session.scalar(select(SecondWord).where(SecondWord.id == word_id).with_for_update())
    if word is None:
        raise NotFound("second_word.unknown")
    if not isinstance(act.actor, Person) or not may_answer(word, act.actor):
        raise NotAllowed("second_word.not_you")
    if word.answered_at is not None or word.asked_at < act.moment - WAITS:
        raise RuleBroken("second_word.over")
    word.answered_by, word.answered_at, word.agreed = act.actor.id, act.moment, agreed
    act.record(f"second_word:{'agree' if agreed else 'refuse'}", word, **_facts(word))
    return word


def may_answer(word: SecondWord, person: Person) -> bool:
    """Tell whether the person is one who may confirm: an auditor or another security administrator, set over all of it.

    Neither who asked nor whom it is about.
    """
    if person.id in (word.asked_by, word.account_id):
        return False
    paths = [word.unit.path] if word.unit else [held.unit.path for held in word.account.held]
    offices = (Permission.READ_AUDIT, Permission.MANAGE_ACCOUNTS)
    # Of an account whose roles were taken meanwhile nothing is left to confirm.
    return bool(paths) and any(all(may(person, office, path) for path in paths) for office in offices)


def waiting(session: Session, person: Person, now: datetime) -> list[SecondWord]:
    """Return what waits for the person's word, oldest first. Two statements, none for who never confirms."""
    if not may(person, Permission.READ_AUDIT) and not may(person, Permission.MANAGE_ACCOUNTS):
        return []
    query = select(SecondWord).where(SecondWord.answered_at.is_(None), SecondWord.asked_at > now - WAITS)
    rows = session.scalars(query.options(*_READ).order_by(SecondWord.asked_at, SecondWord.id))
    return [word for word in rows if may_answer(word, person)]


def of_account(session: Session, account: Account, now: datetime) -> Sequence[SecondWord]:
    """Return what was asked about an account and still counts, last first. One statement."""
    query = select(SecondWord).where(SecondWord.account_id == account.id, _live(now))
    names = (joinedload(SecondWord.unit), joinedload(SecondWord.asker), joinedload(SecondWord.answerer))
    return session.scalars(query.options(*names).order_by(SecondWord.asked_at.desc())).all()


def _same(
    session: Session, account: Account, deed: Deed, role: Role | None, unit: Unit | None, act: Act
) -> SecondWord | None:
    """Return the actor's own request for the same that still waits or was confirmed, held until the act ends."""
    return session.scalar(
        select(SecondWord)
        .where(SecondWord.account_id == account.id, SecondWord.deed == deed, SecondWord.role == role)
        .where(SecondWord.unit_id == (unit.id if unit else None), SecondWord.asked_by == act.actor.id)
        .where(_live(act.moment), or_(SecondWord.answered_at.is_(None), SecondWord.agreed))
        .order_by(SecondWord.agreed.desc(), SecondWord.asked_at)
        .limit(1)
        .with_for_update()
    )


def _live(now: datetime) -> ColumnElement[bool]:
    asked = SecondWord.answered_at.is_(None) & (SecondWord.asked_at > now - WAITS)
    return SecondWord.used_at.is_(None) & (asked | (SecondWord.answered_at > now - COUNTS))


def _facts(word: SecondWord) -> dict[str, str]:
    unit = {"role": str(word.role), "unit": word.unit.name} if word.role and word.unit else {}
    return {"deed": word.deed.value, "login": word.account.username, **unit}
