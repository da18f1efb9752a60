"""Holds on many dossiers of a selection: row by row, released by two."""

import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from archive.core.act import acting
from archive.core.db import db
from archive.disposal import filing_papers
from archive.dossiers import selections
from archive.retention import bulk_holds, holds
from archive.retention.models import Hold
from archive.retention.rules import HoldKind
from archive.worker import Worker
from tests import retention_builders as builders
from tests.builders import Office
from tests.dossier_builders import dossier, registered

FORM = {"kind": "inspection", "basis": "检查通知书〔2026〕1号", "reason": "现场检查", "review_on": ""}


def chosen(office: Office, who: str, numbers: list[str]) -> str:
    with acting(office.person(who)) as act:
        found = selections.choose(office.person(who), [dossier(one).id for one in numbers], "全部", act)
        return str(found.id)


def in_force() -> int:
    return db.session.scalar(select(func.count()).where(Hold.released_at.is_(None)))


def done(office: Office, client: FlaskClient, url: str, data: dict[str, str]) -> str:
    """Order something, let the worker do it, and return the page that tells what came of it."""
    answer = client.post(url, data=data)
    assert answer.status_code == 303
    assert "正在办理" in client.get(answer.location).text
    Worker(office.app, ("holds",)).run_until_idle()
    db.session.rollback()
    return client.get(answer.location).text


def test_a_selection_is_held_row_by_row_and_released_by_two(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_holds, "_BATCH", 2)
    numbers = [registered(office) for _ in range(3)]
    selection = chosen(office, "legal", numbers)
    legal, head = office.client("legal"), office.client("head")
    url = f"/retention/holds/new?selection={selection}"
    assert "将冻结 <strong>3</strong> 件" in legal.get(url).text
    assert legal.post(url, data={**FORM, "basis": ""}).status_code == 422
    assert legal.post(url, data={**FORM, "review_on": "2001-01-01"}).status_code == 422
    assert in_force() == 0
    assert "已办理 3 件。" in done(office, legal, url, FORM)
    again: Any = legal.post("/api/v1/holds/of-selection", json={**FORM, "review_on": None, "selection": selection}).json
    bulk_holds.carry_out(uuid.UUID(again["id"]))
    again = legal.get(f"/api/v1/holds/orders/{again['id']}").json
    assert (again["looked"], again["done"], len(again["refused"])) == (3, 0, 3)
    assert again["refused"][0]["detail"] == "已按同一依据冻结。"
    assert head.get(f"/api/v1/holds/orders/{again['id']}").status_code == 404
    assert in_force() == 3
    same = {"kind": FORM["kind"], "basis": FORM["basis"]}
    assert "已办理 3 件。" in done(office, legal, "/retention/holds/ask-release", {**same, "reason": "检查结束"})
    assert "3 件没有办理" in done(office, legal, "/retention/holds/release", same)
    assert in_force() == 3
    assert "已办理 3 件。" in done(office, head, "/retention/holds/release", same)
    assert in_force() == 0
    assert "批量解除冻结" in head.get("/retention/holds").text


def test_an_order_killed_in_the_middle_goes_on_with_the_next_row(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_holds, "_BATCH", 1)
    legal = office.person("legal")
    ids = [dossier(registered(office)).id for _ in range(3)]
    form = {"kind": HoldKind.AUDIT, "basis": "审字1号", "reason": "审计", "owner": "", "review_on": None}
    with acting(legal) as act:
        order_id = bulk_holds.place(ids, form, act=act).id
    placed, place = 0, holds.place

    def dying(*args: Any, **facts: Any) -> Any:
        nonlocal placed
        placed += 1
        if placed == 2:
            raise KeyboardInterrupt
        return place(*args, **facts)

    monkeypatch.setattr(holds, "place", dying)
    with pytest.raises(KeyboardInterrupt):
        bulk_holds.carry_out(order_id)
    assert in_force() == 1
    bulk_holds.carry_out(order_id)
    bulk_holds.carry_out(order_id)
    assert (in_force(), placed) == (3, 4)


def test_another_s_selection_and_other_roles_hold_nothing(office: Office) -> None:
    selection = chosen(office, "legal", [registered(office)])
    url = f"/retention/holds/new?selection={selection}"
    assert office.client("head").post(url, data=FORM).status_code == 404
    assert office.client("officer").post(url, data=FORM).status_code == 403
    assert office.client("legal").get("/retention/holds/new").status_code == 422
    assert in_force() == 0


def test_what_was_made_at_filing_is_read_on_the_panel(office: Office) -> None:
    number = builders.a_closed_dossier(office, files=1)
    assert filing_papers.make(dossier(number).id) == 3
    officer = office.client("officer")
    assert "卷内目录" in officer.get(f"/dossiers/{number}/retention").text
    listed = officer.get(f"/api/v1/dossiers/{number}/renditions").json
    assert {one["kind"] for one in listed} == {"cover", "catalogue", "examination"}
    for one in listed:
        sent = officer.get(f"/dossiers/{number}/renditions/{one['id']}")
        assert sent.data.startswith(b"%PDF")
        assert office.client("officer-field").get(f"/dossiers/{number}/renditions/{one['id']}").status_code == 404
