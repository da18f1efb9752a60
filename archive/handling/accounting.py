"""Writes about accountability (问责): who of the staff answers for what, and the review they may ask for.

Nothing of it goes into the trail but that it was written. Source of the review: 中国农业银行员工违反规章制度处理办法,
第四章第四节 (thirty working days from the sanction; then the office above may be asked), where that text binds.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

from archive.binding.bound import own
from archive.binding.rules import SANCTIONED
from archive.core.act import Act
from archive.core.clock import SHANGHAI, shanghai_date
from archive.deadlines import table
from archive.deadlines.calendar import WorkCalendar
from archive.deadlines.history import Due, History
from archive.deadlines.rules import due
from archive.dossiers import series
from archive.dossiers.models import Dossier
from archive.handling import holding
from archive.handling.holding import check, hold, make, note
from archive.handling.models import Accountability
from archive.people.rules import Permission
from archive.procedures.profile import Profile

Asked = Mapping[str, Any]


def series_of(year: int) -> str:
    """Return the series that numbers the lines of a year."""
    return f"accountability:{year}"


def hold_to_account(dossier: Dossier, asked: Asked, *, act: Act) -> Accountability:
    """Write down who answers for what, also of an ended dossier. Raises NotAllowed, BadInput."""
    _hold(dossier, act)
    check(*holding.past(asked["decided_on"], act, "decided_on"))
    year = shanghai_date(act.moment).year
    until = appeal_due(own(act.session, dossier), asked["decided_on"], table.calendar(act.session))
    values = {
        **asked,
        "year": year,
        "serial": series.take(act.session, series_of(year)),
        "appeal_until": until.last_day if until else None,
        "appeal_basis": until.reason if until else "",
        "appeal_provisional": until.provisional if until else False,
    }
    return make(Accountability, dossier, values, act=act, verb="record")


def appeal(row: Accountability, asked: Asked, *, act: Act) -> None:
    """The person asks for a review; whether in time shows beside the last day. Raises NotAllowed, RuleBroken."""
    _hold(holding.dossier_of(row, act), act)
    holding.check_state(row, row.appealed_on, None)
    check(
        *holding.past(asked["appealed_on"], act, "appealed_on"),
        *holding.order(row.decided_on, asked["appealed_on"], "appealed_on"),
    )
    row.appealed_on, row.appeal_grounds = asked["appealed_on"], asked["appeal_grounds"]
    note(row, "appeal", act=act)


def decide_appeal(row: Accountability, asked: Asked, *, act: Act) -> None:
    """Write down what came of the review. Raises NotAllowed, RuleBroken, BadInput."""
    _hold(holding.dossier_of(row, act), act)
    holding.check_state(row, (row.appealed_on is None, row.appeal_decided_on), (False, None))
    check(
        *holding.past(asked["appeal_decided_on"], act, "appeal_decided_on"),
        *holding.order(row.appealed_on, asked["appeal_decided_on"], "appeal_decided_on"),
    )
    for name, value in asked.items():
        setattr(row, name, value)
    note(row, "decide_appeal", act=act)


def recheck(row: Accountability, asked: Asked, *, act: Act) -> None:
    """Write down what the office above decided upon the review. Raises NotAllowed, RuleBroken, BadInput."""
    _hold(holding.dossier_of(row, act), act)
    holding.check_state(row, (row.appeal_decided_on is None, row.recheck_decided_on), (False, None))
    check(
        *holding.past(asked["recheck_decided_on"], act, "recheck_decided_on"),
        *holding.order(row.appeal_decided_on, asked["recheck_decided_on"], "recheck_decided_on"),
    )
    for name, value in asked.items():
        setattr(row, name, value)
    note(row, "recheck", act=act)


def reckon_again(*, act: Act) -> int:
    """Reckon provisional last days anew, once a year's notice was confirmed; return how many moved."""
    calendar, moved = table.calendar(act.session), 0
    for row in act.session.scalars(select(Accountability).where(Accountability.appeal_provisional)).all():
        profiles = own(act.session, act.session.get_one(Dossier, row.dossier_id))
        until = appeal_due(profiles, row.decided_on, calendar)
        if until is None or (until.last_day, until.provisional) == (row.appeal_until, True):
            continue
        moved += until.last_day != row.appeal_until
        row.appeal_until, row.appeal_provisional = until.last_day, until.provisional
        note(row, "move", act=act)
    return moved


def appeal_due(profiles: Iterable[Profile], sanctioned_on: date, calendar: WorkCalendar) -> Due | None:
    """Return until when a review may be asked for: the latest of what the texts give, for it is a right. Pure."""
    history = History({SANCTIONED: datetime.combine(sanctioned_on, time(12), SHANGHAI)})
    limits = (limit for profile in profiles for limit in profile.deadlines if limit.from_ == SANCTIONED)
    found = [one for limit in limits if (one := due(limit, history, calendar)) and one.last_day]
    return max(found, key=lambda one: one.last_day or date.min, default=None)


def _hold(dossier: Dossier, act: Act) -> None:
    hold(dossier, Permission.SANCTION, act=act, ended=True)
    holding.check_permission(dossier, Permission.DECIDE, act)
