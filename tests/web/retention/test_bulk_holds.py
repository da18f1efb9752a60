"""Holds on many dossiers of a selection: row by row, released by two."""

from sqlalchemy import func, select

from archive.core.act import acting
from archive.core.db import db
from archive.disposal import filing_papers
from archive.dossiers import selections
from archive.retention.models import Hold
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


def test_a_selection_is_held_row_by_row_and_released_by_two(office: Office) -> None:
    numbers = [registered(office) for _ in range(3)]
    selection = chosen(office, "legal", numbers)
    legal, head = office.client("legal"), office.client("head")
    url = f"/retention/holds/new?selection={selection}"
    assert "将冻结 <strong>3</strong> 件" in legal.get(url).text
    assert legal.post(url, data={**FORM, "basis": ""}).status_code == 422
    assert in_force() == 0
    assert "已办理 3 件。" in legal.post(url, data=FORM).text
    again = legal.post("/api/v1/holds/of-selection", json={**FORM, "review_on": None, "selection": selection}).json
    assert (again["done"], len(again["refused"])) == (0, 3)
    assert again["refused"][0]["detail"] == "已按同一依据冻结。"
    assert in_force() == 3
    same = {"kind": FORM["kind"], "basis": FORM["basis"]}
    asked = legal.post("/retention/holds/ask-release", data={**same, "reason": "检查结束"}).text
    assert "已办理 3 件。" in asked
    refused = legal.post("/retention/holds/release", data=same).text
    assert "3 件没有办理" in refused
    assert in_force() == 3
    assert "已办理 3 件。" in head.post("/retention/holds/release", data=same).text
    assert in_force() == 0


def test_another_s_selection_and_other_roles_hold_nothing(office: Office) -> None:
    selection = chosen(office, "legal", [registered(office)])
    url = f"/retention/holds/new?selection={selection}"
    assert office.client("head").post(url, data=FORM).status_code == 404
    assert office.client("officer").post(url, data=FORM).status_code == 403
    assert office.client("legal").get("/retention/holds/new").status_code == 422
    assert in_force() == 0


def test_what_was_made_at_filing_is_read_on_the_panel(office: Office) -> None:
    number = builders.a_closed_dossier(office, files=1)
    assert filing_papers.make(dossier(number).id) == 2
    officer = office.client("officer")
    assert "卷内目录" in officer.get(f"/dossiers/{number}/retention").text
    listed = officer.get(f"/api/v1/dossiers/{number}/renditions").json
    assert {one["kind"] for one in listed} == {"cover", "catalogue"}
    for one in listed:
        sent = officer.get(f"/dossiers/{number}/renditions/{one['id']}")
        assert sent.data.startswith(b"%PDF")
        assert office.client("officer-field").get(f"/dossiers/{number}/renditions/{one['id']}").status_code == 404
