"""The folder store on a real file system: planted links, tampering, crashes, full and vanished disks."""

import fcntl
import io
import json
import os
import resource
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.folder_store import FolderStore
from storage.port import (
    BlobDamaged,
    BlobError,
    BlobExists,
    BlobLocked,
    BlobMissing,
    Stored,
    StoreError,
    StoreFull,
    StoreMisconfigured,
    StoreUnavailable,
)

BYTES = b"a contract and two receipts"
KEY = "d1/doc1/v1"
NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def store(root: Path) -> FolderStore:
    return FolderStore(root, now=lambda: NOW)


def a_blob(store: FolderStore, data: bytes = BYTES, key: str = KEY) -> Stored:
    return store.put(key, io.BytesIO(data))


def place(root: Path, key: str = KEY) -> Path:
    (found,) = root.glob(f"objects/*/{key}")
    return found


def drafts(root: Path) -> list[Path]:
    return list((root / "drafts").iterdir())


def test_files_are_read_only_and_folders_private(store: FolderStore, root: Path) -> None:
    stored = a_blob(store)
    store.lock(KEY, stored.version_id, NOW + timedelta(days=1))
    for path in [root, *root.rglob("*")]:
        if path.name != "anjuan-store":
            assert path.stat().st_mode & 0o777 == (0o444 if path.is_file() else 0o700), path
    assert {path.name for path in place(root).iterdir()} == {"data", "record.json"}


def test_the_record_keeps_every_lock_and_hold(store: FolderStore, root: Path) -> None:
    stored = store.put(KEY, io.BytesIO(BYTES), media_type="application/pdf")
    store.lock(KEY, stored.version_id, NOW + timedelta(days=1))
    store.hold(KEY, stored.version_id, True)
    store.lock(KEY, stored.version_id, NOW + timedelta(days=2))
    store.hold(KEY, stored.version_id, False)

    record = json.loads((place(root) / "record.json").read_text())
    assert (record["key"], record["size"], record["sha256"]) == (KEY, len(BYTES), stored.sha256)
    assert record["media_type"] == "application/pdf"
    at = NOW.isoformat()
    assert record["ledger"] == [
        {"at": at, "locked_until": (NOW + timedelta(days=1)).isoformat()},
        {"at": at, "held": True},
        {"at": at, "locked_until": (NOW + timedelta(days=2)).isoformat()},
        {"at": at, "held": False},
    ]
    assert drafts(root) == []


def test_an_entry_that_would_shorten_a_lock_shortens_nothing(store: FolderStore, root: Path) -> None:
    stored = a_blob(store)
    store.lock(KEY, stored.version_id, NOW + timedelta(days=2))
    path = place(root) / "record.json"
    record = json.loads(path.read_text())
    record["ledger"].append({"at": NOW.isoformat(), "locked_until": NOW.isoformat()})
    path.chmod(0o644)
    path.write_text(json.dumps(record))
    with pytest.raises(BlobLocked):
        store.erase(KEY, stored.version_id)


@pytest.mark.parametrize("level", ["dossier", "document", "version"])
def test_a_link_planted_in_the_path_is_not_followed(store: FolderStore, root: Path, tmp_path: Path, level: str) -> None:
    stored = a_blob(store)
    version = place(root)
    planted = {"dossier": version.parents[1], "document": version.parent, "version": version}[level]
    elsewhere = tmp_path / "elsewhere"
    shutil.move(planted, elsewhere)
    planted.symlink_to(elsewhere)
    before = {path: path.stat().st_mtime_ns for path in elsewhere.rglob("*")}

    for act in (
        lambda: store.open(KEY, stored.version_id),
        lambda: store.stat(KEY, stored.version_id),
        lambda: store.hold(KEY, stored.version_id, True),
        lambda: store.erase(KEY, stored.version_id),
        lambda: a_blob(store),
        lambda: a_blob(store, key="d1/doc1/v2") if level != "version" else a_blob(store),
    ):
        with pytest.raises(BlobDamaged):
            act()
    assert {path: path.stat().st_mtime_ns for path in elsewhere.rglob("*")} == before
    expected = [Stored(KEY, "", 0, "")] if level == "version" else []
    assert list(store.versions()) == expected


@pytest.mark.parametrize("name", ["data", "record.json"])
def test_a_link_or_pipe_in_place_of_a_file_is_damage(store: FolderStore, root: Path, name: str) -> None:
    stored = a_blob(store)
    file = place(root) / name
    ways: list[Callable[[], None]] = [lambda: file.symlink_to("/etc/hostname"), lambda: os.mkfifo(file), file.mkdir]
    for plant in ways:
        file.unlink()
        plant()
        for ask in (store.open, store.stat, store.verify):
            with pytest.raises(BlobDamaged):
                ask(KEY, stored.version_id)
        (told,) = store.versions()
        assert (told.size, told.sha256) == (0, "")
        if file.is_dir():
            file.rmdir()
            file.touch()


@pytest.mark.parametrize(
    "tampered",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"\xff\xfe",
        {"key": "d1/doc1/v2"},
        {"size": "27"},
        {"format": 2},
        {"ledger": [{"at": "2026-03-05T02:00:00"}]},
        {"ledger": [{"at": "2026-03-05T02:00:00+00:00", "held": "yes"}]},
        {"ledger": [7]},
    ],
)
def test_a_record_in_doubt_permits_nothing(store: FolderStore, root: Path, tampered: bytes | dict[str, object]) -> None:
    stored = a_blob(store)
    path = place(root) / "record.json"
    path.chmod(0o644)
    if isinstance(tampered, bytes):
        path.write_bytes(tampered)
    else:
        path.write_text(json.dumps(json.loads(path.read_text()) | tampered))
    for ask in (store.open, store.stat, store.erase):
        with pytest.raises(BlobDamaged):
            ask(KEY, stored.version_id)
    with pytest.raises(BlobDamaged):
        a_blob(store)
    assert [told.sha256 for told in store.versions()] == [""]
    assert (place(root) / "data").read_bytes() == BYTES


def test_bytes_without_a_record_are_damage(store: FolderStore, root: Path) -> None:
    stored = a_blob(store)
    (place(root) / "record.json").unlink()
    with pytest.raises(BlobDamaged, match="without a record"):
        store.erase(KEY, stored.version_id)


def test_an_erasure_killed_halfway_is_listed_and_can_be_finished(store: FolderStore, root: Path) -> None:
    stored = a_blob(store)
    (place(root) / "data").unlink()  # where the process died
    with pytest.raises(BlobDamaged):
        store.stat(KEY, stored.version_id)
    with pytest.raises(BlobExists):
        a_blob(store)
    assert list(store.versions()) == [Stored(KEY, stored.version_id, 0, "")]

    store.erase(KEY, stored.version_id)
    assert list(store.versions()) == []
    assert not list(root.glob(f"objects/*/{KEY}"))


def test_an_erasure_killed_at_its_last_step_is_an_erasure(store: FolderStore, root: Path) -> None:
    stored = a_blob(store)
    for path in list(place(root).iterdir()):
        path.unlink()
    with pytest.raises(BlobMissing):
        store.erase(KEY, stored.version_id)
    assert list(store.versions()) == []
    assert a_blob(store).size == len(BYTES)


def test_leftovers_of_a_crash_are_swept_when_they_are_old_and_nobodys(store: FolderStore, root: Path) -> None:
    an_hour_ago = time.time() - 3601
    for name in ("old", "busy", "fresh"):
        (root / "drafts" / name).mkdir()
        (root / "drafts" / name / "data").write_bytes(BYTES)
    (root / "drafts" / "record").write_bytes(b"{}")
    for name in ("old", "busy", "record"):
        os.utime(root / "drafts" / name, (an_hour_ago, an_hour_ago))
    busy = os.open(root / "drafts" / "busy", os.O_RDONLY)
    fcntl.flock(busy, fcntl.LOCK_EX)
    try:
        FolderStore(root)
    finally:
        os.close(busy)
    assert {path.name for path in drafts(root)} == {"busy", "fresh"}


def test_a_folder_with_other_things_in_it_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").touch()
    with pytest.raises(StoreMisconfigured):
        FolderStore(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_starting_again_keeps_everything(store: FolderStore, root: Path) -> None:
    stored = a_blob(store)
    assert list(FolderStore(root).versions()) == [stored]


def every_act(store: FolderStore, version_id: str) -> Iterator[type[Exception] | None]:
    """Try everything; yield what each was refused with."""
    for act in (
        lambda: a_blob(store),
        lambda: store.open(KEY, version_id).close(),
        lambda: store.stat(KEY, version_id),
        lambda: store.verify(KEY, version_id),
        lambda: list(store.versions()),
        lambda: store.lock(KEY, version_id, NOW + timedelta(days=1)),
        lambda: store.hold(KEY, version_id, True),
        lambda: store.erase(KEY, version_id),
        store.check,
    ):
        try:
            act()
        except StoreError as error:
            yield type(error)
        else:
            yield None


@pytest.mark.parametrize("vanished", ["all", "objects", "drafts", "mark"])
def test_a_vanished_disk_is_unavailable_not_empty(store: FolderStore, root: Path, vanished: str) -> None:
    stored = a_blob(store)
    if vanished == "mark":
        (root / "anjuan-store").unlink()
    else:
        shutil.rmtree(root if vanished == "all" else root / vanished)
    answers = set(every_act(store, stored.version_id))
    if vanished in ("all", "mark"):
        assert answers == {StoreUnavailable}
        assert not (root / "anjuan-store").exists()
    elif vanished == "objects":
        assert answers == {StoreUnavailable, None}  # only the check of writability finds nothing wrong
    else:
        assert StoreUnavailable in answers
        assert BlobMissing not in answers


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MiB of its own."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], check=False, capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("mounting is not allowed here")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_full_disk_says_so_and_keeps_nothing_of_the_attempt(small_disk: Path) -> None:
    store = FolderStore(small_disk / "store", now=lambda: NOW)
    first = a_blob(store, bytes(1 << 20))
    with pytest.raises(StoreFull):
        a_blob(store, bytes(3 << 20), "d1/doc1/v2")
    assert list(store.versions()) == [first]
    assert drafts(small_disk / "store") == []
    assert a_blob(store, BYTES, "d1/doc1/v3").size == len(BYTES)

    (small_disk / "ballast").write_bytes(b"")
    with pytest.raises(OSError, match="No space"), (small_disk / "ballast").open("wb", buffering=0) as ballast:
        while True:
            ballast.write(bytes(4096))
    with pytest.raises(StoreFull):
        store.check()
    with pytest.raises(StoreFull):
        a_blob(store, b"", "d1/doc1/v4")
    assert store.verify(KEY, first.version_id) == first

    store.erase(KEY, first.version_id)  # making room needs no room
    store.check()


def test_a_lock_that_finds_no_room_leaves_the_lock_before(small_disk: Path) -> None:
    store = FolderStore(small_disk / "store", now=lambda: NOW)
    first = a_blob(store)
    locked = store.lock(KEY, first.version_id, NOW + timedelta(days=1))
    with pytest.raises(OSError, match="No space"), (small_disk / "ballast").open("wb", buffering=0) as ballast:
        while True:
            ballast.write(bytes(4096))
    with pytest.raises(StoreFull):
        store.lock(KEY, first.version_id, NOW + timedelta(days=2))
    assert store.stat(KEY, first.version_id) == locked


def test_a_disk_gone_read_only_is_unavailable_and_still_read(small_disk: Path) -> None:
    store = FolderStore(small_disk / "store", now=lambda: NOW)
    stored = a_blob(store)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with store.open(KEY, stored.version_id) as stream:
        assert stream.read() == BYTES
    assert store.verify(KEY, stored.version_id) == stored
    for act in (
        store.check,
        lambda: a_blob(store, key="d1/doc1/v2"),
        lambda: store.hold(KEY, stored.version_id, True),
        lambda: store.erase(KEY, stored.version_id),
    ):
        with pytest.raises(StoreUnavailable):
            act()


def test_a_quota_reached_says_full(store: FolderStore, root: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, before[1]))
    try:
        with pytest.raises(StoreFull):
            a_blob(store, bytes(2 << 20))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(store.versions()) == []
    assert drafts(root) == []


def test_the_clock_of_the_archive_judges_the_locks(root: Path) -> None:
    moment = [NOW]
    store = FolderStore(root, now=lambda: moment[0])
    stored = a_blob(store)
    store.lock(KEY, stored.version_id, NOW + timedelta(days=1096))
    moment[0] += timedelta(days=1096, seconds=-1)
    with pytest.raises(BlobLocked):
        store.erase(KEY, stored.version_id)
    moment[0] += timedelta(seconds=1)
    store.erase(KEY, stored.version_id)


def test_a_foreign_name_among_the_objects_is_told(store: FolderStore, root: Path) -> None:
    stored = a_blob(store)
    (place(root).parent / "notes.txt").write_text("?")
    told = {one.key: one for one in store.versions()}
    assert told == {KEY: stored, "d1/doc1/notes.txt": Stored("d1/doc1/notes.txt", "", 0, "")}


def test_errors_name_the_version(store: FolderStore) -> None:
    with pytest.raises(BlobError) as caught:
        store.stat(KEY, "0" * 32)
    assert (caught.value.key, caught.value.version_id) == (KEY, "0" * 32)
    assert str(caught.value) == f"{KEY} {'0' * 32}"
