"""A profile file: taken whole, or refused whole with file, line, path, what is wrong and what to change."""

import pytest

from archive.core.errors import BadInput
from archive.procedures.loading import canonical, digest, examine, load, shipped_texts
from archive.procedures.reading import read_yaml

GOOD = """\
id: DEMO
version: 1
title: 示范规程
authority: 示范办法
level: internal
roles:
  - {code: head, name: 负责人, core: head, standing: supervisor}
retention: {years: 5, basis: 第九条}
deadlines:
  - id: T01
    name: 办理
    duty: handle
    article: 第三条
    from: received
    to: handled
    limit: 15 workday
    extend:
      - {to: 30 workday, approver: head}
"""


def flaws(text: str) -> list[str]:
    return [str(found) for found in examine(text, "DEMO.yaml")[1]]


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


def test_a_good_file_becomes_a_profile() -> None:
    profile = load(GOOD, "DEMO.yaml")
    limit = profile.limit("T01")
    assert limit is not None
    assert (limit.key, limit.reason, str(limit.limit)) == ("DEMO.T01", "《示范办法》第三条", "15 workday")


MISTAKES = {
    "typo in a key": (
        changed("    article: 第三条", "    artikle: 第三条"),
        "DEMO.yaml:13：deadlines[1].artikle：没有“artikle”这一项。是否想写“article”？",
    ),
    "missing key": (
        changed("    article: 第三条\n", ""),
        "DEMO.yaml:10：deadlines[1]：缺少“article”。请在此处补上",
    ),
    "wrong unit": (
        changed("15 workday", "15 工作日"),
        'DEMO.yaml:16：deadlines[1].limit："15 工作日" 的写法不对。应为：“数 单位”',
    ),
    "unknown level": (
        changed("level: internal", "level: intern"),
        'DEMO.yaml:5：level："intern" 不在允许的值之内。是否想写“internal”？',
    ),
    "kept too short": (
        changed("years: 5", "years: 2"),
        "DEMO.yaml:8：retention.years：2 太小，最小为 3。应为：保管年数，整年，不得少于 3",
    ),
    "days instead of years": (
        changed("years: 5", "years: 1095 天"),
        'retention.years："1095 天" 的类型不对。应为整数',
    ),
    "no such role": (
        changed("approver: head", "approver: chief"),
        "DEMO.yaml:18：deadlines[1].extend[1].approver：角色“chief”没有在 roles 中列出。请在 roles 中补上，",
    ),
    "shorter extension": (
        changed("to: 30 workday", "to: 10 workday"),
        "延期到“10 workday”不长于“15 workday”",
    ),
    "extension in another unit": (changed("to: 30 workday", "to: 60 day"), "延期单位与“15 workday”不同"),
    "two numbers": (
        changed("    limit: 15 workday", "    limit: 15 workday\n    unnumbered: log"),
        "时限 T01 的期限写了 limit、unnumbered。请在 limit、every、set_by、unnumbered 中只写一项",
    ),
    "no number": (changed("    limit: 15 workday\n", "    note: 无\n"), "时限 T01 的期限一项也没有写"),
    "date that is no date": (
        changed("retention:", "effective: {from: 2026-02-30}\nretention:"),
        "没有 2026-02-30 这一天",
    ),
    "cut off without a word": (GOOD + "incomplete: true\n", "写明残缺，却没有说明缺什么"),
    "report without its limit": (
        GOOD + "reports: [{kind: weekly, name: 周报, limit: T09}]\n",
        "没有时限“T09”。请改为 deadlines 中的一个：T01",
    ),
    "a code twice": (
        GOOD + "remedies: [{code: a, name: 甲}, {code: a, name: 乙}]\n",
        "DEMO.yaml:19：remedies[1].code：“a”出现了 2 次",
    ),
    "choices on a text field": (
        GOOD + "kinds: [{code: k, name: 类, fields: [{code: f, name: 栏, type: text, choices: [一]}]}]\n",
        "字段“栏”的类型与选项不符",
    ),
    "number without a sequence": (GOOD + 'numbering: {template: "{year}-TS"}\n', "编号样式，必须含一个顺序号"),
    "broken YAML": (GOOD + "  : : [\n", "DEMO.yaml:19：全文：不是正确的 YAML"),
    "key twice": (GOOD + "version: 2\n", "DEMO.yaml:19：全文：“version”在同一处写了两次。请合并成一项"),
    "alias": (changed("title: 示范规程", "title: &a 示范规程"), "DEMO.yaml:3：全文：使用了锚点或别名"),
    "tag": (changed("version: 1", "version: !!python/object:os.system 1"), "使用了类型标记"),
    "empty": ("", "文件是空的"),
    "no mapping": ("- 1\n", "的类型不对。应为若干“名称: 值”"),
}


@pytest.mark.parametrize(("text", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_with_file_line_path_and_what_to_change(text: str, said: str) -> None:
    found = flaws(text)
    assert any(said in flaw for flaw in found), found


def test_all_mistakes_are_told_at_once_and_nothing_is_loaded() -> None:
    text = changed("level: internal", "level: intern").replace("years: 5", "years: 1")
    with pytest.raises(BadInput) as refused:
        load(text, "DEMO.yaml")
    assert [(p.facts["line"], p.field) for p in refused.value.problems] == [(5, "level"), (8, "retention.years")]
    assert all(problem.facts["advice"] for problem in refused.value.problems)


def test_a_file_meant_to_exhaust_the_reader_is_refused() -> None:
    assert "层次过深" in flaws("[" * 5000)[0]
    assert "超过" in flaws("a" * 300_000)[0]


def test_words_that_yaml_would_take_for_something_else_stay_words() -> None:
    words = ["2021-01-01", "no", "01-30", "12:30", "1.5", "0x1f"]
    assert read_yaml(f"[{', '.join(words)}]")[0] == words
    assert read_yaml("[7, true, null]")[0] == [7, True, None]


def test_the_hash_follows_the_content_not_the_layout() -> None:
    plain, _ = examine(GOOD, "a")
    reordered = changed("version: 1\ntitle: 示范规程\n", "title: 示范规程\nversion: 1\n")
    shuffled, _ = examine(f"# 说明\n{reordered}", "b")
    other, _ = examine(changed("15 workday", "16 workday"), "c")
    assert digest(plain) == digest(shuffled) != digest(other)
    assert canonical({"b": 1, "a": "甲"}) == '{"a":"甲","b":1}'


@pytest.mark.parametrize("name", shipped_texts())
def test_a_shipped_profile_has_no_flaw(name: str) -> None:
    data, found = examine(shipped_texts()[name], f"{name}.yaml")
    assert [str(flaw) for flaw in found] == []
    assert data["id"] == name
