"""What the programs have to say, a file a day in `home/logs`, kept for more than half a year.

Who did what is no matter of these files: it stands in the audit trail, which is kept for ever. Source of the period:
网络安全法, 第二十一条第三项 (network logs, six months at least).
"""

import logging
from datetime import date, datetime, timedelta
from pathlib import Path

from archive.core.clock import SHANGHAI

KEPT = timedelta(days=200)
_FORMAT = "%(asctime)s %(process)d %(levelname)s %(name)s %(message)s"


class DayFiles(logging.Handler):
    """Appends each line to the file of its day; with a new day, files older than KEPT go.

    Several processes write into one folder: a file is opened to append, never renamed under another's hand.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder, self.day = folder, date.min
        self.setFormatter(logging.Formatter(_FORMAT))

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        try:
            day = datetime.fromtimestamp(record.created, SHANGHAI).date()
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with (self.folder / f"{day}.log").open("a", encoding="utf-8") as file:
                file.write(self.format(record) + "\n")
            if day > self.day:
                self.day = day
                self._forget(day - KEPT)
        except OSError:
            self.handleError(record)

    def _forget(self, before: date) -> None:
        for path in self.folder.glob("????-??-??.log"):
            if path.stem < before.isoformat():
                path.unlink(missing_ok=True)


def install(home: Path) -> None:
    """Let this process's warnings and errors be kept."""
    logging.getLogger().addHandler(DayFiles(home / "logs"))
