import pytest

from archive.search.language import MAX_DEPTH, MAX_LENGTH, MAX_PARTS, QueryProblem, parse
from archive.search.query import All, Any, Field, Node, Not, Range, Text, positive_texts

STATES = {"state": {"已办结": "closed", "调查中": "investigating"}}
JAN, MAR, JUN30 = 739617, 739676, 739797  # ordinals of 2026-01-01, 2026-03-01, 2026-06-30


def seal(kind: str, number: str) -> str:
    return f"{kind}#{number}"


def t(chunk: str) -> Text:
    return Text(chunk)


GOLDEN: list[tuple[str, Node]] = [
    ("冻结", t("冻结")),
    ("冻结 账户", All((t("冻结"), t("账户")))),
    ("冻结\u3000AND 账户", All((t("冻结"), t("账户")))),
    ("a b OR c", Any((All((t("a"), t("b"))), t("c")))),
    ("a (b OR c)", All((t("a"), Any((t("b"), t("c")))))),
    ("（a OR b） c", All((Any((t("a"), t("b"))), t("c")))),
    ("飞单 -私募", All((t("飞单"), Not(t("私募"))))),
    ("飞单 NOT 私募", All((t("飞单"), Not(t("私募"))))),
    ("-(a b) c", All((Not(All((t("a"), t("b")))), t("c")))),
    ("-私募", Not(t("私募"))),
    ('"飞单 销售"', t("飞单 销售")),
    ("“飞单 销售”", t("飞单 销售")),
    ("“飞单”销售", t("“飞单”销售")),
    ('"a"b', All((t("a"), t("b")))),
    ('"OR" "-x"', All((t("OR"), t("-x")))),
    ("ORDER android NOTE", All((t("ORDER"), t("android"), t("NOTE")))),
    ("(2025)东银监12号", t("(2025)东银监12号")),
    ("（2025）东银监12号", t("（2025）东银监12号")),
    ("东银监(2025)12号 结清", All((t("东银监(2025)12号"), t("结清")))),
    ("((2025)东银监 OR x) y", All((Any((t("(2025)东银监"), t("x"))), t("y")))),
    ("(2025)", t("2025")),
    ("甲方)", t("甲方)")),
    ('("a)" b) c', All((All((t("a)"), t("b"))), t("c")))),
    ("信用-卡 2026-03-05", All((t("信用-卡"), t("2026-03-05")))),
    ("是否违规?", t("是否违规?")),
    ("2026-TS-*77", Text("2026-TS-*77", wild=True)),
    ("139????5678", Text("139????5678", wild=True)),
    ('"2026-TS-*77"', t("2026-TS-*77")),
    ("案号:2026-TS-000123", Field("number", "2026-TS-000123")),
    ("number:2026-TS-0*23", Field("number", "2026-TS-0*23", wild=True)),
    ("文号：〔2025〕12号", Field("letter_number", "〔2025〕12号")),
    ("文号:(2025)银监12号", Field("letter_number", "(2025)银监12号")),
    ('被投诉机构:"甲 乙"', Field("respondent", "甲 乙")),
    ("状态:已办结", Field("state", "closed")),
    ("渠道:来电 -状态:调查中", All((Field("channel", "来电"), Not(Field("state", "investigating"))))),
    ("证件:99000019630721015X", Field("identity", "identity#99000019630721015x")),
    ("证件:015X", Field("identity", "identity#015x")),
    ("电话:199-0000-7731", Field("phone", "phone#19900007731")),
    ("卡号:21095", Field("card", "card#21095")),
    ("19900007731", Any((t("19900007731"), Field("phone", "phone#19900007731")))),
    ("日期:2026-01..2026-06", Range("filed", JAN, JUN30)),
    ("日期:2026年1月1日", Range("filed", JAN, JAN)),
    ("日期:>=2026-03", Range("filed", MAR, None)),
    ("日期:<2026-03", Range("filed", None, MAR - 1)),
    ("办结日期:..2026-06", Range("closed", None, JUN30)),
    ("金额:>10000", Range("amount", 1000001, None)),
    ("金额:>=1万", Range("amount", 1000000, None)),
    ("金额:￥1,000..5000.5元", Range("amount", 100000, 500050)),
    ("金额:12345.67", Range("amount", 1234567, 1234567)),
    ("10:30", t("10:30")),
]


@pytest.mark.parametrize(("query", "tree"), GOLDEN, ids=[query for query, _ in GOLDEN])
def test_the_language_is_what_it_is(query: str, tree: Node) -> None:
    assert parse(query, words=STATES, seal=seal).root == tree


REFUSED = [
    ("", "query.empty", 0),
    (" \n ", "query.empty", 0),
    ("x" * (MAX_LENGTH + 1), "query.too_long", MAX_LENGTH),
    ("甲 " * (MAX_PARTS + 1), "query.too_many_parts", MAX_PARTS * 2),
    ("(" * 20 + "a" + ")" * 20, "query.too_deep", MAX_DEPTH + 1),
    ("NOT " * 20 + "a", "query.too_deep", (MAX_DEPTH + 1) * 4),
    ("-" * 700 + "a", "query.too_deep", MAX_DEPTH + 1),
    ("甲 (乙 OR 丙", "query.paren_open", 2),
    ("甲 )", "query.paren_close", 2),
    ("甲 ()", "query.paren_empty", 2),
    ("甲 OR", "query.operand_missing", 4),
    ("OR 甲", "query.operand_missing", 0),
    ("甲 OR OR 乙", "query.operand_missing", 5),
    ("(甲 OR )", "query.operand_missing", 6),
    ("甲 -", "query.operand_missing", 2),
    ("甲 - 乙", "query.operand_missing", 2),
    ("NOT", "query.operand_missing", 3),
    ('甲 "乙', "query.quote_open", 2),
    ("“乙", "query.quote_open", 0),
    ('甲 ""', "query.nothing_to_find", 2),
    ("\u200b", "query.nothing_to_find", 0),
    ("张*", "query.wildcard_in_text", 0),
    ("app*", "query.wildcard_in_text", 0),
    ("2026*1*2*3", "query.wildcard_many", 0),
    ("2026" + "?" * 37, "query.wildcard_many", 0),
    ("12*", "query.wildcard_short", 0),
    ("案号:12*", "query.wildcard_short", 3),
    ("投诉人:", "query.field_empty", 0),
    ("投诉人: 张", "query.field_empty", 0),
    ('投诉人:""', "query.field_empty", 4),
    ("案号:(甲 OR 乙)", "query.field_group", 3),
    ("状态:已结", "query.word_unknown", 3),
    ("日期:昨天", "query.date_unknown", 3),
    ("日期:2026-02-30", "query.date_unknown", 3),
    ("日期:2026-06..2026-01", "query.range_turned", 3),
    ("日期:..", "query.date_unknown", 3),
    ("金额:很多", "query.amount_unknown", 3),
    ("金额:1.234", "query.amount_unknown", 3),
    ("证件:9900001963", "query.number_part", 3),
    ("电话:12*4", "query.number_part", 3),
]


@pytest.mark.parametrize(("query", "code", "position"), REFUSED, ids=[query[:20] for query, _, _ in REFUSED])
def test_a_query_that_cannot_be_answered_says_why_and_where(query: str, code: str, position: int) -> None:
    with pytest.raises(QueryProblem) as refused:
        parse(query, words=STATES, seal=seal)
    assert (refused.value.code, refused.value.position) == (code, position)
    assert [problem.code for problem in refused.value.problems] == [code]


def test_sealed_numbers_are_refused_to_who_may_not_search_by_them() -> None:
    with pytest.raises(QueryProblem, match="number_not_allowed"):
        parse("证件:015X")
    assert parse("19900007731").root == t("19900007731")


def test_an_unknown_word_tells_the_known_ones() -> None:
    with pytest.raises(QueryProblem) as refused:
        parse("状态:已结", words=STATES)
    assert refused.value.facts["known"] == ("已办结", "调查中")


def test_a_word_before_a_colon_that_names_no_field_is_text_with_a_hint() -> None:
    parsed = parse("备注:王芳")
    assert parsed.root == t("备注:王芳")
    assert [(hint.code, hint.facts["word"]) for hint in parsed.hints] == [("query.field_unknown", "备注")]


def test_highlights_come_from_what_must_hold_only() -> None:
    root = parse("a (b OR -c) 投诉人:d").root
    assert [text.chunk for text in positive_texts(root)] == ["a", "b"]
