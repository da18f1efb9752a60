"""What `anjuan doctor` looks at where keeping is concerned: guards, roles, alarms, clocks, locks, scanner, stamps."""

from collections.abc import Iterator
from datetime import UTC, datetime

import urllib3
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from archive.config import Settings
from archive.core import guards, schema
from archive.operating import roles
from archive.operating.findings import Finding, Level
from archive.retention import figures
from archive.retention.clamd import Clamd, ScannerDown
from archive.retention.clocks import SPREAD
from storage.port import BlobStore


def guards_up(connection: Connection) -> Iterator[Finding]:
    """The triggers that refuse to delete and change what has ended."""
    expected = list(schema.guards_at_head(connection))
    fallen = sorted(guards.fallen(connection, expected))
    if fallen:
        yield Finding(
            Level.ERROR,
            "guards",
            f"{len(fallen)} are down: {', '.join(fallen[:8])}{' …' if len(fallen) > 8 else ''}",
            "somebody who owns the tables took them down: find out who, restore the schema, `anjuan retention verify`",
        )
    else:
        yield Finding(Level.OK, "guards", f"{len(expected)} triggers are up")


def role(connection: Connection, settings: Settings) -> Finding:
    """Whether the role the web server uses could go past the guards."""
    power = roles.power(connection)
    if power.harmless:
        return Finding(Level.OK, "role", f"{power.role} owns nothing and deletes nothing that is kept")
    could = [
        said
        for true, said in (
            (power.superuser, "is a superuser"),
            (power.owns, "owns tables, so it can take guards down"),
            (power.creates, "can create objects in the schema"),
            (bool(power.deletes), "deletes rows of " + ", ".join(power.deletes[:5])),
        )
        if true
    ]
    level = Level.ERROR if settings.strict else Level.WARNING
    return Finding(level, "role", f"{power.role} {'; '.join(could)}", "`anjuan db roles`, docs/postgresql.md")


def rows(session: Session) -> Iterator[Finding]:
    """Open alarms, jumps of the clock, and what should be locked by now."""
    found = figures.figures(session, datetime.now(UTC))
    if found.alarms:
        told = ", ".join(f"{number} {kind}" for kind, number in sorted(found.alarms.items()))
        yield Finding(Level.WARNING, "alarms", f"open: {told}", "page 告警 says what each is about")
    else:
        yield Finding(Level.OK, "alarms", "none open")
    if found.jumps:
        yield Finding(
            Level.WARNING, "clock", f"{found.jumps} jumps not confirmed: nothing is destroyed", "two persons, page 告警"
        )
    if found.unlocked:
        yield Finding(
            Level.WARNING,
            "locks",
            f"{found.unlocked} versions are past their 72 hours of staging and not locked",
            "is the worker alive? `anjuan retention sweep` locks them now",
        )


def clock_of(store: BlobStore) -> Iterator[Finding]:
    """Whether the store judges its locks by the right time."""
    told, here = store.clock(), datetime.now(UTC)
    if told is not None and abs(here - told) > SPREAD:
        yield Finding(
            Level.ERROR, "store", f"its clock says {told:%Y-%m-%d %H:%M:%S} UTC: locks end at the wrong time", "NTP"
        )


def scanner(settings: Settings) -> Finding:
    """ClamAV, where one is set."""
    if not settings.clamd:
        return Finding(
            Level.ADVICE, "clamd", "not set: files are not scanned, reports say 未检测", "ARCHIVE_CLAMD, see README"
        )
    try:
        return Finding(Level.OK, "clamd", Clamd(settings.clamd).version())
    except ScannerDown as error:
        return Finding(Level.WARNING, "clamd", str(error), "start clamav-daemon; until then reports say 未检测")


def authority(settings: Settings) -> Finding:
    """The time stamping authority, where one is set."""
    if not settings.tsa_url:
        return Finding(Level.ADVICE, "time stamps", "no authority set: anchors carry our own time only", "ARCHIVE_TSA")
    try:
        urllib3.request("HEAD", settings.tsa_url, timeout=5.0, retries=False)
    except urllib3.exceptions.HTTPError as error:
        return Finding(Level.WARNING, "time stamps", f"{settings.tsa_url}: {type(error).__name__}", "ARCHIVE_TSA")
    return Finding(Level.OK, "time stamps", settings.tsa_url)
