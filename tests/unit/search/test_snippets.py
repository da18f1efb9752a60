import pytest

from archive.core.masking import masked
from archive.search.analysis import needle
from archive.search.language import parse
from archive.search.snippets import find, needles, snippet


def marked(text: str, query: str) -> list[str]:
    return [text[start:end] for start, end in find(text, needles(parse(query).root))]


@pytest.mark.parametrize(
    ("text", "query", "marks"),
    [
        ("銀行拒絕退還違約金，客戶不服。", "拒绝退还 客户", ["拒絕退還", "客戶"]),
        ("《质 押 登\n记》系复印件", "质押登记", ["质 押 登\n记"]),
        ("扣￥１２，３４５．６７元", "12345.67", ["１２，３４５．６７元"]),
        ("合计叁万柒仟陆佰元整", "37,600元", ["叁万柒仟陆佰元整"]),
        ("至2026年3月5日止，2026.3.5起", "2026-03-05", ["2026年3月5日", "2026.3.5"]),
        ("案号2025-TS-000007", "ts0000", ["2025-TS-000007"]),
        ("电话199-0000-6402", "00006402", ["0000-6402"]),
        ("甲甲甲甲", "甲甲", ["甲甲甲甲"]),
        ("案号2026-TS-000177", "2026-TS-*77", ["2026-TS-000177"]),
        ("甲乙 丙丁", "甲乙 -丙丁", ["甲乙"]),
        ("甲乙", "丙丁", []),
    ],
)
def test_marks_cover_what_was_found_as_it_was_written(text: str, query: str, marks: list[str]) -> None:
    assert marked(text, query) == marks


def test_the_best_passage_holds_most_of_what_was_asked() -> None:
    text = "冻结。" + "无关的话。" * 60 + "先冻结账户后通知客户。" + "别的话。" * 60
    best = snippet(text, needles(parse("冻结 通知").root), width=60)
    assert best is not None
    assert best.found == 2
    assert best.text == text[best.start : best.end]
    assert len(best.text) <= 60
    assert [best.text[start:end] for start, end in best.marks] == ["冻结", "通知"]
    assert best.text.startswith(("无关的话。", "先冻结"))


def test_no_passage_where_nothing_stands() -> None:
    assert snippet("甲乙丙", needles(parse("丁").root)) is None
    assert snippet("", needles(parse("丁").root)) is None
    assert needles(None) == ()


def test_a_passage_longer_than_the_width_is_shown_whole() -> None:
    text = "前" * 50 + "长" * 80 + "后" * 50
    best = snippet(text, [needle("长" * 80)], width=40)
    assert best is not None
    assert [best.text[start:end] for start, end in best.marks] == ["长" * 80]


def test_long_numbers_are_masked_in_place() -> None:
    text = "证号99000019630721015X，电话199-0000-6402，卡6299 0010 7788 4321 095，金额12,345.67，编号123456"
    hidden = masked(text)
    assert len(hidden) == len(text)
    assert hidden == "证号990***********015X，电话199-****-6402，卡629* **** **** **** 095，金额12,345.67，编号123456"
