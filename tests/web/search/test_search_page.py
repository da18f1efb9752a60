"""The search page and its API, as a reader uses them."""

import base64
import io
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from flask import Flask

from archive.audit.models import Entry
from archive.core.act import acting
from archive.core.db import db
from archive.documents import operations as documents
from archive.documents.models import Document
from archive.dossiers import selections
from archive.dossiers.models import Selection
from archive.search import engine
from archive.worker import FINDING, Worker
from tests.builders import Office
from tests.conftest import counting
from tests.dossier_builders import dossier, registered
from tests.integration.search.conftest import filed


@pytest.fixture
def indexed(app: Flask, office: Office) -> Callable[[], None]:
    def work() -> None:
        Worker(app, FINDING).run_until_idle(60)
        db.session.remove()

    return work


def test_the_page_shows_the_dossier_the_item_and_the_marked_words(office: Office, indexed: Callable[[], None]) -> None:
    number = registered(office)
    filed(office, number, "客服称<b>短信服务费</b>属于正常收费。", "通话记录.txt")
    indexed()
    page = office.client("head").get("/search/?q=短信服务费").get_data(as_text=True)
    assert number in page
    assert "第 1 件 通话记录 · 第 1 页" in page
    assert "<mark>短信服务费</mark>" in page
    assert "<b>短信" not in page


def test_an_empty_answer_is_said_and_a_bad_query_is_explained(office: Office, indexed: Callable[[], None]) -> None:
    registered(office)
    indexed()
    client = office.client("head")
    assert "没有案卷含有这些内容" in client.get("/search/?q=绝无此事").get_data(as_text=True)
    bad = client.get("/search/?q=(退费")
    assert bad.status_code == 422
    assert "左括号没有对应的右括号" in bad.get_data(as_text=True)
    unknown = client.get("/search/?q=状态:做完了").get_data(as_text=True)
    assert "“状态”没有“做完了”这一项" in unknown
    assert "已办结" in unknown


def test_without_an_index_the_page_says_so_and_the_rest_works(office: Office) -> None:
    registered(office)
    engine.forget()
    client = office.client("head")
    page = client.get("/search/?q=争议")
    assert page.status_code == 503
    assert "检索暂不可用" in page.get_data(as_text=True)
    api = client.get("/api/v1/search/?q=争议")
    assert api.status_code == 503
    assert api.content_type.startswith("application/problem+json")
    assert client.get("/").status_code == 200


def test_the_api_answers_with_pages_facets_and_a_cursor(office: Office, indexed: Callable[[], None]) -> None:
    numbers = {registered(office) for _ in range(3)}
    indexed()
    client = office.client("head")
    first = client.get("/api/v1/search/?q=争议&limit=2").get_json()
    assert first["total"] == 3
    second = client.get("/api/v1/search/", query_string={"q": "争议", "limit": 2, "after": first["next"]}).get_json()
    assert {hit["number"] for hit in first["hits"] + second["hits"]} == numbers
    assert second["next"] == ""
    assert first["facets"]["state"] == [{"value": "registered", "label": "待受理", "count": 3}]


def test_a_cursor_of_another_search_is_refused(office: Office, indexed: Callable[[], None]) -> None:
    for _ in range(3):
        registered(office)
    indexed()
    client = office.client("head")
    cursor = client.get("/api/v1/search/?q=争议&limit=1").get_json()["next"]
    other = client.get("/api/v1/search/", query_string={"q": "贷款", "after": cursor, "sort": "amount"})
    assert other.status_code == 422


def test_scores_and_cursors_tell_nothing_of_dossiers_out_of_sight(office: Office, indexed: Callable[[], None]) -> None:
    for _ in range(3):
        registered(office)
    indexed()
    client = office.client("head")
    before = client.get("/api/v1/search/?q=争议&limit=2").get_json()
    assert [hit["score"] for hit in before["hits"]] == [1.0, 1.0]
    assert b"relevance" not in base64.urlsafe_b64decode(before["next"] + "===")
    assert client.get("/api/v1/search/", query_string={"q": "争议", "after": "WyJkYXRlIl0"}).status_code == 422
    assert client.get("/search/", query_string={"q": "争议", "after": "不是"}).status_code == 422


def test_a_page_of_results_costs_a_fixed_number_of_statements(office: Office, indexed: Callable[[], None]) -> None:
    for _ in range(12):
        registered(office)
    indexed()
    client = office.client("head")
    client.get("/search/?q=争议")
    with counting(22):
        assert client.get("/search/?q=争议").status_code == 200


def test_results_are_chosen_for_an_act_on_many(office: Office, indexed: Callable[[], None]) -> None:
    numbers = [registered(office) for _ in range(3)]
    other = registered(office, category="card")
    indexed()
    client = office.client("head")
    page = client.get("/search/?q=争议&category=loan&limit=2").get_data(as_text=True)
    assert "选中全部 3 个结果" in page
    data = {"action": "xlsx", "everything": "true", "search": "q=争议&category=loan&limit=2"}
    to_act = client.post("/search/choose", data=data)
    assert to_act.headers["Location"].startswith("/selections.xlsx?selection=")
    with acting(office.person("head")) as act:
        kept = act.session.query(Selection).one()
        found = selections.dossiers_of(act.session, office.person("head"), kept, 10)
        assert {one.number for one in found} == set(numbers)
        assert other not in {one.number for one in found}
        assert kept.title == "检索：争议"


def test_hits_are_taken_out_with_their_passages_and_citations(office: Office, indexed: Callable[[], None]) -> None:
    number = registered(office, title="=1+1 短信服务费")
    filed(office, number, "客服13800135678称短信服务费属于正常收费。", "通话记录.txt")
    indexed()
    client = office.client("head")
    answer = client.get("/search/hits.xlsx?q=短信服务费")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    hit = next(row for row in rows if "通话记录" in str(row[6]))
    assert hit[:2] == [number, "=1+1 短信服务费"]
    assert hit[7] == "客服138****5678称短信服务费属于正常收费。"
    assert str(hit[8]).startswith(f"{number} · 第 1 件《通话记录》 · 第 1 页 · sha256:")
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    trail = db.session.query(Entry).filter_by(action="dossier:export", dossier_id=dossier(number).id).one()
    assert trail.facts["selection"] == "检索：短信服务费"
    assert client.get("/search/hits.xlsx?q=绝无此事").status_code == 403
    assert client.get("/search/hits.xlsx?q=(坏").status_code == 422
    assert office.client("officer").get("/search/hits.xlsx?q=短信服务费").status_code == 403


def test_an_older_version_and_a_file_in_a_file_are_cited_and_opened_as_such(
    office: Office, indexed: Callable[[], None]
) -> None:
    number = registered(office)
    filed(office, number, "第一版写着背书连续", "说明.txt")
    with acting(office.person("officer")) as act:
        document = act.session.query(Document).filter_by(dossier_id=dossier(number).id).one()
        documents.add_version(document, io.BytesIO("第二版没有了".encode()), "说明.txt", act=act)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("inner.txt", "压缩包里的催收记录")
    with acting(office.person("officer")) as act:
        documents.deposit(dossier(number), io.BytesIO(packed.getvalue()), "证据.zip", act=act)
    indexed()
    client = office.client("head")
    (old,) = client.get("/api/v1/search/?q=背书连续").json["hits"][0]["hits"]
    assert (old["item"], old["version"]) == ("1", 1)
    assert "n=1" in old["url"]
    assert "第一版写着" in client.get(old["url"]).get_data(as_text=True)
    (inner,) = client.get("/api/v1/search/?q=催收记录").json["hits"][0]["hits"]
    assert inner["item"] == "2-1"
    assert inner["citation"] in client.get("/search/?q=催收记录").get_data(as_text=True)
    assert inner["citation"] in client.get(inner["url"]).get_data(as_text=True)


@pytest.mark.parametrize("path", ["/search/?q=x", "/api/v1/search/?q=x"])
def test_an_outsider_searches_nothing(office: Office, path: str) -> None:
    assert office.outsider().get(path).status_code in (302, 401, 403)
    assert office.client("system_admin").get(path).status_code == 403
