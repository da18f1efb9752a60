"""A dossier passes between units by slips that two sides sign; the unit that has it keeps it until it is taken over."""

import pytest
from sqlalchemy import select

from archive.core.act import acting
from archive.core.db import db
from archive.core.errors import NotFound, Refused
from archive.dossiers import access, assigning
from archive.dossiers.models import Access, HandOver
from archive.dossiers.rules import MoveNotAllowed
from archive.dossiers.states import HandOverState, State
from archive.people.models import Account
from tests.builders import Office
from tests.dossier_builders import account, brought_to, dossier, registered, unit


def refusals(refused) -> set[str]:
    return {problem.code for problem in refused.value.problems}


def slip(number: str) -> HandOver:
    return db.session.scalars(select(HandOver).where(HandOver.dossier_id == dossier(number).id)).one()


def sees(office: Office, login: str, number: str) -> bool:
    try:
        access.find(db.session(), number, office.person(login))
    except NotFound:
        return False
    return True


def assigned(office: Office, *helpers: str, officer: str = "") -> str:
    """A dossier of the desk, offered to the field."""
    number = brought_to(office, State.ACCEPTED, unit="desk")
    with acting(office.person("head")) as act:
        assigning.assign(
            dossier(number), lead=unit(office, "field"), helpers=[unit(office, code) for code in helpers],
            officer=account(office, officer) if officer else None, note="请调查", act=act,
        )  # fmt: skip
    return number


def test_the_receiver_sees_the_dossier_while_it_decides(office: Office) -> None:
    number = brought_to(office, State.ACCEPTED, unit="desk")
    assert not sees(office, "officer-field", number)
    assert sees(office, "officer-desk", assigned(office))
    number = slip_number = assigned(office)
    assert sees(office, "officer-field", slip_number)
    assert dossier(number).unit.code == "desk"


def test_taking_over_moves_the_dossier_and_names_the_officer(office: Office) -> None:
    number = assigned(office)
    with acting(office.person("officer-field")) as act:
        assigning.accept_hand_over(slip(number), act=act)
    found = dossier(number)
    assert (found.state, found.unit.code, found.officer_id) == (
        State.INVESTIGATING, "field", office.accounts["officer-field"],
    )  # fmt: skip
    assert sees(office, "officer-desk", number)
    codes = db.session.scalars(select(Access.unit_id).where(Access.dossier_id == found.id)).all()
    assert codes == [office.units["desk"]]


def test_a_refused_slip_leads_back_and_shuts_the_door(office: Office) -> None:
    number = assigned(office)
    with pytest.raises(Refused) as refused, acting(office.person("officer-field")) as act:
        assigning.refuse_hand_over(slip(number), reason="", act=act)
    assert refusals(refused) == {"move.needs.note"}
    with acting(office.person("officer-field")) as act:
        assigning.refuse_hand_over(slip(number), reason="不属本科职责", act=act)
    assert dossier(number).state is State.ACCEPTED
    assert not sees(office, "officer-field", number)
    with pytest.raises(Refused) as refused, acting(office.person("officer")) as act:
        assigning.accept_hand_over(slip(number), act=act)
    assert refusals(refused) == {"hand_over.answered"}


def test_who_offered_does_not_sign_for_the_receiver(office: Office) -> None:
    number = assigned(office)
    with pytest.raises(Refused) as refused, acting(office.person("head")) as act:
        assigning.accept_hand_over(slip(number), act=act)
    assert refusals(refused) == {"hand_over.same_person"}


def test_only_the_receiving_unit_answers(office: Office) -> None:
    number = assigned(office)
    with pytest.raises(MoveNotAllowed), acting(office.person("officer-desk")) as act:
        assigning.accept_hand_over(slip(number), act=act)


def test_a_slip_is_taken_back(office: Office) -> None:
    number = assigned(office)
    with acting(office.person("head")) as act:
        assigning.take_back(slip(number), note="改由他人", act=act)
    assert dossier(number).state is State.ACCEPTED
    assert slip(number).state is HandOverState.TAKEN_BACK
    assert not sees(office, "officer-field", number)


def test_in_house_the_officer_begins_at_once(office: Office) -> None:
    number = brought_to(office, State.ACCEPTED, unit="desk")
    with pytest.raises(Refused) as refused, acting(office.person("head")) as act:
        assigning.assign(dossier(number), lead=unit(office, "desk"), act=act)
    assert refusals(refused) == {"move.needs.officer"}
    with acting(office.person("head")) as act:
        slips = assigning.assign(
            dossier(number), lead=unit(office, "desk"), officer=account(office, "officer-desk"), act=act
        )
    assert slips == []
    assert dossier(number).state is State.INVESTIGATING
    assert dossier(number).officer.username == "officer-desk"


def test_helpers_co_operate_without_moving_the_dossier(office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING, unit="desk")
    with acting(office.person("head")) as act:
        assigning.invite(dossier(number), unit=unit(office, "field"), note="请协助", act=act)
    with pytest.raises(Refused) as refused, acting(office.person("head")) as act:
        assigning.invite(dossier(number), unit=unit(office, "field"), act=act)
    assert refusals(refused) == {"assign.twice"}
    with acting(office.person("officer-field")) as act:
        assigning.accept_hand_over(slip(number), act=act)
    assert (dossier(number).state, dossier(number).unit.code) == (State.INVESTIGATING, "desk")
    assert sees(office, "officer-field", number)


def test_everything_wrong_with_an_assignment_is_said_at_once(office: Office) -> None:
    number = brought_to(office, State.REGISTERED, unit="desk")
    with acting(office.person("security_admin")) as act:
        unit(office, "field").closed_at = act.moment
    with pytest.raises(Refused) as refused, acting(office.person("head")) as act:
        assigning.assign(
            dossier(number), lead=unit(office, "field"), helpers=[unit(office, "desk")],
            officer=account(office, "intake"), act=act,
        )  # fmt: skip
    assert refusals(refused) == {
        "move.state.assign", "assign.unit_closed", "assign.twice", "assign.not_an_officer",
    }  # fmt: skip


def test_an_officer_is_appointed_out_of_the_unit(office: Office) -> None:
    number = registered(office, unit="desk")
    with acting(office.person("head")) as act:
        assigning.appoint(dossier(number), officer=account(office, "officer-desk"), act=act)
    assert dossier(number).officer.username == "officer-desk"
    with pytest.raises(Refused) as refused, acting(office.person("head")) as act:
        assigning.appoint(dossier(number), officer=account(office, "officer-desk"), act=act)
    assert refusals(refused) == {"appoint.same"}
    with pytest.raises(Refused) as refused, acting(office.person("head")) as act:
        assigning.appoint(dossier(number), officer=account(office, "officer-field"), act=act)
    assert refusals(refused) == {"assign.not_an_officer"}
    with acting(office.person("security_admin")) as act:
        gone = act.session.get(Account, office.accounts["officer"])
        gone.active = False
    with pytest.raises(Refused), acting(office.person("head")) as act:
        assigning.appoint(dossier(number), officer=account(office, "officer"), act=act)
