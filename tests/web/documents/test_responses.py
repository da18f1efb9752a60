"""Replies: documents with a sender, a date, the letter they answer and an outcome."""

from typing import Any

import pytest
from sqlalchemy import select

from archive.audit.models import Entry
from archive.core.act import acting
from archive.core.db import db
from archive.documents.models import Document
from archive.dossiers import moving
from archive.dossiers.states import State
from archive.letters.models import LetterRow
from archive.responses.models import Response
from archive.search import gathering
from tests import letter_builders, tus
from tests.builders import Office
from tests.dossier_builders import brought_to, dossier


@pytest.fixture
def document(office: Office, number: str) -> str:
    found: str = tus.upload(office.client("officer"), number, b"1", "来函.txt")["document_id"]
    return found


def reply(filed: str, **facts: str) -> dict[str, Any]:
    usual = {
        "document": filed,
        "sender": "institution",
        "sender_name": "张家港某某银行",
        "reference": "某银函〔2026〕12号",
        "dated_on": "2026-03-03",
        "received_on": "2026-03-04",
        "answers": "张消保函〔2026〕8号",
        "outcome": "partly_agreed",
        "summary": "同意退还利息 120 元。",
    }
    return {**usual, **facts}


def test_a_reply_is_recorded_and_listed(office: Office, number: str, document: str) -> None:
    client = office.client("officer")
    assert client.post(f"/dossiers/{number}/responses/new", data=reply(document)).status_code == 302
    html = client.get(f"/dossiers/{number}/responses/").text
    for words in ("张家港某某银行", "部分同意", "张消保函〔2026〕8号", "2026-03-04 周三"):
        assert words in html
    # What nobody had described yet is now known to be a reply.
    assert (
        db.session.get_one(Document, db.session.scalars(select(Response.document_id)).one()).kind == "institution_reply"
    )


def test_the_api_records_corrects_and_takes_back(office: Office, number: str, document: str) -> None:
    client, root = office.client("officer"), f"/api/v1/dossiers/{number}/responses"
    made = client.post(root, json=reply(document))
    assert made.status_code == 201
    one = f"{root}/{made.json['id']}"
    changed = client.patch(one, json={"outcome": "settled"}, headers={"If-Match": made.headers["ETag"]})
    assert (changed.status_code, changed.json["outcome"]) == (200, "settled")
    assert client.patch(one, json={"outcome": "refused"}, headers={"If-Match": made.headers["ETag"]}).status_code == 412
    entry = db.session.scalars(select(Entry).where(Entry.action == "response:revise")).one()
    assert entry.facts["changed"] == {"outcome": ["partly_agreed", "settled"]}
    assert client.post(f"{one}/strike", json={"reason": "登记错误"}).status_code == 204
    assert client.get(root).json == []
    assert client.get(f"/api/v1/dossiers/{number}/documents/{document}").status_code == 200


def test_one_document_is_one_reply(office: Office, number: str, document: str) -> None:
    client, root = office.client("officer"), f"/api/v1/dossiers/{number}/responses"
    client.post(root, json=reply(document))
    again = client.post(root, json=reply(document))
    assert (again.status_code, again.json["code"]) == (409, "response.twice")
    opened = client.get(f"/dossiers/{number}/responses/new?document={document}")
    assert opened.status_code == 302
    assert "/edit" in opened.location


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"received_on": "2026-03-06"}, "received_on"),
        ({"dated_on": "2026-03-05"}, "dated_on"),
        ({"sender_name": " "}, "sender_name"),
        ({"outcome": "won"}, "outcome"),
        ({"document": "x"}, "document"),
    ],
)
def test_what_cannot_be_is_pointed_out_beside_its_field(
    office: Office, number: str, document: str, facts: dict[str, str], field: str
) -> None:
    answer = office.client("officer").post(f"/dossiers/{number}/responses/new", data=reply(document, **facts))
    assert answer.status_code == 422
    assert f'id="e-{field}"' in answer.text or f'href="#f-{field}"' in answer.text
    assert "某银函〔2026〕12号" in answer.text


def test_a_document_of_another_dossier_is_no_reply_here(office: Office, number: str, document: str) -> None:
    from tests.dossier_builders import registered

    other = registered(office, title="另一案")
    client = office.client("officer")
    assert client.post(f"/api/v1/dossiers/{other}/responses", json=reply(document)).status_code == 404


def test_an_ended_dossier_takes_no_reply_and_every_stranger_is_refused(
    office: Office, number: str, document: str
) -> None:
    root = f"/api/v1/dossiers/{number}/responses"
    assert office.client("officer-field").get(root).status_code == 404
    assert office.client("officer-field").post(root, json=reply(document)).status_code == 404
    assert office.client("auditor").get(root).status_code == 404, "what is open is not audited"
    assert office.client("auditor").post(root, json=reply(document)).status_code == 403
    assert office.outsider().get(root).status_code == 401
    with acting(office.person("officer")) as act:
        moving.withdraw(dossier(number), note="电话撤回", act=act)
    answer = office.client("officer").post(root, json=reply(document))
    assert (answer.status_code, answer.json["code"]) == (409, "document.dossier_ended")


def test_a_reply_in_a_document_struck_out_does_not_count_until_it_does_again(office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    client, root = office.client("officer"), f"/api/v1/dossiers/{number}"
    document = tus.upload(client, number, b"1", "来函.txt")["document_id"]
    letter = letter_builders.issued(office, number)
    letter_id = letter.id
    made = client.post(f"{root}/responses", json=reply(document, answers=letter.number)).json

    def stands() -> tuple[bool, bool, bool]:
        db.session.rollback()
        listed = "某银函" in client.get(f"/dossiers/{number}/responses/").text
        found = gathering.gather(db.session(), [dossier(number).id], version=1)[dossier(number).id]
        return listed, "某银函" in found.card.text, db.session.get_one(LetterRow, letter_id).replied_on is not None

    assert stands() == (True, True, True)
    assert client.post(f"{root}/documents/{document}/strike", json={"reason": "系另案材料"}).status_code == 204
    assert stands() == (False, False, False)
    assert client.get(f"{root}/responses/{made['id']}").status_code == 404
    other = tus.upload(client, number, b"2", "另一份.txt")["document_id"]
    assert client.post(f"{root}/documents/{other}/strike", json={"reason": "x"}).status_code == 204
    assert client.post(f"{root}/responses", json=reply(other)).json["code"] == "response.struck"
    assert client.post(f"{root}/documents/{document}/unstrike", json={"reason": "核对无误"}).status_code == 204
    assert stands() == (True, True, True)
