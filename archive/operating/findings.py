"""What a check of `anjuan doctor` tells."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a finding weighs."""

    OK = "ok"
    ADVICE = "advice"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    level: Level
    subject: str
    found: str
    mend: str = ""
