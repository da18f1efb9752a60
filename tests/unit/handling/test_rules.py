"""Who decides, what is alike, when to ask again, what a complainant is told."""

import uuid
from datetime import UTC, date, datetime, timedelta

from archive.binding.roles import stands
from archive.dossiers.states import State
from archive.handling import procedure, rules
from archive.handling.kinds import Likeness, Side, Subject
from archive.handling.rules import Matter
from archive.people.rules import Grant, Person, Role
from archive.procedures import overlay
from archive.procedures.loading import shipped
from archive.procedures.office import Bound
from archive.procedures.profile import Mass, Standing

NOON = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)


def bound(*names: str) -> procedure.Bindings:
    return tuple(Bound(shipped()[name], "") for name in names)


def test_without_a_rule_the_head_decides() -> None:
    assert [one.role for one in rules.approvers(None)] == [Role.HEAD]


def test_the_handlers_own_step_is_the_opinion_itself() -> None:
    """LSTS: the person in charge gives a written opinion, then the partner decides."""
    found = rules.approvers(overlay.approval(bound("LSTS"), Subject.DECIDE))
    assert [(one.role, one.name) for one in found] == [(Role.HEAD, "业务分管合伙人")]


def test_mediation_is_approved_by_the_leading_group() -> None:
    found = rules.approvers(overlay.approval(bound("XXGS"), Subject.MEDIATE))
    assert [one.name for one in found] == ["金融消费者权益保护工作领导小组"]
    assert "第二十二条" in found[0].article


def test_a_role_holds_in_its_unit_and_below_it_and_a_high_one_only_from_above() -> None:
    head = Person(uuid.uuid4(), "head", "甲", (Grant(Role.HEAD, uuid.uuid4(), "/1/2/"),))
    assert stands(head, "head", Standing.SUPERVISOR, "/1/2/5/")
    assert not stands(head, "head", Standing.SUPERVISOR, "/1/3/")
    assert not stands(head, "legal", Standing.SUPERVISOR, "/1/2/")
    assert stands(head, "head", Standing.SENIOR, "/1/2/5/")
    assert not stands(head, "head", Standing.COMMITTEE, "/1/2/")


def test_what_is_not_filled_in_is_like_nothing() -> None:
    assert rules.keys_of(Matter(None, "loan", "", "")) == {}
    one = uuid.uuid4()
    assert set(rules.keys_of(Matter(one, "loan", "fee", "分期"))) == {
        Likeness.RESPONDENT,
        Likeness.MATTER,
        Likeness.PRODUCT,
    }


def registered(*hours_before: float) -> list[tuple[uuid.UUID, datetime]]:
    return [(uuid.uuid4(), NOON - timedelta(hours=hours)) for hours in hours_before]


def test_a_mass_is_as_many_within_the_days_the_day_itself_counted() -> None:
    mass = Mass(3, 2)
    assert len(rules.massed(registered(0, 20, 36), mass, NOON)) == 3  # 36 hours before noon is past midnight yesterday
    assert rules.massed(registered(0, 20, 37), mass, NOON) == []  # 23:00 of the day before: outside
    assert rules.massed(registered(0, 20), mass, NOON) == []


def test_a_follow_up_is_due_by_the_earliest_rule_else_after_fifteen_days() -> None:
    assert rules.follow_up_due(date(2026, 3, 5), []) == date(2026, 3, 20)
    assert rules.follow_up_due(date(2026, 3, 5), [7, 15]) == date(2026, 3, 12)
    assert procedure.calling(bound("KHYG")).days == (7,)
    # Counted from the delivery of repaired goods, which the archive does not know.
    assert procedure.calling(bound("XLM")).days == ()
    both = procedure.calling(bound("LSTS"))
    assert both.sides == (Side.COMPLAINANT, Side.RESPONDENT)
    assert "三(二)" in both.basis


def test_a_profile_says_to_whom_is_reported() -> None:
    assert procedure.receiver(bound("XXGS"), "major_event") == "中国人民银行"
    assert procedure.receiver(bound("XXGS"), "major") == "金融消费者权益保护工作领导小组"


def test_the_seven_measures_and_the_kinds_of_compensation_come_from_the_profiles() -> None:
    for profiles in (bound("XXGS"), ()):
        found = procedure.measures(profiles)
        assert [one.entry.code for one in found] == [
            "interview",
            "investigate",
            "rectify",
            "compensate",
            "breach",
            "restrict",
            "advance_pay",
        ]
        assert "第十三条(一)" in found[0].basis
    assert [one.entry.code for one in procedure.compensations(bound("FA1"))] == ["money", "service", "other"]


def test_ten_in_seven_days_unless_a_profile_says() -> None:
    assert procedure.mass(()) == (Mass(10, 7), "")
    mass, basis = procedure.mass(bound("XXGS"))
    assert (mass.count, mass.days) == (10, 7)
    assert "第八条" in basis


def test_every_state_is_told_to_the_complainant_and_none_tells_of_units() -> None:
    assert set(rules.STAGES) == set(State)
    assert rules.STAGES[State.ASSIGNED] is rules.STAGES[State.INVESTIGATING]


def test_a_code_is_easy_to_read_out_and_hard_to_guess() -> None:
    codes = {rules.new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(len(code) == 11 and code[5] == "-" and not set(code) & set("01OIL") for code in codes)
