"""Builders of what is kept: closed dossiers with files in them, whatever the day."""

import io
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import text, update

from archive.core.act import Machine, acting
from archive.core.clock import FixedClock
from archive.core.db import WRITES, db
from archive.documents import operations as documents
from archive.documents.kinds import Kind
from archive.documents.models import Version
from archive.dossiers import legacy
from archive.dossiers.models import Dossier
from archive.dossiers.states import State
from archive.dossiers.values import Legacy
from archive.retention import reading
from archive.retention.holds import place
from archive.retention.models import Hold, Keeping
from archive.retention.rules import HoldKind
from tests.builders import Office
from tests.dossier_builders import brought_to, complaint, dossier, registered

OLD = "2020-TS-000001"

__all__ = [
    "a_closed_dossier",
    "a_hold",
    "days_later",
    "deposited",
    "dossier",
    "keeping",
    "long_ago",
    "reasons",
    "registered",
    "taken_over",
]


def deposited(office: Office, number: str, content: bytes = b"a contract", name: str = "合同.txt") -> uuid.UUID:
    """Put a file into a dossier and return its version's id."""
    with acting(office.person("officer")) as act:
        return documents.deposit(dossier(number), io.BytesIO(content), name, kind=Kind.CONTRACT, act=act).id


def a_closed_dossier(office: Office, *, files: int = 0, **facts: Any) -> str:
    """Walk a dossier to its closing, with some files in it; return its number."""
    if not files:
        return brought_to(office, State.CLOSED, **facts)
    from archive.dossiers import access, moving
    from tests.dossier_builders import told

    number = brought_to(office, State.ANSWERED, **facts)
    for serial in range(files):
        deposited(office, number, f"file {serial}".encode(), f"材料{serial}.txt")
    told(office, number)
    head = office.person("head")
    with acting(head) as act:
        moving.close(access.find(act.session, number, head), act=act)
    return number


def taken_over(office: Office, closed_on: date | None = date(2020, 6, 1), by: str = "", number: str = OLD) -> str:
    """Take an old, ended dossier over; by the archive itself, or by a person."""
    filed = datetime(2020, 3, 2, 2, tzinfo=UTC)
    with acting(office.person(by) if by else Machine("批量导入")) as act:
        legacy.take_over(
            Legacy(number, complaint(received_at=filed, unit="root"), State.CLOSED, filed, closed_on), act=act
        )
    return number


def long_ago(clock: FixedClock, moment: datetime = datetime(2021, 3, 5, 2, tzinfo=UTC)) -> None:
    """Put the clock back before anything happened, so that what closes now has expired at present."""
    clock.moment = moment


def days_later(clock: FixedClock, *, days: int = 5) -> None:
    """Let days pass since everything was filed: by the database's own clock too, which no test can put forward."""
    on = " ON version" if db.engine.dialect.name == "postgresql" else ""
    session = db.session()
    session.rollback()
    session.connection(execution_options={WRITES: True})
    session.execute(text(f"DROP TRIGGER guard_version_filed{on}"))
    session.execute(update(Version).values(filed_at=clock.moment - timedelta(days=days)))
    session.commit()


def keeping(number: str) -> Keeping:
    found = db.session.query(Keeping).filter_by(number=number).one()
    db.session.refresh(found)
    return found


def a_hold(office: Office, number: str, by: str = "legal", kind: HoldKind = HoldKind.LITIGATION) -> uuid.UUID:
    with acting(office.person(by)) as act:
        held: Hold = place(dossier(number), kind=kind, basis="（2026）苏0582民初1号", reason="投诉人起诉", act=act)
        return held.id


def reasons(number: str, clock: FixedClock) -> list[str]:
    """Return the codes of what speaks against destroying, but for the clock's."""
    found: Dossier = dossier(number)
    standing = reading.standing(db.session(), found, clock.moment)
    return [one.code for one in standing.reasons if not one.code.startswith("clock.")]
