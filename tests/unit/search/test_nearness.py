import pytest

from archive.search.nearness import distance, is_word, near

TEXT = "客服称短信服务费属于正常收费。被投诉机构张家港农村商业银行,投诉人王小明。"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("短信服物费", "短信服务费"),  # one character wrong
        ("短信务费", "短信服务费"),  # one missing
        ("短信服务务费", "短信服务费"),  # one too many
        ("张家岗农村商业银行", "张家港农村商业银行"),
        ("张家岗农树商业银行", "张家港农村商业银行"),  # two in a long one
        ("王晓明", "王小明"),  # the middle one of three
        ("王小民", "王小明"),
    ],
)
def test_the_nearest_stretch_is_found(typed: str, meant: str) -> None:
    assert near(typed, [TEXT])[0] == meant


def test_nothing_far_and_nothing_across_marks_is_near() -> None:
    assert near("短信通知单", [TEXT]) == []
    assert near("收费被投", [TEXT]) == []
    assert near("短信服务费", [TEXT])[:1] != ["短信服务费"]


def test_what_more_texts_hold_comes_first() -> None:
    assert near("张明明", ["张小明", "张小明", "张大明"])[:2] == ["张小明", "张大明"]


@pytest.mark.parametrize("chunk", ["利息", "138001", "2026年3月", "一" * 25, "费用,退"])
def test_numbers_marks_and_the_very_short_are_not_corrected(chunk: str) -> None:
    assert not is_word(chunk)


def test_distance_counts_single_changes() -> None:
    assert [distance("abc", other) for other in ("abc", "abd", "ab", "xabc", "")] == [0, 1, 1, 1, 3]
