"""The demonstration's reports: last month's, the last half-year's, and what the public is told of last year."""

from archive.core.act import acting
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.people import queries as people
from archive.reports import snapshots
from archive.reports.models import ReportKind
from archive.reports.periods import before, containing


def demonstrate() -> None:
    """Make them. Called once, after the demonstration's dossiers were made."""
    session = db.session()
    head = people.person(session, people.by_login(session, "head"))
    for kind in (ReportKind.MONTHLY, ReportKind.HALF_YEAR, ReportKind.ANNUAL_PUBLIC):
        with acting(head) as act:
            unit = people.unit_by_code(act.session, "WQ")
            period = before(kind, containing(kind, shanghai_date(act.moment)))
            snapshots.make(kind, period.code, unit, act=act)
