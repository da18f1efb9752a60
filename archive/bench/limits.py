"""How long a night's reckoning takes with its database: limits of many open dossiers, read, reckoned, compared."""

import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from archive import config
from archive.binding import handlers
from archive.binding.models import DossierLimit
from archive.core import schema
from archive.core.act import Machine, acting
from archive.core.db import db
from archive.core.ids import new_id
from archive.dossiers.models import Dossier, Move
from archive.dossiers.states import Channel, Severity, Source, State, Verb
from archive.people.models import Account, Unit
from archive.procedures.models import Choice
from archive.procedures.states import Subject

_BATCH = 1000
_KINDS = ("payment", "bank", "consumer_finance", "mediation_center", "company")
_FOLLOWED = {"payment": "XXGS", "bank": "YJF13", "company": "KHYG", "consumer_finance": "XJGL"}


@dataclass(frozen=True)
class Nightly:
    """What a night costs: seconds on the clock and of CPU, of the first run (which binds) and of a usual one.

    `limits` are those kept; `memory_mb` is the most the process ever held, and how much the usual run added to it.
    """

    cases: int
    limits: int
    first_seconds: float
    seconds: float
    cpu: float
    memory_mb: float
    added_mb: float


def measure(cases: int = 50_000, seed: int = 1) -> Nightly:
    """Make an archive with so many invented open dossiers in five units and reckon all of them, twice."""
    from archive.app import create_app

    with tempfile.TemporaryDirectory() as folder:
        settings = config.read({"ARCHIVE_HOME": folder, "ARCHIVE_STORE": f"folder:{Path(folder) / 'store'}"})
        schema.upgrade(settings.database_url)
        with create_app(settings).app_context():
            fill(cases, random.Random(seed))  # noqa: S311 - invented data, nothing secret
            began = time.perf_counter()
            handlers.reckon_all()
            first = time.perf_counter() - began
            held = _memory()
            began, cpu = time.perf_counter(), time.process_time()
            handlers.reckon_all()
            found = Nightly(
                cases=cases,
                limits=db.session().scalar(select(func.count()).select_from(DossierLimit)) or 0,
                first_seconds=round(first, 1),
                seconds=round(time.perf_counter() - began, 1),
                cpu=round(time.process_time() - cpu, 1),
                memory_mb=round(_memory(), 1),
                added_mb=round(_memory() - held, 1),
            )
            db.session.remove()
            db.engine.dispose()
            return found


def _memory() -> float:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


def fill(cases: int, chance: random.Random) -> None:
    """Enter so many open dossiers in five units, each following a procedure of its own."""
    with acting(Machine("bench")) as act:
        units = _units(act.session, act.moment)
    for start in range(0, cases, _BATCH):
        with acting(Machine("bench")) as act:
            made = [_dossier(start + n, units, act.moment, chance) for n in range(min(_BATCH, cases - start))]
            act.session.execute(insert(Dossier), made)
            act.session.execute(insert(Move), list(_moves(made)))


def _units(session: Any, moment: Any) -> list[Any]:
    one, other = (
        Account(username=name, name=name, fs_uniquifier=name, created_at=moment, password="!")  # noqa: S106
        for name in ("first", "second")
    )
    session.add_all([one, other])
    session.flush()
    found = []
    for serial, kind in enumerate(_KINDS, start=1):
        unit = Unit(serial=serial, code=kind[:20], name=kind, path=f"/{serial}/")
        session.add(unit)
        session.flush()
        found.append(unit.id)
        for subject, value in ((Subject.INSTITUTION, kind), (Subject.PROFILE, _FOLLOWED.get(kind, "WQZX"))):
            session.add(
                Choice(
                    unit_id=unit.id, subject=subject, value=value, holds=True, reason="bench", proposed_by=one.id,
                    proposed_by_name="first", proposed_at=moment, decided_by=other.id, decided_by_name="second",
                    decided_at=moment,
                )
            )  # fmt: skip
    return found


def _dossier(number: int, units: list[Any], moment: Any, chance: random.Random) -> dict[str, Any]:
    received = moment - timedelta(minutes=chance.randrange(90 * 24 * 60))
    accepted = received + timedelta(days=1)
    return {
        "id": new_id(), "number": f"B-{number:07}", "fonds": "B", "year": received.year, "title": "测算",
        "state": State.INVESTIGATING, "unit_id": chance.choice(units), "registered_at": received,
        "received_at": received, "channel": chance.choice(list(Channel)), "source": chance.choice(list(Source)),
        "severity": chance.choice(list(Severity)), "accepted_at": accepted,
        "custom": {"kind": chance.choice(["client", "quality", "staff"])}, "revision": 1,
    }  # fmt: skip


def _moves(made: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in made:
        usual = {
            "dossier_id": row["id"],
            "actor_name": "测算",
            "before": None,
            "after": State.INVESTIGATING,
            "facts": {},
        }
        for days, verb in ((1, Verb.ACCEPT), (2, Verb.INVESTIGATE)):
            yield {**usual, "id": new_id(), "at": row["received_at"] + timedelta(days=days), "verb": verb}
