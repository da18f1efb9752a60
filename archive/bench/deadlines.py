"""How long the nightly reckoning takes: every limit of many open cases under all the profiles that bind them."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from archive.deadlines.calendar import packaged_calendar
from archive.deadlines.history import History, Pause, PauseKind, State
from archive.deadlines.rules import evaluate, operative, state
from archive.procedures.limit import Limit
from archive.procedures.loading import shipped
from archive.procedures.rules import Facts, binding, limits

_NOW = datetime(2026, 11, 21, 1, tzinfo=UTC)
_SOMETIMES = 0.2
_FACTS = {
    "institution": ["payment", "bank", "consumer_finance", "mediation_center", "company"],
    "source": ["direct", "pbc", "regulator"],
    "channel": ["phone", "letter", "visit", "web"],
    "severity": ["normal", "major"],
    "kind": ["client", "quality", "packaging", "loan"],
}


@dataclass(frozen=True)
class Reckoning:
    """What was reckoned and what it cost, in seconds of CPU and of the clock on the wall."""

    cases: int
    limits: int
    cpu: float
    wall: float
    states: dict[State, int]


def reckon(cases: int = 50_000, seed: int = 1) -> Reckoning:
    """Reckon every limit of so many invented open cases on one core, with the lights they show."""
    made = list(_cases(cases, seed))
    cpu, wall = time.process_time(), time.perf_counter()
    calendar, library = packaged_calendar(), shipped()
    chosen: dict[tuple[tuple[str, str], ...], tuple[Limit, ...]] = {}
    states: Counter[State] = Counter()
    reckoned = 0
    for facts, history in made:
        key = tuple(facts.items())
        if key not in chosen:
            bound = binding(library.values(), facts, _NOW.date())
            chosen[key] = limits(bound, facts, library)
        dues = evaluate(chosen[key], history, calendar)
        reckoned += len(dues)
        states.update(state(found, _NOW, None) for found in operative(dues).values())
    return Reckoning(cases, reckoned, time.process_time() - cpu, time.perf_counter() - wall, dict(states))


def _cases(cases: int, seed: int) -> Iterator[tuple[Facts, History]]:
    """Yield invented cases: received within the last 90 days, some paused, some begun anew."""
    chance = random.Random(seed)  # noqa: S311 - invented data, nothing secret
    for _ in range(cases):
        received = _NOW - timedelta(minutes=chance.randrange(90 * 24 * 60))
        later = received + timedelta(days=chance.randrange(1, 20))
        events = {"received": received, "accepted": received + timedelta(days=1), "line_received": later}
        pauses = [Pause(PauseKind.SUPPLEMENT, later, "通知", later + timedelta(days=5), "材料")]
        yield (
            {name: chance.choice(values) for name, values in _FACTS.items()},
            History(
                events,
                pauses if chance.random() < _SOMETIMES else (),
                (later,) if chance.random() < _SOMETIMES else (),
            ),
        )
