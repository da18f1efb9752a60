"""The one place that asks for the time; everybody else is told."""

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

# Dates in this archive are calendar dates in China, whatever the server's own zone.
SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Tells the moment, aware, in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands where it was put; for tests and rehearsals."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


def shanghai_date(moment: datetime) -> date:
    """Return the calendar date in Asia/Shanghai of an aware moment."""
    if moment.tzinfo is None:
        raise ValueError("a moment must carry its zone")
    return moment.astimezone(SHANGHAI).date()
