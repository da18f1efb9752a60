"""Every filed dossier is examined again each year (四性检测), the longest unexamined first, within a nightly budget."""

import uuid
from datetime import timedelta

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session

from archive.core.act import Act, Machine, Origin, acting, now
from archive.core.db import db
from archive.documents.models import Version
from archive.dossiers.models import Dossier
from archive.retention import alarms, filing, scanning
from archive.retention.four_properties import examine, failed
from archive.retention.kinds import AlarmKind, Occasion
from archive.retention.models import FilingReport, Keeping

_KEEPER, _WORKER = Machine("四性检测"), Origin("worker")
INTERVAL = timedelta(days=365)


def examine_due(*, most_dossiers: int, most_bytes: int) -> int:
    """Examine dossiers not examined for a year, within a budget; return how many. Raises StoreDown.

    Bytes count only where a scanner reads them: without one, the store is asked for its records alone; reading whole
    is what `reconciling.read_again` does, every night, over all files.
    """
    done = total = 0
    for row in _due(db.session(), most_dossiers):
        if done and scanning.scanner() is not None and total + row.size > most_bytes:
            break
        scanning.scan_dossier(row.dossier_id)
        with acting(_KEEPER, _WORKER) as act:
            examine_again(act.session.get_one(Dossier, row.dossier_id), Occasion.YEARLY, act=act)
        done, total = done + 1, total + row.size
    return done


def examine_again(dossier: Dossier, occasion: Occasion, *, act: Act) -> FilingReport:
    """Examine a filed dossier and keep the report; what fails becomes an alarm. Raises StoreDown."""
    found = examine(filing.contents(act.session, dossier, renditions=True))
    report = filing.write_down(dossier, found, occasion, act=act)
    wrong = failed(found)
    if wrong:
        alarms.sound(
            AlarmKind.EXAMINATION, dossier.number, dossier_id=dossier.id,
            checks={one.code: list(one.about[:20]) for one in wrong}, act=act,
        )  # fmt: skip
    act.record("filing_report:examine", report, number=dossier.number, occasion=occasion, failed=len(wrong))
    return report


def _due(session: Session, most: int) -> list[Row[tuple[uuid.UUID, int]]]:
    last = (
        select(FilingReport.dossier_id, func.max(FilingReport.at).label("at"))
        .group_by(FilingReport.dossier_id)
        .subquery()
    )
    size = select(func.coalesce(func.sum(Version.size), 0)).where(Version.dossier_id == Keeping.dossier_id)
    rows = session.execute(
        select(Keeping.dossier_id, size.scalar_subquery().label("size"))
        .join(Dossier, Dossier.id == Keeping.dossier_id)
        .outerjoin(last, last.c.dossier_id == Keeping.dossier_id)
        .where(
            Keeping.destroyed_at.is_(None),
            Dossier.closed_at.is_not(None),
            or_(last.c.at.is_(None), last.c.at < now() - INTERVAL),
            # Filed less than a year ago and without any file: there is nothing to examine yet.
            or_(last.c.at.is_not(None), Dossier.closed_at < now() - INTERVAL),
        )
        .order_by(func.coalesce(last.c.at, Dossier.closed_at), Keeping.dossier_id)
        .limit(most)
    ).all()
    session.rollback()
    return list(rows)
