"""The API of handling as a machine uses it."""

from flask.testing import FlaskClient

from archive.core.db import db
from archive.dossiers.states import State
from archive.handling.kinds import Sheet
from archive.handling.models import Task
from archive.handling.records import RECORDS
from tests.builders import Office
from tests.dossier_builders import brought_to
from tests.handling_builders import everything

TASK = {"what": "核对流水", "unit": "root", "person": "officer", "due_on": "2026-03-09"}


def test_a_task_is_made_once_and_changed_only_as_it_was_seen(office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    officer: FlaskClient = office.client("officer")
    url = f"/api/v1/dossiers/{number}/handling/tasks"
    first = officer.post(url, json=TASK, headers={"Idempotency-Key": "one"})
    again = officer.post(url, json=TASK, headers={"Idempotency-Key": "one"})
    assert (first.status_code, again.status_code) == (201, 201), first.json
    assert first.json["id"] == again.json["id"]
    assert db.session.query(Task).count() == 1
    one = f"{url}/{first.json['id']}"
    tag = officer.get(one).headers["ETag"]
    stale = officer.post(f"{one}/finish", json={"result": "已核对"}, headers={"If-Match": '"99"'})
    assert stale.status_code == 412
    done = officer.post(f"{one}/finish", json={"result": "已核对", "documents": []}, headers={"If-Match": tag})
    assert (done.status_code, done.json["state"], done.json["result"]) == (200, "done", "已核对")
    refused = officer.post(f"{one}/finish", json={"result": "又一次"})
    assert (refused.status_code, refused.json["code"]) == (409, "handling.state")
    bad = officer.post(url, json={"what": "", "unit": "root", "due_on": "never"})
    assert {problem["field"] for problem in bad.json["errors"]} == {"what", "due_on"}


def test_every_kind_of_record_is_listed_to_who_may_read_it(office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    everything(office, number)
    head, outside = office.client("head"), office.client("officer-desk")
    for sheet in RECORDS:
        answer = head.get(f"/api/v1/dossiers/{number}/handling/{sheet.value}")
        assert answer.status_code == 200, sheet
        if sheet not in (Sheet.MEDIATIONS, Sheet.REVIEWS, Sheet.FOLLOW_UPS, Sheet.FULFILMENTS):
            assert len(answer.json) == 1, sheet
            assert "dossier_id" not in answer.json[0]
        hidden = outside.get(f"/api/v1/dossiers/{number}/handling/{sheet.value}")
        assert hidden.status_code in (403, 404), sheet
    opinion = head.get(f"/api/v1/dossiers/{number}/handling/opinions").json[0]
    assert opinion["decisions"][0]["agreed"] is True


def test_work_that_waits_is_told(office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    office.client("officer").post(
        f"/api/v1/dossiers/{number}/handling/opinions", json={"subject": "decide", "text": "拟退费"}
    )
    (errand,) = office.client("head").get("/api/v1/work").json["errands"]
    assert (errand["kind"], errand["number"], errand["due_on"]) == ("opinion", number, None)
    assert office.client("officer").get("/api/v1/work").json["errands"] == []


def test_lists_are_paged_and_codes_given(office: Office) -> None:
    numbers = [brought_to(office, State.CLOSED) for _ in range(2)]
    officer = office.client("officer")
    first = officer.get("/api/v1/follow-ups/due?size=1").json
    second = officer.get(f"/api/v1/follow-ups/due?size=1&after={first['next']}").json
    assert [first["rows"][0]["number"], second["rows"][0]["number"]] == numbers
    assert second["next"] == ""
    assert officer.get("/api/v1/follow-ups/due?after=broken").status_code == 422
    code = officer.post(f"/api/v1/dossiers/{numbers[0]}/progress-code")
    assert (code.status_code, len(code.json["code"])) == (201, 11)
    assert officer.get("/api/v1/groups?state=proposed").json["rows"] == []
