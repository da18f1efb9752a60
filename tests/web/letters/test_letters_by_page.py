"""Letters through the pages: drafting with a preview, review, issue, the register; and who is kept out."""

import io
import uuid
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from archive.core.act import acting
from archive.core.db import db
from archive.dossiers import guarding
from archive.dossiers.states import State
from archive.letters import composing, facts_form
from archive.letters.facts import get
from archive.letters.kinds import FieldType
from archive.letters.kinds import kind as kind_of
from archive.letters.models import LetterRow
from archive.letters.states import LetterState
from tests.builders import Office
from tests.conftest import counting
from tests.dossier_builders import account, brought_to, dossier
from tests.letter_builders import TODAY, approved, drafted, example, issued, make_files


def as_form(kind: str, facts: dict[str, Any]) -> dict[str, str]:
    """Facts as a browser sends them."""
    sent = {}
    for field in kind_of(kind).fields:
        value = get(facts, field.path)
        if field.type is FieldType.TABLE:
            for at, row in enumerate(value or ()):
                sent |= {f"{field.path}.{at}.{name}": str(cell) for name, cell in row.items()}
        elif isinstance(value, list):
            sent[field.path] = "\r\n".join(value)
        elif isinstance(value, bool):
            sent[field.path] = str(value).lower()
        elif value is not None:
            sent[field.path] = str(value)
    return sent


def row_at(response: TestResponse) -> LetterRow:
    db.session.rollback()
    return db.session.get_one(LetterRow, uuid.UUID(response.headers["Location"].split("/")[2]))


def test_a_letter_is_drafted_previewed_reviewed_issued_and_served(app: Flask, office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    officer, head = office.client("officer"), office.client("head")
    row = row_at(officer.post(f"/dossiers/{number}/letters", data={"kind": "result"}))
    url = f"/letters/{row.id}"
    assert "缺少“处理依据”" in officer.get(f"{url}/edit").text
    refused = officer.post(f"{url}/edit", data={"submit": "true", "result.rule": "半途写下的依据"})
    assert refused.status_code == 422
    assert "半途写下的依据" in refused.text
    form = as_form("result", example("result"))
    assert officer.post(f"{url}/edit", data=form).status_code == 302
    drawn = officer.post(f"{url}/preview", data={**form, "result.rule": "另一依据"})
    picture = drawn.text.split('src="')[1].split('"')[0]
    assert officer.get(picture).data.startswith(b"\x89PNG")
    assert officer.post(f"{url}/edit", data={**form, "submit": "true"}).headers["Location"] == url
    assert "须由他人审核" in officer.get(url).text
    assert head.post(f"{url}/steps", data={"step": "return", "comment": ""}).status_code == 409
    head.post(f"{url}/steps", data={"step": "approve"})
    assert officer.post(f"{url}/issue").status_code == 403
    assert head.post(f"{url}/issue").status_code == 302
    row = db.session.get_one(LetterRow, row.id)
    assert row.state is LetterState.ISSUED
    assert row.facts["findings"] == example("result")["findings"]
    assert "文件正在生成" in officer.get(url).text
    make_files(row)
    officer.post(f"{url}/servings", data={"method": "post", "sent_on": TODAY.isoformat(), "tracking": "EMS9"})
    serving = officer.get(f"/api/v1{url}/servings").json
    assert serving is not None
    told = {"outcome": "delivered", "outcome_on": TODAY.isoformat(), "tell": "true"}
    assert officer.post(f"{url}/servings/{serving[0]['id']}", data=told).status_code == 302
    assert "已送达" in officer.get(url).text
    assert "处理结果" in officer.get(f"/dossiers/{number}").text
    assert officer.get(f"{url}/mail.eml").data.count(b"application/pdf") == 1


@pytest.mark.parametrize("kind", ["transfer", "mediation-record", "result", "inquiry"])
def test_the_form_gives_back_the_facts_it_was_filled_with(kind: str) -> None:
    facts = example(kind)
    assert facts_form.read(kind_of(kind), as_form(kind, facts)) == facts


def test_personal_numbers_never_come_back_to_the_screen(app: Flask, office: Office) -> None:
    row = drafted(office, brought_to(office, State.MEDIATING), "mediation-agreement")
    secrets = composing.secrets_of(db.session.get_one(LetterRow, row.id))
    assert "complainant.id_no" in secrets
    client = office.client("officer")
    for url in (f"/letters/{row.id}/edit", f"/letters/{row.id}", f"/api/v1/letters/{row.id}"):
        text = client.get(url).text
        assert [path for path, value in secrets.items() if value in text] == []


def pages_of(row: LetterRow, number: str) -> list[tuple[str, str]]:
    url, key = f"/letters/{row.id}", "0" * 32
    serving = f"{url}/servings/{uuid.uuid4()}"
    return [
        ("GET", url), ("GET", f"{url}/edit"), ("POST", f"{url}/edit"), ("GET", f"{url}/preview"),
        ("POST", f"{url}/preview"), ("GET", f"{url}/preview/{key}/1.png"), ("POST", f"{url}/issue"),
        ("POST", f"{url}/remake"), ("GET", f"{url}/mail.eml"), ("POST", serving), ("GET", f"/api/v1{url}"),
        ("POST", f"/api/v1{url}/issue"), ("GET", f"/api/v1{url}/servings"), ("GET", f"/api/v1{url}/mail.eml"),
        ("GET", f"/dossiers/{number}/letters"), ("GET", f"/api/v1/dossiers/{number}/letters"),
    ]  # fmt: skip


def test_letters_of_a_hidden_dossier_are_not_there(app: Flask, office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    row = issued(office, number)
    with acting(office.person("head")) as act:
        guarding.recuse(dossier(number), account(office, "head"), reason="亲属", act=act)
    client = office.client("head")
    answers = {f"{method} {url}": client.open(url, method=method).status_code for method, url in pages_of(row, number)}
    assert set(answers.values()) == {404}, answers
    assert row.title not in client.get("/letters/").text
    # The number is there, for the register has no gaps; what it stands for is not.
    register = client.get("/letters/register").text
    assert row.number in register
    assert row.title not in register
    assert "限制查阅" in register


def test_readers_read_letters_and_change_none(app: Flask, office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    row = approved(office, number)
    for login in ("legal", "intake"):
        client = office.client(login)
        assert client.get(f"/letters/{row.id}").status_code == 200
        for url in ("issue", "void", "steps", "edit", "servings"):
            assert client.post(f"/letters/{row.id}/{url}").status_code == 403, (login, url)
        assert client.post(f"/dossiers/{number}/letters", data={"kind": "inquiry"}).status_code == 403


def test_the_register_as_a_table_names_every_number(app: Flask, office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    first, _ = issued(office, number), issued(office, number)
    client = office.client("head")
    client.post(f"/letters/{first.id}/void", data={"reason": "=重复"})
    book = load_workbook(io.BytesIO(client.get("/letters/register.xlsx?mark=金消函&year=2026").data))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows(min_row=3)]  # type: ignore[union-attr]
    assert [(row[0], row[7], row[10]) for row in rows] == [
        ("金消函〔2026〕1号", "作废", "=重复"), ("金消函〔2026〕2号", "已签发", None),
    ]  # fmt: skip


def test_lists_cost_the_same_however_long(app: Flask, office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    client = office.client("head")
    drafted(office, number)
    with counting(60) as few:
        client.get("/letters/?state=draft")
    for _ in range(3):
        drafted(office, number)
    with counting(len(few)):
        client.get("/letters/?state=draft")


def test_by_machine_a_letter_goes_the_same_way(app: Flask, office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    officer, head = office.client("officer"), office.client("head")
    key = {"Idempotency-Key": "one"}
    sent = {"kind": "inquiry", "facts": example("inquiry")}
    begun = officer.post(f"/api/v1/dossiers/{number}/letters", json=sent, headers=key)
    again = officer.post(f"/api/v1/dossiers/{number}/letters", json=sent, headers=key)
    assert (begun.status_code, begun.json) == (201, again.json)
    assert begun.json is not None
    assert begun.json["findings"] == []
    url = f"/api/v1/letters/{begun.json['line']['id']}"
    stale = officer.put(f"{url}/facts", json={"facts": {}}, headers={"If-Match": '"0"'})
    assert stale.status_code == 412
    officer.post(f"{url}/steps", json={"step": "submit"})
    head.post(f"{url}/steps", json={"step": "approve"})
    issued_ = head.post(f"{url}/issue")
    assert issued_.json is not None
    assert (issued_.status_code, issued_.json["number"]) == (200, "金消函〔2026〕1号")
    unready = officer.post(f"/api/v1/dossiers/{number}/letters", json={"kind": "inquiry"}).json
    assert unready is not None
    refused = officer.post(f"/api/v1/letters/{unready['line']['id']}/steps", json={"step": "submit"})
    assert refused.status_code == 422
    register = head.get("/api/v1/letter-register?mark=金消函&year=2026").json
    assert register is not None
    assert [line["number"] for line in register["rows"]] == ["金消函〔2026〕1号"]
