"""Measures the nightly evaluation: until when a million versions are to be locked, and the due list's pages."""

import resource
import tempfile
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import insert, select

from archive import config
from archive.app import create_app
from archive.core import schema
from archive.core.clock import SystemClock, shanghai_date
from archive.core.crypto import Vault
from archive.core.db import db
from archive.core.ids import new_id
from archive.core.paging import PageRequest
from archive.core.ports import Ports
from archive.disposal import queries
from archive.documents.models import Document, Version
from archive.dossiers.models import Dossier
from archive.dossiers.states import Channel, State
from archive.people.models import Unit
from archive.people.rules import Grant, Person, Role
from archive.procedures.limit import Level
from archive.retention import handlers, locks, periods
from archive.retention.models import Keeping, RetentionRule, VersionLock
from storage.memory_store import MemoryStore

_A_DOSSIER = 20
_BATCH = 2000
_MB = 1024.0


@dataclass(frozen=True)
class Measured:
    """Seconds of wall and of processor, megabytes of memory at most, milliseconds a page."""

    versions: int
    dossiers: int
    sweep_seconds: float
    sweep_cpu_seconds: float
    recompute_seconds: float
    due_dossiers: int
    due_page_ms: float
    due_last_page_ms: float
    memory_before_mb: float
    memory_after_mb: float


def measure(versions: int, due: int) -> Measured:
    """Invent dossiers with twenty versions each, all locked as long as is wanted, `due` of them expired; then measure.

    On SQLite in a temporary folder. The locks hold already, as on any night but the first: what is measured is reading
    and reckoning, not a store's time for a million locks.
    """
    with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as folder:
        app = _app(Path(folder))
        with app.app_context():
            dossiers = versions // _A_DOSSIER
            _fill(dossiers, min(due, dossiers))
            before = _memory()
            wall, cpu = time.perf_counter(), time.process_time()
            done = locks.sweep()
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            assert (done.looked, done.extended) == (dossiers * _A_DOSSIER, 0)
            after = _memory()
            again = time.perf_counter()
            handlers.recompute([])
            recompute = time.perf_counter() - again
            pages = _due_pages()
            measured = Measured(
                versions=done.looked,
                dossiers=dossiers,
                sweep_seconds=round(wall, 1),
                sweep_cpu_seconds=round(cpu, 1),
                recompute_seconds=round(recompute, 1),
                due_dossiers=min(due, dossiers),
                due_page_ms=round(sorted(pages)[len(pages) // 2] * 1000, 1),
                due_last_page_ms=round(pages[-1] * 1000, 1),
                memory_before_mb=before,
                memory_after_mb=after,
            )
            db.session.remove()
            db.engine.dispose()
            return measured


def _app(folder: Path) -> Flask:
    made = config.new_secrets()
    settings = config.Settings(
        home=folder,
        database_url=f"sqlite:///{folder / 'bench.db'}",
        store_url="",
        secret_key=made["secret_key"],
        field_keys=(made["field_keys"],),
        hash_key=made["hash_key"],
    )
    schema.upgrade(settings.database_url)
    return create_app(
        ports=Ports(settings, SystemClock(), Vault(settings.field_keys, settings.hash_key), MemoryStore())
    )


def _fill(dossiers: int, due: int) -> None:
    session, now = db.session(), datetime.now(UTC)
    rule = session.scalars(select(RetentionRule).where(RetentionRule.code == "base")).one()
    assert rule.level is Level.DEPT_RULE
    unit = Unit(serial=1, code="B", name="测算", path="/1/")
    session.add(unit)
    session.flush()
    for start in range(0, dossiers, _BATCH):
        rows: dict[type, list[dict[str, object]]] = {
            one: [] for one in (Dossier, Keeping, Document, Version, VersionLock)
        }
        for serial in range(start, min(start + _BATCH, dossiers)):
            closed = now - timedelta(days=1500 if serial < due else 30, minutes=serial % 1440)
            _dossier(rows, serial, closed, unit.id, rule)
        for table, found in rows.items():
            session.execute(insert(table), found)
        session.commit()


def _dossier(
    rows: dict[type, list[dict[str, object]]], serial: int, closed: datetime, unit: uuid.UUID, rule: RetentionRule
) -> None:
    dossier_id, number = new_id(), f"2026-TS-{serial:06}"
    promise = periods.promise(shanghai_date(closed), rule.asked())
    assert promise.disposable_at is not None
    rows[Dossier].append(
        {"id": dossier_id, "number": number, "fonds": "A001", "year": 2026, "title": "测算", "state": State.CLOSED,
         "unit_id": unit, "registered_at": closed, "received_at": closed, "channel": Channel.PHONE,
         "closed_at": closed, "closed_on": shanghai_date(closed)}
    )  # fmt: skip
    rows[Keeping].append(kept(dossier_id, number, closed, rule))
    document_id = new_id()
    rows[Document].append({"id": document_id, "dossier_id": dossier_id, "item": 1, "title": "材料", "filed_at": closed})
    for n in range(1, _A_DOSSIER + 1):
        version_id = new_id()
        rows[Version].append(
            {"id": version_id, "document_id": document_id, "dossier_id": dossier_id, "n": n, "blob_key": version_id.hex,
             "store_version": "1", "filename": "材料.pdf", "media_type": "application/pdf", "size": 1,
             "sha256": "sha256:", "filed_at": closed, "filed_by_name": "测算"}
        )  # fmt: skip
        rows[VersionLock].append(
            {"version_id": version_id, "dossier_id": dossier_id,
             "locked_until": promise.disposable_at + periods.LOCK_MARGIN, "locked_at": closed}
        )  # fmt: skip


def kept(dossier_id: uuid.UUID, number: str, closed: datetime, rule: RetentionRule) -> dict[str, object]:
    """Return the row of what is promised to a dossier that closed at a moment, by one rule."""
    promise = periods.promise(shanghai_date(closed), rule.asked())
    return {
        "dossier_id": dossier_id, "number": number, "filed_number": f"A001-{number}",
        "filed_on": shanghai_date(closed), "closed_on": shanghai_date(closed), "last_day": promise.last_day,
        "disposable_at": promise.disposable_at,
        "permanent": False, "rule_code": rule.code, "rule_version": rule.version, "rule_name": rule.name,
        "rule_years": rule.years, "rule_basis": rule.basis, "rule_trigger": rule.trigger, "computed_at": closed,
    }  # fmt: skip


def _due_pages() -> list[float]:
    unit = db.session.scalars(select(Unit)).one()
    keeper = Person(new_id(), "bench", "测算", (Grant(Role.RECORDS_MANAGER, unit.id, unit.path),))
    after, taken = "", []
    while True:
        started = time.perf_counter()
        page = queries.due(db.session(), keeper, datetime.now(UTC), PageRequest(200, after))
        taken.append(time.perf_counter() - started)
        after = page.next
        if not after:
            return taken


def _memory() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MB, 1)
