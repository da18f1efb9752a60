"""Short ways to say what happened in a case, and to reckon a limit of a shipped profile."""

from datetime import datetime
from typing import Any

from archive.core.clock import SHANGHAI
from archive.deadlines.calendar import WorkCalendar, packaged_calendar
from archive.deadlines.history import Due, History
from archive.deadlines.rules import due
from archive.procedures.limit import Limit
from archive.procedures.loading import shipped

CALENDAR = packaged_calendar()


def at(text: str) -> datetime:
    """A moment in Shanghai: "2026-02-13 10:00", or a day alone for its 09:00."""
    return datetime.fromisoformat(text if " " in text else f"{text} 09:00").replace(tzinfo=SHANGHAI)


def limit(key: str) -> Limit:
    """The limit "XXGS.T06"."""
    profile, _, name = key.partition(".")
    found = shipped()[profile].limit(name)
    assert found is not None, key
    return found


def reckon(key: str, start: str, calendar: WorkCalendar = CALENDAR, **more: Any) -> Due:
    """The limit, with nothing known of the case but its starting event."""
    wanted = limit(key)
    found = due(wanted, History({wanted.from_: at(start)}, **more), calendar)
    assert found is not None
    return found


def last_day(found: Due) -> str:
    return str(found.last_day)


def ends_at(found: Due) -> str:
    assert found.operative is not None
    return found.operative.strftime("%Y-%m-%d %H:%M")
