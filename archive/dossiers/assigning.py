"""Who has a dossier in hand: assignment to a lead unit and co-operating units, slips signed by two sides, the officer.

The unit that has the dossier keeps it until the lead unit took it over (首问负责制, 银监发〔2012〕13号, 五); a unit
that is asked sees the dossier while it decides.
"""

import uuid
from collections.abc import Sequence

from sqlalchemy import select, update

from archive.core.act import Act
from archive.core.clock import shanghai_date
from archive.core.errors import BadInput, NotFound, Problem
from archive.dossiers import series, steps
from archive.dossiers.models import Access, Dossier, HandOver, Recusal
from archive.dossiers.states import HandOverState, State, Verb
from archive.people import queries as people
from archive.people.models import Account, Unit
from archive.people.rules import Permission, may


def assign(
    dossier: Dossier,
    *,
    lead: Unit | None,
    helpers: Sequence[Unit] = (),
    officer: Account | None = None,
    note: str = "",
    act: Act,
) -> list[HandOver]:
    """Assign the dossier to a lead unit and co-operating units and return the slips that now wait for an answer.

    The unit that has the dossier in hand needs no slip: its officer begins to investigate at once. Raises Refused with
    every reason, MoveNotAllowed.
    """
    in_house = lead is not None and lead.id == dossier.unit_id
    taken = {dossier.unit_id, lead.id if lead else None}
    wrong = [problem for unit in (lead, *helpers) if unit for problem in _closed(unit)]
    wrong += [Problem("assign.twice", "helpers") for unit in helpers if unit.id in taken]
    wrong += _officer_faults(dossier, officer, lead, act) if officer and lead else []
    if in_house and officer is None and dossier.officer_id is None:
        wrong.append(Problem("move.needs.officer", "officer"))
    after = steps.check(Verb.ASSIGN, dossier, act=act, asked={"lead": lead}, hindrances=wrong)
    assert lead is not None  # asked for by the table
    slips = [_offer(dossier, unit, lead=False, officer=None, note=note, act=act) for unit in helpers]
    facts = {"lead": lead.name, "helpers": [unit.name for unit in helpers]}
    if in_house:
        after = State.INVESTIGATING
        dossier.officer_id = officer.id if officer else dossier.officer_id
    else:
        slips.insert(0, _offer(dossier, lead, lead=True, officer=officer, note=note, act=act))
    act.session.flush()
    steps.write(Verb.ASSIGN, dossier, after, act=act, note=note, facts=facts)
    return slips


def invite(dossier: Dossier, *, unit: Unit | None, note: str = "", act: Act) -> HandOver:
    """Ask one more unit to co-operate. Raises Refused, MoveNotAllowed."""
    wrong = _closed(unit) if unit else []
    if unit is not None and (unit.id == dossier.unit_id or _has_slip(dossier, unit, act)):
        wrong.append(Problem("assign.twice", "unit"))
    after = steps.check(Verb.INVITE, dossier, act=act, asked={"unit": unit}, hindrances=wrong)
    assert unit is not None  # asked for by the table
    slip = _offer(dossier, unit, lead=False, officer=None, note=note, act=act)
    steps.write(Verb.INVITE, dossier, after, act=act, note=note, facts={"unit": unit.name})
    return slip


def accept_hand_over(slip: HandOver, *, officer: Account | None = None, act: Act) -> None:
    """Sign a slip for the receiving unit. A lead unit then has the dossier in hand and its officer investigates.

    By another person than who offered it (双方签字). Raises Refused, MoveNotAllowed.
    """
    dossier, unit = slip.dossier, slip.to_unit
    officer = officer or slip.officer
    wrong = _officer_faults(dossier, officer, unit, act) if officer else []
    after = _check_answer(Verb.ACCEPT_HAND_OVER, slip, act, wrong)
    slip.state, slip.answered_by, slip.answered_at = HandOverState.ACCEPTED, act.actor.id, act.moment
    facts = {"unit": unit.name, "lead": slip.lead}
    if slip.lead:
        _see(dossier, dossier.unit_id, act)
        dossier.unit_id = unit.id
        dossier.officer_id = officer.id if officer else act.actor.id
        _unsee(dossier, unit.id, act)
    else:
        after = dossier.state
    act.session.flush()
    act.session.refresh(dossier, ["unit", "officer"])
    steps.write(Verb.ACCEPT_HAND_OVER, dossier, after, act=act, facts=facts)
    act.record("hand_over:accept", slip, **facts)


def refuse_hand_over(slip: HandOver, *, reason: str, act: Act) -> None:
    """Refuse a slip for the receiving unit, with the reason; it then no longer sees the dossier. Raises Refused."""
    after = _check_answer(Verb.REFUSE_HAND_OVER, slip, act, [], note=reason)
    slip.state, slip.refusal = HandOverState.REFUSED, reason
    slip.answered_by, slip.answered_at = act.actor.id, act.moment
    _undo(Verb.REFUSE_HAND_OVER, slip, after, act, reason)


def take_back(slip: HandOver, *, note: str = "", act: Act) -> None:
    """Take back a slip that was not yet answered. Raises Refused, MoveNotAllowed."""
    wrong = [] if slip.state is HandOverState.OFFERED else [Problem("hand_over.answered")]
    after = steps.check(Verb.TAKE_BACK, slip.dossier, act=act, hindrances=wrong)
    slip.state, slip.answered_by, slip.answered_at = HandOverState.TAKEN_BACK, act.actor.id, act.moment
    _undo(Verb.TAKE_BACK, slip, after, act, note)


def take_all_back(dossier: Dossier, *, act: Act) -> None:
    """Void the slips of a dossier that ends while units still think about them."""
    waiting = (HandOver.dossier_id == dossier.id, HandOver.state == HandOverState.OFFERED)
    for unit_id in act.session.scalars(select(HandOver.to_unit_id).where(*waiting)).all():
        _unsee(dossier, unit_id, act)
    act.session.execute(update(HandOver).where(*waiting).values(state=HandOverState.TAKEN_BACK, answered_at=act.moment))


def appoint(dossier: Dossier, *, officer: Account | None, note: str = "", act: Act) -> None:
    """Make a person of the unit that has the dossier in hand its officer. Raises Refused, MoveNotAllowed."""
    wrong = _officer_faults(dossier, officer, dossier.unit, act) if officer else []
    if officer is not None and dossier.officer_id == officer.id:
        wrong.append(Problem("appoint.same", "officer"))
    after = steps.check(Verb.APPOINT, dossier, act=act, asked={"officer": officer}, hindrances=wrong)
    assert officer is not None  # asked for by the table
    dossier.officer_id = officer.id
    steps.write(Verb.APPOINT, dossier, after, act=act, note=note, facts={"officer": officer.name})


def slip_of(dossier: Dossier, slip_id: uuid.UUID, *, act: Act) -> HandOver:
    """Return a slip of the dossier, held until the act ends. Raises NotFound."""
    query = select(HandOver).where(HandOver.id == slip_id, HandOver.dossier_id == dossier.id)
    found = act.session.scalar(query.with_for_update())
    if found is None:
        raise NotFound("hand_over.unknown")
    return found


def _check_answer(verb: Verb, slip: HandOver, act: Act, wrong: list[Problem], note: str = "-") -> State:
    if slip.state is not HandOverState.OFFERED:
        wrong.append(Problem("hand_over.answered"))
    if slip.offered_by == act.actor.id:
        wrong.append(Problem("hand_over.same_person"))
    return steps.check(verb, slip.dossier, act=act, asked={"note": note}, hindrances=wrong, unit_path=slip.to_unit.path)


def _undo(verb: Verb, slip: HandOver, after: State, act: Act, note: str) -> None:
    """The lead unit did not take over: the dossier is where it was before. A co-operating unit changes nothing."""
    dossier = slip.dossier
    act.session.flush()
    _unsee(dossier, slip.to_unit_id, act)
    facts = {"unit": slip.to_unit.name, "lead": slip.lead}
    steps.write(verb, dossier, after if slip.lead else dossier.state, act=act, note=note, facts=facts)
    act.record(f"hand_over:{verb.value.removesuffix('_hand_over')}", slip, **facts)


def _offer(dossier: Dossier, unit: Unit, *, lead: bool, officer: Account | None, note: str, act: Act) -> HandOver:
    if act.actor.id is None:
        raise BadInput("account.unknown")
    year = shanghai_date(act.moment).year
    slip = HandOver(
        dossier_id=dossier.id, from_unit_id=dossier.unit_id, to_unit_id=unit.id, lead=lead,
        officer_id=officer.id if officer else None, note=note, offered_by=act.actor.id, offered_at=act.moment,
        year=year, serial=series.slip_serial(act.session, year),
    )  # fmt: skip
    act.session.add(slip)
    _see(dossier, unit.id, act)
    act.session.flush()
    act.record("hand_over:offer", slip, unit=unit.name, lead=lead)
    return slip


def _see(dossier: Dossier, unit_id: uuid.UUID, act: Act) -> None:
    if act.session.get(Access, (dossier.id, unit_id)) is None:
        act.session.add(Access(dossier_id=dossier.id, unit_id=unit_id))


def _unsee(dossier: Dossier, unit_id: uuid.UUID, act: Act) -> None:
    """Take a unit's sight of the dossier away, unless it co-operates, or had the dossier in hand before."""
    act.session.flush()
    ties = select(HandOver.id).where(
        HandOver.dossier_id == dossier.id,
        (HandOver.from_unit_id == unit_id)
        | ((HandOver.to_unit_id == unit_id) & (HandOver.state == HandOverState.ACCEPTED)),
    )
    row = act.session.get(Access, (dossier.id, unit_id))
    in_hand = dossier.unit_id == unit_id
    if row is not None and (in_hand or act.session.scalar(ties.limit(1)) is None):
        act.session.delete(row)


def _has_slip(dossier: Dossier, unit: Unit, act: Act) -> bool:
    query = select(HandOver.id).where(
        HandOver.dossier_id == dossier.id,
        HandOver.to_unit_id == unit.id,
        HandOver.state.in_((HandOverState.OFFERED, HandOverState.ACCEPTED)),
    )
    return act.session.scalar(query.limit(1)) is not None


def _closed(unit: Unit) -> list[Problem]:
    return [Problem("assign.unit_closed", facts={"unit": unit.name})] if unit.closed_at is not None else []


def _officer_faults(dossier: Dossier, officer: Account, unit: Unit, act: Act) -> list[Problem]:
    person = people.person(act.session, officer)
    if not officer.active or not may(person, Permission.HANDLE, unit.path):
        return [Problem("assign.not_an_officer", "officer", {"name": officer.name, "unit": unit.name})]
    if act.session.get(Recusal, (dossier.id, officer.id)) is not None:
        return [Problem("assign.recused", "officer", {"name": officer.name})]
    return []
