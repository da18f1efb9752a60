"""The pages of documents as people open them, and the API beside them."""

import io
import re
from uuid import UUID

import pytest
from PIL import Image, ImageDraw
from sqlalchemy import select

from archive.audit.models import Entry
from archive.core.act import Machine, acting
from archive.core.db import db
from archive.documents import handlers, operations
from archive.documents.models import Document, PageText, Version
from archive.dossiers import moving
from archive.dossiers.states import State
from archive.extraction import Box, Extraction
from archive.extraction import PageText as Page
from archive.extraction import State as Outcome
from archive.jobs.models import Job
from archive.jobs.operations import task
from tests import tus
from tests.builders import Office
from tests.conftest import counting
from tests.dossier_builders import brought_to, dossier


def read_all() -> None:
    """Do the reading jobs that wait, as the worker would."""
    while jobs := db.session.scalars(select(Job).where(Job.kind == "extraction.read", Job.state == "waiting")).all():
        tasks = [task(job) for job in jobs]
        with acting(Machine("test")) as act:
            for job in act.session.scalars(select(Job).where(Job.id.in_([one.id for one in tasks]))):
                act.session.delete(job)
        handlers.read(tasks)
        db.session.rollback()


def pdf(pages: int = 3) -> bytes:
    images = []
    for no in range(1, pages + 1):
        image = Image.new("RGB", (595, 842), "white")
        ImageDraw.Draw(image).text((100, 100), f"page {no}", fill="black")
        images.append(image)
    out = io.BytesIO()
    images[0].save(out, "PDF", save_all=True, append_images=images[1:])
    return out.getvalue()


def known_text(document_id: str, pages: int = 3) -> None:
    """Give a document the text a reading would have found, without the minutes of recognising it."""
    texts = tuple(
        Page(
            no,
            f"第{no}页 借款合同 年利率",
            boxes=(Box(0, 3, 0.1, 0.1, 0.2, 0.13), Box(4, 8, 0.25, 0.1, 0.45, 0.13)),
            width=595,
            height=842,
        )
        for no in range(1, pages + 1)
    )
    with acting(Machine("test")) as act:
        version = act.session.scalars(
            select(Version).join(Version.document).where(Document.id == UUID(document_id))
        ).one()
        operations.note_reading(version, Extraction(Outcome.READ, "", "application/pdf", texts), act=act)
        version.images = pages


def titles(html: str) -> list[str]:
    return re.findall(r'class="row-link" href="[^"]*">([^<]*)<', html)


def uploaded(office: Office, number: str, *names: str) -> list[str]:
    client = office.client("officer")
    return [tus.upload(client, number, name.encode(), name)["document_id"] for name in names]


def test_the_contents_list_every_item_in_order(office: Office, number: str) -> None:
    uploaded(office, number, "投诉书.txt", "借款合同.txt", "转账凭证.txt")
    answer = office.client("officer").get(f"/dossiers/{number}/documents/")
    assert titles(answer.text) == ["投诉书", "借款合同", "转账凭证"]
    assert "共 3 件" in answer.text
    assert "上传材料" in answer.text


def test_an_empty_dossier_says_what_to_do(office: Office, number: str) -> None:
    assert "还没有材料" in office.client("officer").get(f"/dossiers/{number}/documents/").text


def test_items_are_moved_without_gaps(office: Office, number: str) -> None:
    ids = uploaded(office, number, "甲.txt", "乙.txt", "丙.txt", "丁.txt")
    client = office.client("officer")

    def order() -> list[str]:
        return titles(client.get(f"/dossiers/{number}/documents/").text)

    def move(which: int, after: int) -> int:
        return client.post(f"/dossiers/{number}/documents/{ids[which]}/place", data={"after": after}).status_code

    assert move(3, 0) == 302
    assert order() == ["丁", "甲", "乙", "丙"]
    move(3, 4)
    assert order() == ["甲", "乙", "丙", "丁"]
    move(1, 1)
    move(0, 2)
    assert order() == ["乙", "甲", "丙", "丁"]
    assert move(0, 9) == 422
    db.session.rollback()
    items = db.session.scalars(select(Document.item).order_by(Document.item)).all()
    assert list(items) == [1, 2, 3, 4]


def test_a_description_is_corrected_and_the_trail_keeps_old_and_new_without_numbers(
    office: Office, number: str
) -> None:
    [document] = uploaded(office, number, "扫描件1.txt")
    client = office.client("officer")
    form = {"title": "身份证 320582198001010019", "kind": "id_copy", "dated_on": "2026-01-05", "note": ""}
    assert client.post(f"/dossiers/{number}/documents/{document}/edit", data=form).status_code == 302
    assert "身份证明" in client.get(f"/dossiers/{number}/documents/").text
    entry = db.session.scalars(select(Entry).where(Entry.action == "document:describe")).one()
    assert entry.facts["changed"]["kind"] == ["other", "id_copy"]
    assert entry.facts["changed"]["title"] == ["扫描件1", "身份证 ******************"]
    bad = client.post(f"/dossiers/{number}/documents/{document}/edit", data={"title": "", "kind": "nonsense"})
    assert bad.status_code == 422
    assert bad.text.count("field-error") == 2


def test_two_who_correct_at_once_do_not_overwrite_each_other(office: Office, number: str) -> None:
    [document] = uploaded(office, number, "a.txt")
    client, address = office.client("officer"), f"/api/v1/dossiers/{number}/documents/{document}"
    etag = client.get(address).headers["ETag"]
    first = client.patch(address, json={"note": "一"}, headers={"If-Match": etag})
    assert first.status_code == 200
    assert first.json["note"] == "一"
    assert client.patch(address, json={"note": "二"}, headers={"If-Match": etag}).status_code == 412
    assert client.patch(address, json={"note": "二"}, headers={"If-Match": first.headers["ETag"]}).status_code == 200


def test_the_paper_original_has_a_chain_of_custody(office: Office, number: str) -> None:
    [document] = uploaded(office, number, "借条.txt")
    client, address = office.client("officer"), f"/dossiers/{number}/documents/{document}"
    client.post(f"{address}/custody", data={"event": "received", "holder": "收件员甲", "place": "3号柜"})
    answer = client.post(
        f"/api/v1{address}/custody", json={"event": "lent", "holder": "法务乙", "at": "2026-03-05T09:30"}
    )
    assert answer.status_code == 201
    html = client.get(address).text
    assert "收到原件" in html
    assert "借出" in html
    assert client.get(f"/api/v1{address}").json["paper_at"] == "法务乙"


def test_the_viewer_shows_the_pages_and_boxes_the_passage(office: Office, number: str) -> None:
    client = office.client("officer")
    document = tus.upload(client, number, pdf(), "合同.pdf")["document_id"]
    known_text(document)
    address = f"/dossiers/{number}/documents/{document}"
    html = client.get(f"{address}?page=2&mark=4-6").text
    assert html.count("data-no=") == 3
    assert 'id="p2"' in html
    [box] = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"', html)
    assert [float(edge) for edge in box] == pytest.approx([0.25, 0.1, 0.1], abs=0.001)
    assert "<mark>借款</mark>" in html
    # A passage that does not exist marks nothing.
    for mark in ("4-4", "9-2", "x", "500-600", "-1-5"):
        assert "<mark>" not in client.get(f"{address}?page=2&mark={mark}").text
    image = client.get(f"{address}/v1/pages/2-800.webp")
    assert image.content_type == "image/webp"
    with Image.open(io.BytesIO(image.data)) as picture:
        assert abs(picture.width - 800) <= 2
    assert client.get(f"{address}/v1/pages/2-801.webp").status_code == 422
    assert client.get(f"{address}/v1/pages/4-800.webp").status_code == 404
    text = client.get(f"/api/v1{address}/versions/1/pages/3").json
    assert text["text"].startswith("第3页")


def test_opening_a_document_is_recorded_once_with_its_pages(office: Office, number: str) -> None:
    client = office.client("officer")
    document = tus.upload(client, number, pdf(), "合同.pdf")["document_id"]
    known_text(document)
    address = f"/dossiers/{number}/documents/{document}"

    def shown() -> int:
        db.session.rollback()
        return len(db.session.scalars(select(Entry).where(Entry.action == "document:show")).all())

    client.get(f"/dossiers/{number}/documents/")
    client.get(f"{address}/v1/pages/1-160.webp")
    assert shown() == 0
    client.get(address)
    for no in (1, 2, 3):
        client.get(f"{address}/v1/pages/{no}-1200.webp")
    assert shown() == 1
    # Who goes round the viewer is recorded all the same.
    office.client("head").get(f"{address}/v1/pages/2-1200.webp")
    assert shown() == 2


def test_text_from_a_file_never_becomes_markup(office: Office, number: str) -> None:
    client = office.client("officer")
    document = tus.upload(client, number, b"<script>alert(1)</script>", "<img src=x>.txt", title="<b>x")["document_id"]
    read_all()
    html = client.get(f"/dossiers/{number}/documents/{document}").text
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html
    assert "<img src=x>" not in html
    assert "<b>x" not in html


def test_what_could_not_be_read_says_why_and_offers_a_retry(office: Office, number: str) -> None:
    client = office.client("officer")
    document = tus.upload(client, number, b"%PDF-1.7 nothing", "坏.pdf")["document_id"]
    address = f"/dossiers/{number}/documents/{document}"
    assert "正在排队" in client.get(address).text
    read_all()
    html = client.get(address).text
    assert "可能已损坏" in html
    assert "重新读取" in html
    assert client.post(f"{address}/v1/retry").status_code == 302
    assert db.session.scalars(select(Job).where(Job.kind == "extraction.read", Job.state == "waiting")).one()
    assert "重新读取" not in office.client("auditor").get(address).text


def test_a_recording_is_played(office: Office, number: str) -> None:
    client = office.client("officer")
    document = tus.upload(client, number, b"ID3\x03" + bytes(400), "录音.mp3")["document_id"]
    html = client.get(f"/dossiers/{number}/documents/{document}").text
    assert re.search(r'<audio controls preload="metadata" src="[^"]*/v1/file">', html)


def test_an_ended_dossier_is_read_only(office: Office) -> None:
    number = brought_to(office, State.REGISTERED)
    [document] = uploaded(office, number, "a.txt")
    with acting(office.person("officer")) as act:
        moving.withdraw(dossier(number), note="电话撤回", act=act)
    client, address = office.client("officer"), f"/dossiers/{number}/documents/{document}"
    page = client.get(f"/dossiers/{number}/documents/").text
    assert "上传材料" not in page
    assert "只读" in page
    for path, data in (("edit", {"title": "b", "kind": "other"}), ("place", {"after": 0})):
        assert client.post(f"{address}/{path}", data=data).status_code == 409
    assert client.post(f"{address}/custody", data={"event": "lent", "holder": "某人"}).status_code == 302
    assert "封存" in client.get(f"/dossiers/{number}/documents/add").text


def test_the_pages_cost_a_fixed_number_of_statements(office: Office, number: str) -> None:
    client = office.client("officer")
    [first] = uploaded(office, number, "首件.txt")
    addresses = (
        f"/dossiers/{number}/documents/",
        f"/api/v1/dossiers/{number}/documents",
        f"/dossiers/{number}/documents/{first}",
        f"/dossiers/{number}/responses/",
    )

    def costs() -> list[int]:
        counts = []
        for address in addresses:
            client.get(address)
            with counting(60) as statements:
                client.get(address)
            counts.append(len(statements))
        return counts

    few = costs()
    uploaded(office, number, *[f"{i}.txt" for i in range(12)])
    assert costs() == few
    assert max(few) <= 24


def test_long_contents_come_in_pages(office: Office, number: str) -> None:
    uploaded(office, number, *[f"{i}.txt" for i in range(5)])
    client = office.client("officer")
    first = client.get(f"/api/v1/dossiers/{number}/documents?size=2").json
    second = client.get(f"/api/v1/dossiers/{number}/documents?size=2&after={first['next']}").json
    assert [row["document"]["item"] for row in first["rows"] + second["rows"]] == [1, 2, 3, 4]
    assert client.get(f"/api/v1/dossiers/{number}/documents?after=x").status_code == 422


CHANGES = [
    ("post", "/dossiers/{number}/documents/{document}/place", {"after": 0}),
    ("post", "/dossiers/{number}/documents/{document}/edit", {"title": "x", "kind": "other"}),
    ("post", "/dossiers/{number}/documents/{document}/custody", {"event": "lent", "holder": "x"}),
    ("post", "/dossiers/{number}/documents/{document}/v1/retry", {}),
    ("patch", "/api/v1/dossiers/{number}/documents/{document}", {"note": "x"}),
    ("post", "/api/v1/dossiers/{number}/documents/{document}/place", {"after": 0}),
    ("post", "/api/v1/dossiers/{number}/documents/{document}/custody", {"event": "lent", "holder": "x"}),
    ("post", "/api/v1/dossiers/{number}/documents/{document}/versions/1/retry", {}),
]
READS = [
    "/dossiers/{number}/documents/",
    "/dossiers/{number}/documents/{document}",
    "/api/v1/dossiers/{number}/documents",
    "/api/v1/dossiers/{number}/documents/{document}",
    "/api/v1/dossiers/{number}/documents/{document}/found",
    "/api/v1/dossiers/{number}/documents/{document}/versions/1/twins",
]


def test_every_address_refuses_who_may_not(office: Office, number: str) -> None:
    [document] = uploaded(office, number, "a.txt")
    for address in READS:
        path = address.format(number=number, document=document)
        assert office.client("legal").get(path).status_code == 200, path
        assert office.client("auditor").get(path).status_code == 404, "what is open is not audited"
        assert office.client("officer-field").get(path).status_code == 404, path
        assert office.client("security_admin").get(path).status_code == 403, path
        assert office.outsider().get(path).status_code in (302, 401), path
    for method, address, body in CHANGES:
        path = address.format(number=number, document=document)
        payload = {"json": body} if path.startswith("/api") else {"data": body}
        for login, status in (("officer-field", 404), ("auditor", 403), ("system_admin", 403)):
            assert getattr(office.client(login), method)(path, **payload).status_code == status, (login, path)
        assert getattr(office.outsider(), method)(path, **payload).status_code in (302, 401), path


def test_every_text_of_a_page_is_gone_when_it_is_read_anew(office: Office, number: str) -> None:
    [document] = uploaded(office, number, "a.txt")
    known_text(document, pages=3)
    known_text(document, pages=1)
    assert [row.no for row in db.session.scalars(select(PageText))] == [1]
