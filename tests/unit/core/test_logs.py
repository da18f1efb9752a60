"""What programs say is kept for more than half a year, then goes."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.core.logs import KEPT, DayFiles


def said(handler: DayFiles, at: datetime, text: str) -> None:
    record = logging.LogRecord("archive", logging.WARNING, "", 0, text, None, None)
    record.created = at.timestamp()
    handler.emit(record)


def test_logs_of_half_a_year_stay_and_older_ones_go(tmp_path: Path) -> None:
    first = datetime(2026, 1, 1, 2, tzinfo=UTC)
    one, other = DayFiles(tmp_path), DayFiles(tmp_path)
    said(one, first, "起")
    said(other, first, "另一个进程")
    assert (tmp_path / "2026-01-01.log").read_text().count("\n") == 2
    assert timedelta(days=184) < KEPT
    said(one, first + timedelta(days=184), "半年之后")
    assert (tmp_path / "2026-01-01.log").exists()
    said(one, first + KEPT + timedelta(days=1), "更久之后")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2026-07-04.log", "2026-07-21.log"]


def test_the_day_is_that_of_the_office(tmp_path: Path) -> None:
    said(DayFiles(tmp_path), datetime(2026, 1, 1, 17, tzinfo=UTC), "晚上")
    assert [path.name for path in tmp_path.iterdir()] == ["2026-01-02.log"]
