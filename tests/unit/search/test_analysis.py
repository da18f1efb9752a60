import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.search.analysis import (
    analyse,
    bigram_stream,
    bigrams,
    bigrams_asked,
    field_text,
    fold_passages,
    grams,
    joined_codes,
    needle,
)

CHUNKS = st.text(st.sampled_from("甲乙丙丁aAb12 -,。年月日¥.\n"), max_size=40)


def holds(text: str, chunk: str, *, wild: bool = False) -> bool:
    return needle(chunk, wild=wild).is_in(analyse(fold_passages([text])))


@pytest.mark.parametrize(
    ("text", "chunk"),
    [
        ("该公司拒绝退还违约金", "拒絕退還"),
        ("合同利率按LPR加点140BP执行", "lpr加点140bp"),
        ("投诉事项：扣费，退款。", "扣费,退款"),
        ("案号2025-TS-000007", "TS0000"),
        ("案号2025TS000007", "2025-TS-000007"),
        ("座机0571-88992200", "057188992200"),
        ("账号12345678", "3456"),
        ("首次扣款日为2027-11-06。", "2027年11月6日"),
        ("合计损失叁万柒仟陆佰元整。", "37,600元"),
        ("共1,234,567.00元", "34,56"),
        ("电话199-0000-6402", "0000-64"),
        ("店招“囍”字", "囍"),
    ],
)
def test_a_text_holds_what_stands_in_it_in_any_spelling(text: str, chunk: str) -> None:
    assert holds(text, chunk)


@pytest.mark.parametrize(
    ("text", "chunk"),
    [
        ("中国工商。国银联合。银行", "中国银行"),
        ("先通知客户后冻结账户", "先冻结账户"),
        ("第1,2条", "12条"),
        ("金额为5000元", "金额为500,"),
        ("编号1234", "12-34"),
        ("案号2025-TS-000083", "2025-TS-000038"),
        ("实际扣款12,345.76元", "12,345.67"),
        ("自2026-03-15起", "2026年3月5日"),
        ("合同HT-202603-17", "2026-03"),
    ],
)
def test_a_near_miss_is_not_held(text: str, chunk: str) -> None:
    assert not holds(text, chunk)


def test_nothing_is_found_across_two_passages() -> None:
    text = fold_passages(["投诉人王", "芳到场"])
    assert not needle("王芳").is_in(analyse(text))


@pytest.mark.parametrize(
    ("text", "chunk", "held"),
    [
        ("案号2026-TS-000177", "2026-TS-*77", True),
        ("案号2026TS000177", "2026-TS-*77", True),
        ("案号2026-TS-000178", "2026-TS-*77", False),
        ("电话13912345678", "139????5678", True),
        ("电话1391235678", "139????5678", False),
        ("2026-TS-1号与77", "2026-TS-*77", False),
    ],
)
def test_wildcards_stand_for_letters_and_digits_of_one_number(text: str, chunk: str, held: bool) -> None:
    assert holds(text, chunk, wild=True) is held


@given(CHUNKS, CHUNKS)
@settings(max_examples=300, deadline=None)
def test_what_a_needle_finds_has_all_the_terms_engines_look_up(text: str, chunk: str) -> None:
    folded = fold_passages([text])
    sought, terms = needle(chunk), set(bigrams(folded))
    found_grams = grams(folded, joined_codes(folded))
    for form in sought.forms:
        if form in folded:
            assert terms.issuperset(bigrams_asked(form))
            assert found_grams >= grams(form)
    if sought.code and sought.code in joined_codes(folded):
        assert found_grams >= grams(sought.code)


def test_a_gram_asked_alone_is_exact() -> None:
    """Engines answer codes of four characters by the gram alone."""
    for text in ("案号2025-TS-000007", "x2025y", "199-0000-6402"):
        folded = fold_passages([text])
        for gram in grams(folded, joined_codes(folded)):
            assert needle(gram).is_in(analyse(folded))


@given(CHUNKS)
@settings(max_examples=200, deadline=None)
def test_the_stream_is_the_bigrams_with_blanks_between(text: str) -> None:
    folded = fold_passages([text])
    assert bigram_stream(folded).split() == list(bigrams(folded))


def test_every_character_begins_a_bigram() -> None:
    assert [pair[0] for pair in bigrams("甲乙 丙")] == ["甲", "乙", "\ufdd0", "丙"]


def test_a_field_is_found_by_parts_of_its_joined_form_too() -> None:
    text = field_text(["2025-TS-000007", "旧字(1999)12号"])
    assert all(needle(part).is_in_field(text) for part in ("ts000007", "2025-TS", "〔1999〕12"))
    assert not needle("2025-TS-000008").is_in_field(text)


@pytest.mark.parametrize(
    "unit",
    ["投诉人于2026年3月5日办理信用卡分期，涉及¥12,345.67，电话199-0000-6402。",
     "1", "1,", "1.", "12 ", "199-", "a-", " ", "一",
     "万", "一元", "2026-", "¥", "1%", "“ ", "e\u0301", "2026年1月", "x1/", "\u1100\u1161"],
)  # fmt: skip
def test_text_of_any_kind_is_analysed_in_good_time(unit: str) -> None:
    """A generous floor, so that a pattern gone wrong is noticed; the benchmark gives the figure."""
    text = unit * (300_000 // len(unit.encode()))
    began = time.process_time()
    folded = fold_passages([text])
    analysed = analyse(folded)
    bigram_stream(folded)
    grams(analysed.text, analysed.codes)
    assert time.process_time() - began < 0.6


def test_a_pattern_takes_no_long_time_on_hostile_text() -> None:
    began = time.process_time()
    assert not needle("1111*1*2", wild=True).occurs_in("1" * 20_000)
    assert time.process_time() - began < 4
