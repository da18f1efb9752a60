"""Contacts and complaints are registered whole, numbered without a gap, and their personal numbers are sealed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from archive.core.act import acting
from archive.core.db import db
from archive.core.errors import BadInput, NotAllowed, NotFound, RuleBroken
from archive.core.ports import ports
from archive.dossiers import access, parties, registering
from archive.dossiers.models import Contact, Institution, Move, Party, PartyKey
from archive.dossiers.parties import Secret
from archive.dossiers.rules import MoveNotAllowed
from archive.dossiers.states import Channel, KeyKind, PartyRole, Severity, State, Verb
from archive.dossiers.values import ContactValue, PartyValue
from tests.builders import Office
from tests.conftest import NOW
from tests.dossier_builders import WANG, brought_to, complaint, dossier, registered


def line(**facts: object) -> ContactValue:
    return replace(ContactValue(NOW - timedelta(minutes=5), Channel.PHONE, "李女士", "询问信用卡费用"), **facts)


def test_contacts_are_counted_by_unit_and_year(office: Office, clock) -> None:
    with acting(office.person("intake")) as act:
        first = registering.record_contact(line(), act=act)
        second = registering.record_contact(line(unit="desk"), act=act)
        third = registering.record_contact(line(phone="13912345678"), act=act)
        assert [(one.year, one.serial) for one in (first, second, third)] == [(2026, 1), (2026, 1), (2026, 2)]
        assert third.phone_masked == "139****5678"
        assert "13912345678" not in (third.phone_sealed or "")
    # 31 December 17:00 UTC is next year in Shanghai.
    clock.moment = NOW.replace(month=12, day=31, hour=17)
    with acting(office.person("intake")) as act:
        contact = registering.record_contact(line(), act=act)
        assert (contact.year, contact.serial) == (2027, 1)


def test_a_contact_becomes_a_dossier_once(office: Office) -> None:
    with acting(office.person("intake")) as act:
        contact = registering.record_contact(line(unit="desk"), act=act)
    with acting(office.person("intake")) as act:
        row = act.session.get(Contact, contact.id)
        found = registering.register(complaint(), act=act, contact=row)
        assert found.number == "2026-TS-000001"
        assert found.unit.code == "desk"
        assert row.dossier_id == found.id
        assert row.in_scope is True
    with pytest.raises(RuleBroken, match=r"contact\.registered"), acting(office.person("intake")) as act:
        registering.register(complaint(), act=act, contact=act.session.get(Contact, contact.id))
    assert registered(office) == "2026-TS-000002"


def test_registering_directly_records_the_contact_too(office: Office) -> None:
    number = registered(office)
    contact = db.session.scalars(select(Contact)).one()
    assert contact.dossier_id == dossier(number).id
    assert contact.person_name == "王小明"
    assert contact.phone_masked == "138****5678"


def test_a_contact_outside_the_scope_needs_advice(office: Office) -> None:
    with acting(office.person("intake")) as act:
        contact = registering.record_contact(line(), act=act)
    with pytest.raises(BadInput), acting(office.person("head")) as act:
        row = act.session.get(Contact, contact.id)
        registering.judge_contact(row, in_scope=False, leader_opinion="同意", advice=" ", act=act)
    with acting(office.person("head")) as act:
        row = act.session.get(Contact, contact.id)
        registering.judge_contact(row, in_scope=False, leader_opinion="同意", advice="请向法院起诉", act=act)
    assert db.session.get(Contact, contact.id).advice == "请向法院起诉"


def test_everything_wrong_is_said_at_once(office: Office) -> None:
    bad = complaint(
        received_at=NOW + timedelta(days=1), occurred_on=(NOW + timedelta(days=2)).date(), category="nonsense",
        severity=Severity.MAJOR,
    )  # fmt: skip
    with pytest.raises(BadInput) as refused, acting(office.person("intake")) as act:
        registering.register(bad, act=act)
    assert {problem.field for problem in refused.value.problems} == {
        "received_at", "occurred_on", "category", "severity_reason",
    }  # fmt: skip
    # Nothing was left behind, not even a number.
    assert registered(office) == "2026-TS-000001"


def test_only_who_may_register_registers_and_only_in_the_own_units(office: Office) -> None:
    for login in ("auditor", "nobody", "legal", "system_admin"):
        with pytest.raises(NotAllowed), acting(office.person(login)) as act:
            registering.register(complaint(), act=act)
    with pytest.raises(NotAllowed), acting(office.person("officer-desk")) as act:
        registering.register(complaint(unit="field"), act=act)
    with acting(office.person("officer-desk")) as act:
        assert registering.register(complaint(), act=act).unit.code == "desk"


def test_personal_numbers_are_sealed_masked_and_found_by_hash(office: Office) -> None:
    number = registered(office, account="6222 0212 3456 0123")
    found = dossier(number)
    party = found.parties[0]
    assert party.id_number_masked == "320***********0019"
    assert party.phone_masked == "138****5678"
    assert found.account_tail == "0123"
    for column in (party.id_number_sealed, party.phone_sealed, party.address_sealed, found.account_sealed):
        assert column
        assert "0019" not in column
    assert ports().vault.open(party.id_number_sealed or "") == "320582198001010019"

    def owners(text: str) -> set[object]:
        return set(db.session.scalars(select(PartyKey.dossier_id).where(PartyKey.hash.in_(parties.hashes(text)))))

    for text in ("320582198001010019", "0019", "10019", "010019", "138 0013 5678", "5678", "6222021234560123", "0123"):
        assert owners(text) == {found.id}, text
    for text in ("320582198001010018", "019", "0018", "3205821980", ""):
        assert owners(text) == set(), text


def test_an_account_given_by_its_tail_is_found_by_it(office: Office) -> None:
    number = registered(office, account="7788", parties=(PartyValue("赵六"),))
    keys = db.session.scalars(select(PartyKey.hash).where(PartyKey.kind == KeyKind.ACCOUNT))
    assert set(keys) & set(parties.hashes("7788"))
    assert dossier(number).account_sealed is None


def test_unmasking_needs_the_permission_and_a_reason_and_is_recorded(office: Office) -> None:
    number = registered(office)
    with acting(office.person("officer")) as act:
        found = access.find(act.session, number, office.person("officer"))
        party = found.parties[0]
        assert parties.unmask(found, Secret.ID_NUMBER, party=party, reason="核对身份", act=act) == WANG.id_number
        assert parties.unmask(found, Secret.PHONE, party=party, reason="联系", act=act) == WANG.phone
        assert parties.unmask(found, Secret.ADDRESS, party=party, reason="寄信", act=act) == WANG.address
        assert parties.unmask(found, Secret.ACCOUNT, reason="核对", act=act) == ""
        facts = [one.facts for one in act.pending if one.action == "party:unmask"]
        assert facts[0] == {"number": number, "secret": "id_number", "reason": "核对身份"}
        assert "320582" not in str(act.pending)
    with pytest.raises(BadInput), acting(office.person("officer")) as act:
        parties.unmask(dossier(number), Secret.PHONE, party=dossier(number).parties[0], reason=" ", act=act)
    with pytest.raises(NotAllowed), acting(office.person("intake")) as act:
        parties.unmask(dossier(number), Secret.PHONE, party=dossier(number).parties[0], reason="想看", act=act)
    other = registered(office)
    with pytest.raises(NotFound), acting(office.person("officer")) as act:
        parties.unmask(dossier(other), Secret.PHONE, party=dossier(number).parties[0], reason="想看", act=act)


def test_institutions_are_entered_once_however_they_are_written(office: Office) -> None:
    registered(office, respondent="某某银行 (张家港) 分行")
    registered(office, respondent="某某银行（张家港）分行")
    assert db.session.scalars(select(Institution.name)).all() == ["某某银行（张家港）分行"]


def test_an_edit_changes_what_changed_and_records_old_and_new(office: Office) -> None:
    number = registered(office)
    party = dossier(number).parties[0]
    kept = PartyValue("王晓明", id=party.id)
    agent = PartyValue("孙律师", role=PartyRole.AGENT, mandate="代为投诉，至2026-12-31", phone="13700001111")
    with acting(office.person("intake")) as act:
        changed = complaint(parties=(kept, agent), cause="contract", title="合同争议")
        assert registering.edit(dossier(number), changed, act=act) is True
        facts = next(one.facts for one in act.pending if one.action == "dossier:change")
        assert facts["changes"] == {"cause": ["fee", "contract"], "title": "changed", "parties": "changed"}
    rows = dossier(number).parties
    assert [(row.name, row.phone_masked, row.id_number_masked) for row in rows] == [
        ("王晓明", "138****5678", "320***********0019"), ("孙律师", "137****1111", ""),
    ]  # fmt: skip
    with acting(office.person("intake")) as act:
        parties_again = tuple(PartyValue(row.name, role=row.role, mandate=row.mandate, id=row.id) for row in rows)
        assert registering.edit(dossier(number), replace(changed, parties=parties_again), act=act) is False
    with acting(office.person("intake")) as act:
        gone = replace(changed, parties=(PartyValue("王晓明", id=party.id, phone="-"),))
        registering.edit(dossier(number), gone, act=act)
    assert db.session.scalar(select(func.count()).select_from(Party)) == 1
    assert dossier(number).parties[0].phone_masked == ""
    kinds = set(db.session.scalars(select(PartyKey.kind).where(PartyKey.dossier_id == dossier(number).id)))
    assert kinds == {KeyKind.ID_NUMBER}


def test_of_two_who_save_at_once_the_second_is_told(office: Office) -> None:
    number = registered(office)
    seen = dossier(number).revision
    with acting(office.person("intake")) as act:
        registering.edit(dossier(number), complaint(title="先保存"), act=act, revision=seen)
    with pytest.raises(RuleBroken, match=r"dossier\.changed"), acting(office.person("officer")) as act:
        registering.edit(dossier(number), complaint(title="后保存"), act=act, revision=seen)
    assert dossier(number).title == "先保存"


def test_a_closed_dossier_is_not_edited(office: Office) -> None:
    number = brought_to(office, State.CLOSED)
    with pytest.raises(RuleBroken, match=r"dossier\.move_refused"), acting(office.person("head")) as act:
        registering.edit(dossier(number), complaint(title="改"), act=act)


def test_a_stranger_does_not_edit(office: Office) -> None:
    number = registered(office, unit="desk")
    with pytest.raises(MoveNotAllowed), acting(office.person("officer-field")) as act:
        registering.edit(dossier(number), complaint(title="改"), act=act)


def test_registration_is_the_first_step_of_the_history(office: Office) -> None:
    number = registered(office)
    move = db.session.scalars(select(Move)).one()
    assert (move.verb, move.before, move.after, move.actor_name) == (Verb.REGISTER, None, State.REGISTERED, "intake甲")
    assert move.dossier_id == dossier(number).id
