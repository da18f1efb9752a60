"""What may be done to a dossier, by whom, from which state: one table, checked so that all reasons come at once. Pure.

Sources: 金融消费者维权中心受理投诉工作流程 (approval by another than the officer, consent to mediation);
中国人民银行令〔2020〕第5号, 第四十二至四十四条; 银保监会令2020年第3号 (withdrawal, recusal, review).
"""

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto
from typing import Any, Protocol

from archive.core.act import Actor, Machine
from archive.core.errors import NotAllowed, Problem, Refused, RuleBroken
from archive.dossiers.states import ENDED, State, Verb
from archive.people.rules import Permission, Person, may

# A complaint brought by many is spoken for by at most five (银保监会令2020年第3号, 第十二条).
MOST_REPRESENTATIVES = 5

OPEN = tuple(state for state in State if state not in ENDED)


class Who(Enum):
    """Who of those with the permission may do it."""

    ANYBODY = auto()
    OFFICER = auto()  # the officer in charge, once there is one; deciders of the unit too
    NOT_OFFICER = auto()  # neither the officer nor who was it, or did its work, since the dossier was last reopened
    NOT_HANDLER = auto()  # none of these, nor who registered the dossier


@dataclass(frozen=True)
class Step:
    """One line of the table. `to` maps each state it starts from to where it leads; None: back to the state before."""

    to: Mapping[State, State | None]
    permission: Permission
    who: Who = Who.ANYBODY
    needs: tuple[str, ...] = ()
    anywhere: bool = False  # the permission counts in whatever unit it is held: who sees the dossier at all may do it


def _from(*states: State, to: State | None) -> dict[State, State | None]:
    return dict.fromkeys(states, to)


def _stay(*states: State) -> dict[State, State | None]:
    return {state: state for state in states}


_IN_HAND = (State.ACCEPTED, State.INVESTIGATING, State.ANSWERED, State.MEDIATING, State.REVIEWING)
_P = Permission

NEXT: Mapping[Verb, Step] = {
    Verb.ACCEPT: Step(_from(State.REGISTERED, to=State.ACCEPTED), _P.DECIDE, Who.NOT_HANDLER),
    Verb.DECLINE: Step(
        _from(State.REGISTERED, State.SUPPLEMENTING, to=State.DECLINED), _P.DECIDE, Who.NOT_HANDLER, ("reason", "note")
    ),
    Verb.REQUEST_SUPPLEMENT: Step(
        _from(State.REGISTERED, State.ACCEPTED, State.INVESTIGATING, to=State.SUPPLEMENTING),
        _P.HANDLE, Who.OFFICER, ("note", "due_on"),
    ),
    Verb.RECEIVE_SUPPLEMENT: Step(_from(State.SUPPLEMENTING, to=None), _P.REGISTER, needs=("note",)),
    Verb.ASSIGN: Step(_from(State.ACCEPTED, State.INVESTIGATING, to=State.ASSIGNED), _P.DECIDE, needs=("lead",)),
    Verb.ACCEPT_HAND_OVER: Step(
        {**_stay(*_IN_HAND, State.SUPPLEMENTING), State.ASSIGNED: State.INVESTIGATING}, _P.HAND_OVER
    ),
    Verb.REFUSE_HAND_OVER: Step(
        {**_stay(*_IN_HAND, State.SUPPLEMENTING), State.ASSIGNED: None}, _P.HAND_OVER, needs=("note",)
    ),
    Verb.TAKE_BACK: Step({**_stay(*_IN_HAND, State.SUPPLEMENTING), State.ASSIGNED: None}, _P.DECIDE),
    Verb.INVITE: Step(_stay(*_IN_HAND, State.ASSIGNED), _P.DECIDE, needs=("unit",)),
    Verb.APPOINT: Step(_stay(*_IN_HAND, State.REGISTERED), _P.DECIDE, needs=("officer",)),
    Verb.INVESTIGATE: Step(
        _from(State.ACCEPTED, State.ANSWERED, State.MEDIATING, State.REVIEWING, to=State.INVESTIGATING),
        _P.HANDLE, Who.OFFICER,
    ),
    Verb.MEDIATE: Step(
        _from(State.INVESTIGATING, State.ANSWERED, to=State.MEDIATING), _P.HANDLE, Who.OFFICER,
        ("complainant_agreed_on", "respondent_agreed_on"),
    ),
    Verb.ANSWER: Step(
        _from(State.INVESTIGATING, State.MEDIATING, to=State.ANSWERED), _P.HANDLE, Who.OFFICER, ("outcome",)
    ),
    Verb.REQUEST_REVIEW: Step(_from(State.ANSWERED, to=State.REVIEWING), _P.REGISTER, needs=("note",)),
    Verb.CONCLUDE_REVIEW: Step(
        _from(State.REVIEWING, to=State.ANSWERED), _P.DECIDE, Who.NOT_OFFICER, ("outcome",)
    ),
    Verb.NOTIFY: Step(_stay(*OPEN, State.DECLINED), _P.REGISTER, needs=("kind", "outcome")),
    Verb.CLOSE: Step(_from(State.ANSWERED, to=State.CLOSED), _P.CLOSE, Who.NOT_OFFICER),
    Verb.WITHDRAW: Step(_from(*OPEN, to=State.WITHDRAWN), _P.HANDLE, Who.OFFICER, ("note",)),
    Verb.REOPEN: Step(
        {State.CLOSED: State.INVESTIGATING, State.DECLINED: State.REGISTERED, State.WITHDRAWN: State.REGISTERED},
        _P.DECIDE, needs=("note",),
    ),
    Verb.EDIT: Step(_stay(*OPEN), _P.REGISTER, Who.OFFICER),
    Verb.ADDENDUM: Step(_stay(*ENDED), _P.HANDLE, needs=("note",)),
    Verb.RECUSE: Step(_stay(*State), _P.READ, needs=("account", "note"), anywhere=True),
    Verb.LIFT_RECUSAL: Step(_stay(*State), _P.RESTRICT, needs=("account", "note")),
    Verb.RESTRICT: Step(_stay(*State), _P.RESTRICT, needs=("note",)),
    Verb.OPEN_UP: Step(_stay(*State), _P.RESTRICT, needs=("note",)),
    Verb.GRANT: Step(_stay(*State), _P.RESTRICT, needs=("account", "note")),
    Verb.REVOKE: Step(_stay(*State), _P.RESTRICT, needs=("account", "note")),
}  # fmt: skip

# The work that another person must look at before the dossier is closed. Who reviews it is such another person.
WORK = frozenset({Verb.INVESTIGATE, Verb.MEDIATE, Verb.ANSWER})

# Before a supplement was asked for (None: no step is recorded) nobody had decided about acceptance.
_UNDECIDED = (None, State.REGISTERED)

# What a closed dossier still allows: who may see it, what is added beside it, and new facts.
AFTER_CLOSING = frozenset(
    {Verb.REOPEN, Verb.ADDENDUM, Verb.RECUSE, Verb.LIFT_RECUSAL, Verb.RESTRICT, Verb.OPEN_UP, Verb.GRANT, Verb.REVOKE}
)


@dataclass(frozen=True)
class Situation:
    """What the rules ask of a dossier. `unit_path`: the unit in which the permission must hold.

    `workers` are all who did its WORK since it was last reopened.
    """

    state: State
    unit_path: str
    closed_on: date | None = None
    registered_by: uuid.UUID | None = None
    officer_id: uuid.UUID | None = None
    recused: frozenset[uuid.UUID] = frozenset()
    before: State | None = None
    workers: frozenset[uuid.UUID] = frozenset()

    def handled_by(self, person: uuid.UUID | None) -> bool:
        """Tell whether this is the officer, or did the officer's work: then another looks at it."""
        return person is not None and (person == self.officer_id or person in self.workers)


class MoveNotAllowed(NotAllowed):
    """The permission is lacking; the other reasons are listed all the same."""

    def __init__(self, code: str, problems: Sequence[Problem], **facts: Any) -> None:
        super().__init__(code, **facts)
        self.problems = tuple(problems)


class Closable(Protocol):
    """What tells whether a dossier is read-only."""

    @property
    def number(self) -> str: ...
    @property
    def closed_on(self) -> date | None: ...
    @property
    def closed_at(self) -> datetime | None: ...


def check_open(dossier: Closable) -> None:
    """Refuse to change a closed dossier: corrections are addenda. Raises RuleBroken."""
    if dossier.closed_at is not None:
        raise RuleBroken("dossier.closed", number=dossier.number, closed_on=str(dossier.closed_on))


def problems(
    verb: Verb,
    situation: Situation,
    actor: Actor,
    facts: Mapping[str, Any] | None = None,
    hindrances: Iterable[Problem] = (),
) -> list[Problem]:
    """Return everything that stands against a move, empty when it may be done.

    `facts` are what the move is to state; None when nobody has been asked yet (a button on a page). `hindrances` are
    what the move's own preconditions found, such as those of closing.
    """
    step = NEXT[verb]
    found: list[Problem] = []
    if lacks(actor, step.permission, None if step.anywhere else situation.unit_path):
        found.append(Problem("move.permission", facts={"permission": step.permission}))
    if actor.id in situation.recused:
        found.append(Problem("move.recused"))
    found += _who(step.who, situation, actor)
    if situation.closed_on is not None and verb not in AFTER_CLOSING:
        found.append(Problem("move.closed", facts={"closed_on": str(situation.closed_on)}))
    elif situation.state not in step.to:
        found.append(Problem(f"move.state.{verb.value}", facts={"state": situation.state}))
    elif verb is Verb.DECLINE and situation.state is State.SUPPLEMENTING and situation.before not in _UNDECIDED:
        # A supplement may have been asked for after acceptance, too.
        found.append(Problem("move.accepted"))
    if facts is not None:
        found += [Problem(f"move.needs.{name}", name) for name in step.needs if facts.get(name) in (None, "", (), [])]
    return [*found, *hindrances]


def check(
    verb: Verb,
    situation: Situation,
    actor: Actor,
    facts: Mapping[str, Any] | None = None,
    hindrances: Iterable[Problem] = (),
) -> State:
    """Return the state a move leads to. Raises Refused, or MoveNotAllowed without the permission; all reasons."""
    found = problems(verb, situation, actor, facts, hindrances)
    if any(one.code in ("move.permission", "move.recused") for one in found):
        raise MoveNotAllowed("dossier.move_forbidden", found, verb=verb)
    if found:
        raise Refused("dossier.move_refused", found, verb=verb)
    target = NEXT[verb].to[situation.state]
    return target or situation.before or _usual_before(situation.state)


def lacks(actor: Actor, permission: Permission, path: str | None) -> bool:
    """Tell whether the actor lacks the permission in the unit with this path (None: everywhere); the archive itself
    lacks nothing."""
    if isinstance(actor, Machine):
        return False
    return not (isinstance(actor, Person) and may(actor, permission, path))


def _who(who: Who, situation: Situation, actor: Actor) -> list[Problem]:
    officer = situation.officer_id
    if who is Who.OFFICER and officer not in (None, actor.id) and lacks(actor, Permission.DECIDE, situation.unit_path):
        return [Problem("move.officer_only")]
    registered = actor.id is not None and actor.id == situation.registered_by
    if who is Who.NOT_HANDLER and (registered or situation.handled_by(actor.id)):
        return [Problem("move.same_person")]
    if who is Who.NOT_OFFICER and situation.handled_by(actor.id):
        return [Problem("move.officer_decides")]
    return []


def _usual_before(state: State) -> State:
    # A dossier taken over in such a state has no recorded step that led there.
    return {State.SUPPLEMENTING: State.REGISTERED, State.ASSIGNED: State.ACCEPTED}[state]


def names_in(text: str) -> frozenset[str]:
    """Return the names that a field for persons may mean: the whole, and what stands between commas and brackets.

    `张三、李四（客户经理）` means 张三 and 李四; that an office of that name may be among them does no harm.
    """
    parts = {part.strip() for part in (text, *re.split(r"[、，,；;/()（）\[\]【】〔〕]", text))}
    return frozenset(parts - {""})


def check_parties(roles: Sequence[str], mandates: Sequence[str]) -> list[Problem]:
    """Return what is wrong with a dossier's parties: nobody complains, too many speak, an agent has no mandate."""
    found: list[Problem] = []
    if "complainant" not in roles:
        found.append(Problem("party.no_complainant", "parties"))
    if roles.count("representative") > MOST_REPRESENTATIVES:
        found.append(Problem("party.representatives", "parties", {"most": MOST_REPRESENTATIVES}))
    for index, (role, mandate) in enumerate(zip(roles, mandates, strict=True)):
        if role == "agent" and not mandate:
            found.append(Problem("party.mandate", f"parties.{index}.mandate"))
    return found
