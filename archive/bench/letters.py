"""Measures a batch of letters by the real path: drafted, reviewed, issued, set and filed by the worker, taken away."""

import resource
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from archive import config, wiring
from archive.app import create_app
from archive.core import schema
from archive.core.act import Act, Machine, acting
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.dossiers import admitting, moving, registering, ruling
from archive.dossiers.models import Dossier
from archive.dossiers.states import Channel
from archive.dossiers.values import Complaint, PartyValue
from archive.letters import batch_files, batches, rendering
from archive.letters.kinds import LetterKind, kind
from archive.letters.models import Batch, LetterRow
from archive.letters.states import Step
from archive.people import demo
from archive.people import queries as people
from archive.people.rules import Person
from archive.worker import Worker

_BEGUN = timedelta(days=30)
_MB = 1024.0
_FACTS = "其于2019年在你单位开立个人账户，今年被扣收账户管理费3,860.00元，事前未收到任何通知，网点人员未出示收费依据。"


@dataclass(frozen=True)
class Measured:
    """Seconds of wall but for the processor's; megabytes of memory at most, of the worker before the
    files were made and after, and of the largest of its children (a press, or a reader of what was filed)."""

    letters: int
    draft_seconds: float
    review_and_issue_seconds: float
    files_seconds: float
    zip_and_print_seconds: float
    worker_cpu_seconds: float
    children_cpu_seconds: float
    worker_before_mb: float
    worker_after_mb: float
    child_mb: float


def measure(letters: int) -> Measured:
    """Invent accepted dossiers and send each an inquiry: both files made and filed, one ZIP, one PDF to print.

    On SQLite and a folder store. Reading what was filed goes on beside it, as it does in life.
    """
    with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as folder:
        app = _app(Path(folder))
        with app.app_context():
            ids = _invented(letters)
        worker = Worker(app)
        worker.run_until_idle(600)
        lanes = [threading.Thread(target=worker._lane, args=(lane,)) for lane in worker.lanes]
        try:
            with app.app_context():
                return _measured(ids, lanes, Path(folder))
        finally:
            worker.stopping.set()
            for lane in lanes:
                lane.join()
            with app.app_context():
                db.engine.dispose()


def _measured(ids: list[uuid.UUID], lanes: list[threading.Thread], folder: Path) -> Measured:
    begun, cpu = time.monotonic(), time.process_time()
    batch_id = _as("letter_clerk", lambda act: _drafted(ids, act))
    drafted = time.monotonic()
    _as("letter_clerk", lambda act: batches.take_step(_batch(act, batch_id), Step.SUBMIT, **_by(act)))
    _as("head", lambda act: batches.take_step(_batch(act, batch_id), Step.APPROVE, **_by(act)))
    _as("head", lambda act: batches.issue(_batch(act, batch_id), act=act, person=_person("head")))
    issued = time.monotonic()
    before = _memory()
    for lane in lanes:
        lane.start()
    while _unmade():
        time.sleep(0.2)
    filed = time.monotonic()
    session, head = db.session(), _person("head")
    shown = batches.lines(session, session.get_one(Batch, batch_id), head)
    rows = [row for line in shown for row in line.letters]
    batch_files.zip_to(folder / "letters.zip", rows)
    batch_files.print_to(folder / "letters.pdf", rows)
    taken = time.monotonic()
    rendering.close()  # what a child used is told when it has ended
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Measured(
        letters=len(rows),
        draft_seconds=round(drafted - begun, 1),
        review_and_issue_seconds=round(issued - drafted, 1),
        files_seconds=round(filed - issued, 1),
        zip_and_print_seconds=round(taken - filed, 1),
        worker_cpu_seconds=round(time.process_time() - cpu, 1),
        children_cpu_seconds=round(children.ru_utime + children.ru_stime, 1),
        worker_before_mb=before,
        worker_after_mb=_memory(),
        child_mb=round(children.ru_maxrss / _MB),
    )


def _app(folder: Path) -> Flask:
    made = config.new_secrets()
    settings = config.Settings(
        home=folder,
        database_url=f"sqlite:///{folder / 'bench.db'}",
        store_url=f"folder:{folder / 'store'}",
        secret_key=made["secret_key"],
        field_keys=(made["field_keys"],),
        hash_key=made["hash_key"],
        search_home=folder / "search",
    )
    schema.upgrade(settings.database_url)
    return create_app(ports=wiring.make_ports(settings))


def _invented(count: int) -> list[uuid.UUID]:
    with acting(Machine("测算")) as act:
        act.moment -= _BEGUN
        demo.demonstrate(act)
    return [_accepted(serial) for serial in range(count)]


def _accepted(serial: int) -> uuid.UUID:
    complaint = Complaint(
        title=f"账户管理费争议之{serial}",
        received_at=datetime.now(UTC) - timedelta(hours=2),
        channel=Channel.VISIT,
        respondent="滨江银行股份有限公司城南支行",
        parties=(PartyValue("王建国"),),
        facts=_FACTS,
        request="退还所扣账户管理费；书面说明收费依据和扣收过程",
    )
    dossier_id: uuid.UUID = _as("intake", lambda act: registering.register(complaint, act=act).id)

    def accept(act: Act) -> None:
        dossier = act.session.get_one(Dossier, dossier_id)
        found = admitting.conditions(ruling.bound(act.session, dossier), dossier.parties)
        moving.accept(dossier, admission=[one.code for one in found], act=act)

    _as("head", accept)
    return dossier_id


def _drafted(ids: list[uuid.UUID], act: Act) -> uuid.UUID:
    given = {
        "officer": {"phone": "0512-58000000"},
        "questions": ["收费的合同依据和公示情况", "扣收前以何种方式告知", "收到投诉后的处理情况"],
        "evidence": ["开户协议和收费公示", "扣收凭证和账户流水", "经办人书面说明"],
        "deadline": {"date": (shanghai_date(act.moment) + timedelta(days=15)).isoformat()},
    }
    chosen = [act.session.get_one(Dossier, one) for one in ids]
    return batches.make(chosen, kind(LetterKind.INQUIRY), given, act=act).id


def _unmade() -> int:
    db.session.rollback()
    return db.session().scalar(select(func.count()).where(LetterRow.pdf_document_id.is_(None))) or 0


def _memory() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MB)


def _batch(act: Act, batch_id: uuid.UUID) -> Batch:
    return act.session.get_one(Batch, batch_id)


def _by(act: Act) -> dict[str, Any]:
    return {"comment": "", "act": act, "person": act.actor}


def _as(login: str, what: Callable[[Act], Any]) -> Any:
    with acting(_person(login)) as act:
        return what(act)


def _person(login: str) -> Person:
    return people.person(db.session(), people.by_login(db.session(), login))
