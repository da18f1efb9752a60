"""How long a dossier is kept: calendar years from closing, the longest of all rules, never shortened. Pure.

Sources: 中国人民银行令〔2020〕第5号, 第四十四条 (three years from closing);
民法典, 第二百条至第二百零三条 (how years are counted).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from archive.core.clock import SHANGHAI
from archive.core.errors import BadInput

FLOOR_YEARS = 3
# No rule reaches further; whoever wants more says 永久.
MOST_YEARS = 100
# The store's lock outlasts the keeping period, so that clocks that differ a little never leave a gap.
LOCK_MARGIN = timedelta(hours=24)


class Trigger(StrEnum):
    """From when the years count."""

    CLOSING = "closing"  # from the day of closing
    YEAR_END = "year_end"  # from the first day of the year after closing, as accounting files do


@dataclass(frozen=True, slots=True)
class Asked:
    """One rule that asks for keeping: `years` in calendar years (None: for ever), by which text and article."""

    code: str
    version: int
    name: str
    years: int | None
    basis: str
    trigger: Trigger = Trigger.CLOSING


@dataclass(frozen=True, slots=True)
class Promise:
    """Until when a dossier is kept. `last_day` is None when it is kept for ever."""

    last_day: date | None
    asked: Asked

    @property
    def permanent(self) -> bool:
        """Whether it is never destroyed."""
        return self.last_day is None

    @property
    def disposable_at(self) -> datetime | None:
        """The first moment after the last day, in UTC; None when it never comes."""
        return None if self.last_day is None else disposable_at(self.last_day)


def check_years(years: int | None) -> int | None:
    """Return the years when they may stand in a rule. Raises BadInput under the floor of three, or beyond a hundred."""
    if years is not None and (isinstance(years, bool) or not isinstance(years, int)):
        raise BadInput("retention.years_only", given=str(years))
    if years is not None and not FLOOR_YEARS <= years <= MOST_YEARS:
        raise BadInput("retention.floor", years=years, floor=FLOOR_YEARS, most=MOST_YEARS)
    return years


def parse_years(text: str) -> int | None:
    """Return the calendar years a text names: `3`, `10 年`, `10 years`; `永久` or `permanent` is None.

    Days and months are refused: 1095 days from 2023-06-01 end on 2026-05-31, one day short of three years.
    Raises BadInput.
    """
    plain = text.strip().lower()
    if plain in ("永久", "permanent"):
        return None
    found = re.fullmatch(r"(\d{1,4})\s*(年|years?)?", plain, re.ASCII)
    if found is None:
        raise BadInput("retention.years_only", given=text)
    return check_years(int(found[1]))


def last_day(counted_from: date, years: int) -> date:
    """Return the same day `years` later; where there is none (29 February), the last of that month.

    The first day does not count, the last runs to 24:00 (民法典, 第二百零一条至第二百零三条).
    """
    check_years(years)
    try:
        return counted_from.replace(year=counted_from.year + years)
    except ValueError:
        return date(counted_from.year + years, 2, 28)


def disposable_at(last: date) -> datetime:
    """Return the moment after the last day: 00:00 of the next in Asia/Shanghai, as UTC."""
    return datetime.combine(last + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)


def counted_from(closed_on: date, trigger: Trigger) -> date:
    """Return the day the years count from: that of closing, or the last of its year."""
    return closed_on if trigger is Trigger.CLOSING else date(closed_on.year, 12, 31)


def promise(closed_on: date, asked: Asked) -> Promise:
    """Return until when one rule keeps a dossier closed on the day."""
    if asked.years is None:
        return Promise(None, asked)
    return Promise(last_day(counted_from(closed_on, asked.trigger), asked.years), asked)


def longest(closed_on: date, asked: Iterable[Asked]) -> Promise | None:
    """Return the latest of what all rules ask; None when no rule asks anything, which keeps for ever until one does."""
    return max((promise(closed_on, one) for one in asked), key=_length, default=None)


def ordered(closed_on: date, asked: Iterable[Asked]) -> list[Promise]:
    """Return what every rule asks, longest first."""
    return sorted((promise(closed_on, one) for one in asked), key=_length, reverse=True)


def later(first: Promise | None, second: Promise | None) -> Promise | None:
    """Return the later of two promises: whatever changes, nothing kept becomes kept shorter."""
    found = [one for one in (first, second) if one is not None]
    return max(found, key=_length, default=None)


def _length(one: Promise) -> tuple[bool, date]:
    return one.last_day is None, one.last_day or date.min


# What stands in the store until a moment.

# In this time after filing a version is not locked yet: it is scanned for viruses, and read.
STAGING = timedelta(hours=72)
# No lock of what is kept ends sooner than this.
AHEAD = timedelta(days=180)
# How much a lock that is extended because it ends too soon is made longer, so that this is not done every day.
STRIDE = timedelta(days=365)
# The same for what has expired and is held: a hold may end soon, and the lock must not keep what nothing else keeps.
HELD_STRIDE = timedelta(days=30)


def lock_wanted(
    *,
    filed_on: date,
    base_years: int,
    kept: Promise | None,
    ended: bool,
    held: bool,
    locked: datetime | None,
    now: datetime,
) -> datetime | None:
    """Return until when a version is to be locked, None when its present lock suffices.

    At filing: the filing day plus the base years. Once the dossier ended: the end of its keeping and a margin. While it
    is open, held, or nothing is promised, no lock ends within 180 days. What is kept for ever is locked for a century.
    """
    wanted = disposable_at(last_day(filed_on, base_years)) + LOCK_MARGIN
    if ended and kept is not None:
        end = kept.disposable_at or disposable_at(last_day(filed_on, MOST_YEARS))
        wanted = end + LOCK_MARGIN
    elif kept is not None and kept.disposable_at is not None:
        wanted = max(wanted, kept.disposable_at + LOCK_MARGIN)
    if (not ended or held or kept is None) and wanted < now + AHEAD:
        wanted = now + AHEAD + (HELD_STRIDE if ended and kept is not None else STRIDE)
    if wanted <= now or (locked is not None and wanted <= locked):
        return None
    return wanted
