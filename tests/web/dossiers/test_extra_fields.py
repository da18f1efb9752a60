"""The typed fields a profile adds for a kind of complaint: on the form, checked, shown, found, with its limits."""

from flask import Flask

from archive.binding import queries
from archive.core.act import acting
from archive.core.db import db
from archive.dossiers.models import Dossier
from archive.procedures import operations as procedures
from archive.procedures import queries as decided
from archive.procedures.states import Subject
from archive.search import gathering
from tests.builders import Office
from tests.dossier_builders import unit

FORM = {
    "title": "装修延期", "received_at": "2026-03-05T09:00", "channel": "phone", "source": "direct",
    "severity": "normal", "parties.0.name": "王小明", "parties.0.role": "complainant", "parties.0.kind": "natural",
}  # fmt: skip


def follow_khyg(office: Office) -> None:
    for subject, value in ((Subject.INSTITUTION, "company"), (Subject.PROFILE, "KHYG")):
        with acting(office.person("legal")) as act:
            procedures.propose_choice(unit(office, "root"), subject, value, holds=True, reason="x", act=act)
        with acting(office.person("head")) as act:
            row = next(one for one in decided.choices(act.session) if one.decided_at is None)
            procedures.decide_choice(row, act=act)


def test_a_kind_asks_for_its_fields_and_brings_its_limits(app: Flask, office: Office) -> None:
    follow_khyg(office)
    client = office.client("intake")
    assert "客户要求的回复时间" in client.get("/dossiers/new").text
    refused = client.post("/dossiers/new", data={**FORM, "kind": "client", "extra.client.contract_no": "HT-2026-1"})
    assert refused.status_code == 422
    assert "“地址”必填" in refused.text
    assert "HT-2026-1" in refused.text  # nothing typed is lost
    filled = {"kind": "client", "extra.client.contract_no": "HT-2026-1", "extra.client.address": "人民路 1 号"}
    done = client.post("/dossiers/new", data={**FORM, **filled})
    assert done.status_code == 302
    [dossier] = db.session.query(Dossier).all()
    assert dossier.custom == {"kind": "client", "contract_no": "HT-2026-1", "address": "人民路 1 号"}
    assert "HT-2026-1" in client.get(f"/dossiers/{dossier.number}").text
    assert "KHYG.T21" in {f"{row.profile_id}.{row.limit_id}" for row in queries.limits_of(db.session(), dossier.id)}
    texts = gathering.gather(db.session(), [dossier.id], version=1)[dossier.id]
    assert "人民路" in str(texts)


def test_a_correction_changes_the_fields_and_is_recorded(app: Flask, office: Office) -> None:
    follow_khyg(office)
    client = office.client("intake")
    filled = {"kind": "client", "extra.client.contract_no": "HT-1", "extra.client.address": "人民路 1 号"}
    client.post("/dossiers/new", data={**FORM, **filled})
    [dossier] = db.session.query(Dossier).all()
    page = client.get(f"/dossiers/{dossier.number}/edit").text
    assert 'value="HT-1"' in page
    party = {"parties.0.id": str(dossier.parties[0].id)}
    changed = {**FORM, **party, **filled, "extra.client.contract_no": "HT-9", "revision": str(dossier.revision)}
    assert client.post(f"/dossiers/{dossier.number}/edit", data=changed).status_code == 302
    db.session.expire_all()
    assert db.session.get(Dossier, dossier.id).custom["contract_no"] == "HT-9"
