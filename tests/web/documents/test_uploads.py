"""Uploading as a person does: by the API, whole, in pieces, broken off, resumed, refused."""

import base64
import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from archive.core.act import acting
from archive.core.clock import FixedClock
from archive.core.db import db
from archive.core.ports import Ports
from archive.documents import receiving, room, staging, sweeping
from archive.documents.models import Document, Upload, Version
from archive.dossiers import moving
from archive.dossiers.models import Recusal
from archive.dossiers.states import State
from archive.jobs.models import Job
from tests import tus
from tests.builders import Office
from tests.conftest import NOW
from tests.dossier_builders import brought_to, dossier, registered
from tests.stores import BrokenStore


def versions(number: str) -> list[Version]:
    db.session.rollback()
    return (
        db.session.query(Version).filter_by(dossier_id=dossier(number).id).order_by(Version.filed_at, Version.n).all()
    )


def stored(ports: Ports, version: Version) -> bytes:
    with ports.store.open(version.blob_key, version.store_version) as stream:
        return stream.read()


def test_a_file_sent_whole_is_filed_with_its_hash_and_waits_to_be_read(
    office: Office, ports: Ports, number: str
) -> None:
    data = "借款合同 年利率 4.35%".encode()
    found = tus.upload(
        office.client("officer"),
        number,
        data,
        "借款合同.txt",
        source="投诉人",
        brought_by="王小明",
        dated_on="2026-03-01",
    )
    [version] = versions(number)
    assert found["sha256"] == version.sha256 == f"sha256:{tus.sha256(data)}"
    assert stored(ports, version) == data
    assert (version.document.item, version.document.title, version.document.kind) == (1, "借款合同", "contract")
    assert (version.document.source, str(version.document.dated_on)) == ("投诉人", "2026-03-01")
    assert db.session.query(Job).filter_by(kind="extraction.read", subject_id=version.id).count() == 1
    assert not list(ports.settings.uploads.iterdir())


def test_a_file_comes_in_pieces_and_goes_on_where_it_stopped(office: Office, ports: Ports, number: str) -> None:
    client, data = office.client("officer"), bytes(range(256)) * 400
    url = tus.create(client, number, len(data), "录音.mp3").headers["Location"]
    assert tus.patch(client, url, data[:40_000], 0).headers["Upload-Offset"] == "40000"
    assert tus.offset(client, url) == 40_000
    assert client.head(url, headers=tus.TUS).headers["Upload-Length"] == str(len(data))
    assert tus.patch(client, url, data[40_000:], 40_000).status_code == 204
    [version] = versions(number)
    assert stored(ports, version) == data


def test_bytes_at_the_wrong_place_are_refused_and_nothing_is_lost(office: Office, number: str) -> None:
    client = office.client("officer")
    url = tus.create(client, number, 10).headers["Location"]
    tus.patch(client, url, b"01234", 0)
    wrong = tus.patch(client, url, b"56789", 3)
    assert (wrong.status_code, wrong.json["code"]) == (409, "upload.offset")
    assert "5" in wrong.json["title"]
    assert tus.offset(client, url) == 5


def test_a_piece_that_was_damaged_on_the_way_is_not_kept(office: Office, ports: Ports, number: str) -> None:
    client = office.client("officer")
    url = tus.create(client, number, 10).headers["Location"]
    good = base64.b64encode(hashlib.sha256(b"01234").digest()).decode()
    bad = tus.patch(client, url, b"0x234", 0, Upload_Checksum=f"sha256 {good}")
    assert (bad.status_code, bad.json["code"]) == (460, "upload.checksum")
    assert tus.offset(client, url) == 0
    assert tus.patch(client, url, b"01234", 0, Upload_Checksum=f"sha256 {good}").headers["Upload-Offset"] == "5"
    assert tus.patch(client, url, b"56789", 5).status_code == 204
    assert stored(ports, versions(number)[0]) == b"0123456789"


def test_a_file_that_is_not_what_its_sender_announced_begins_anew(office: Office, ports: Ports, number: str) -> None:
    client = office.client("officer")
    url = tus.create(client, number, 4, sha256=tus.sha256(b"good")).headers["Location"]
    assert tus.patch(client, url, b"baad", 0).status_code == 460
    assert tus.offset(client, url) == 0
    assert versions(number) == []
    assert tus.patch(client, url, b"good", 0).status_code == 204
    assert stored(ports, versions(number)[0]) == b"good"


def test_two_requests_at_once_for_one_upload_cannot_mix_their_bytes(
    app: Flask, office: Office, ports: Ports, number: str
) -> None:
    client, data = office.client("officer"), b"x" * 300_000
    url = tus.create(client, number, len(data)).headers["Location"]
    person = office.person("officer")
    begun, go_on = threading.Event(), threading.Event()

    class Slow:
        def __init__(self) -> None:
            self.left = data

        def read(self, size: int) -> bytes:
            begun.set()
            assert go_on.wait(10)
            piece, self.left = self.left[:size], self.left[size:]
            return piece

    def first() -> int:
        with app.app_context():
            upload_id = UUID(url.rsplit("/", 1)[1])
            return receiving.receive(upload_id, Slow(), offset=0, length=None, checksum=None, person=person)

    with ThreadPoolExecutor() as pool:
        running = pool.submit(first)
        assert begun.wait(10)
        second = tus.patch(client, url, b"y" * 300_000, 0)
        go_on.set()
        assert running.result(20) == len(data)
    assert (second.status_code, second.json["code"]) == (423, "upload.busy")
    assert stored(ports, versions(number)[0]) == data


def test_limits_are_told_before_anything_is_sent(app: Flask, office: Office, number: str) -> None:
    client = office.client("officer")
    told = client.open("/api/v1/uploads", method="OPTIONS")
    assert told.headers["Tus-Max-Size"] == str(2 * 1024**3)
    assert told.headers["Tus-Version"] == "1.0.0"
    limits = client.get(f"/api/v1/uploads/limits?dossier={number}").json
    assert (limits["max_file_bytes"], limits["files_left"], limits["refusal"]) == (2 * 1024**3, 5000, "")
    assert limits["max_unpacked_bytes"] == 4 * 1024**3
    large = tus.create(client, number, 2 * 1024**3 + 1)
    assert (large.status_code, large.json["code"]) == (413, "upload.too_large")
    assert large.headers["Tus-Resumable"] == "1.0.0"


def test_more_bytes_than_announced_are_refused(office: Office, number: str) -> None:
    client = office.client("officer")
    url = tus.create(client, number, 4).headers["Location"]
    assert tus.patch(client, url, b"12345", 0).status_code == 413
    assert tus.offset(client, url) == 0


def test_an_empty_file_is_filed_at_once(office: Office, number: str) -> None:
    assert tus.upload(office.client("officer"), number, b"", "空.txt")["filed"]
    assert versions(number)[0].size == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Length": "5"}, 412),
        ({"Tus-Resumable": "0.2.2", "Upload-Length": "5"}, 412),
        ({"Tus-Resumable": "1.0.0"}, 422),
        ({"Tus-Resumable": "1.0.0", "Upload-Length": "-1"}, 422),
        ({"Tus-Resumable": "1.0.0", "Upload-Length": "٥"}, 422),
        ({"Tus-Resumable": "1.0.0", "Upload-Length": "5", "Upload-Metadata": "filename ???"}, 422),
        ({"Tus-Resumable": "1.0.0", "Upload-Length": "5", "Upload-Metadata": "filename YQ=="}, 422),
    ],
)
def test_what_is_not_the_protocol_is_refused(office: Office, headers: dict[str, str], status: int) -> None:
    answer = office.client("officer").post(
        "/api/v1/uploads", headers={k: v.encode().decode("latin-1") for k, v in headers.items()}
    )
    assert answer.status_code == status
    assert answer.content_type.startswith("application/problem+json")


def test_a_body_of_another_kind_is_refused(office: Office, number: str) -> None:
    client = office.client("officer")
    url = tus.create(client, number, 5).headers["Location"]
    answer = client.patch(url, data=b"12345", content_type="text/plain", headers={**tus.TUS, "Upload-Offset": "0"})
    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system32\\合同.docx", "合同.docx"),
        ("..", "未命名"),
        ("报价\u202efdp.exe", "报价fdp.exe"),
        ("a\x00b\r\nc.txt", "abc.txt"),
        ("家庭👨‍👩‍👧照片😀.jpg", "家庭👨‍👩‍👧照片😀.jpg"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
        ('a"b;c.txt', 'a"b;c.txt'),
    ],
)
def test_hostile_names_are_made_safe_and_readable(office: Office, number: str, given: str, kept: str) -> None:
    client = office.client("officer")
    found = tus.upload(client, number, b"%PDF-", given)
    [version] = versions(number)
    assert version.filename == kept
    answer = client.get(f"/api/v1/dossiers/{number}/documents/{found['document_id']}/versions/1/content")
    header = answer.headers["Content-Disposition"]
    assert header.isascii()
    assert "\r" not in header
    assert header.startswith('attachment; filename="')


def test_a_disk_that_fills_up_stops_an_upload_where_it_can_go_on(
    office: Office, ports: Ports, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, data = office.client("officer"), bytes(range(250)) * 20
    url = tus.create(client, number, len(data)).headers["Location"]
    free = iter([1, 1, 1, -1])
    with monkeypatch.context() as full:
        full.setattr(staging, "STEP", 1000)
        full.setattr(staging, "PIECE", 400)
        full.setattr(room, "left", lambda: next(free, -1))
        answer = tus.patch(client, url, data, 0)
        assert (answer.status_code, answer.json["code"]) == (507, "upload.no_room")
        kept = tus.offset(client, url)
        assert kept == staging.place(UUID(url.rpartition("/")[2])).stat().st_size == 3600
        assert tus.patch(client, url, data[kept:], kept).status_code == 507
        # All of it is there but its last byte: the copy in the store would touch the reserve.
        full.setattr(room, "copies", lambda: 2)
        full.setattr(room, "left", lambda: len(data) - 1)
        assert tus.patch(client, url, data[kept:], kept).status_code == 507
    assert versions(number) == []
    kept = tus.offset(client, url)
    assert tus.patch(client, url, data[kept:], kept).status_code == 204
    assert stored(ports, versions(number)[0]) == data


@pytest.mark.parametrize(("copies", "left"), [(2, 5000), (1, -1)])
def test_the_last_byte_asks_only_for_the_room_that_filing_takes(
    office: Office, ports: Ports, number: str, monkeypatch: pytest.MonkeyPatch, copies: int, left: int
) -> None:
    client, data = office.client("officer"), bytes(range(250)) * 20
    url = tus.create(client, number, len(data)).headers["Location"]
    monkeypatch.setattr(room, "copies", lambda: 2)
    monkeypatch.setattr(room, "left", lambda: len(data) - 1)
    assert tus.patch(client, url, data, 0).status_code == 507
    kept = tus.offset(client, url)
    assert kept == len(data) - 1
    monkeypatch.setattr(room, "copies", lambda: copies)
    monkeypatch.setattr(room, "left", lambda: left)
    assert tus.patch(client, url, data[kept:], kept).status_code == 204
    assert stored(ports, versions(number)[0]) == data


def test_uploads_under_way_keep_their_room_for_an_hour(
    office: Office, number: str, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = office.client("officer")
    monkeypatch.setattr(room, "left", lambda: 100)
    monkeypatch.setattr(room, "copies", lambda: 2)
    assert tus.create(client, number, 51).status_code == 507
    assert tus.create(client, number, 40).status_code == 201
    assert tus.create(client, number, 40).status_code == 507
    assert tus.create(client, number, 10).status_code == 201
    clock.moment = NOW + timedelta(hours=2)
    assert tus.create(office.client("officer"), number, 40).status_code == 201


def test_the_folder_a_file_came_from_is_kept_for_showing_only(office: Office, number: str) -> None:
    tus.upload(office.client("officer"), number, b"1", "a.txt", path="../材料/合同/a.txt")
    assert versions(number)[0].document.path == "材料/合同"


@pytest.mark.parametrize("address", ["..%2f..%2fsecrets.json", "0" * 32, "00000000-0000-7000-8000-000000000000", "%00"])
def test_addresses_that_name_no_upload_find_nothing(office: Office, address: str) -> None:
    client = office.client("officer")
    for answer in (
        client.head(f"/api/v1/uploads/{address}", headers=tus.TUS),
        tus.patch(client, f"/api/v1/uploads/{address}", b"x", 0),
        client.delete(f"/api/v1/uploads/{address}", headers=tus.TUS),
    ):
        assert answer.status_code == 404


def test_somebody_elses_upload_does_not_exist(office: Office, ports: Ports, number: str) -> None:
    url = tus.create(office.client("officer"), number, 5).headers["Location"]
    other = office.client("head")
    for answer in (
        other.head(url, headers=tus.TUS),
        other.get(url),
        tus.patch(other, url, b"12345", 0),
        other.delete(url, headers=tus.TUS),
    ):
        assert answer.status_code == 404
    assert not list(ports.settings.uploads.iterdir())


def test_who_may_not_deposit_is_refused(office: Office, number: str) -> None:
    assert tus.create(office.outsider(), number, 5).status_code in (401, 403)
    for login in ("auditor", "system_admin", "security_admin", "nobody"):
        assert tus.create(office.client(login), number, 5).status_code == 403
    hidden = registered(office, by="officer-desk")
    assert tus.create(office.client("officer-field"), hidden, 5).status_code == 404


def test_an_ended_dossier_takes_nothing_and_says_why(office: Office) -> None:
    number = brought_to(office, State.WITHDRAWN)
    client = office.client("officer")
    answer = tus.create(client, number, 5)
    assert (answer.status_code, answer.json["code"]) == (409, "document.dossier_ended")
    assert "封存" in client.get(f"/api/v1/uploads/limits?dossier={number}").json["refusal"]


def test_a_declined_dossier_takes_the_refusal_notice_until_it_was_told(office: Office) -> None:
    number = brought_to(office, State.DECLINED)
    assert tus.create(office.client("officer"), number, 5).status_code == 201


def test_a_dossier_that_ends_while_bytes_come_takes_nothing(office: Office, number: str) -> None:
    client = office.client("officer")
    url = tus.create(client, number, 5).headers["Location"]
    with acting(office.person("officer")) as act:
        moving.withdraw(dossier(number), note="电话撤回", act=act)
    answer = tus.patch(client, url, b"12345", 0)
    assert (answer.status_code, answer.json["code"]) == (409, "document.dossier_ended")
    assert versions(number) == []


def test_a_recused_person_is_shut_out_in_the_middle_of_an_upload(office: Office, number: str) -> None:
    client = office.client("officer")
    url = tus.create(client, number, 5).headers["Location"]
    with acting(office.person("head")) as act:
        act.session.add(
            Recusal(
                dossier_id=dossier(number).id,
                account_id=office.accounts["officer"],
                automatic=False,
                reason="亲属",
                declared_at=act.moment,
            )
        )
    assert tus.patch(client, url, b"12345", 0).status_code == 404
    assert tus.create(client, number, 5).status_code == 404
    assert versions(number) == []


def test_a_full_dossier_takes_no_further_item_but_further_versions(
    app: Flask, office: Office, ports: Ports, number: str
) -> None:
    app.extensions["archive_ports"] = replace(ports, settings=replace(ports.settings, max_files_per_dossier=2))
    client = office.client("officer")
    first = tus.upload(client, number, b"1")
    tus.upload(client, number, b"2")
    full = tus.create(client, number, 1)
    assert (full.status_code, full.json["code"]) == (409, "document.too_many")
    tus.upload(client, number, b"3", document=first["document_id"])
    assert [version.n for version in versions(number) if str(version.document_id) == first["document_id"]] == [1, 2]


def test_a_store_that_is_down_is_told_before_sending(app: Flask, office: Office, ports: Ports, number: str) -> None:
    app.extensions["archive_ports"] = replace(ports, store=BrokenStore(ports.store, broken={"check"}))
    answer = tus.create(office.client("officer"), number, 5)
    assert (answer.status_code, answer.json["code"]) == (503, "store.down")
    assert db.session.query(Upload).count() == 0


@pytest.mark.parametrize(("full", "status"), [(False, 503), (True, 507)])
@pytest.mark.parametrize("at", ["put", "verify"])
def test_a_store_that_fails_in_the_middle_keeps_the_bytes_for_a_retry(
    app: Flask, office: Office, ports: Ports, number: str, at: str, full: bool, status: int
) -> None:
    client, data = office.client("officer"), b"0123456789"
    url = tus.create(client, number, len(data)).headers["Location"]
    app.extensions["archive_ports"] = replace(ports, store=BrokenStore(ports.store, broken={at}, full=full))
    answer = tus.patch(client, url, data, 0)
    assert answer.status_code == status
    assert versions(number) == []
    # All but the last byte is acknowledged: no client takes the file for filed.
    assert tus.offset(client, url) == 9
    app.extensions["archive_ports"] = ports
    assert tus.patch(client, url, data[9:], 9).status_code == 204
    [version] = versions(number)
    assert stored(ports, version) == data


def test_the_answer_to_the_last_piece_may_be_lost(office: Office, number: str) -> None:
    client = office.client("officer")
    url = tus.create(client, number, 5).headers["Location"]
    tus.patch(client, url, b"12345", 0)
    assert tus.offset(client, url) == 5
    assert tus.patch(client, url, b"", 5).status_code == 204
    assert len(versions(number)) == 1


def test_bytes_that_vanished_from_the_disk_are_asked_for_again(office: Office, ports: Ports, number: str) -> None:
    client = office.client("officer")
    url = tus.create(client, number, 10).headers["Location"]
    tus.patch(client, url, b"01234", 0)
    staging.place(UUID(url.rsplit("/", 1)[1])).unlink()
    assert tus.patch(client, url, b"56789", 5).status_code == 409
    assert tus.offset(client, url) == 0
    tus.patch(client, url, b"0123456789", 0)
    assert stored(ports, versions(number)[0]) == b"0123456789"


def test_a_creation_sent_twice_with_one_key_begins_one_upload(office: Office, number: str) -> None:
    client = office.client("officer")
    headers = {
        **tus.TUS,
        "Upload-Length": "5",
        "Upload-Metadata": tus.metadata(dossier=number, filename="a.txt"),
        "Idempotency-Key": "k1",
    }
    first, second = (client.post("/api/v1/uploads", headers=headers) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    for other in ({"Upload-Length": "6"}, {"Upload-Metadata": tus.metadata(dossier=number, filename="b.txt")}):
        reused = client.post("/api/v1/uploads", headers=headers | other)
        assert (reused.status_code, reused.json["code"]) == (422, "idempotency.reused")
    assert db.session.query(Upload).count() == 1


def test_an_upload_can_be_thrown_away(office: Office, ports: Ports, number: str) -> None:
    client = office.client("officer")
    url = tus.create(client, number, 5).headers["Location"]
    tus.patch(client, url, b"123", 0)
    assert client.delete(url, headers=tus.TUS).status_code == 204
    assert client.head(url, headers=tus.TUS).status_code == 404
    assert not list(ports.settings.uploads.iterdir())


def test_uploads_nobody_continued_are_swept(office: Office, clock: FixedClock, ports: Ports, number: str) -> None:
    client = office.client("officer")
    old = tus.create(client, number, 5).headers["Location"]
    tus.patch(client, old, b"123", 0)
    clock.moment = NOW + timedelta(hours=71)
    young = tus.create(office.client("officer"), number, 5).headers["Location"]
    clock.moment = NOW + timedelta(hours=73)
    client = office.client("officer")  # the session of three days ago has ended
    assert sweeping.sweep(clock.now()).uploads == 1
    assert client.head(old, headers=tus.TUS).status_code == 404
    assert client.head(young, headers=tus.TUS).status_code == 200
    assert not staging.place(UUID(old.rsplit("/", 1)[1])).exists()


def test_the_same_bytes_elsewhere_are_pointed_out_and_kept_again(office: Office, ports: Ports, number: str) -> None:
    client, data = office.client("officer"), b"the same contract"
    elsewhere = registered(office, title="另一案")
    hidden = registered(office, by="officer-field")
    tus.upload(client, elsewhere, data, "合同甲.txt")
    tus.upload(office.client("officer-field"), hidden, data, "合同乙.txt")
    with acting(office.person("head")):
        dossier(hidden).restricted = True
        dossier(hidden).officer_id = office.accounts["officer-field"]
    found = tus.upload(client, number, data)
    assert [twin["number"] for twin in found["twins"]] == [elsewhere]
    keys = {version.blob_key for one in (number, elsewhere, hidden) for version in versions(one)}
    assert len(keys) == 3
    assert all(stored(ports, version) == data for one in (number, elsewhere, hidden) for version in versions(one))


def test_items_are_numbered_without_gaps_when_many_arrive_at_once(app: Flask, office: Office, number: str) -> None:
    clients = [office.client("officer") for _ in range(4)]
    db.session.rollback()

    def send(who: int) -> None:
        with app.app_context():
            for turn in range(3):
                tus.upload(clients[who], number, f"{who}-{turn}".encode())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(4)))
    items = [item for (item,) in db.session.query(Document.item).filter_by(dossier_id=dossier(number).id)]
    assert sorted(items) == list(range(1, 13))
