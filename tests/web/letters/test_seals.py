"""Seals: kept by who was named for it, seen by nobody unrecorded, drawn on what is issued."""

import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from archive.audit.models import Entry
from archive.core.act import Machine, acting
from archive.core.db import db
from archive.core.errors import NotAllowed
from archive.documents import blobs
from archive.dossiers.states import State
from archive.letters import layout, seals
from archive.letters.seal_models import UnitSeal
from archive.people.models import Unit
from tests.builders import Office
from tests.dossier_builders import brought_to
from tests.letter_builders import filed
from tests.seal_builders import a_seal_png


def put_in(client: FlaskClient, unit: str = "root", png: bytes = b"", **more: str) -> TestResponse:
    form = {"unit": unit, "name": "公章", "width": "42", "picture": (io.BytesIO(png or a_seal_png()), "章.png"), **more}
    return client.post("/letters/seals", data=form)


def unit(office: Office, code: str) -> Unit:
    return db.session.get_one(Unit, office.units[code])


def actions() -> list[str]:
    db.session.rollback()
    return [
        one for one in db.session.scalars(select(Entry.action).order_by(Entry.seq)) if one.startswith("letter_seal")
    ]


def test_a_seal_is_put_in_by_its_keeper_replaced_and_given_up(office: Office) -> None:
    keeper = office.client("seal_keeper")
    assert put_in(keeper).status_code == 302
    assert put_in(keeper, png=a_seal_png(500)).status_code == 302
    first, second = db.session.scalars(select(UnitSeal).order_by(UnitSeal.added_at, UnitSeal.id)).all()
    assert (first.retired_reason, second.retired_at) == ("更换", None)
    page = keeper.get("/letters/seals").text
    assert "使用中" in page
    assert "已停用" in page
    listed = keeper.get("/api/v1/letter-seals").json
    assert [one["retired_at"] is None for one in listed] == [True, False]
    assert keeper.post(f"/letters/seals/{second.id}/retire", data={"reason": "销毁"}).status_code == 302
    assert keeper.post(f"/letters/seals/{second.id}/retire", data={"reason": "再次"}).status_code == 409
    assert seals.in_use(db.session(), unit(office, "desk")) is None


def test_what_is_no_seal_is_refused_with_words(office: Office) -> None:
    keeper = office.client("seal_keeper")
    for more, said in (
        ({"width": "5"}, "毫米之间"),
        ({"width": "abc"}, "请填写数字"),
        ({"width": "nan"}, "请填写数字"),
        ({"name": ""}, "此栏必填"),
    ):
        answer = put_in(keeper, **more)
        assert answer.status_code == 422
        assert said in answer.text
    assert put_in(keeper, png=b"GIF89a").status_code == 422
    assert db.session.scalars(select(UnitSeal)).all() == []


def test_nobody_else_comes_near_a_seal_and_looking_is_recorded(office: Office) -> None:
    keeper = office.client("seal_keeper")
    put_in(keeper)
    (row,) = db.session.scalars(select(UnitSeal)).all()
    assert keeper.post(f"/letters/seals/{row.id}/picture").mimetype == "image/png"
    assert actions() == ["letter_seal:add", "letter_seal:show"]
    for login in ("head", "letter_clerk", "system_admin", "security_admin", "officer"):
        client = office.client(login)
        assert client.post(f"/letters/seals/{row.id}/picture").status_code == 403
        assert put_in(client).status_code == 403
    stored = db.session.execute(text("SELECT sealed_png FROM letter_seal")).scalar_one()
    assert not stored.startswith("iVBOR"), "the picture lies encrypted"


def test_a_seal_comes_out_for_an_issue_only_nearest_unit_first(office: Office) -> None:
    put_in(office.client("seal_keeper"))
    put_in(office.client("seal_keeper"), unit="desk", name="投诉科专用章", png=a_seal_png(500))
    with pytest.raises(NotAllowed), acting(office.person("officer")) as act:
        seals.take(unit(office, "desk"), letter="x", act=act)
    with acting(office.person("head")) as act:
        desk, field = (seals.take(unit(office, code), letter="x", act=act) for code in ("desk", "field"))
    assert desk is not None
    assert field is not None
    assert (desk.name, desk.picture.sha256 == field.picture.sha256) == ("投诉科专用章", False)
    assert actions().count("letter_seal:use") == 2


def test_an_issued_letter_bears_the_seal_and_the_trail_tells_which(office: Office) -> None:
    put_in(office.client("seal_keeper"))
    row = filed(office, brought_to(office, State.INVESTIGATING))
    assert row.pdf is not None
    with blobs.open_version(row.pdf.latest) as stream:
        report = layout.measure(stream.read())
    assert report.passed
    assert "seal.covers" in {check.name for check in report.checks}
    (used,) = db.session.scalars(select(Entry).where(Entry.action == "letter_seal:use")).all()
    assert used.facts["letter"] == row.number
    assert (row.seal_name != "", row.seal_sha256) == (True, used.facts["sha256"])
    assert row.seal_name in office.client("officer").get(f"/letters/{row.id}").text


def test_without_a_seal_nothing_is_drawn(office: Office) -> None:
    with acting(Machine("test")) as act:
        assert seals.take(unit(office, "root"), letter="x", act=act) is None
