"""Verifying the trail on somebody's behalf; the command line and the nightly round do it as the machine."""

from dataclasses import dataclass

from archive.audit import queries
from archive.audit.rules import Break
from archive.core.act import Actor, acting
from archive.core.db import db
from archive.core.errors import NotAllowed
from archive.people.rules import Permission, Person


@dataclass(frozen=True)
class Verified:
    """What a verification found: how many entries, and the first bad one if any."""

    entries: int
    broken: Break | None


def check_whole(person: Person) -> None:
    """Refuse who audits for a part of the office only: the trail is one, entries of all units stand in it."""
    if not any(path.count("/") == 2 for path in person.paths(Permission.READ_AUDIT)):
        raise NotAllowed("audit.whole")


def verify_and_record(actor: Actor | None = None) -> Verified:
    """Verify the whole chain, note in it that this was done, and return what was found."""
    broken = queries.verify(db.session())
    found = Verified(queries.count(db.session()), broken)
    with acting(actor) as act:
        act.record("audit:verify", None, entries=found.entries, broken_at=broken.seq if broken else None)
    return found
