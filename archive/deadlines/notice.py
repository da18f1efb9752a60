"""Read the State Council's yearly holiday notice, pasted as text, into days; any doubt refuses the whole notice."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from archive.core.errors import BadInput, Problem
from archive.deadlines.calendar import CalendarDay, festivals

SOURCE = "国务院办公厅通知"
# Words by which a notice names the festivals, in the order of `festivals`.
NAMES = ("元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆")
_WEEKDAYS = "一二三四五六日"
_LONGEST_HOLIDAY = 15
_MOST_TEXT = 20_000

_HEADING = re.compile(r"关于(2\d{3})年部分节假日安排的通知")
_NUMBER = re.compile(r"国办发明电[〔\[(]\d{4}[〕\])]\d+号")
_ITEM = re.compile(r"^\s*[一二三四五六七八九十]+、([^:\n]{2,20}):", re.MULTILINE)
_TAIL = re.compile(r"节假日期间|国务院办公厅\s*\d{4}年\d{1,2}月\d{1,2}日")
_SENTENCE = re.compile(r"[^。;]+")
_DAY = r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:\(([^()]*)\))?"
_DATES = re.compile(rf"{_DAY}(?:(?:至|-|~|—){_DAY})?")
_TOTAL = re.compile(r"共(\d+)天")


@dataclass(frozen=True)
class Notice:
    """A year's arrangement: free days and weekend days worked in exchange. May reach into the December before."""

    year: int
    number: str
    free: frozenset[date]
    worked: frozenset[date]

    def days(self, version: int = 1) -> list[CalendarDay]:
        """Return the rows of the whole year, and of the days of the December before that the notice moves.

        `version` must be above that of rows already in the table; the December days get one more, to win over their
        own year's notice.
        """
        first = date(self.year, 1, 1)
        whole_year = (first + timedelta(days=n) for n in range((date(self.year + 1, 1, 1) - first).days))
        before = sorted(day for day in self.free | self.worked if day.year != self.year)
        return [
            CalendarDay(day, self.is_workday(day), SOURCE, self.number, version + (day.year != self.year))
            for day in [*before, *whole_year]
        ]

    def is_workday(self, day: date) -> bool:
        """Tell whether the notice makes the day a working day."""
        return day in self.worked or (day.weekday() < 5 and day not in self.free)


class _Doubt(Exception):
    """One reason to refuse."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = f"calendar.notice.{code}", facts


def parse_notice(text: str) -> Notice:
    """Return the days of a pasted notice (at most 20,000 characters).

    Raises BadInput("calendar.notice") with every doubt found: a weekday that does not fit its date, a wrong total, a
    festival that is missing or not free, a make-up day that is no weekend, a sentence that cannot be read. `field` is
    the line, as in "line 5". Half a notice is never taken.
    """
    if len(text) > _MOST_TEXT:
        raise BadInput("calendar.notice", [Problem("calendar.notice.long", facts={"most": _MOST_TEXT})])
    plain = unicodedata.normalize("NFKC", text).replace("\r\n", "\n")
    heading = _HEADING.search(re.sub(r"\s", "", plain))
    if heading is None:
        raise BadInput("calendar.notice", [Problem("calendar.notice.heading")])
    year = int(heading[1])
    number = _NUMBER.search(re.sub(r"\s", "", plain))
    free: set[date] = set()
    worked: set[date] = set()
    problems: list[Problem] = []
    named = ""
    for line, name, sentence in _sentences(plain):
        named += name
        try:
            kind, days = _read(sentence, year)
            (free if kind == "free" else worked).update(days)
        except _Doubt as doubt:
            problems.append(Problem(doubt.code, f"line {line}", {**doubt.facts, "line": line, "text": sentence[:60]}))
    if not problems:
        problems = [Problem(doubt.code, "", dict(doubt.facts)) for doubt in _doubts(year, named, free, worked)]
    if problems:
        raise BadInput("calendar.notice", problems)
    return Notice(year, number[0] if number else "", frozenset(free), frozenset(worked))


def _sentences(plain: str) -> Iterator[tuple[int, str, str]]:
    """Yield (line, festival named by the item, sentence) of the numbered items."""
    items = list(_ITEM.finditer(plain))
    for item, following in zip(items, [*items[1:], None], strict=True):
        body = plain[item.end() : following.start() if following else len(plain)]
        body = _TAIL.split(body)[0]
        for found in _SENTENCE.finditer(body):
            sentence = re.sub(r"\s", "", found[0])
            if sentence and "鼓励" not in sentence:  # 「鼓励…休息」 recommends leave, it frees nobody
                start = item.end() + found.start() + len(found[0]) - len(found[0].lstrip())
                yield plain.count("\n", 0, start) + 1, item[1], sentence


def _read(sentence: str, year: int) -> tuple[str, list[date]]:
    """Return whether a sentence frees or works days, and which."""
    works, frees = "上班" in sentence, "放假" in sentence or "补休" in sentence
    if works == frees:
        raise _Doubt("sentence")
    days: list[date] = []
    last: tuple[int, int] | None = None
    for found in _DATES.finditer(sentence):
        start, last = _date(found.groups()[:4], year, last)
        end = start
        if found[7]:
            end, last = _date(found.groups()[4:], year, last)
        if not timedelta() <= end - start <= timedelta(days=_LONGEST_HOLIDAY):
            raise _Doubt("span", first=start.isoformat(), last=end.isoformat())
        days.extend(start + timedelta(days=n) for n in range((end - start).days + 1))
    if not days:
        raise _Doubt("sentence")
    total = _TOTAL.search(sentence)
    if total and int(total[1]) != len(set(days)):
        raise _Doubt("total", said=int(total[1]), counted=len(set(days)))
    return ("worked" if works else "free"), days


def _date(parts: tuple[str | None, ...], year: int, last: tuple[int, int] | None) -> tuple[date, tuple[int, int]]:
    """Return the date of (year, month, day, remark) and its (year, month), from which the next date may borrow."""
    said_year, said_month, said_day, remark = parts
    if said_month is None and last is None:
        raise _Doubt("no_month", day=said_day)
    in_year = int(said_year) if said_year else (last[0] if last else year)
    month = int(said_month) if said_month else (last[1] if last else 0)
    try:
        day = date(in_year, month, int(said_day or 0))
    except ValueError as error:
        raise _Doubt("no_such_day", said=f"{in_year}-{month}-{said_day}") from error
    weekday = re.search(r"(?:周|星期)([一二三四五六日天])", remark or "")
    if weekday and weekday[1].replace("天", "日") != _WEEKDAYS[day.weekday()]:
        raise _Doubt("weekday", date=day.isoformat(), said=weekday[1], really=_WEEKDAYS[day.weekday()])
    return day, (in_year, month)


def _doubts(year: int, named: str, free: set[date], worked: set[date]) -> Iterator[_Doubt]:
    """Yield what is wrong with the notice as a whole."""
    for name, day in zip(NAMES, festivals(year) or (None,) * len(NAMES), strict=True):
        if name not in named:
            yield _Doubt("missing", festival=name)
        elif day and day not in free:
            yield _Doubt("festival_not_free", festival=name, date=day.isoformat())
    for day in sorted(free & worked):
        yield _Doubt("both", date=day.isoformat())
    for day in sorted(worked):
        if day.weekday() < 5:
            yield _Doubt("makeup_not_weekend", date=day.isoformat())
    for day in sorted(free | worked):
        if day.year != year and (day.year, day.month) != (year - 1, 12):
            yield _Doubt("other_year", date=day.isoformat())
