"""The shipped profiles say what their sources say."""

import pytest

from archive.deadlines.labels import EVENTS
from archive.dossiers.states import Channel, Severity, Source
from archive.people.rules import Role
from archive.procedures.flaws import schema
from archive.procedures.loading import shipped
from archive.procedures.profile import Item

SYSTEMS = [
    *("WQZX", "XXGS", "YJF13", "KHYG", "XLM", "LSTS", "GDCL", "FAMB", "JFJJ", "NHSX", "XJGL", "XJPPT", "YHZY", "KSGL"),
    *("KTGL", "FA1", "JXCL", "FFAL", "YJYA", "QCWX", "PBC5", "CBIRC3"),
]


def codes(items: tuple[Item, ...]) -> set[str]:
    return {item.code for item in items}


def test_every_system_of_the_sources_has_its_profile() -> None:
    assert set(SYSTEMS) <= set(shipped())


@pytest.mark.parametrize("name", ["WQZX", "XLM", "NHSX", "XJGL"])
def test_a_source_that_is_cut_off_says_so_and_inherits(name: str) -> None:
    profile = shipped()[name]
    assert profile.incomplete
    assert profile.incomplete_note
    assert set(profile.inherits) & {"PBC5", "CBIRC3"}


def test_whatever_is_inherited_from_is_shipped() -> None:
    assert {parent for profile in shipped().values() for parent in profile.inherits} <= set(shipped())


def test_every_number_in_a_profile_names_its_article_and_no_profile_keeps_less_than_three_years() -> None:
    for profile in shipped().values():
        assert all(limit.article for limit in profile.deadlines)
        assert profile.retention is None or profile.retention.years >= 3


def test_the_codes_are_those_of_the_dossiers_and_people() -> None:
    defs = schema()["$defs"]
    assert set(defs["channel"]["enum"]) == set(Channel)
    assert set(defs["source"]["enum"]) == set(Source)
    assert set(defs["severity"]["enum"]) == set(Severity)
    cores = set(schema()["properties"]["roles"]["items"]["properties"]["core"]["enum"])
    assert cores < set(Role)
    assert set(defs["event"]["enum"]) <= set(EVENTS)


def test_the_center_assigns_only_to_four_classes_of_office_with_a_date_and_a_notice() -> None:
    letter = next(one for one in shipped()["WQZX"].letters if one.kind == "assignment")
    assert len(letter.addressees) == 4
    assert letter.due_required
    assert letter.paired == "forwarding-notice"


def test_the_payment_company_has_its_grounds_measures_and_seven_feedback_fields() -> None:
    profile = shipped()["XXGS"]
    assert {f"17-{n}" for n in range(1, 7)} <= codes(profile.non_acceptance)
    assert {item.code: item.link for item in profile.non_acceptance}["17-3"] == "proceeding"
    assert len(profile.measures) == 7
    assert [len(grade.reasons) for grade in profile.severity] == [3, 5]
    assert len(next(report for report in profile.reports if report.kind == "case_feedback").fields) == 7


def test_a_bank_may_not_tell_of_an_extension_by_phone() -> None:
    notice = next(one for one in shipped()["YJF13"].notices if one.code == "extension")
    assert notice.channels == ("sms", "email", "letter")
