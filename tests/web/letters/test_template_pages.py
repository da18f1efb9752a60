"""Templates through the browser and the API: written without script, previewed, compared, taken from Word."""

import base64
import io
import re
from typing import Any

import docx
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from archive.core.act import acting
from archive.core.db import db
from archive.letters import previews, template_store, word_template
from archive.letters import template_operations as operations
from archive.letters.template_forms import Written
from archive.letters.template_models import TemplateVersion
from tests.builders import Office
from tests.conftest import counting

API = "/api/v1/letter-templates"


@pytest.fixture(autouse=True)
def _quick_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are drawn in tests/integration/letters/test_rendering.py; here a letter only has to compose."""
    monkeypatch.setattr(previews.rendering, "pictures", lambda letter, **_: [f"PNG of {letter.title}".encode()])
    previews.pictures.cache_clear()


@pytest.fixture
def draft(office: Office) -> TemplateVersion:
    with acting(office.person("letter_clerk")) as act:
        return operations.begin("apology", act=act)


def typed(row: TemplateVersion, **changed: Any) -> MultiDict[str, str]:
    """Return the editor's form of a version, with some fields typed over."""
    written = Written.of(row)
    form: MultiDict[str, str] = MultiDict(
        {name: str(getattr(written, name)) for name in ("title", "addressee", "note", "remark", "revision")}
    )
    for kind, text in changed.pop("blocks", written.blocks):
        form.add("block_kind", kind)
        form.add("block_text", text)
    for law, articles in (*written.basis, ("", "")):
        form.add("law", law)
        form.add("articles", articles)
    for name, value in changed.items():
        form[name] = value
    return form


def blocks_in(page: str) -> list[str]:
    texts = re.findall(
        r'name="block_text" rows="\d+">\n(.*?)</textarea>', page.partition('<template id="block')[0], re.S
    )
    return [text.replace("&#34;", '"') for text in texts]


def test_the_list_shows_all_kinds_with_few_statements(office: Office, draft: TemplateVersion) -> None:
    client = office.client("officer")
    client.get("/letters/templates/")
    with counting(8):
        page = client.get("/letters/templates/").text
    assert "投诉调查函" in page
    assert "草稿" in page
    assert client.get("/letters/templates/invented").status_code == 404


def test_a_draft_is_written_proposed_approved_and_published_in_the_browser(office: Office) -> None:
    clerk, legal = office.client("letter_clerk"), office.client("legal")
    place = clerk.post("/letters/templates/apology/begin").headers["Location"]
    row = template_store.standing(db.session())[0]
    assert place.endswith("/edit")
    answer = clerk.post(place, data=typed(row, title="致{{ complainant.name }}的道歉信", remark="语气"))
    assert answer.status_code == 302, answer.text
    shown = clerk.get(answer.headers["Location"]).text
    assert "<ins>" in shown
    base = f"/letters/templates/versions/{row.id}"
    assert clerk.post(f"{base}/propose").status_code == 302
    assert "批准" not in clerk.get(base).text.split("效果")[0].split("page-actions")[1].split("</div>")[0]
    assert legal.post(f"{base}/approve").status_code == 302
    assert clerk.post(f"{base}/publish").status_code == 302
    assert template_store.current(db.session(), "apology").title == "致{{ complainant.name }}的道歉信"
    assert "随系统提供" in clerk.get("/letters/templates/apology").text
    assert clerk.get(f"{base}/compare").status_code == 200


def test_without_script_the_buttons_add_move_and_remove_blocks_and_lose_nothing(
    office: Office, draft: TemplateVersion
) -> None:
    clerk, page = office.client("letter_clerk"), f"/letters/templates/versions/{draft.id}/edit"
    before = [text for _, text in Written.of(draft).blocks]
    asked = typed(draft, title="没有保存的标题", do="add-1")
    added = clerk.post(page, data=asked)
    assert blocks_in(added.text) == [before[0], "", *before[1:]]
    assert "没有保存的标题" in added.text
    assert blocks_in(clerk.post(page, data=typed(draft, do="down-1")).text)[:2] == [before[1], before[0]]
    assert blocks_in(clerk.post(page, data=typed(draft, do="up-2")).text)[:2] == [before[1], before[0]]
    assert blocks_in(clerk.post(page, data=typed(draft, do="remove-1")).text) == before[1:]
    for nonsense in ("up-1", f"down-{len(before)}", "remove-999", "add-²", "x"):
        assert blocks_in(clerk.post(page, data=typed(draft, do=nonsense)).text) == before
    preview = clerk.post(page, data=typed(draft, title="看看", do="preview"))
    assert "data:image/png;base64," in preview.text
    db.session.refresh(draft)
    assert draft.revision == 1


def test_what_is_wrong_is_told_block_by_block_and_nothing_typed_is_lost(office: Office, draft: TemplateVersion) -> None:
    clerk = office.client("letter_clerk")
    blocks = [
        ("p", "好"),
        ("p", "{{ complainant.nmae }}"),
        ("p", "{{ 没有关"),
        ("logic", "{% for x in cc %}"),
        ("row", "甲｜乙"),
        ("p", ""),
    ]
    answer = clerk.post(f"/letters/templates/versions/{draft.id}/edit", data=typed(draft, blocks=blocks))
    assert answer.status_code == 422
    assert blocks_in(answer.text) == [text for _, text in blocks]
    for said in (
        "第 3 块：",
        "花括号没有配对",
        "第 4 块：",
        "没有结束",
        "第 5 块：",
        "前面没有表格",
        "第 6 块：",
        "没有内容",
    ):
        assert said in answer.text, said
    unknown = [("p", "{{ complainant.nmae }}"), ("p", "好")]
    live = clerk.post(f"/letters/templates/versions/{draft.id}/preview", data=typed(draft, blocks=unknown)).json
    assert live is not None
    assert [one["field"] for one in live["problems"]] == ["block-1"]
    assert "complainant.nmae" in live["problems"][0]["sentence"]
    assert live["pages"] == []


@pytest.mark.parametrize(
    "form", [{}, {"revision": "x"}, {"revision": "1", "block_kind": "p"}, {"revision": "1", "law": "a"}]
)
def test_a_form_that_is_none_of_ours_is_refused(office: Office, draft: TemplateVersion, form: dict[str, str]) -> None:
    page = f"/letters/templates/versions/{draft.id}/edit"
    assert office.client("letter_clerk").post(page, data=form).status_code == 422


def test_two_who_edit_at_once_do_not_overwrite_each_other(office: Office, draft: TemplateVersion) -> None:
    page = f"/letters/templates/versions/{draft.id}/edit"
    first, second = typed(draft, title="甲改"), typed(draft, title="乙改")
    assert office.client("letter_clerk").post(page, data=first).status_code == 302
    assert office.client("head").post(page, data=second).status_code == 412
    db.session.refresh(draft)
    assert draft.content["title"] == "甲改"


def in_word(client: FlaskClient, row: TemplateVersion, change: Any) -> bytes:
    document = docx.Document(io.BytesIO(client.get(f"/letters/templates/versions/{row.id}/word").data))
    change(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_word_goes_down_comes_back_and_shows_what_it_changes_before_anything_is_saved(
    office: Office, draft: TemplateVersion
) -> None:
    clerk = office.client("letter_clerk")
    word = in_word(clerk, draft, lambda document: document.add_paragraph("另行通知。", style="函件正文"))
    base = f"/letters/templates/versions/{draft.id}"
    shown = clerk.post(f"{base}/word", data={"file": (io.BytesIO(word), "模板.docx")})
    assert shown.status_code == 200
    assert "<ins>另行通知。</ins>" in shown.text
    db.session.refresh(draft)
    assert draft.revision == 1
    refused = clerk.post(f"{base}/word", data={"file": (io.BytesIO(b"%PDF-1.7"), "模板.docx")})
    assert (refused.status_code, "草稿没有改变" in refused.text) == (422, True)
    sent = {"word": base64.b64encode(word).decode()}
    assert clerk.put(f"{API}/versions/{draft.id}/word", json={"word": "…"}).status_code == 422
    saved = clerk.put(f"{API}/versions/{draft.id}/word", json=sent, headers={"If-Match": '"1"'})
    assert saved.status_code == 200, saved.text
    db.session.refresh(draft)
    assert draft.content["blocks"][-1] == {"p": "另行通知。"}


def test_the_api_writes_a_version_and_names_its_faults(office: Office) -> None:
    clerk, legal = office.client("letter_clerk"), office.client("legal")
    begun = clerk.post(f"{API}/versions", json={"kind": "reminder"}, headers={"Idempotency-Key": "k1"})
    assert begun.status_code == 201
    assert (
        begun.json == clerk.post(f"{API}/versions", json={"kind": "reminder"}, headers={"Idempotency-Key": "k1"}).json
    )
    place, tag = f"{API}/versions/{begun.json['id']}", begun.headers["ETag"]
    body = {"title": "催办", "blocks": [{"kind": "p", "text": "请尽快{% if %}回复"}], "basis": [{"law": "civil-code"}]}
    faulty = clerk.put(place, json=body)
    assert faulty.status_code == 422
    assert [(one["code"], one["field"]) for one in faulty.json["errors"]] == [("template.unclosed", "block-1")]
    body["blocks"] = [{"kind": "p", "text": "　请尽快回复。"}]
    changed = clerk.put(place, json=body, headers={"If-Match": tag})
    assert changed.status_code == 200
    assert changed.json["content"]["blocks"] == [{"p": "　请尽快回复。"}]
    assert clerk.put(place, json=body, headers={"If-Match": tag}).status_code == 412
    assert clerk.post(f"{place}/approve").status_code == 403
    assert clerk.post(f"{place}/propose").status_code == 200
    assert legal.post(f"{place}/approve").status_code == 200
    assert clerk.post(f"{place}/publish").json["state"] == "published"
    current = clerk.get(f"{API}/reminder").json
    assert current["mark"] == "reminder@1"
    assert current["basis"][0]["title"] == "中华人民共和国民法典"
    assert clerk.get(f"{API}/reminder/reminder@1").json == current
    assert clerk.get(f"{API}/reminder/reminder@9").status_code == 404


def test_a_repealed_law_warns_wherever_its_templates_are_seen(office: Office, draft: TemplateVersion) -> None:
    legal, clerk = office.client("legal"), office.client("letter_clerk")
    law = {"code": "pbc-2020-5", "title": "中国人民银行金融消费者权益保护实施办法", "begins": "2020-11-01"}
    wrong = legal.post("/letters/laws", data={**law, "ends": "2020-10-31"})
    assert (wrong.status_code, "不能早于施行日期" in wrong.text) == (422, True)
    noted = legal.post("/letters/laws", data={**law, "ends": "2026-01-31", "successor": "新办法"})
    assert noted.status_code == 302
    assert "依据失效" in clerk.get("/letters/templates/").text
    assert "改引新办法" in clerk.get("/letters/templates/inquiry").text
    assert clerk.post("/letters/laws", data=law).status_code == 403
    first = clerk.get("/api/v1/letter-laws").json[0]
    assert (first["code"], first["in_force"]) == ("pbc-2020-5", False)
    assert clerk.post("/letters/templates/inquiry/begin").status_code == 302
    row = next(one for one in template_store.standing(db.session()) if one.kind == "inquiry")
    assert "现已失效" in clerk.get(f"/letters/templates/versions/{row.id}/edit").text


def test_the_word_file_of_what_is_in_force_can_be_had(office: Office) -> None:
    answer = office.client("officer").get("/letters/templates/apology/word")
    assert word_template.from_word(answer.data, template_store.current(db.session(), "apology")).kind == "apology"
    assert office.client("officer").get("/letters/templates/apology/preview-1.png").mimetype == "image/png"
    assert office.client("officer").get("/letters/templates/apology/preview-2.png").status_code == 404


def test_markup_in_a_template_is_shown_not_obeyed(app: Flask, office: Office, draft: TemplateVersion) -> None:
    hostile = '<script>alert(1)</script>{{ officer.name }}"><img>'
    clerk = office.client("letter_clerk")
    page = f"/letters/templates/versions/{draft.id}"
    assert clerk.post(f"{page}/edit", data=typed(draft, blocks=[("p", hostile)], remark=hostile)).status_code == 302
    for address in (page, f"{page}/edit", f"{page}/compare"):
        assert "<script>alert" not in clerk.get(address).text
        assert "<img>" not in clerk.get(address).text
