"""An office that follows a rule set works by it: channels, grades, admission, refusal, approval, numbers, closing."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from archive.binding import extending
from archive.core.act import acting
from archive.core.db import db
from archive.core.errors import NotAllowed, Refused
from archive.dossiers.models import Alias
from archive.dossiers.states import Channel, NoticeChannel, PartyKind, Severity, Source, State
from archive.dossiers.values import PartyValue
from archive.handling.kinds import Sheet, Step, Subject
from archive.letters import issuing
from archive.letters.models import LetterRow
from archive.procedures import operations as procedures
from archive.procedures.states import Subject as Choice
from archive.retention import matching
from tests import letter_builders as letters
from tests.builders import Office
from tests.conftest import NOW
from tests.dossier_builders import brought_to, conditions_of, dossier, registered, told, unit
from tests.handling_builders import a_document, made, stepped

AN_HOUR_AGO = (NOW - timedelta(hours=1)).isoformat()


def decide(office: Office, subject: Choice, value: str) -> None:
    with acting(office.person("records_manager")) as act:
        row = procedures.propose_choice(unit(office, "root"), subject, value, holds=True, reason="本单位设定", act=act)
    with acting(office.person("head")) as act:
        procedures.decide_choice(act.session.merge(row), act=act)


def follow(office: Office, text: str) -> None:
    """Let the office follow an internal rule set of its own making."""
    with acting(office.person("legal")) as act:
        row = procedures.propose(text, "own.yaml", note="新规", act=act)
        profile_id = row.profile_id
    with acting(office.person("head")) as act:
        procedures.sign(act.session.merge(row), act=act)
    decide(office, Choice.PROFILE, profile_id)


@pytest.fixture
def payment(office: Office) -> Office:
    """A payment company: its own rule (XXGS) besides the order that binds it (PBC5)."""
    decide(office, Choice.INSTITUTION, "payment")
    decide(office, Choice.PROFILE, "XXGS")
    return office


def body(**facts: Any) -> dict[str, Any]:
    usual = {
        "title": "资金未到账", "received_at": AN_HOUR_AGO, "channel": "phone", "parties": [{"name": "王小明"}],
        "respondent": "某支付公司", "category": "payment", "cause": "fee",
    }  # fmt: skip
    return {**usual, **facts}


def post(client: FlaskClient, number: str, verb: str, **asked: Any) -> Any:
    return client.post(f"/api/v1/dossiers/{number}/{verb}", json=asked)


def codes(answer: Any) -> list[str]:
    return [one["code"] for one in answer.json["errors"]]


def test_complaints_come_by_the_channels_and_grades_of_the_rules_in_force(payment: Office) -> None:
    intake = payment.client("intake")
    page = intake.get("/dossiers/new").text
    assert "传真（规程未列）" in page
    assert "热线转办（规程未列）" in page
    assert "重大：客户备付金被挪用" in page
    refused = intake.post("/api/v1/dossiers", json=body(grade="XXGS/major"))
    assert refused.status_code == 422
    assert codes(refused) == ["input.choice"]
    # Who comes by another way is not sent away: the form tells, and the complaint is taken.
    assert intake.post("/api/v1/dossiers", json=body(channel="email")).status_code == 201
    found = intake.post("/api/v1/dossiers", json=body(grade="XXGS/major/12-2-3")).json
    row = dossier(found["number"])
    assert (row.severity, row.severity_reason) == (Severity.MAJOR, "XXGS/major/12-2-3")
    assert "个人金融信息被恶意泄露或使用" in intake.get(f"/dossiers/{row.number}").text
    # The scheme speaks only where it is followed; core words change nothing on the way.
    assert intake.patch(f"/api/v1/dossiers/{row.number}", json={"title": "资金被盗刷"}).status_code == 200
    assert dossier(row.number).severity is Severity.MAJOR
    assert (
        intake.patch(f"/api/v1/dossiers/{row.number}", json={"severity": "normal", "severity_reason": ""}).status_code
        == 200
    )
    assert dossier(row.number).severity is Severity.NORMAL


def test_who_accepts_ticks_what_the_texts_require(payment: Office) -> None:
    number = registered(payment)
    head = payment.client("head")
    form = head.get(f"/dossiers/{number}/moves/accept").text
    assert "有明确的投诉对象及其住所地" in form or "明确的投诉对象及其住所地" in form
    assert "《xx公司金融消费者投诉处理办法》第十条(二)" in form
    refused = post(head, number, "accept", admission=["XXGS/10-1", "PBC5/42-1"])
    assert refused.status_code == 409
    assert codes(refused).count("accept.admission") == 6
    assert codes(refused).count("accept.unknown") == 1
    assert (
        post(payment.client("officer"), number, "accept", admission=conditions_of(dossier(number))).status_code == 403
    )
    ticked = head.post(f"/dossiers/{number}/moves/accept", data={"admission": conditions_of(dossier(number))})
    assert ticked.status_code == 302
    assert dossier(number).state is State.ACCEPTED


def test_a_complainant_of_a_kind_that_no_text_lists_is_pointed_out_to_who_accepts(payment: Office) -> None:
    number = registered(payment, parties=(PartyValue("某商贸有限公司", kind=PartyKind.ORGANISATION),))
    head, words = payment.client("head"), "投诉人是法人或其他组织，规程只列自然人、个体工商户"
    assert words in head.get(f"/dossiers/{number}/moves/accept").text
    ticked = [one for one in conditions_of(dossier(number)) if one != "PBC5/complainants"]
    refused = post(head, number, "accept", admission=ticked)
    assert codes(refused) == ["accept.admission"]
    assert words in refused.text
    assert post(head, number, "accept", admission=[*ticked, "PBC5/complainants"]).status_code == 200
    assert (
        "经核实仍予受理（《中国人民银行金融消费者权益保护实施办法》）" in head.get(f"/dossiers/{number}/timeline").text
    )


def test_who_declines_names_a_ground_of_the_binding_texts(payment: Office) -> None:
    number = registered(payment)
    head = payment.client("head")
    assert "《xx公司金融消费者投诉处理办法》第十七条(三)" in head.get(f"/dossiers/{number}/moves/decline").text
    assert codes(post(head, number, "decline", reason="42-1", note="请向他处反映")) == ["decline.ground"]
    assert codes(post(head, number, "decline", reason="XXGS/17-3", note="法院已立案")) == ["decline.needs_proceeding"]
    listed = head.get(f"/api/v1/dossiers/{number}/ruling").json
    assert {one["code"]: one["needs"] for one in listed["grounds"]}["XXGS/17-3"] == "proceeding"
    assert listed["grades"][0] == {"code": "XXGS/normal/12-1-1", "name": "普通：服务不规范或客户不满意"}
    assert payment.client("officer-desk").get(f"/api/v1/dossiers/{number}/ruling").status_code == 404
    link = "（2026）苏0582民初1号"
    assert post(head, number, "decline", reason="XXGS/17-3", note="法院已立案", link=link).status_code == 200
    assert "第十七条(三)" in head.get(f"/dossiers/{number}").text


def test_everything_a_text_demands_is_named_at_once_before_closing(payment: Office) -> None:
    number = brought_to(
        payment, State.ANSWERED, channel=Channel.PHONE, severity=Severity.MAJOR, severity_reason="amount"
    )
    told(payment, number)
    head, officer = payment.client("head"), payment.client("officer")
    refused = post(head, number, "close")
    assert {one for one in codes(refused) if one.startswith("close.demand")} == {
        "close.demand.evidence", "close.demand.document", "close.demand.confirm",
    }  # fmt: skip
    assert "第十九条(二)" in refused.text
    told_of = {one["code"]: one for one in officer.get(f"/api/v1/dossiers/{number}/demands").json}
    assert (told_of["XXGS/evidence"]["met"], told_of["XXGS/result_told"]["met"]) == (False, True)
    assert "尚缺" in officer.get(f"/dossiers/{number}/handling/").text
    paper = a_document(payment, number)
    record = f"/api/v1/dossiers/{number}/handling/fulfilments"
    call = {"demand": "XXGS/call_record", "document_id": None, "note": "有录音"}
    assert officer.post(record, json=call).status_code == 422
    mistaken = officer.post(record, json={**call, "document_id": str(paper)})
    assert (mistaken.status_code, mistaken.json["worth"]) == (201, "stands")
    assert officer.post(record, json={"demand": "XXGS/classified", "note": "x"}).status_code == 422
    assert payment.client("officer-desk").post(record, json=call).status_code == 404
    assert officer.post(record, json={"demand": "XXGS/major_filed", "note": "已报领导小组备案"}).status_code == 201
    # An entry is struck by another one; what it vouched for is missing again until somebody records it anew.
    strike = f"{record}/{mistaken.json['id']}/strike"
    assert payment.client("officer-desk").post(strike, json={"reason": "x"}).status_code == 404
    assert payment.client("auditor").post(strike, json={"reason": "x"}).status_code == 403
    assert officer.post(strike, json={"reason": ""}).status_code == 422
    assert officer.post(strike, json={"reason": "选错了材料"}).json["worth"] == "struck"
    assert officer.post(strike, json={"reason": "再划一次"}).status_code == 409
    assert [one["worth"] for one in officer.get(record).json] == ["struck", "stands", "strikes"]
    striking = officer.get(record).json[-1]
    assert officer.post(f"{record}/{striking['id']}/strike", json={"reason": "不能划销划销"}).status_code == 409
    assert "选错了材料" in officer.get(f"/dossiers/{number}/handling/").text
    assert [one for one in codes(post(head, number, "close")) if "demand" in one] == ["close.demand.document"]
    assert officer.post(record, json={**call, "document_id": str(paper)}).status_code == 201
    assert post(head, number, "close").status_code == 200
    assert officer.post(strike, json={"reason": "办结之后"}).status_code == 409


OWN = """
id: ZXB
version: 1
title: 本所办法
authority: 本所投诉办法
level: internal
roles:
  - {code: clerk, name: 经办人, core: officer, standing: handler}
  - {code: lawyer, name: 法务主管, core: legal, standing: supervisor}
  - {code: head, name: 主任, core: head, standing: senior}
  - {code: board, name: 所务会, core: legal, standing: committee}
  - {code: desk, name: 发文岗, core: letter_clerk, standing: handler}
approvals:
  - {act: accept, by: [clerk, head], article: 第三条}
  - {act: decline, by: [lawyer, head], article: 第四条}
  - {act: extend, by: [board], article: 第五条}
  - {act: issue_letter, by: [lawyer, head], article: 第十条}
letters:
  - {kind: inquiry, issuer: desk, due_required: true, article: 第九条}
numbering: {template: "ZX{year}{seq:05}", article: 第六条}
retention: {years: 12, basis: 第七条}
notices:
  - {code: result, channels: [letter], contents: {outcome: 结果, basis: 依据}, article: 第八条}
kinds:
  - code: card
    name: 银行卡
    fields:
      - {code: terminal, name: 终端号, type: text, required: true}
"""


def test_a_chain_of_approvals_is_walked_before_the_move(office: Office) -> None:
    follow(office, OWN)
    number = registered(office)
    assert number == "ZX202600001"
    head = office.client("head")
    refused = post(head, number, "decline", reason="42-1", note="请向他处反映")
    assert codes(refused) == ["opinion.wanted"]
    assert "法务主管、主任" in refused.text
    assert "《本所投诉办法》第四条" in refused.text
    opinion = made(office, number, Sheet.OPINIONS, subject=Subject.DECLINE)
    for who in ("legal", "head"):
        stepped(office, number, Sheet.OPINIONS, opinion, Step.DECIDE, who, agreed=True, text="同意", minutes=None)
    assert post(head, number, "decline", reason="42-1", note="请向他处反映").status_code == 200
    # The clerk's step is the opinion itself, and one approver is left, who makes the move.
    assert post(head, registered(office), "accept").status_code == 200


def test_telling_numbers_keeping_and_fields_follow_the_text(office: Office) -> None:
    follow(office, OWN)
    number = brought_to(office, State.ANSWERED)
    asked = {"kind": "result", "outcome": "reached", "at": NOW.isoformat(), "note": ""}
    refused = post(office.client("officer"), number, "notify", channel="phone", **asked)
    assert codes(refused) == ["notice.way"]
    assert "书面送达" in refused.text
    assert post(office.client("officer"), number, "notify", channel="letter", **asked).status_code == 200
    found = matching.asked_of(db.session(), [dossier(number)], today=date(2026, 3, 5))[dossier(number).id]
    assert ("profile.ZXB", 12) in {(one.code, one.years) for one in found}
    intake = office.client("intake")
    assert intake.post("/api/v1/dossiers", json=body(custom={"kind": "card"})).status_code == 422
    made_of = intake.post("/api/v1/dossiers", json=body(custom={"kind": "card", "terminal": "T-0815"}))
    assert made_of.json["number"] == "ZX202600002"


def test_the_strictest_of_all_texts_puts_a_limit_off(office: Office) -> None:
    decide(office, Choice.INSTITUTION, "payment")
    follow(office, OWN)
    number = brought_to(office, State.INVESTIGATING, source=Source.PBC)
    with acting(office.person("officer")) as act:
        row = extending.limit_row(act.session, dossier(number), "PBC5", "P43")
        asked = extending.ask(
            dossier(number), row, until=NOW + timedelta(days=30), reason="取证", notice=NoticeChannel.LETTER, act=act
        )
        asked_id = asked.id
        assert (asked.role, asked.article) == ("ZXB/board", "《本所投诉办法》第五条")
    with pytest.raises(NotAllowed, match="approver"), acting(office.person("head")) as act:
        extending.decide(extending.find(act.session, dossier(number), asked_id), dossier(number), granted=True, act=act)
    with acting(office.person("legal")) as act:
        extending.decide(extending.find(act.session, dossier(number), asked_id), dossier(number), granted=True, act=act)


def test_a_letter_says_what_the_text_demands_and_goes_to_whom_it_names(payment: Office) -> None:
    number = brought_to(payment, State.INVESTIGATING)
    officer = payment.client("officer")
    begun = officer.post(f"/api/v1/dossiers/{number}/letters", json={"kind": "result"}).json
    ways = begun["facts"]["redress"]
    assert "申请仲裁（《xx公司金融消费者投诉处理办法》第十八条(四)）" in ways
    assert any("《中国人民银行金融消费者权益保护实施办法》第四十条" in one for one in ways)
    declined = officer.post(f"/api/v1/dossiers/{number}/letters", json={"kind": "refusal"}).json["facts"]["redress"]
    assert len(declined) == len(ways) - 1
    assert not any("《中国人民银行金融消费者权益保护实施办法》第四十条" in one for one in declined)
    facts = {**letters.example("result"), "redress": ways}
    whole = officer.put(f"/api/v1/letters/{begun['line']['id']}/facts", json={"facts": facts}).json
    assert not [one for one in whole["findings"] if one["code"].startswith("letter.rule")]
    report = officer.post(f"/api/v1/dossiers/{number}/letters", json={"kind": "feedback"}).json
    assert report["facts"]["addressee"]["class"] == "peoples_bank"
    other = {**report["facts"], "addressee": {"class": "regulator", "name": "某监管分局"}}
    told_of = officer.put(f"/api/v1/letters/{report['line']['id']}/facts", json={"facts": other}).json["findings"]
    [warned] = [one for one in told_of if one["code"] == "letter.rule_addressee"]
    assert warned["level"] == "warning"
    page = officer.get(f"/letters/{report['line']['id']}/edit").text
    assert "规程列明主送人民银行分支机构（《中国人民银行金融消费者权益保护实施办法》第四十四条、《xx公司" in page


def test_a_letter_goes_out_as_the_text_says(office: Office) -> None:
    follow(office, OWN)
    number = brought_to(office, State.INVESTIGATING)
    assert "本案规程列明" in office.client("officer").get(f"/dossiers/{number}/letters").text
    row = letters.approved(office, number)
    with pytest.raises(Refused) as refusal, acting(office.person("head")) as act:
        issuing.issue(act.session.get_one(LetterRow, row.id), act=act)
    assert {one.code for one in refusal.value.problems} == {"letter.rule_issuer", "opinion.wanted"}
    opinion = made(office, number, Sheet.OPINIONS, subject=Subject.ISSUE_LETTER)
    for who in ("legal", "head"):
        stepped(office, number, Sheet.OPINIONS, opinion, Step.DECIDE, who, agreed=True, text="同意", minutes=None)
    assert letters.issued(office, number, by="letter_clerk").number


def test_an_old_number_stands_beside_the_key(office: Office) -> None:
    decide(office, Choice.INSTITUTION, "company")
    decide(office, Choice.PROFILE, "XLM")
    number = registered(office, channel=Channel.PHONE)
    assert number.startswith("2026-")
    assert db.session.scalars(select(Alias.number)).all() == ["260305001"]


def test_the_ways_of_many_rule_sets_fit_into_one_letter(office: Office) -> None:
    decide(office, Choice.INSTITUTION, "bank")
    for profile in ("YHZY", "NHSX"):
        decide(office, Choice.PROFILE, profile)
    number = brought_to(office, State.INVESTIGATING)
    begun = office.client("officer").post(f"/api/v1/dossiers/{number}/letters", json={"kind": "result"}).json
    assert len(begun["facts"]["redress"]) > 12
    assert [one for one in begun["findings"] if "redress" in one["path"]] == []
