"""What is published tells of nobody: whoever subtracts ends with a range, never with a number."""

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.reports.suppression import THRESHOLD, publish

COUNTS = st.dictionaries(st.sampled_from("甲乙丙丁戊己庚"), st.integers(0, 40), max_size=7)


def ranges(counts: dict[str, int], cells: dict[str, int | None]) -> dict[str, tuple[int, int]]:
    """What a reader who knows the total, and that withheld cells are not zero, can say of each withheld cell."""
    rest = sum(counts.values()) - sum(count for count in cells.values() if count is not None)
    hidden = [name for name, count in cells.items() if count is None]
    return {name: (1, rest - (len(hidden) - 1)) for name in hidden}


@settings(max_examples=400, deadline=None)
@given(COUNTS)
def test_no_withheld_cell_can_be_reckoned_from_the_rest(counts: dict[str, int]) -> None:
    done = publish(counts)
    if not done.shown:
        return
    for low, high in ranges(counts, dict(done.cells)).values():
        assert low < THRESHOLD <= high  # not even whether it is small
    assert all(count is None or count == 0 or count >= THRESHOLD for count in done.cells.values())


@settings(max_examples=400, deadline=None)
@given(COUNTS)
def test_what_is_shown_is_true_and_nothing_is_withheld_without_need(counts: dict[str, int]) -> None:
    done = publish(counts)
    small = [name for name, count in counts.items() if 0 < count < THRESHOLD]
    if not small:
        assert done.shown
        assert done.cells == counts
    if done.shown:
        assert {name: count for name, count in done.cells.items() if count is not None}.items() <= counts.items()
        assert sum(count is None for count in done.cells.values()) <= max(2, len(small) + 1)


@settings(max_examples=300, deadline=None)
@given(COUNTS, st.sampled_from("甲乙丙丁戊己庚"))
def test_a_correction_by_one_case_does_not_tell_what_the_first_version_withheld(
    counts: dict[str, int], more: str
) -> None:
    first = publish(counts)
    withheld = [name for name, count in first.cells.items() if count is None]
    second = publish({**counts, more: counts.get(more, 0) + 1}, withheld_before=withheld)
    if first.shown and second.shown:
        assert all(second.cells[name] is None for name in withheld)


def test_a_lone_small_cell_takes_the_smallest_other_with_it() -> None:
    done = publish({"贷款": 3, "信用卡": 9, "保险": 20})
    assert done.cells == {"贷款": None, "信用卡": None, "保险": 20}


def test_two_small_cells_that_add_up_to_too_little_take_a_third() -> None:
    assert publish({"a": 1, "b": 1, "c": 8, "d": 9}).cells == {"a": None, "b": None, "c": None, "d": 9}
    assert publish({"a": 3, "b": 4, "c": 8}).cells == {"a": None, "b": None, "c": 8}


def test_a_table_of_small_cells_alone_is_not_shown_at_all() -> None:
    assert not publish({"a": 1, "b": 2, "c": 2}).shown


def test_zero_tells_of_nobody() -> None:
    assert publish({"a": 0, "b": 12}).cells == {"a": 0, "b": 12}
