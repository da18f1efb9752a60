"""Figures of keeping for operators: what must not be, counted; for `anjuan doctor` and the metrics."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from archive.documents.models import Version
from archive.retention import alarms, clocks, reexamining
from archive.retention.models import FilingReport, Hold, Keeping, Scan, VersionLock
from archive.retention.periods import STAGING

# The job that locks is due at the end of the staging time; so much later it has failed.
_LATE = timedelta(hours=6)


@dataclass(frozen=True)
class Figures:
    """Numbers: open alarms by kind, unconfirmed jumps, versions not locked in time, not scanned, not read in a year."""

    alarms: Mapping[str, int]
    jumps: int
    versions: int
    unlocked: int
    unscanned: int
    unread: int
    kept: int
    held: int
    unexamined: int


def figures(session: Session, now: datetime) -> Figures:
    """Return the figures of this moment. Nine statements."""

    def count(*conditions: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(Version).where(*conditions)) or 0

    def noted(condition: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(VersionLock.version_id == Version.id, condition)

    year = now - reexamining.INTERVAL
    examined = exists().where(FilingReport.dossier_id == Keeping.dossier_id, FilingReport.at >= year)
    live = select(func.count()).select_from(Keeping).where(Keeping.destroyed_at.is_(None))
    return Figures(
        alarms=alarms.counts(session),
        jumps=len(clocks.open_jumps(session)),
        versions=count(),
        unlocked=count(Version.filed_at < now - STAGING - _LATE, ~noted(VersionLock.locked_until.is_not(None))),
        unscanned=count(~exists().where(Scan.version_id == Version.id)),
        unread=count(Version.filed_at < year, ~noted(VersionLock.read_at >= year)),
        kept=session.scalar(live) or 0,
        held=session.scalar(select(func.count(Hold.dossier_id.distinct())).where(Hold.released_at.is_(None))) or 0,
        unexamined=session.scalar(live.where(Keeping.computed_at < year, ~examined)) or 0,
    )


def lines(found: Figures) -> Iterator[str]:
    """Yield the figures as Prometheus reads them."""
    yield "# TYPE anjuan_alarms_open gauge"
    for kind, number in sorted(found.alarms.items()):
        yield f'anjuan_alarms_open{{kind="{kind}"}} {number}'
    for name, value in (
        ("clock_jumps_open", found.jumps),
        ("versions", found.versions),
        ("versions_unlocked", found.unlocked),
        ("versions_unscanned", found.unscanned),
        ("versions_unread_for_a_year", found.unread),
        ("dossiers_kept", found.kept),
        ("dossiers_held", found.held),
        ("dossiers_unexamined_for_a_year", found.unexamined),
    ):
        yield f"# TYPE anjuan_{name} gauge"
        yield f"anjuan_{name} {value}"
