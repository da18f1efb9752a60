"""What happened to one dossier and what may happen next: moves, slips, notices, closings, options of a reader."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from archive.core.errors import Problem
from archive.dossiers import duties, rules
from archive.dossiers.models import Closing, Dossier, HandOver, Move, Notice, PersonalGrant, Recusal
from archive.dossiers.situations import situation
from archive.dossiers.states import HandOverState, State, Verb
from archive.people.models import Account
from archive.people.rules import Permission, Person


@dataclass(frozen=True)
class Option:
    """A move, and everything that stands against it now; none: it may be made."""

    verb: Verb
    problems: tuple[Problem, ...]

    @property
    def open(self) -> bool:
        """Whether nothing stands against it."""
        return not self.problems

    @property
    def near(self) -> bool:
        """Whether the dossier stands where the move starts, so that it is worth showing."""
        return not any(one.code.startswith("move.state.") or one.code == "move.closed" for one in self.problems)


# What comes next as a rule, by state; the other moves follow in the order of the table.
_FIRST: dict[State, tuple[Verb, ...]] = {
    State.REGISTERED: (Verb.ACCEPT, Verb.DECLINE, Verb.REQUEST_SUPPLEMENT),
    State.SUPPLEMENTING: (Verb.RECEIVE_SUPPLEMENT,),
    State.ACCEPTED: (Verb.ASSIGN, Verb.INVESTIGATE),
    State.INVESTIGATING: (Verb.ANSWER, Verb.MEDIATE),
    State.MEDIATING: (Verb.ANSWER, Verb.INVESTIGATE),
    State.ANSWERED: (Verb.CLOSE, Verb.NOTIFY),
    State.REVIEWING: (Verb.CONCLUDE_REVIEW, Verb.INVESTIGATE),
    State.DECLINED: (Verb.NOTIFY,),
}
# Moves on the dossier itself; those on a slip are offered beside the slip.
_OFFERED = tuple(
    verb for verb in rules.NEXT if verb not in (Verb.ACCEPT_HAND_OVER, Verb.REFUSE_HAND_OVER, Verb.TAKE_BACK, Verb.EDIT)
)


def options(session: Session, dossier: Dossier, person: Person) -> list[Option]:
    """Return all moves on the dossier with what stands against each, the usual next ones first.

    A fixed number of statements.
    """
    where = situation(session, dossier)
    found = []
    first = _FIRST.get(dossier.state, ())
    for verb in (*first, *(verb for verb in _OFFERED if verb not in first)):
        problems = rules.problems(verb, where, person)
        if dossier.state in rules.NEXT[verb].to:
            problems += duties.against(session, verb, dossier, person)
            if verb is Verb.CLOSE and dossier.closed_at is None:
                problems += duties.unfinished(session, dossier)
        if verb in (Verb.RESTRICT, Verb.OPEN_UP) and dossier.restricted is (verb is Verb.RESTRICT):
            continue
        found.append(Option(verb, tuple(problems)))
    return found


def may_edit(session: Session, dossier: Dossier, person: Person) -> bool:
    """Tell whether the person may change what was registered."""
    return not rules.problems(Verb.EDIT, situation(session, dossier), person)


def moves(session: Session, dossier: Dossier) -> Sequence[Move]:
    """Return the dossier's steps, first first."""
    return session.scalars(select(Move).where(Move.dossier_id == dossier.id).order_by(Move.at, Move.id)).all()


def slips(session: Session, dossier: Dossier) -> Sequence[HandOver]:
    """Return the slips of hand-overs with their units, first first."""
    return session.scalars(
        select(HandOver)
        .where(HandOver.dossier_id == dossier.id)
        .options(joinedload(HandOver.from_unit), joinedload(HandOver.to_unit), joinedload(HandOver.officer))
        .order_by(HandOver.offered_at, HandOver.id)
    ).all()


def answerable(slip: HandOver, person: Person) -> bool:
    """Tell whether the person may sign or refuse the slip for the receiving unit."""
    return (
        slip.state is HandOverState.OFFERED
        and slip.offered_by != person.id
        and not rules.lacks(person, Permission.HAND_OVER, slip.to_unit.path)
    )


def notices(session: Session, dossier: Dossier) -> Sequence[Notice]:
    """Return what the complainant was told, first first."""
    return session.scalars(select(Notice).where(Notice.dossier_id == dossier.id).order_by(Notice.at, Notice.id)).all()


def closings(session: Session, dossier: Dossier) -> Sequence[Closing]:
    """Return all closings, first first; a reopened dossier has several."""
    return session.scalars(
        select(Closing).where(Closing.dossier_id == dossier.id).order_by(Closing.closed_at, Closing.id)
    ).all()


def recusals(session: Session, dossier: Dossier) -> Sequence[Recusal]:
    """Return who keeps out of the dossier."""
    query = select(Recusal).where(Recusal.dossier_id == dossier.id).options(joinedload(Recusal.account))
    return session.scalars(query.order_by(Recusal.declared_at)).all()


def grants(session: Session, dossier: Dossier) -> Sequence[tuple[PersonalGrant, Account]]:
    """Return who sees the dossier by name."""
    query = select(PersonalGrant, Account).join(Account, Account.id == PersonalGrant.account_id)
    rows = session.execute(query.where(PersonalGrant.dossier_id == dossier.id).order_by(PersonalGrant.granted_at))
    return [(grant, account) for grant, account in rows]
