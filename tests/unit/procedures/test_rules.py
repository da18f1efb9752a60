"""How several profiles bind one case: earliest date, longest keeping, strictest approval, upper text first."""

from dataclasses import replace
from datetime import date

import pytest

from archive.core.errors import BadInput
from archive.procedures import rules
from archive.procedures.limit import Level
from archive.procedures.loading import shipped
from archive.procedures.profile import Effective, Profile, Retention

TODAY = date(2026, 3, 2)


def profile(name: str) -> Profile:
    return shipped()[name]


def a_profile(name: str, level: Level = Level.INTERNAL, **more: object) -> Profile:
    return replace(Profile(name, 1, name, f"{name}办法", level), **more)  # type: ignore[arg-type]


def test_a_profile_binds_when_in_force_and_its_scope_covers_the_case() -> None:
    both = [profile("PBC5"), profile("CBIRC3")]
    assert [p.id for p in rules.binding(both, {"institution": "payment"}, TODAY)] == ["PBC5"]
    assert [p.id for p in rules.binding(both, {"institution": "bank"}, TODAY)] == ["CBIRC3", "PBC5"]
    assert rules.binding(both, {"institution": "bank"}, date(2020, 2, 29)) == ()


def test_a_fact_that_is_not_known_meets_no_condition() -> None:
    assert rules.binding([profile("PBC5")], {}, TODAY) == ()


def test_upper_texts_come_first() -> None:
    found = rules.binding([a_profile("B"), a_profile("A", Level.LAW), a_profile("A2")], {}, TODAY)
    assert [p.id for p in found] == ["A", "A2", "B"]


def test_a_text_no_longer_in_force_does_not_bind() -> None:
    old = a_profile("OLD", effective=Effective(to=date(2026, 3, 1)))
    assert rules.binding([old], {}, TODAY) == ()


def test_a_cut_off_source_takes_the_duties_it_lacks_from_what_it_inherits() -> None:
    found = rules.limits([profile("XLM")], {"kind": "packaging", "channel": "phone"}, shipped())
    # XLM has a number for the opinion on packaging but none for the handling as a whole.
    assert {limit.key for limit in found} == {"XLM.T30", "CBIRC3.C01", "CBIRC3.C02", "CBIRC3.C03", "CBIRC3.C04"}
    quality = {limit.key for limit in rules.limits([profile("XLM")], {"kind": "quality"}, shipped())}
    assert "XLM.T29" in quality
    assert "CBIRC3.C01" not in quality


def test_a_parent_that_binds_of_itself_keeps_all_its_limits() -> None:
    bound = [profile("CBIRC3"), profile("YJF13")]
    keys = {limit.key for limit in rules.limits(bound, {"source": "direct"}, shipped())}
    assert {"CBIRC3.C01", "YJF13.T10"} <= keys


def test_the_longest_keeping_wins_and_all_reasons_are_shown() -> None:
    kept = rules.retention([profile("XXGS"), a_profile("ZX", retention=Retention(10, "第二条"))])
    assert kept.years == 10
    assert [years for _, years, _ in kept.reasons] == [10, 3, 3]
    assert rules.retention([a_profile("ZX", retention=Retention(30, "一", permanent=True))]).years is None


def test_three_years_is_the_floor_where_nobody_says_anything() -> None:
    assert rules.retention([profile("KTGL")]).years == 3
    assert rules.retention([]).years == 3


def test_the_strictest_approval_wins() -> None:
    found = rules.approval([profile("PBC5"), profile("XXGS"), profile("LSTS"), profile("XLM")], "decide")
    assert found is not None
    assert (found.profile, [role.name for role in found.roles]) == ("LSTS", ["专门负责人", "业务分管合伙人"])
    assert rules.approval([profile("WQZX")], "mediate") is None


def test_a_repealed_basis_is_named_from_the_day_of_its_repeal() -> None:
    assert rules.repealed(profile("XXGS"), date(2020, 12, 31)) == ()
    assert [basis.title for basis in rules.repealed(profile("XXGS"), date(2021, 1, 1))] == ["中华人民共和国合同法"]


def test_a_number_follows_the_template_and_never_overflows() -> None:
    assert rules.case_number("{yy}{mm}{dd}{seq:03}", date(2010, 9, 12), 99) == "100912099"
    assert rules.case_number("{year}-{unit}-{seq:06}", date(2026, 1, 2), 7, "TS") == "2026-TS-000007"
    with pytest.raises(BadInput, match=r"profile\.number_full"):
        rules.case_number("{yy}{mm}{dd}{seq:03}", date(2010, 9, 12), 1000)
