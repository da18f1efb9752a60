"""What the rule sets that bind a dossier say of its letters: which they list, who issues them, which state a date."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from archive.binding.bound import bound
from archive.binding.roles import stands
from archive.core.act import Actor, Machine
from archive.core.errors import Problem
from archive.dossiers.models import Dossier
from archive.handling import deciding
from archive.handling.kinds import Subject
from archive.letters import facts
from archive.letters.asked import Asked, Receiver, ToSay
from archive.letters.kinds import Kind
from archive.letters.models import LetterRow
from archive.people import queries as people
from archive.people.models import Account
from archive.procedures.overlay import Stated, stated, ways
from archive.procedures.profile import LetterRule, Role

_approval = deciding.before(Subject.ISSUE_LETTER)


def listed(session: Session, dossier: Dossier) -> Sequence[Stated[LetterRule]]:
    """Return the letters that the rule sets list. One statement."""
    return stated(bound(session, dossier), lambda profile: profile.letters)


def asked(session: Session, dossier: Dossier, of: Kind) -> Asked:
    """Return what the rule sets ask of a letter of the kind. One statement."""
    found = bound(session, dossier)
    notices = ways(found, of.notice)[1] if of.notice else ()
    letters = (one for one in stated(found, lambda profile: profile.letters) if one.entry.kind == of.code)
    return Asked(
        [ToSay(content, name, one.basis) for one in notices for content, name in one.entry.contents.items()],
        [Receiver(to.name, to.class_, one.basis) for one in letters for to in one.entry.addressees],
    )


def redress(session: Session, dossier: Dossier, of: Kind) -> list[str]:
    """Return the ways of redress that the rule sets open after a notice, each once, with its article. One statement."""
    by_code: dict[str, str] = {}
    for one in stated(bound(session, dossier), lambda profile: profile.remedies):
        if one.entry.after in ("", of.notice):
            by_code.setdefault(one.entry.code, f"{one.entry.name}（{one.basis}）")
    return list(by_code.values())


def against(session: Session, row: LetterRow, of: Kind, actor: Actor) -> list[Problem]:
    """Return what the rule sets have against the issue of a letter by the actor. Three statements at most."""
    found = _approval(session, row.dossier, actor)
    for one in listed(session, row.dossier):
        if one.entry.kind != of.code:
            continue
        if one.entry.due_required and of.reply and not facts.get(row.facts, of.reply):
            found.append(Problem("letter.rule_due", of.reply, {"basis": one.basis, "kind": of.name}))
        issuer = next((role for role in one.profile.roles if role.code == one.entry.issuer), None)
        if issuer is not None and not _comes_from(session, row, issuer, actor):
            found.append(Problem("letter.rule_issuer", facts={"basis": one.basis, "role": issuer.name}))
    return found


def _comes_from(session: Session, row: LetterRow, issuer: Role, actor: Actor) -> bool:
    """Tell whether somebody in the role wrote the letter or issues it (XLM, 4.2.3.1: one post writes to clients)."""
    drafter = session.get(Account, row.drafted_by) if row.drafted_by else None
    persons: list[Actor] = [actor, *([people.person(session, drafter)] if drafter else [])]
    path = row.dossier.unit.path
    return any(isinstance(one, Machine) or stands(one, issuer.core, issuer.standing, path) for one in persons)
