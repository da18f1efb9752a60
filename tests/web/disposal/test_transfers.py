"""Handing over to an archive: two persons, an examination, a package that checks itself, a receipt; the copy stays."""

import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from archive.core.clock import FixedClock, shanghai_date
from archive.core.db import db
from archive.core.errors import RuleBroken, StoreDown
from archive.disposal import filing_papers, handlers, papers, transfer_packing, transfers
from archive.disposal.kinds import Decision, ListState, PaperKind, ParcelState, TransferState
from archive.documents.models import Version
from archive.jobs.operations import Task
from archive.retention.kinds import Occasion
from archive.retention.models import FilingReport, Keeping
from tests import disposal_builders as disposal
from tests import retention_builders as builders
from tests.builders import Office

RECEIPT = b"%PDF-1.4 signed"


def proposed(keeper: FlaskClient, numbers: list[str]) -> str:
    given = {"numbers": numbers, "receiver": "滨江市档案馆", "basis": "滨档函〔2026〕3号"}
    made = keeper.post("/api/v1/transfers", json=given)
    assert made.status_code == 201, made.json
    return made.json["number"]


def approved(office: Office, number: str) -> None:
    head = office.client("head")
    body = head.get(f"/api/v1/transfers/{number}").json
    assert head.post(f"/api/v1/transfers/{number}/approve", json={"list_hash": body["list_hash"]}).status_code == 200


def packed(number: str) -> TransferState:
    return transfer_packing.pack(transfers.by_number(db.session(), number).id)


def test_a_hand_over_from_its_appraisal_to_the_receipt(office: Office, clock: FixedClock, tmp_path: Path) -> None:
    numbers = disposal.expired(office, clock, 2)
    listed = disposal.proposed(office, numbers)
    disposal.appraised(office, listed, Decision.TRANSFER)
    disposal.settled(office, listed)
    keeper = office.client("records_manager")
    page = keeper.get("/transfers/").text
    assert all(number in page for number in numbers)
    url = keeper.post(
        "/transfers/", data={"numbers": numbers, "receiver": "滨江市档案馆", "basis": "滨档函〔2026〕3号"}
    ).headers["Location"]
    number = url.rpartition("/")[2].replace("%C2%B7", "·")
    assert keeper.post(f"{url}/approve", data={}).status_code == 403
    with pytest.raises(RuleBroken) as listed_again:
        disposal.proposed(office, numbers)
    assert listed_again.value.code == "disposal.in_transfer"
    approved(office, number)
    assert packed(number) is TransferState.PACKED
    found = transfers.by_number(db.session(), number)
    reports = db.session.scalars(select(FilingReport).where(FilingReport.occasion == Occasion.TRANSFER)).all()
    assert len(reports) == 2
    line = found.lines[0]
    with keeper.get(f"{url}/packages/{line.id}.zip") as sent:
        content = sent.data
    assert f"sha256:{hashlib.sha256(content).hexdigest()}" == line.package_hash
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        package.extractall(tmp_path)
    script = next(tmp_path.rglob("verify.py"))
    told = subprocess.run([sys.executable, "-I", str(script)], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout
    form = {"received_by": "档案馆王某", "received_on": shanghai_date(clock.moment).isoformat(), "note": ""}
    assert keeper.post(f"{url}/receipt", data=form).status_code == 422
    script_file = {**form, "receipt": (io.BytesIO(b"<script>"), "收据.html")}
    assert keeper.post(f"{url}/receipt", data=script_file).status_code == 422
    late = {**form, "received_on": "2031-01-01", "receipt": (io.BytesIO(RECEIPT), "收据.pdf")}
    assert "接收日期须在封装之后" in keeper.post(f"{url}/receipt", data=late).text
    api = f"/api/v1{url}"
    assert keeper.post(f"{api}/void", data=form).status_code == 415
    assert keeper.post(f"{api}/receipt", data={**form, "receipt": (io.BytesIO(b"x"), "x.pdf")}).status_code == 422
    good = {**form, "receipt": (io.BytesIO(RECEIPT), "收据.pdf")}
    answer = keeper.post(f"{api}/receipt", data=good)
    assert answer.status_code == 200, answer.text
    assert answer.json["received_by"] == "档案馆王某"
    page = keeper.get(url).text
    assert "已移交" in page
    assert "移交接收文据" in page
    kinds = {paper.kind: paper for paper in papers.about(db.session(), found.id)}
    assert set(kinds) == {PaperKind.TRANSFER_LIST, PaperKind.RECEIPT}
    assert keeper.get(f"{url}/papers/{kinds[PaperKind.RECEIPT].id}").data == RECEIPT
    handlers.clear_transfer([Task(found.id, "", found.id, None, {}, 1, clock.moment)])
    assert keeper.get(f"{url}/packages/{line.id}.zip").status_code == 409
    # The archive's own copy stays, and goes by the rules of its own period.
    assert len(db.session.scalars(select(Version)).all()) == 4
    assert db.session.scalars(select(Keeping.destroyed_at)).all() == [None, None]
    destroyed = disposal.ready(office, clock, numbers)
    assert disposal.destroyed(office, destroyed) is ListState.CERTIFIED
    assert "滨江市档案馆" in office.client("records_manager").get(f"/stubs/{numbers[0]}").text


def test_what_fails_its_examination_is_not_handed_over(office: Office, clock: FixedClock, ports) -> None:
    good, bad = (builders.a_closed_dossier(office, files=1) for _ in range(2))
    (stored,) = ports.store.versions(builders.dossier(bad).id.hex)
    ports.store.erase(stored.key, stored.version_id)
    number = proposed(office.client("records_manager"), [good, bad])
    approved(office, number)
    assert packed(number) is TransferState.APPROVED
    states = {line.number: line.state for line in transfers.by_number(db.session(), number).lines}
    assert states == {good: ParcelState.PACKED, bad: ParcelState.FAILED}
    page = office.client("records_manager").get(f"/transfers/{number}").text
    assert "存储中找不到第 1 件的内容" in page
    again = office.client("records_manager").post(f"/api/v1/transfers/{number}/pack")
    assert again.status_code == 202
    assert packed(number) is TransferState.APPROVED


def test_a_byte_changed_since_filing_stops_the_package(office: Office, ports) -> None:
    number = builders.a_closed_dossier(office, files=1)
    (data,) = Path(ports.settings.home).rglob("objects/**/data")
    data.chmod(0o600)
    data.write_bytes(data.read_bytes()[::-1])
    made = proposed(office.client("records_manager"), [number])
    approved(office, made)
    assert packed(made) is TransferState.APPROVED
    assert transfers.by_number(db.session(), made).lines[0].state is ParcelState.FAILED


def test_hands_are_kept_apart_and_open_dossiers_stay(office: Office) -> None:
    number, still_open = builders.a_closed_dossier(office), builders.registered(office)
    keeper = office.client("records_manager")
    given = {"receiver": "档案馆", "basis": "函"}
    assert keeper.post("/api/v1/transfers", json={**given, "numbers": [still_open]}).status_code == 409
    assert keeper.post("/api/v1/transfers", json={**given, "numbers": ["2026-TS-999999"]}).status_code == 404
    for who in ("officer", "legal", "auditor", "system_admin"):
        assert office.client(who).post("/api/v1/transfers", json={**given, "numbers": [number]}).status_code == 403
    made = proposed(keeper, [number])
    url = f"/api/v1/transfers/{made}"
    assert keeper.post("/api/v1/transfers", json={**given, "numbers": [number]}).status_code == 409
    assert office.client("officer").get(url).status_code == 403
    head = office.client("head")
    assert head.post(f"{url}/approve", json={"list_hash": "0" * 64}).status_code == 409
    assert keeper.post(f"{url}/void", json={"reason": "接收方延期"}).json["state"] == "void"
    assert head.post(f"{url}/approve", json={"list_hash": head.get(url).json["list_hash"]}).status_code == 409


def test_lists_and_certificates_are_kept_as_pdf_and_checked_when_read(office: Office, clock: FixedClock, ports) -> None:
    numbers = disposal.expired(office, clock, 2)
    number = disposal.ready(office, clock, numbers)
    job = Task(disposal.fetched(number).id, "", disposal.fetched(number).id, None, {}, 1, clock.moment)
    handlers.paper_list([job])
    assert disposal.destroyed(office, number) is ListState.CERTIFIED
    for _ in range(2):
        handlers.paper_list([job])
    keeper = office.client("records_manager")
    page = keeper.get(f"/disposals/{number}").text
    links = re.findall(r'href="(/disposals/[^"]+/papers/[^"]+)"', page)
    assert len(links) == 2
    for link in links:
        answer = keeper.get(link)
        assert answer.data.startswith(b"%PDF")
        assert answer.content_type == "application/pdf"
    listed = office.client("auditor").get(f"/api/v1/disposals/{number}/papers").json
    assert [one["kind"] for one in listed] == ["disposal_list", "certificate"]
    stored = {one.key: one for one in ports.store.versions("papers/")}
    assert len(stored) == 2
    assert all(one.locked_until.year == 2199 for one in stored.values())
    assert json.loads(office.client("auditor").get(f"/api/v1/disposals/{number}/certificate").data)["format"] == 1
    data = next(path for path in Path(ports.settings.home).rglob("objects/**/data") if b"%PDF" in path.read_bytes()[:5])
    data.chmod(0o600)
    data.write_bytes(data.read_bytes()[:-1] + b"x")
    codes = {keeper.get(link).status_code for link in links}
    assert codes - {200} <= {409, 500}
    assert codes != {200}


def test_papers_made_since_and_an_examination_between_two_attempts_to_pack_change_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [builders.a_closed_dossier(office, files=1) for _ in range(2)]
    ids = [builders.dossier(number).id for number in numbers]
    number = proposed(office.client("records_manager"), numbers)
    for dossier_id in ids:
        filing_papers.make(dossier_id)  # by the worker, only now
    approved(office, number)
    write, written = transfer_packing._write, list[int]()

    def away(*given: object) -> object:
        written.append(1)
        if len(written) == 2:
            raise StoreDown("store.down")
        return write(*given)

    monkeypatch.setattr(transfer_packing, "_write", away)
    with pytest.raises(StoreDown):
        packed(number)
    assert sum(filing_papers.make(dossier_id) for dossier_id in ids) > 0  # each was examined before it was packed
    assert packed(number) is TransferState.PACKED
