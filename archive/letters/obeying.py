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
from archive.letters.kinds import Kind
from archive.letters.models import LetterRow
from archive.procedures.overlay import Stated, stated
from archive.procedures.profile import LetterRule

_approval = deciding.before(Subject.ISSUE_LETTER)


def listed(session: Session, dossier: Dossier) -> Sequence[Stated[LetterRule]]:
    """Return the letters that the rule sets list. One statement."""
    return stated(bound(session, dossier), lambda profile: profile.letters)


def against(session: Session, row: LetterRow, of: Kind, actor: Actor) -> list[Problem]:
    """Return what the rule sets have against the issue of a letter by the actor. Three statements at most."""
    found = _approval(session, row.dossier, actor)
    for one in listed(session, row.dossier):
        if one.entry.kind != of.code:
            continue
        if one.entry.due_required and of.reply and not facts.get(row.facts, of.reply):
            found.append(Problem("letter.rule_due", of.reply, {"basis": one.basis, "kind": of.name}))
        issuer = next((role for role in one.profile.roles if role.code == one.entry.issuer), None)
        path = row.dossier.unit.path
        if issuer and not isinstance(actor, Machine) and not stands(actor, issuer.core, issuer.standing, path):
            found.append(Problem("letter.rule_issuer", facts={"basis": one.basis, "role": issuer.name}))
    return found
