"""Whatever somebody uploads as a profile, the answer is a profile or a list of flaws, never a crash."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.procedures.loading import examine, load, shipped_texts

SCRAPS = [*":-[]{}#|'\"\n", "null", "5 workday", "true", "  ", "&a", "*a", "!!", "99", "? "]


@given(st.text(max_size=200))
def test_any_text_is_answered_with_flaws(text: str) -> None:
    assert examine(text, "x.yaml")[1]


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_profile_loads_whole_or_is_refused(seed: int) -> None:
    chance = random.Random(seed)
    text = chance.choice(sorted(shipped_texts().values()))
    for _ in range(chance.randrange(1, 4)):
        place = chance.randrange(len(text))
        text = text[:place] + chance.choice(SCRAPS) + text[place + chance.randrange(4) :]
    _, flaws = examine(text, "x.yaml")
    assert all(flaw.message and flaw.line >= 1 for flaw in flaws)
    if not flaws:
        load(text, "x.yaml")


@pytest.mark.parametrize("seed", range(60))
def test_a_profile_with_values_of_wrong_shape_loads_whole_or_is_refused(seed: int) -> None:
    chance = random.Random(seed)
    lines = chance.choice(sorted(shipped_texts().values())).splitlines()
    index = chance.randrange(len(lines))
    name = lines[index].partition(":")[0]
    lines[index] = f"{name}: {chance.choice(['[]', '{}', 'null', '7', 'true', '文字', '[[]]'])}"
    text = "\n".join(lines)
    if not examine(text, "x.yaml")[1]:
        load(text, "x.yaml")
