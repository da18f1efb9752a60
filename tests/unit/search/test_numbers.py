import random

import pytest

from archive.search.folding import fold
from archive.search.numbers import code_asked, codes, tokens, tokens_asked


def tokens_of(text: str) -> set[str]:
    return {found.token for found in tokens(fold(text))}


@pytest.mark.parametrize(
    "spelling",
    ["2026年3月5日", "2026-03-05", "2026.3.5", "2026/3/5", "２０２６年０３月０５号", "20260305", "二〇二六年三月五日"],
)
def test_a_date_is_the_same_in_any_spelling(spelling: str) -> None:
    assert tokens_of(f"自{spelling}起") == {"d20260305", "m202603"}
    assert tokens_asked(fold(spelling), separated=False) == {"d20260305"}


@pytest.mark.parametrize("spelling", ["2026年3月", "2026-03"])
def test_a_year_with_month_is_a_month(spelling: str) -> None:
    assert tokens_of(f"自{spelling}起") == {"m202603"}
    assert tokens_asked(fold(spelling), separated=False) == {"m202603"}


@pytest.mark.parametrize(
    "text", ["HT20260305", "2026-03-0012", "20261305", "2026.13.01", "12026年3月", "99000020260305001", "2026"]
)
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert tokens_of(text) == set()


@pytest.mark.parametrize(
    "spelling",
    ["¥12,345.67", "12345.67", "￥１２，３４５．６７元", "人民币12,345.67元整", "1.234567万元", "RMB 12345.67"],
)
def test_an_amount_is_the_same_in_any_spelling(spelling: str) -> None:
    assert tokens_of(f"扣{spelling},余") == {"a1234567"}


@pytest.mark.parametrize(
    ("spelling", "fen"),
    [
        ("叁万柒仟陆佰元整", 3760000),
        ("壹仟零伍元叁角贰分", 100532),
        ("一百零五元", 10500),
        ("十元", 1000),
        ("两亿三千万元", 23000000000),
        ("一万二千亿元", 120000000000000),
        ("12345元", 1234500),
        ("1千万元", 1000000000),
    ],
)
def test_amounts_in_words_and_units_are_read(spelling: str, fen: int) -> None:
    assert tokens_of(spelling) == {f"a{fen}"}


@pytest.mark.parametrize("text", ["12345", "3万人", "12.50%", "12.34.56", "1.23456789万元", "PZ-12.50", "万元", "5.1"])
def test_a_number_that_may_count_anything_is_no_amount(text: str) -> None:
    assert tokens_of(text) == set()


@pytest.mark.parametrize(
    "text", ["9" * 4400 + ".00", "¥" + "9" * 4400, "9" * 4400 + "元", "1" + ",234" * 1500 + ".50元", "9" * 19 + "亿元"]
)
def test_a_number_longer_than_any_sum_is_text_only(text: str) -> None:
    assert tokens_of(text) == set()
    assert tokens_asked(fold(text), separated=True) == frozenset()


def test_the_largest_sum_is_read_to_the_last_fen() -> None:
    assert tokens_of("9" * 18 + ".99") == {"a" + "9" * 20}


def test_no_text_is_too_strange_to_be_read() -> None:
    # A few signs of which dates and sums are made, in every order: what raises here is in no index.
    chance = random.Random(7)
    for signs in ("12年月日十三〇", "一二〇十年月日号", "0129.-/年月", "零一十百万亿元角分", "19.,万亿元¥%-a"):
        for _ in range(2000):
            text = fold("".join(chance.choices(signs, k=chance.randint(4, 14))))
            list(tokens(text))
            list(tokens(f"二〇二六年{text}"))
            tokens_asked(text, separated=True)


def test_a_month_that_is_none_makes_no_date() -> None:
    assert tokens_of("二〇二六年十十月") == set()
    assert tokens_of("二〇二六年三月一二十日") == {"m202603"}


def test_digits_of_other_scripts_are_no_sum_asked() -> None:
    assert tokens_asked("፩1234", separated=True) == frozenset()


def test_a_whole_number_asked_with_thousands_separators_is_an_amount() -> None:
    assert tokens_asked("5200", separated=True) == {"a520000"}
    assert tokens_asked("5200", separated=False) == frozenset()


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("案号2025-TS-000007。", ["2025ts000007"]),
        ("PZ-88A1-2025070933/2", ["pz88a120250709332"]),
        ("0571-88992200转806", ["057188992200"]),
        ("Wi-Fi,1-2,2026-03-05,sub-title", []),
    ],
)
def test_codes_are_known_by_their_joined_form(text: str, joined: list[str]) -> None:
    assert [found.token for found in codes(fold(text))] == joined


@pytest.mark.parametrize(
    ("asked", "joined"),
    [
        ("2025-TS-000007", "2025ts000007"),
        ("TS00", "ts00"),
        ("0719", "0719"),
        ("2026-03", ""),
        ("10-20", ""),
        ("abcd", ""),
        ("071", ""),
    ],
)
def test_a_chunk_of_four_characters_with_a_digit_asks_for_a_code(asked: str, joined: str) -> None:
    assert code_asked(fold(asked)) == joined
