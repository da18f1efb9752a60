import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.search.folding import HARD_BREAK, fold, fold_with_map

CHINESE = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
MIXED = st.text(
    st.one_of(
        CHINESE, st.sampled_from(string.ascii_letters + string.digits + " \n\t，。：（）「」,.-—"), st.characters()
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ＡＢＣ２０２６，（甲）：￥５", "abc2026,(甲):¥5"),
        ("該公司拒絕退還違約金並拖延辦理", "该公司拒绝退还违约金并拖延办理"),
        ("乾隆年間的著作", "干隆年间的著作"),
        ("质 押 登\n记 证 明", "质押登记证明"),
        ("关于\r\n抵押物", "关于抵押物"),
        ("两句。\n 换行，\n“引”", "两句。换行,“引”"),
        ("使用 APP 登录", "使用app登录"),
        ("hello   big\nworld", "hello big world"),
        ("共12,345,678.90元", "共12345678.90元"),
        ("第1,2条和12,34号", "第1,2条和12,34号"),
        ("电话199-0000-6402转", "电话19900006402转"),
        ("证号990000 19881103 442X。", "证号99000019881103442x。"),
        ("卡号6299 0010 7788 4321 095被", "卡号6299001077884321095被"),
        ("2026-03-05至2026-0305-1234", "2026-03-05至2026-0305-1234"),
        ("东银监〔2025〕12号[3]", "东银监(2025)12号(3)"),
        ("2025–TS‑000007", "2025-ts-000007"),
        ("零\u200b宽\ufeff软\u00ad连\x00字", "零宽软连字"),
        ("ΣΑΣ", "σασ"),
        ("  \n ", ""),
    ],
)
def test_a_text_folds_to_its_normal_form(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_a_character_folds_alike_whatever_stands_beside_it() -> None:
    phrase = "乾隆後宮著作里程裡面髮廊出發"
    assert fold(phrase) == "".join(map(fold, phrase))


def test_no_text_brings_a_hard_break_or_an_engines_separators_in() -> None:
    folded = fold("甲\n乙\r\n丙\u2028丁\ufdd0戊\ufdd1\ud800己")
    assert HARD_BREAK not in folded
    assert folded == "甲乙丙丁\ufffd戊\ufffd\ufffd己"


@given(MIXED)
@settings(max_examples=300, deadline=None)
def test_the_map_gives_the_same_text_and_points_into_the_original(text: str) -> None:
    mapped = fold_with_map(text)
    assert mapped.text == fold(text)
    assert len(mapped.starts) == len(mapped.ends) == len(mapped.text)
    assert all(0 <= start < end <= len(text) for start, end in zip(mapped.starts, mapped.ends, strict=True))
    assert mapped.starts == sorted(mapped.starts)


def test_the_map_leads_from_a_folded_passage_to_the_written_one() -> None:
    text = "前言。該 筆 款\n項￥１２，３４５．６７元，電話199-0000-6402。"
    mapped = fold_with_map(text)
    for folded, written in (
        ("该笔款项", "該 筆 款\n項"),
        ("12345.67", "１２，３４５．６７"),
        ("19900006402", "199-0000-6402"),
    ):
        at = mapped.text.index(folded)
        start, end = mapped.original(at, at + len(folded))
        assert text[start:end] == written


@given(st.text(CHINESE, min_size=1, max_size=40), st.data())
@settings(max_examples=100, deadline=None)
def test_a_part_of_a_chinese_text_folds_as_it_does_inside_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assert fold(text[start:end]) in fold(text)
