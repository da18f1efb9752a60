"""Whose word counts where several profiles bind: own before inherited, the union of lists, what obeys every text."""

from dataclasses import replace

from archive.dossiers import admitting, telling
from archive.dossiers.code_tables import Table
from archive.dossiers.code_tables import shipped as codes
from archive.dossiers.models import Party
from archive.dossiers.states import CodeTable, NoticeChannel, NoticeKind, NoticeOutcome, PartyKind, PartyRole
from archive.dossiers.values import NoticeValue
from archive.procedures import overlay
from archive.procedures.loading import shipped
from archive.procedures.office import Bound
from archive.procedures.overlay import stated
from archive.procedures.profile import Profile
from tests.conftest import NOW

TABLE = Table(CodeTable.NON_ACCEPTANCE, codes(CodeTable.NON_ACCEPTANCE))


def own(*names: str) -> list[Bound]:
    return [Bound(shipped()[name], "") for name in names]


def with_parents(name: str) -> list[Bound]:
    return [*own(name), *(Bound(shipped()[parent], name) for parent in shipped()[name].inherits)]


def told(kind: NoticeKind, channel: NoticeChannel, outcome: NoticeOutcome = NoticeOutcome.REACHED) -> NoticeValue:
    return NoticeValue(kind, channel, outcome, NOW)


def test_a_text_that_is_cut_off_closes_by_what_it_inherits_and_one_that_speaks_by_its_own() -> None:
    def closing(bound: list[Bound]) -> set[str]:
        return {one.profile.id for one in stated(bound, lambda profile: profile.closing)}

    assert closing(with_parents("WQZX")) == {"PBC5", "CBIRC3"}
    assert closing(with_parents("GDCL")) == {"GDCL"}
    assert closing(own("PBC5", "CBIRC3", "GDCL")) == {"PBC5", "CBIRC3", "GDCL"}


def test_complaints_are_declined_on_the_grounds_of_the_binding_texts_only() -> None:
    found = admitting.reasons(with_parents("WQZX"), TABLE)
    assert [one.code for one in found][:2] == ["WQZX/out_of_scope", "PBC5/42-1"]
    assert "第四十二条(四)" in next(one.basis for one in found if one.code == "PBC5/42-4")
    assert [one.code for one in admitting.wrong_reason(found, "42-1", "")] == ["decline.ground"]
    assert [one.code for one in admitting.wrong_reason(found, "PBC5/42-4", "")] == ["decline.needs_proceeding"]
    assert admitting.wrong_reason(found, "PBC5/42-4", "（2026）苏0582民初1号") == []
    assert admitting.reasons([], TABLE)[0].code == TABLE.rows[0].code  # nothing binds: the office's own table


def test_every_required_condition_of_admission_is_ticked_and_named_with_its_article() -> None:
    bound = own("PBC5", "XXGS")
    missing = admitting.unmet(bound, [], ["PBC5/41-1", "PBC5/41-2", "PBC5/41-3", "XXGS/10-1"])
    assert [one.facts["basis"] for one in missing] == [
        f"《xx公司金融消费者投诉处理办法》第十条({n})" for n in ("二", "三", "四")
    ]
    assert [one.code for one in admitting.unmet([], [], ["XXGS/10-1"])] == ["accept.unknown"]


def test_what_is_told_obeys_every_text_but_an_attempt_may_use_any_way() -> None:
    bound = own("YJF13", "LSTS")  # 短信、电话、邮件、信函、当面; in writing
    assert telling.allowed(bound, NoticeKind.RESULT)[0] == (NoticeChannel.LETTER, NoticeChannel.EMAIL)
    phone = NoticeChannel.PHONE
    assert [one.code for one in telling.wrong_way(bound, told(NoticeKind.RESULT, phone))] == ["notice.way"]
    assert telling.wrong_way(bound, told(NoticeKind.RESULT, phone, NoticeOutcome.FAILED)) == []
    assert telling.wrong_way(bound, told(NoticeKind.REFUSAL, phone)) == []
    assert "处理时限" in telling.contents(bound)[NoticeKind.ACCEPTANCE]


def test_the_strictest_approval_of_all_that_bind_is_asked() -> None:
    lenient: Profile = replace(
        shipped()["XXGS"], id="LAX", approvals=shipped()["PBC5"].approvals, roles=shipped()["PBC5"].roles
    )
    found = overlay.approval([*own("FAMB", "CBIRC3"), Bound(lenient, "")], "review")
    assert found is not None
    assert found.profile == "CBIRC3"
    assert overlay.approval(with_parents("WQZX"), "extend") is not None  # inherited where the text is silent


def test_a_grade_is_chosen_in_the_words_of_its_scheme() -> None:
    schemes = stated(own("XXGS", "YHZY"), lambda profile: profile.severity)
    words = dict(overlay.grades(schemes))
    assert words["XXGS/major/12-2-1"] == "重大：客户备付金被挪用"
    assert words["YHZY/major"] == "重大事项"
    found = overlay.graded(schemes, "XXGS/major/12-2-1")
    assert found is not None
    assert found[0].entry.core == "major"
    assert overlay.graded(schemes, "XXGS/major") is None  # its reasons are not optional


def test_old_numbers_stand_beside_and_never_instead() -> None:
    assert overlay.number_template(own("XLM"), legacy=False) == ""
    assert overlay.number_template(own("XLM"), legacy=True) == "{yy}{mm}{dd}{seq:03}"


def test_a_complainant_of_a_kind_no_text_speaks_of_is_admitted_only_knowingly() -> None:
    def asked(bound: list[Bound], *kinds: PartyKind, role: PartyRole = PartyRole.COMPLAINANT) -> list[str]:
        parties = [Party(kind=kind, role=role, name="某") for kind in kinds]
        return [one.code for one in admitting.conditions(bound, parties) if one.code.endswith("/complainants")]

    assert asked(own("PBC5"), PartyKind.NATURAL) == []
    assert asked(own("PBC5"), PartyKind.NATURAL, PartyKind.ORGANISATION) == ["PBC5/complainants"]
    assert asked(own("PBC5"), PartyKind.ORGANISATION, role=PartyRole.AGENT) == []
    assert asked(own("PBC5", "XXGS"), PartyKind.INDIVIDUAL_BUSINESS) == []  # what one text lists is admitted
    assert asked(own("XXGS"), PartyKind.NATURAL) == ["XXGS/complainants"]
    assert asked(own("CBIRC3"), PartyKind.ORGANISATION) == []  # silent: anybody
    parties = [Party(kind=PartyKind.ORGANISATION, role=PartyRole.COMPLAINANT, name="某公司")]
    unticked = {one.code for one in admitting.conditions(own("PBC5"), parties)} - {"PBC5/complainants"}
    assert [one.facts["name"] for one in admitting.unmet(own("PBC5"), parties, unticked)] == [
        "投诉人是法人或其他组织，规程只列自然人；经核实仍应受理"
    ]
