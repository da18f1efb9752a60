"""Samples come out the same wherever they are drawn; findings go their way step by step."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.inspection import rules
from archive.inspection.kinds import Step
from archive.inspection.rules import Case, allocation, draw, frozen, population_hash

SIZES = st.dictionaries(st.text("甲乙丙丁", min_size=1, max_size=3), st.integers(1, 60), min_size=1, max_size=6)


def test_a_sample_drawn_by_hand_comes_out_the_same() -> None:
    population = frozen(Case(f"2026-TS-{serial:06}") for serial in range(1, 21))
    by_hand = sorted(
        (hashlib.sha256(f"20260305\n{case.number}".encode()).hexdigest(), case.number) for case in population
    )
    assert [one.number for one in draw(population, "20260305", 3)] == [number for _, number in by_hand[:3]]
    assert draw(population, "20260305", 3) != draw(population, "20260306", 3)


def test_the_order_in_which_a_population_was_read_changes_nothing() -> None:
    cases = [Case(f"n{serial}", f"s{serial % 3}") for serial in range(30)]
    assert frozen(reversed(cases)) == frozen([*cases, cases[0]])
    one, other = frozen(cases), frozen(reversed(cases))
    assert population_hash(one) == population_hash(other)
    assert draw(one, "x", 7) == draw(other, "x", 7)
    assert population_hash(one[:-1]) != population_hash(one)


@given(SIZES, st.integers(1, 200))
def test_strata_get_their_share(sizes: dict[str, int], size: int) -> None:
    shares = allocation(sizes, size)
    assert sum(shares.values()) == min(size, sum(sizes.values()))
    assert all(0 <= shares[name] <= sizes[name] for name in sizes)
    if size >= len(sizes):
        assert min(shares.values()) >= 1, "none is left out when the sample suffices"
    total = sum(sizes.values())
    if size <= total and size >= 2 * len(sizes):
        assert all(abs(shares[name] - size * sizes[name] / total) <= len(sizes) for name in sizes)


@given(SIZES, st.integers(1, 50), st.text(max_size=8))
def test_what_is_drawn_is_of_the_population_and_once(sizes: dict[str, int], size: int, seed: str) -> None:
    population = frozen(Case(f"{name}-{at}", name) for name, count in sizes.items() for at in range(count))
    drawn = draw(population, seed, size)
    assert len(set(drawn)) == len(drawn) == min(size, len(population))
    assert set(drawn) <= set(population)


def test_an_empty_population_gives_an_empty_sample() -> None:
    assert draw([], "x", 5) == []


@pytest.mark.parametrize("verb", [Step.REPLY, Step.SEND_BACK, Step.ACCEPT, Step.CLOSE])
def test_every_step_but_raising_says_from_where_and_by_whom(verb: Step) -> None:
    assert rules.STEPS[verb].by_auditor == (verb is not Step.REPLY)
