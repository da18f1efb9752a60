"""The act: who does something, when, from where, in one transaction that is committed once or not at all."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from flask import current_app, g, has_request_context, request
from sqlalchemy.orm import Session

from archive.core.clock import Clock
from archive.core.db import WRITES, db


class Actor(Protocol):
    """Whoever acts: a person signed in, or the machine."""

    @property
    def id(self) -> uuid.UUID | None: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Machine:
    """The archive itself acting: a worker, a nightly job, the command line."""

    name: str
    id: uuid.UUID | None = None


@dataclass(frozen=True)
class Origin:
    """From where an act comes: `web`, `api`, `cli` or `worker`, the address, and the request's id."""

    channel: str
    address: str = ""
    request_id: str = ""


@dataclass(frozen=True)
class Pending:
    """One entry to be written into the audit trail when the act is committed."""

    action: str
    subject_kind: str
    subject_id: uuid.UUID | None
    dossier_id: uuid.UUID | None
    facts: Mapping[str, Any]


@dataclass
class Act:
    """One piece of work. Operations take it, write through its session, record what they did, and never commit."""

    session: Session
    actor: Actor
    moment: datetime
    origin: Origin
    pending: list[Pending] = field(default_factory=list)

    def record(self, action: str, subject: object | None = None, **facts: Any) -> None:
        """Note `subject:verb` about a row. The audit entry and the jobs that follow are written in this transaction.

        `facts` must be plain values without personal numbers: the trail is kept for ever.
        """
        subject_id = getattr(subject, "id", None)
        kind = getattr(subject, "audit_kind", "") if subject is not None else ""
        dossier_id = subject_id if kind == "dossier" else getattr(subject, "dossier_id", None)
        self.pending.append(Pending(action, kind, subject_id, dossier_id, {k: plain(v) for k, v in facts.items()}))


def plain(value: Any) -> Any:
    """Return a value as JSON keeps it: moments and dates in ISO form, ids as text."""
    if isinstance(value, (uuid.UUID, date, datetime)):
        return value.isoformat() if isinstance(value, date) else str(value)
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(v) for v in (sorted(value) if isinstance(value, (set, frozenset)) else value)]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    # Floats, Decimals and enums: as text, so that the canonical form never depends on a platform's printing.
    return str(value)


@dataclass(frozen=True)
class Shell:
    """What surrounds every act: the clock, and the function that writes entries and follow-up jobs at its end."""

    clock: Clock
    write_down: Callable[[Act], None]


def shell() -> Shell:
    """Return the shell of the running application."""
    found: Shell = current_app.extensions["archive_shell"]
    return found


def now() -> datetime:
    """Return the moment by the application's clock; for pages and commands, never for rules."""
    return shell().clock.now()


@contextmanager
def acting(actor: Actor | None = None, origin: Origin | None = None) -> Iterator[Act]:
    """Open an act; commit it once on leaving, roll back on any error.

    In a request the actor is the person signed in (`g.person`); elsewhere it must be given.
    """
    who = actor if actor is not None else g.person
    session = db.session()
    session.rollback()  # ends the request's read transaction, so that this one sees the present and may write
    session.connection(execution_options={WRITES: True})
    act = Act(session, who, now(), origin or _origin())
    try:
        yield act
        session.flush()
        shell().write_down(act)
        session.commit()
    except BaseException:
        session.rollback()
        raise


def _origin() -> Origin:
    if not has_request_context():
        return Origin("cli")
    channel = "api" if request.path.startswith("/api/") else "web"
    return Origin(channel, request.remote_addr or "", getattr(g, "request_id", ""))
