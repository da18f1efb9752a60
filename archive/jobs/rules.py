"""How jobs grow out of entries, and how long a failed one waits. Pure."""

from dataclasses import dataclass
from datetime import timedelta

MAX_ATTEMPTS = 8
# From so many attempts on a job whose worker died is done alone: it may be what keeps killing workers, and with them
# the work of the others.
ALONE_AFTER = 2
LEASE = timedelta(minutes=5)


@dataclass(frozen=True)
class FollowUp:
    """A job that an audit action brings about. `per` tells what folds: one waiting job per `dossier` or `subject`.

    It is due `after` the action.
    """

    kind: str
    lane: str = "default"
    per: str = "subject"
    after: timedelta = timedelta()


def backoff(attempts: int) -> timedelta:
    """Return how long to wait after the given number of failed attempts: 2 s, 4 s, 8 s … at most ten minutes."""
    return min(timedelta(seconds=2**attempts), timedelta(minutes=10))
