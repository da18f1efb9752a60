"""Searches people keep: saved, shared, with alerts; and their last ones."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from archive.core.act import Machine, acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.dossiers import guarding
from archive.people.models import RoleHeld
from archive.search import handlers, saving
from archive.search.models import RecentSearch, SavedSearch
from archive.worker import FINDING, Worker
from tests.builders import Office
from tests.dossier_builders import account, dossier, registered


@pytest.fixture
def indexed(app: Flask, office: Office) -> Callable[[], None]:
    def work() -> None:
        Worker(app, FINDING).run_until_idle(60)
        db.session.remove()

    return work


def text(answer: object) -> str:
    return str(answer.get_data(as_text=True))  # type: ignore[attr-defined]


def save(client: FlaskClient, query: str = "争议", **form: str) -> uuid.UUID:
    answer = client.post("/search/saved", data={"title": "利率", "search": f"q={query}&state=registered", **form})
    assert answer.status_code == 302, text(answer)
    return db.session.scalars(select(SavedSearch.id).order_by(SavedSearch.id.desc())).first() or uuid.UUID(int=0)


def kept(saved_id: uuid.UUID) -> SavedSearch:
    return db.session.get_one(SavedSearch, saved_id)


def test_a_search_is_saved_shared_and_runs_as_who_opens_it(office: Office, indexed: Callable[[], None]) -> None:
    mine = registered(office, unit="desk")
    registered(office, unit="field")
    indexed()
    desk, field, head = (office.client(one) for one in ("officer-desk", "officer-field", "head"))
    assert "保存这次检索" in text(desk.get("/search/?q=争议"))
    saved = save(desk)
    assert "利率" in text(desk.get("/search/"))
    assert "利率" not in text(field.get("/search/"))
    assert "利率" not in text(head.get("/search/"))
    shared = desk.post(f"/search/saved/{saved}", data={"title": "利率争议", "unit": "desk"})
    assert shared.status_code == 302
    assert "利率争议" in text(head.get("/search/"))
    assert "利率争议" not in text(field.get("/search/"))
    # Shared is the query: what is found is the reader's own.
    (body,) = head.get("/api/v1/search/saved").json
    assert (body["query"], body["filters"], body["own"]) == ("争议", {"state": ["registered"]}, False)
    assert head.get("/api/v1/search/?q=争议").json["total"] == 2
    assert [hit["number"] for hit in desk.get("/api/v1/search/?q=争议").json["hits"]] == [mine]
    # Others neither manage nor remove it.
    assert head.get(f"/search/saved/{saved}").status_code == 404
    assert head.post(f"/search/saved/{saved}/remove").status_code == 404
    assert desk.post(f"/search/saved/{saved}/remove").status_code == 302
    assert db.session.query(SavedSearch).count() == 0


def test_numbers_of_persons_are_sealed_and_never_shared(office: Office, indexed: Callable[[], None]) -> None:
    registered(office)
    indexed()
    head = office.client("head")
    saved = kept(save(head, "证件:320582198001010019", title="证件 320582198001010019"))
    assert "3205821980" not in saved.query_sealed + saved.title
    for query in ("证件:010019", "13800135678", "王小明 320582198001010019"):
        refused = head.post("/search/saved", data={"title": "某人", "unit": "root", "search": f"q={query}"})
        assert refused.status_code == 422
        assert "不能共享" in text(refused)
    foreign = office.client("officer-desk").post("/search/saved", data={"title": "x", "unit": "field", "search": "q=a"})
    assert foreign.status_code == 403


def test_alerts_tell_what_is_new_to_who_may_see_it(
    office: Office, indexed: Callable[[], None], clock: FixedClock
) -> None:
    registered(office)
    indexed()
    head = office.client("head")
    saved = save(head, alert="true")
    handlers.count_alerts([])
    assert "检索提醒" not in text(head.get("/"))
    clock.moment += timedelta(minutes=20)
    new, closed = registered(office), registered(office)
    indexed()
    with acting(office.person("head")) as act:
        guarding.recuse(dossier(closed), account(office, "head"), reason="亲属", act=act)
    indexed()
    handlers.count_alerts([])
    assert "检索提醒：利率" in text(head.get("/"))
    page = text(head.get(f"/search/saved/{saved}"))
    assert new in page
    assert closed not in page
    assert head.get("/api/v1/search/saved").json[0]["new"] == 1
    head.post(f"/search/saved/{saved}/seen")
    handlers.count_alerts([])
    assert "检索提醒" not in text(head.get("/"))


def test_alerts_follow_the_owner_s_permission_and_say_what_is_wrong(
    office: Office, indexed: Callable[[], None]
) -> None:
    registered(office, unit="desk")
    indexed()
    desk = office.client("officer-desk")
    saved = save(desk, "电话:5678", alert="true")
    handlers.count_alerts([])
    registered(office, unit="desk")
    indexed()
    with acting(Machine("test")) as act:
        act.session.query(RoleHeld).filter_by(account_id=office.accounts["officer-desk"]).update(
            {"role": "letter_clerk"}
        )
    handlers.count_alerts([])
    assert kept(saved).new_ids == []
    assert "没有按证件号、电话、卡号检索的权限" in text(desk.get(f"/search/saved/{saved}"))


def test_the_last_searches_are_one_s_own_twenty_and_can_be_cleared(
    office: Office, indexed: Callable[[], None], clock: FixedClock
) -> None:
    registered(office)
    indexed()
    head = office.client("head")
    for serial in range(22):
        clock.moment += timedelta(minutes=1)
        head.get(f"/search/?q=贷款{serial:02}")
    clock.moment += timedelta(minutes=1)
    head.get("/search/?q=贷款05&state=registered")
    page = text(head.get("/search/"))
    assert page.index(">贷款05<") < page.index(">贷款21<")
    assert ">贷款02<" in page
    assert ">贷款01<" not in page
    assert db.session.query(RecentSearch).count() == 20
    assert ">贷款05<" not in text(office.client("legal").get("/search/"))
    head.post("/search/recent/clear")
    assert "最近的检索" not in text(head.get("/search/"))


def test_there_is_an_end_to_saving(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "MOST_SAVED", 1)
    head = office.client("head")
    save(head)
    more = head.post("/search/saved", data={"title": "x", "search": "q=a"})
    assert more.status_code == 409
    assert "最多保存 1 条检索" in text(more)
    empty = office.client("legal").post("/search/saved", data={"title": "x", "search": "state=closed"})
    assert empty.status_code == 422
