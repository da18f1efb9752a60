"""The tab 期限 through the browser: shown to readers, written by those who may, closed to all others."""

import re
from datetime import timedelta

from flask import Flask

from archive.binding import handlers, queries
from archive.core.db import db
from archive.dossiers.states import Source, State
from tests.builders import Office
from tests.conftest import NOW, counting
from tests.dossier_builders import brought_to, dossier


def test_a_reader_sees_every_limit_with_its_text_and_writes_nothing(app: Flask, office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    client = office.client("legal")
    page = client.get(f"/dossiers/{number}/limits").text
    assert "《中国人民银行金融消费者权益保护实施办法》第四十三条" in page
    assert "2026-03-20 周五" in page
    assert "登记一个事项" not in page
    refused = client.post(f"/dossiers/{number}/limits/events", data={"code": "new_facts", "at": "2026-03-05T09:30"})
    assert refused.status_code == 403


def test_an_officer_writes_what_happened_and_a_mistake_is_shown_in_its_form(app: Flask, office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    client = office.client("officer")
    wrong = client.post(f"/dossiers/{number}/limits/events", data={"code": "new_facts", "at": "2031-01-01T00:00"})
    assert wrong.status_code == 422
    assert "以后" in wrong.text or "将来" in wrong.text or "晚于" in wrong.text
    done = client.post(f"/dossiers/{number}/limits/events", data={"code": "new_facts", "at": "2026-03-05T09:30"})
    assert done.status_code == 302
    assert "新的事实" in client.get(f"/dossiers/{number}/limits").text


def test_an_event_sent_twice_with_one_key_is_written_once(app: Flask, office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    client, address = office.client("officer"), f"/api/v1/dossiers/{number}/limits/events"
    body, key = {"code": "new_facts", "at": "2026-03-05T09:30"}, {"Idempotency-Key": "k1"}
    first, again = client.post(address, json=body, headers=key), client.post(address, json=body, headers=key)
    assert (first.status_code, again.status_code) == (201, 201), first.text
    assert first.json == again.json
    assert len(client.get(address).json) == 1


def test_an_extension_beyond_the_cap_is_refused_naming_the_article(app: Flask, office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING, source=Source.PBC)
    client = office.client("officer")
    asked = {"until_on": "2026-06-30", "reason": "外调", "notice": "letter"}
    refused = client.post(f"/dossiers/{number}/limits/PBC5/P43/extensions", data=asked)
    assert refused.status_code == 409
    assert "第四十三条，最长 60 日，即不得超过 2026-05-04" in refused.text
    assert (
        client.post(
            f"/dossiers/{number}/limits/PBC5/P43/extensions", data={**asked, "until_on": "2026-04-02"}
        ).status_code
        == 302
    )
    [extension] = queries.extensions_of(db.session(), dossier(number).id)
    granted = office.client("head").post(
        f"/dossiers/{number}/limits/extensions/{extension.id}", data={"granted": "true"}
    )
    assert granted.status_code == 302
    api = client.get(f"/api/v1/dossiers/{number}/limits").json
    assert api is not None
    assert [one["extended_to"][:10] for one in api] == ["2026-04-02"]


def test_the_calendar_address_shows_number_and_limit_only_and_can_be_taken_back(app: Flask, office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    client = office.client("officer")
    address = re.search(r"/feeds/limits/[\w-]+\.ics", client.post("/limits/feed").text)
    assert address is not None
    feed = office.outsider().get(address[0])
    assert feed.mimetype == "text/calendar"
    text = feed.text.replace("\r\n ", "")
    assert f"SUMMARY:{number} 答复投诉人" in text
    assert "DTSTART;VALUE=DATE:20260320" in text
    assert "王小明" not in text
    assert "贷款" not in text
    client.post("/limits/feed/close")
    assert office.outsider().get(address[0]).status_code == 404


def test_a_missed_limit_stands_on_the_heads_page(app: Flask, office: Office, clock) -> None:  # type: ignore[no-untyped-def]
    number = brought_to(office, State.INVESTIGATING)
    clock.moment = NOW + timedelta(days=20)
    handlers.watch([])
    head = office.client("head")
    assert "上报事项" in head.get("/").text
    page = head.get("/limits/").text
    assert number in page
    action = re.search(r"/limits/escalations/[\w-]+", page)
    assert action is not None
    assert office.client("officer").post(action[0], data={"note": "x"}).status_code == 403
    told_of = head.get("/api/v1/escalations").json
    assert told_of is not None
    assert [(one["dossier"], one["cause"], one["level"]) for one in told_of] == [(number, "missed", 0)]
    seen = f"/api/v1/escalations/{told_of[0]['id']}/seen"
    assert office.client("officer").post(seen, json={"note": "x"}).status_code == 403
    assert office.client("officer-desk").post(seen, json={"note": "x"}).status_code == 404
    assert office.client("officer").get("/api/v1/escalations").json == []
    assert head.post(seen, json={"note": ""}).status_code == 422
    assert head.post(action[0], data={"note": "今日督办"}).status_code == 302
    # Who has it in hand reads the answer.
    assert "处理意见：今日督办" in office.client("officer").get(f"/dossiers/{number}/limits").text
    listed = office.client("officer").get(f"/api/v1/dossiers/{number}/limits/escalations").json
    assert listed is not None
    assert [one["note"] for one in listed] == ["今日督办"]
    assert office.client("officer-desk").get(f"/api/v1/dossiers/{number}/limits/escalations").status_code == 404


def test_the_tab_costs_a_known_number_of_statements(app: Flask, office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    client = office.client("officer")
    client.get(f"/dossiers/{number}/limits")
    with counting(30):
        client.get(f"/dossiers/{number}/limits")


def test_the_days_reminder_is_a_badge_until_it_is_seen(app: Flask, office: Office, clock) -> None:  # type: ignore[no-untyped-def]
    brought_to(office, State.INVESTIGATING)
    clock.moment = NOW + timedelta(days=20)
    client, badge = office.client("officer"), "未看的提醒"
    assert badge not in client.get("/").text
    handlers.remind([])
    assert badge in client.get("/dossiers/").text
    page = client.get("/limits/").text
    assert "已逾期" in page
    # Here and in the lists the days are counted alike.
    late = re.search(r"逾期 \d+ 天", page)
    assert late is not None
    assert late[0] in client.get("/dossiers/").text
    seen = re.search(r"/limits/reminders/[\d-]+/seen", page)
    assert seen is not None
    api = client.get("/api/v1/reminders").json
    assert api is not None
    assert (api[0]["overdue"], api[0]["seen_at"]) == (1, None)
    assert office.client("intake").get("/api/v1/reminders").json[0]["overdue"] == 0  # type: ignore[index]
    assert client.post("/limits/reminders/2020-01-01/seen").status_code == 404
    assert client.post("/limits/reminders/yesterday/seen").status_code == 422
    assert client.post(seen[0]).status_code == 302
    assert badge not in client.get("/").text
