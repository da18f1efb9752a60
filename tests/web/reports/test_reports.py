"""Reports through the browser, the API and the operator's tool."""

import io
import json

from click.testing import CliRunner, Result
from openpyxl import load_workbook

from archive.core.db import db
from archive.dossiers.states import State
from archive.reports.commands import report
from archive.reports.models import ReportSnapshot
from tests.builders import Office
from tests.conftest import counting
from tests.dossier_builders import brought_to, registered
from tests.printouts import printed


def an_office_at_work(office: Office) -> None:
    brought_to(office, State.CLOSED)
    registered(office, category="card")
    brought_to(office, State.WITHDRAWN)


def test_a_report_is_made_shown_compared_and_taken_away(office: Office) -> None:
    an_office_at_work(office)
    client = office.client("head")
    assert "还没有编制过报表" in client.get("/reports/made/").get_data(as_text=True)
    answer = client.post("/reports/made/", data={"kind": "weekly", "period": "2026-W09", "unit": "root"})
    assert answer.status_code == 302
    place = answer.headers["Location"]
    page = client.get(place).get_data(as_text=True)
    assert "维权中心 2026 年第 9 周" in page
    assert "SHA-256" in page
    assert "结果完全相同" in client.post(f"{place}/verify").get_data(as_text=True)
    book = load_workbook(io.BytesIO(client.get(f"{place}/workbook").data))
    assert book.sheetnames[:3] == ["总量", "登记与办结", "热点"]
    assert "投诉统计周报" in printed(client, f"{place}/print")
    again = client.post("/reports/made/", data={"kind": "weekly", "period": "2026-W09", "unit": "root"})
    assert again.status_code == 422
    assert "请写明理由" in again.get_data(as_text=True)


def test_reports_are_for_those_who_report_and_only_on_their_units(office: Office) -> None:
    made = office.client("head").post("/api/v1/reports", json={"kind": "weekly", "period": "2026-W09"})
    assert made.status_code == 201
    assert made.json is not None
    place = f"/api/v1/reports/{made.json['id']}"
    assert office.client("auditor").get(place).status_code == 200
    assert office.client("officer").get(place).status_code == 403
    assert office.client("head").post(
        "/api/v1/reports", json={"kind": "weekly", "period": "2026-W09", "unit": "nowhere"}
    ).status_code == 404  # fmt: skip
    assert office.client("head").get(f"{place}/verification").json["untouched"]  # type: ignore[index]


def test_a_bad_period_or_one_that_runs_is_refused_in_words(office: Office) -> None:
    client = office.client("head")
    for period, status in (("2026-W99", 422), ("今年", 422), ("2026-W40", 409)):
        answer = client.post("/reports/made/", data={"kind": "weekly", "period": period, "unit": "root"})
        assert answer.status_code == status
        assert "problems" in answer.get_data(as_text=True)


def test_what_is_due_is_called_for(office: Office) -> None:
    page = office.client("head").get("/reports/made/").get_data(as_text=True)  # on 5 March 2026
    assert "2025 年下半年" in page
    assert "已过期，未编制" in page  # due on 30 January
    assert "2026-01-30" in page


def test_how_units_fare_is_shown_with_what_it_means(office: Office) -> None:
    an_office_at_work(office)
    client = office.client("head")
    with counting(14):
        page = client.get("/reports/performance").get_data(as_text=True)
    assert "按期率" in page
    assert "取中位数" in page
    assert "维权中心" in page
    found = client.get("/api/v1/performance?period=2026").json
    assert found is not None
    assert [(unit["code"], unit["in_hand"], unit["closed"]) for unit in found["units"]] == [("root", 1, 1)]
    assert client.get("/reports/performance?period=nonsense").status_code == 422
    assert office.client("officer").get("/reports/performance").status_code == 403


def command(*arguments: str) -> Result:
    return CliRunner().invoke(report, arguments)


def test_the_operators_tool_makes_and_compares(office: Office) -> None:
    an_office_at_work(office)
    done = command("make", "weekly", "2026-W09", "--json")
    told = json.loads(done.output)
    assert told["late"] is False
    assert told["data"]["totals"]["registered"] == 0
    assert "untouched" in command("verify", told["id"]).output
    assert command("make", "weekly", "2026-W09").exit_code == 1
    assert db.session.query(ReportSnapshot).count() == 1
