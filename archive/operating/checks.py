"""What `anjuan doctor` looks at. Each check says what it found, and how to mend it; none changes anything."""

import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec

from sqlalchemy import create_engine, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from archive.config import Settings
from archive.core import schema
from archive.dossiers.models import Dossier
from archive.jobs.models import Heartbeat, Job, JobState
from archive.operating import keeping
from archive.operating.findings import Finding, Level
from archive.people.models import Account
from storage import open_store
from storage.port import Promise, StoreError

# Whoosh answers well up to here (measured, docs/benchmarks.md); from the second figure on it does not.
_WHOOSH_ADVISE, _WHOOSH_WARN = 10_000, 20_000
_MORE = "an S3 bucket with versioning and object lock promises more"
_LOW_DISK_BYTES = 2 * 1024**3
_WORKER_SILENT = timedelta(minutes=1)


# What a store may fail to promise, in words; `storage.port.Promise` says what is tried.
_GAPS = {
    Promise.DELETE_LOCKED: "a locked file can be deleted",
    Promise.SHORTEN: "a lock can be shortened",
    Promise.DOWNGRADE: "a strict lock can be weakened",
    Promise.BYPASS: "a header talks the store out of a lock",
    Promise.OWNER: "whoever owns this machine or account can delete locked files",
    Promise.CLOCK: "locks are judged by the archive's own clock",
    Promise.DELETE_HELD: "a held file can be deleted",
    Promise.KEEPS_VERSION: "a plain delete removes the version",
    Promise.DURABLE: "what was stored is gone when the process ends",
    Promise.CHECKS_BODY: "a body that differs from its checksum is taken (the archive reads back and checks itself)",
    Promise.WRITE_ONCE: "two writers of one key are not told apart by the store (the archive checks itself)",
}


Check = Callable[[Settings], Iterator[Finding]]


def program(_settings: Settings) -> Iterator[Finding]:
    """Python and SQLite."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    level = Level.OK if sys.version_info >= (3, 11) else Level.ERROR
    yield Finding(
        level,
        "program",
        f"Python {version}, SQLite {sqlite3.sqlite_version}",
        "" if level is Level.OK else "Python 3.11 or newer",
    )


def disk(settings: Settings) -> Iterator[Finding]:
    """Room for uploads and, embedded, for everything."""
    settings.home.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.home).free
    low = free < _LOW_DISK_BYTES
    yield Finding(
        Level.WARNING if low else Level.OK,
        "disk",
        f"{free / 1024**3:.1f} GiB free in {settings.home}",
        "make room: one upload may need 2 GiB twice" if low else "",
    )


def database(settings: Settings) -> Iterator[Finding]:
    """Reachable, at head; the worker's signs of life; failed jobs; demonstration accounts."""
    engine = create_engine(settings.database_url)
    try:
        at, head = schema.standing(engine)
        if at != head:
            yield Finding(
                Level.ERROR, "database", f"schema at {at or 'nothing'}, program needs {head}", "anjuan db upgrade"
            )
            return
        yield Finding(Level.OK, "database", f"{engine.dialect.name}, schema {at}")
        with engine.connect() as connection:
            yield from keeping.guards_up(connection)
            if engine.dialect.name == "postgresql":
                yield keeping.role(connection, settings)
        with Session(engine) as session:
            yield from _rows(session, settings)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        yield Finding(Level.ERROR, "database", reason, "check ARCHIVE_DATABASE and that the server runs")
    finally:
        engine.dispose()


def _rows(session: Session, settings: Settings) -> Iterator[Finding]:
    beat = session.scalar(select(func.max(Heartbeat.at)))
    if beat is None or datetime.now(UTC) - beat > _WORKER_SILENT:
        since = "never seen" if beat is None else f"silent since {beat:%Y-%m-%d %H:%M} UTC"
        yield Finding(
            Level.WARNING,
            "worker",
            since,
            "`anjuan run` starts one beside the web server; without it nothing new is read or found",
        )
    else:
        yield Finding(Level.OK, "worker", "alive")
    yield from keeping.rows(session)
    failed = session.scalar(select(func.count()).select_from(Job).where(Job.state == JobState.FAILED)) or 0
    if failed:
        yield Finding(Level.WARNING, "jobs", f"{failed} failed", "page 后台任务 shows why and retries them")
    dossiers = session.scalar(select(func.count()).select_from(Dossier)) or 0
    if settings.search_engine == "whoosh" and dossiers >= _WHOOSH_ADVISE:
        level = Level.WARNING if dossiers >= _WHOOSH_WARN else Level.ADVICE
        yield Finding(
            level,
            "search",
            f"{dossiers} dossiers on the whoosh engine",
            "ARCHIVE_SEARCH=tantivy, then `anjuan search rebuild`",
        )
    demo = session.scalar(select(func.count()).select_from(Account).where(Account.username == "intake", Account.active))
    if demo and not settings.demo:
        yield Finding(
            Level.ERROR,
            "accounts",
            "demonstration accounts in an archive that is no demonstration",
            "disable them, or start with an empty ARCHIVE_HOME",
        )


def store(settings: Settings) -> Iterator[Finding]:
    """Object store reachable and writable; what it cannot promise."""
    try:
        found = open_store(
            settings.store_url, access_key=settings.store_access_key, secret_key=settings.store_secret_key
        )
        found.check()
        yield Finding(Level.OK, "store", settings.store_url)
        yield from keeping.clock_of(found)
        for gap in found.probe(strict=False):
            yield Finding(
                Level.ADVICE, "store", _GAPS[Promise(gap)], _MORE if settings.store_url.startswith("folder:") else ""
            )
    except StoreError as error:
        yield Finding(Level.ERROR, "store", f"{settings.store_url}: {error}", "check ARCHIVE_STORE and its keys")


def tools(_settings: Settings) -> Iterator[Finding]:
    """Programs and packages beside Python that let the archive do more."""
    ocr = find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None
    yield Finding(
        Level.OK if ocr else Level.ADVICE,
        "OCR",
        "rapidocr" if ocr else "not installed: scans stay without text",
        "" if ocr else "pip install 'anjuan[ocr]', then retry reading the documents concerned",
    )
    for command, package, without in (
        ("soffice", "libreoffice-writer-nogui", "office files have text but no page images"),
        ("ffprobe", "ffmpeg", "recordings are kept without length and format"),
    ):
        there = shutil.which(command) is not None
        yield Finding(
            Level.OK if there else Level.ADVICE,
            command,
            "found" if there else f"missing: {without}",
            "" if there else f"apt-get install {package}",
        )


def proof(settings: Settings) -> Iterator[Finding]:
    """What else answers for what is kept: the virus scanner, the time stamping authority."""
    yield keeping.scanner(settings)
    yield keeping.authority(settings)


def letters(settings: Settings) -> Iterator[Finding]:
    """What setting letters needs: the subsetter and the fonts."""
    from archive.letters import commands, fonts, pdf

    if not pdf.subsetter_present():
        yield Finding(
            Level.ERROR,
            "letters",
            "libharfbuzz-subset is missing: a letter takes 12 s instead of 0.3 s",
            "apt-get install libharfbuzz-subset0",
        )
    else:
        yield Finding(Level.OK, "letters", "libharfbuzz-subset found")
    for line in commands.advice(fonts.find(settings.home / "fonts")):
        yield Finding(Level.ADVICE, "letters", line)


CHECKS: tuple[Check, ...] = (program, disk, database, store, proof, tools, letters)


def look(settings: Settings) -> Iterator[Finding]:
    """Yield everything found, in the order of the checks."""
    for check in CHECKS:
        yield from check(settings)
