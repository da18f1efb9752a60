"""A document in the wrong dossier: struck out, seen by all as struck, filed in the right one; nothing is taken away."""

from archive.core.db import db
from archive.documents import striking
from archive.documents.models import Document, Version
from archive.dossiers.states import State
from archive.retention import locks
from archive.search import gathering
from tests import retention_builders as builders
from tests.builders import Office
from tests.dossier_builders import brought_to, dossier


def test_a_misfiled_document_is_struck_copied_and_kept(office: Office, ports) -> None:
    wrong, right = brought_to(office, State.INVESTIGATING), brought_to(office, State.INVESTIGATING)
    version = db.session.get_one(Version, builders.deposited(office, wrong, b"of another", "他人合同.txt"))
    builders.deposited(office, wrong)
    document_id, sha256 = version.document_id, version.sha256
    client = office.client("officer")
    url = f"/dossiers/{wrong}/documents/{document_id}"
    assert "归错了案卷" in client.get(f"{url}/edit").text
    assert client.post(f"{url}/strike", data={"reason": "系另案材料", "into": right}).status_code == 302
    contents = client.get(f"/dossiers/{wrong}/documents/").text
    assert "共 1 件" in contents
    assert "<s>他人合同</s>" in contents
    shown = client.get(url).text
    assert "系另案材料" in shown
    assert right in shown
    copy = db.session.query(Document).filter_by(dossier_id=dossier(right).id).one()
    assert (copy.title, copy.note) == ("他人合同", f"误归入 {wrong} 第 1 件，移入本卷")
    assert copy.latest.sha256 == sha256
    assert striking.counted(db.session(), dossier(wrong).id) == 1
    api = f"/api/v1/dossiers/{wrong}/documents/{document_id}"
    assert client.post(f"{api}/strike", json={"reason": "x"}).status_code == 409
    assert locks.sweep().failed == 0
    assert ports.store.verify(version.blob_key, version.store_version).sha256 == sha256
    assert client.post(f"{api}/unstrike", json={"reason": "核对无误"}).status_code == 204
    assert client.post(f"{api}/unstrike", json={"reason": "again"}).status_code == 409
    assert striking.counted(db.session(), dossier(wrong).id) == 2


def test_only_who_may_deposit_strikes_and_only_while_the_dossier_is_open(office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    version = db.session.get_one(Version, builders.deposited(office, number))
    api = f"/api/v1/dossiers/{number}/documents/{version.document_id}/strike"
    assert office.client("officer-field").post(api, json={"reason": "x"}).status_code == 404
    assert office.client("auditor").post(api, json={"reason": "x"}).status_code == 403
    officer = office.client("officer")
    assert officer.post(api, json={"reason": ""}).status_code == 422
    assert officer.post(api, json={"reason": "x", "into": "2026-TS-999999"}).status_code == 404
    assert officer.post(api, json={"reason": "x", "into": number}).status_code == 409
    closed = builders.a_closed_dossier(office, files=1)
    document = db.session.query(Document).filter_by(dossier_id=dossier(closed).id).one()
    api = f"/api/v1/dossiers/{closed}/documents/{document.id}/strike"
    assert officer.post(api, json={"reason": "x"}).status_code == 409


def test_what_was_struck_is_neither_found_nor_opened_by_who_merely_reads(office: Office) -> None:
    number = brought_to(office, State.INVESTIGATING)
    version = db.session.get_one(Version, builders.deposited(office, number, "别家的流水".encode(), "他人流水.txt"))
    url = f"/dossiers/{number}/documents/{version.document_id}"
    found = gathering.gather(db.session(), [version.dossier_id], version=1)[version.dossier_id]
    assert "他人流水" in found.card.text
    assert office.client("officer").post(f"{url}/strike", data={"reason": "系另案材料"}).status_code == 302
    found = gathering.gather(db.session(), [version.dossier_id], version=1)[version.dossier_id]
    assert "他人流水" not in found.card.text
    assert "kind" not in found.card.values or "contract" not in found.card.values["kind"]
    reader = office.client("letter_clerk")
    assert "他人流水" in reader.get(f"/dossiers/{number}/documents/").text
    for address in (url, f"{url}/v1/file", f"/api/v1{url}", f"/api/v1{url}/versions/1/content"):
        assert reader.get(address).status_code == 403
        for login in ("officer", "head", "records_manager"):
            assert office.client(login).get(address).status_code == 200
