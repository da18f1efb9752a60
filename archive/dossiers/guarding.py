"""Who may not see a dossier, and who alone may: recusal (回避), restriction, access by name."""

import uuid
from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.core.errors import BadInput, Problem, RuleBroken
from archive.dossiers import parties, rules, steps
from archive.dossiers.models import Dossier, PartyKey, PersonalGrant, Recusal
from archive.dossiers.rules import MoveNotAllowed
from archive.dossiers.states import KeyKind, Verb
from archive.people.models import Account
from archive.people.rules import Permission


def find_recusals(dossier: Dossier, *, act: Act) -> None:
    """Recuse whoever is a party (by the hash of the ID number) or bears the name of a person complained of.

    Automatic recusals whose ground is gone are lifted; declared ones stay. Source: 银保监会令2020年第3号 (who handles a
    complaint has no direct interest in it); A4 C-12.
    """
    numbers = parties.whole_numbers(act.session, dossier, KeyKind.ID_NUMBER)
    ground = Account.id_number_hash.in_(numbers) | Account.name.in_(rules.names_in(dossier.respondent_person))
    found = {account.id: account for account in act.session.scalars(select(Account).where(ground))}
    rows = act.session.scalars(select(Recusal).where(Recusal.dossier_id == dossier.id))
    present = {row.account_id: row for row in rows}
    for account_id, row in present.items():
        if row.automatic and account_id not in found:
            act.session.delete(row)
            act.record("dossier:lift_recusal", dossier, account=account_id, automatic=True)
    for account_id, account in found.items():
        if account_id in present:
            continue
        reason = "party" if account.id_number_hash in numbers else "complained_of"
        _add(dossier, account, reason, automatic=True, act=act)


def may_concern(session: Session, account: Account) -> Sequence[uuid.UUID]:
    """Return the open dossiers in which an account may have to be recused, or is so no longer; one statement.

    More than needed: `find_recusals` tells which they are.
    """
    named = Dossier.respondent_person.contains(account.name, autoescape=True)
    automatic = select(Recusal.dossier_id).where(Recusal.account_id == account.id, Recusal.automatic)
    ways = [named, Dossier.id.in_(automatic)]
    if account.id_number_hash is not None:
        keys = select(PartyKey.dossier_id).where(PartyKey.hash == account.id_number_hash)
        ways.append(Dossier.id.in_(keys))
    query = select(Dossier.id).where(Dossier.closed_at.is_(None), or_(*ways))
    return session.scalars(query.order_by(Dossier.registered_at, Dossier.id)).all()


def recuse(dossier: Dossier, account: Account | None, *, reason: str, act: Act) -> None:
    """Declare that a person keeps out of a dossier: oneself, or another by who decides. Raises Refused, RuleBroken.

    Of oneself any sight of the dossier is enough (it was fetched through `access.find`): of who co-operates, or sees
    it by name, too.
    """
    after = steps.check(Verb.RECUSE, dossier, act=act, asked={"account": account, "note": reason})
    assert account is not None  # asked for by the table
    if account.id != act.actor.id and rules.lacks(act.actor, Permission.DECIDE, dossier.unit.path):
        raise MoveNotAllowed("dossier.move_forbidden", [Problem("recusal.other")], verb=Verb.RECUSE)
    if act.session.get(Recusal, (dossier.id, account.id)) is not None:
        raise RuleBroken("recusal.twice", name=account.name)
    steps.write(Verb.RECUSE, dossier, after, act=act, note=reason, facts={"person": account.name})
    _add(dossier, account, reason, automatic=False, act=act)


def lift_recusal(dossier: Dossier, account: Account | None, *, reason: str, act: Act) -> None:
    """End a recusal that rests on a mistake. Nobody lifts their own. Raises Refused, MoveNotAllowed, RuleBroken."""
    after = steps.check(Verb.LIFT_RECUSAL, dossier, act=act, asked={"account": account, "note": reason})
    assert account is not None  # asked for by the table
    row = act.session.get(Recusal, (dossier.id, account.id))
    if row is None:
        raise RuleBroken("recusal.none", name=account.name)
    act.session.delete(row)
    steps.write(Verb.LIFT_RECUSAL, dossier, after, act=act, note=reason, facts={"person": account.name})


def restrict(dossier: Dossier, *, reason: str, act: Act) -> None:
    """Let only its officer, the heads concerned and persons named see the dossier. Raises Refused, MoveNotAllowed."""
    _restrict(dossier, Verb.RESTRICT, True, reason, act)


def open_up(dossier: Dossier, *, reason: str, act: Act) -> None:
    """End a restriction. Raises Refused, MoveNotAllowed, RuleBroken."""
    _restrict(dossier, Verb.OPEN_UP, False, reason, act)


def grant(dossier: Dossier, account: Account | None, *, reason: str, act: Act) -> None:
    """Let a person see the dossier by name. Raises Refused, MoveNotAllowed, RuleBroken."""
    after = steps.check(Verb.GRANT, dossier, act=act, asked={"account": account, "note": reason})
    assert account is not None  # asked for by the table
    if act.session.get(Recusal, (dossier.id, account.id)) is not None:
        raise RuleBroken("grant.recused", name=account.name)
    if act.session.get(PersonalGrant, (dossier.id, account.id)) is not None:
        raise RuleBroken("grant.twice", name=account.name)
    if act.actor.id is None:
        raise BadInput("account.unknown")
    act.session.add(
        PersonalGrant(
            dossier_id=dossier.id, account_id=account.id, reason=reason, granted_by=act.actor.id, granted_at=act.moment
        )
    )
    steps.write(Verb.GRANT, dossier, after, act=act, note=reason, facts={"person": account.name})


def revoke(dossier: Dossier, account: Account | None, *, reason: str, act: Act) -> None:
    """End a person's access by name. Raises Refused, MoveNotAllowed, RuleBroken."""
    after = steps.check(Verb.REVOKE, dossier, act=act, asked={"account": account, "note": reason})
    assert account is not None  # asked for by the table
    row = act.session.get(PersonalGrant, (dossier.id, account.id))
    if row is None:
        raise RuleBroken("grant.none", name=account.name)
    act.session.delete(row)
    steps.write(Verb.REVOKE, dossier, after, act=act, note=reason, facts={"person": account.name})


def _restrict(dossier: Dossier, verb: Verb, wanted: bool, reason: str, act: Act) -> None:
    after = steps.check(verb, dossier, act=act, asked={"note": reason})
    if dossier.restricted is wanted:
        raise RuleBroken("restriction.same")
    dossier.restricted = wanted
    steps.write(verb, dossier, after, act=act, note=reason)


def _add(dossier: Dossier, account: Account, reason: str, *, automatic: bool, act: Act) -> None:
    row = Recusal(
        dossier_id=dossier.id,
        account_id=account.id,
        automatic=automatic,
        reason=reason,
        declared_by=act.actor.id,
        declared_at=act.moment,
    )
    act.session.add(row)
    if dossier.officer_id == account.id:
        dossier.officer_id = None
    if automatic:
        act.record("dossier:recuse", dossier, account=account.id, automatic=True)
