"""How long each page takes in a big archive, and how many SQL statements it costs: lists, and one dossier's pages."""

import random
import statistics
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, insert, select, update

from archive import config
from archive.bench import limits
from archive.bench.retention import kept
from archive.binding import handlers
from archive.binding.models import Escalation
from archive.core import schema
from archive.core.act import Machine, acting
from archive.core.clock import shanghai_date
from archive.core.db import db, weigh_tables
from archive.dossiers.models import Closing, Dossier, Party
from archive.dossiers.states import ENDED, NoticeChannel, State
from archive.handling.kinds import Side
from archive.handling.models import FollowUp
from archive.letters.kinds import LetterKind
from archive.letters.models import LetterRow
from archive.letters.states import LetterState
from archive.people.guard import SIGNED_IN, access_of
from archive.people.models import Account, RoleHeld, Unit
from archive.people.rules import PERMISSIONS, Permission, Role
from archive.retention.models import Keeping, RetentionRule

_TIMES, OK = 5, 200
# How the dossiers of an office some years old are spread over the states.
_SPREAD = {
    State.REGISTERED: 2, State.ACCEPTED: 1, State.INVESTIGATING: 6, State.ANSWERED: 2, State.MEDIATING: 1,
    State.CLOSED: 80, State.DECLINED: 5, State.WITHDRAWN: 3,
}  # fmt: skip
_READERS = (Role.HEAD, Role.OFFICER, Role.RECORDS_MANAGER, Role.LETTER_CLERK, Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN)


@dataclass(frozen=True)
class Measured:
    """One page as one person opens it: statements, and milliseconds of wall and of CPU (medians of five)."""

    path: str
    role: str
    status: int
    statements: int
    wall_ms: float
    cpu_ms: float
    kilobytes: int


def measure(dossiers: int = 50_000, seed: int = 1) -> Iterator[Measured]:
    """Make an archive with so many invented dossiers and open its pages, each as the first role that may.

    Pages that first want something chosen are left out.
    """
    from archive.app import create_app

    with tempfile.TemporaryDirectory() as folder:
        settings = config.read({"ARCHIVE_HOME": folder, "ARCHIVE_STORE": f"folder:{Path(folder) / 'store'}"})
        schema.upgrade(settings.database_url)
        app = create_app(settings)
        with app.app_context():
            engine = db.engine
            limits.fill(dossiers, random.Random(seed))  # noqa: S311 - invented data, nothing secret
            accounts = _people()
            handlers.reckon_all()
            _live(random.Random(seed), accounts[Role.OFFICER])  # noqa: S311
            weigh_tables()
            number = db.session().scalars(select(Dossier.number).where(Dossier.state == State.INVESTIGATING)).first()
            db.session.remove()
        # Each request in a context of its own, as in the web server.
        for path, role in _pages(app, number or ""):
            measured = _opened(_signed_in(app, accounts[role]), path, role, engine)
            if measured.status == OK:
                yield measured
        engine.dispose()


def _people() -> dict[Role, str]:
    """Return the session's key of one account for each of the roles, who holds it in every unit."""
    found = {}
    with acting(Machine("bench")) as act:
        units = act.session.scalars(select(Unit.id)).all()
        for role in _READERS:
            account = Account(
                username=f"bench-{role}", name=f"{role}", fs_uniquifier=uuid.uuid4().hex, created_at=act.moment,
                password="!",  # noqa: S106
            )  # fmt: skip
            act.session.add(account)
            act.session.flush()
            held = [{"account_id": account.id, "role": role, "unit_id": unit} for unit in units]
            act.session.execute(insert(RoleHeld), [{**one, "granted_at": act.moment} for one in held])
            found[role] = account.fs_uniquifier
    return found


def _live(chance: random.Random, officer: str) -> None:
    """Let the dossiers stand where those of an office six years old stand; a tenth are one officer's."""
    states = chance.choices(list(_SPREAD), list(_SPREAD.values()), k=1000)
    with acting(Machine("bench")) as act:
        officer_id = act.session.scalars(select(Account.id).where(Account.fs_uniquifier == officer)).one()
        rule = act.session.scalars(select(RetentionRule).where(RetentionRule.code == "base")).one()
        rows = act.session.execute(select(Dossier.id, Dossier.number, Dossier.received_at).order_by(Dossier.number))
        added: dict[type, list[dict[str, Any]]] = {one: [] for one in (Party, LetterRow, Closing, Keeping, FollowUp)}
        changes = []
        for serial, (dossier_id, number, received) in enumerate(rows.all()):
            state = states[serial % len(states)]
            over = state in ENDED
            received -= timedelta(days=365 * (serial % 6)) if over else timedelta(0)
            ended = received + timedelta(days=20) if over else None
            changes.append(
                {
                    "id": dossier_id, "revision": 1, "state": state, "received_at": received,
                    "officer_id": officer_id if serial % 10 == 0 else None,
                    "closed_at": ended, "closed_on": shanghai_date(ended) if ended else None,
                }
            )  # fmt: skip
            added[Party].append({"dossier_id": dossier_id, "name": f"投诉人{serial}"})
            added[LetterRow].append(
                {
                    "dossier_id": dossier_id, "kind": LetterKind.ACCEPTANCE, "title": "受理通知书", "facts": {},
                    "template": "acceptance", "template_digest": "", "drafted_at": received, "drafted_by_name": "测算",
                    "state": LetterState.SERVED if over else LetterState.IN_REVIEW,
                }
            )  # fmt: skip
            if ended:
                added[Closing].append(
                    {"dossier_id": dossier_id, "state": state, "closed_at": ended, "closed_on": shanghai_date(ended)}
                )
                added[Keeping].append(kept(dossier_id, number, ended, rule))
                added[FollowUp].append(
                    {
                        "dossier_id": dossier_id, "at": ended, "side": Side.COMPLAINANT, "channel": NoticeChannel.PHONE,
                        "reached": True, "score": 1 + serial % 5, "made_by_name": "测算", "made_at": ended,
                    }
                )  # fmt: skip
        ended_ones = select(Dossier.id).where(Dossier.closed_at.is_not(None))
        for table, lines in ((update(Dossier), changes), *((insert(one), found) for one, found in added.items())):
            for start in range(0, len(lines), 1000):
                act.session.execute(table, lines[start : start + 1000])
        act.session.execute(update(Escalation).where(Escalation.dossier_id.in_(ended_ones)).values(seen_at=act.moment))


def _pages(app: Flask, number: str) -> Sequence[tuple[str, Role]]:
    """Return every page without parts in its address or of this dossier, with the first role that may open it."""
    found = []
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if (
            "GET" not in (rule.methods or ())
            or rule.arguments - {"number"}
            or rule.rule.startswith(("/api/", "/static"))
        ):
            continue
        path = rule.rule.replace("<number>", number)
        access = access_of(app, rule.endpoint)
        if isinstance(access, Permission):
            found += [(path, role) for role in _READERS if access in PERMISSIONS[role]][:1]
        elif access == SIGNED_IN:
            found += [(path, Role.HEAD), (path, Role.OFFICER)]
    return found


def _opened(client: FlaskClient, path: str, role: Role, engine: Engine) -> Measured:
    client.get(path).close()
    walls, cpus = [], []
    for _ in range(_TIMES):
        with _counted(engine) as statements:
            wall, cpu = time.perf_counter(), time.process_time()
            response = client.get(path)
            size = len(response.data)
            walls.append(time.perf_counter() - wall)
            cpus.append(time.process_time() - cpu)
            response.close()
    return Measured(
        path, role, response.status_code, len(statements), round(statistics.median(walls) * 1000, 1),
        round(statistics.median(cpus) * 1000, 1), size // 1024,
    )  # fmt: skip


def _signed_in(app: Flask, who: str) -> FlaskClient:
    client, now = app.test_client(), int(time.time())
    with client.session_transaction() as session:
        session.update({"_user_id": who, "began": now, "seen": now, "_fresh": True, "fs_cc": "set", "identity": ""})
    return client


@contextmanager
def _counted(engine: Engine) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
