"""Choosing many dossiers: from the list, for an act on all of them."""

import io
import uuid
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from flask.testing import FlaskClient

from archive.audit.models import Entry
from archive.core.act import Machine, acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.core.errors import NotFound
from archive.dossiers import guarding, handlers, selections
from archive.dossiers.models import Selection
from archive.people.models import RoleHeld
from archive.people.rules import Role
from tests.builders import Office
from tests.dossier_builders import account, dossier, registered


@pytest.fixture
def head(office: Office) -> FlaskClient:
    return office.client("head")


def choose(client: FlaskClient, **form: object) -> str:
    """Send a choice and return the selection's id."""
    answer = client.post("/selections", data={"action": "xlsx", **form})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return parse_qs(urlsplit(answer.headers["Location"]).query)["selection"][0]


def rows_of(client: FlaskClient, selection: str) -> list[list[object]]:
    answer = client.get(f"/selections.xlsx?selection={selection}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_what_is_ticked_is_taken_out_as_a_table_and_recorded(office: Office, head: FlaskClient) -> None:
    one = registered(office, title="=SUM(A1) 身份证320582198001010019")
    two, three = registered(office), registered(office)
    assert 'name="everything"' not in head.get("/dossiers/").get_data(as_text=True)
    selection = choose(head, dossier=[str(dossier(three).id), str(dossier(one).id)], row=[str(dossier(two).id)])
    rows = rows_of(head, selection)
    assert [row[0] for row in rows[2:]] == [three, one]
    assert rows[3][1] == "=SUM(A1) 身份证320***********0019"
    entry = db.session.query(Entry).filter_by(action="dossier:export", dossier_id=dossier(one).id).one()
    assert entry.facts["number"] == one


def test_the_whole_page_and_everything_found_can_be_meant(office: Office, head: FlaskClient) -> None:
    loans = [registered(office) for _ in range(3)]
    other = registered(office, category="card")
    page = choose(head, page="true", row=[str(dossier(one).id) for one in loans[:2]])
    assert {row[0] for row in rows_of(head, page)[2:]} == set(loans[:2])
    shown = head.get("/dossiers/?size=2&category=loan").get_data(as_text=True)
    assert "选中全部 3 个结果" in shown
    everything = choose(head, everything="true", filter="category=loan&size=2")
    rows = rows_of(head, everything)
    assert {row[0] for row in rows[2:]} == set(loans)
    assert other not in {row[0] for row in rows}
    assert str(rows[0][0]).startswith("案卷列表：贷款")


def test_nothing_ticked_or_an_act_not_allowed_is_said(office: Office, head: FlaskClient) -> None:
    number = registered(office)
    nothing = head.post("/selections", data={"action": "xlsx"})
    assert nothing.status_code == 422
    assert "没有选中任何案卷" in nothing.get_data(as_text=True)
    clerk = office.client("intake")
    assert 'name="dossier"' not in clerk.get("/dossiers/").get_data(as_text=True)
    refused = clerk.post("/selections", data={"action": "xlsx", "dossier": str(dossier(number).id)})
    assert refused.status_code == 422


def test_a_selection_is_its_owner_s_and_shows_only_what_they_may_see_now(office: Office, head: FlaskClient) -> None:
    seen, closed = registered(office), registered(office)
    ids = [str(dossier(seen).id), str(dossier(closed).id), str(uuid.uuid4())]
    selection = choose(head, dossier=ids)
    assert office.client("legal").get(f"/selections.xlsx?selection={selection}").status_code == 404
    with acting(office.person("head")) as act:
        guarding.recuse(dossier(closed), account(office, "head"), reason="亲属", act=act)
    rows = rows_of(head, selection)
    assert [row[0] for row in rows[3:]] == [seen]
    assert "另有 1 件未列出" in str(rows[1][0])
    with acting(office.person("head")) as act:
        kept = selections.read(act.session, office.person("head"), uuid.UUID(selection))
        assert [one.number for one in selections.dossiers_of(act.session, office.person("head"), kept, 10)] == [seen]
        with pytest.raises(NotFound):
            selections.read(act.session, office.person("legal"), uuid.UUID(selection))


def test_selections_are_bounded_and_swept(office: Office, head: FlaskClient, clock: FixedClock) -> None:
    number = registered(office)
    many = head.post("/selections", data={"action": "xlsx", "dossier": [str(uuid.uuid4()) for _ in range(5001)]})
    assert many.status_code == 422
    choose(head, dossier=str(dossier(number).id))
    clock.moment += timedelta(days=29)
    handlers.sweep_selections([])
    assert db.session.query(Selection).count() == 1
    clock.moment += timedelta(days=2)
    handlers.sweep_selections([])
    assert db.session.query(Selection).count() == 0


def test_of_units_without_the_permission_nothing_is_taken_out(office: Office) -> None:
    with acting(Machine("test")) as act:
        held = {"account_id": office.accounts["officer-desk"], "granted_at": act.moment}
        act.session.add(RoleHeld(role=Role.OFFICER, unit_id=office.units["root"], **held))
        act.session.add(RoleHeld(role=Role.LEGAL, unit_id=office.units["desk"], **held))
    mine, other = registered(office, unit="desk"), registered(office)
    client = office.client("officer-desk")
    rows = rows_of(client, choose(client, dossier=[str(dossier(mine).id), str(dossier(other).id)]))
    assert [row[0] for row in rows[3:]] == [mine]
    only_other = choose(client, dossier=[str(dossier(other).id)])
    assert client.get(f"/selections.xlsx?selection={only_other}").status_code == 403
