import pytest

from archive.letters import sandbox
from archive.letters.kinds import kind

INQUIRY = kind("inquiry")


@pytest.mark.parametrize(
    "source",
    [
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ complainant['__class__'] }}",
        "{{ self._TemplateReference__context }}",
        "{% import 'x' as y %}",
        "{% include 'x' %}",
        "{% set x = 1 %}",
        "{% macro m() %}{% endmacro %}",
        "{{ lipsum(100) }}",
        "{{ range(1000000000) | join }}",
        "{{ 'x' * 1000000000 }}",
        "{{ complainant.name.format() }}",
        "{{ 10 ** 10 ** 10 }}",
        "{{ complainant.name | attr('__class__') }}",
        "{{ complainant.name | pprint }}",
        "{% for x in complaint.demands recursive %}{{ loop(x) }}{% endfor %}",
    ],
)
def test_nothing_that_runs_or_reaches_is_accepted(source: str) -> None:
    assert sandbox.faults(source, INQUIRY)


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("{{ complainant.nmae }}", "complainant.nmae"),
        ("{{ invented }}", "invented"),
        ("{% for item in attachments %}{{ item.colour }}{% endfor %}", "attachments[].colour"),
        ("{% if complaint.product %}{{ complaint.colour }}{% endif %}", "complaint.colour"),
    ],
)
def test_a_field_the_kind_does_not_have_is_named(source: str, path: str) -> None:
    assert sandbox.faults(source, INQUIRY) == [sandbox.Fault("template.unknown_field", path)]


def test_fields_conditions_and_lists_are_accepted() -> None:
    source = (
        "{{ complainant.name }}{% if complaint.amount %}{{ complaint.amount }}{% endif %}"
        "{% for one in complaint.demands %}{{ loop.index | cn }}、{{ one | clause(loop.last) }}{% endfor %}"
        "{% for a in attachments %}{{ a.name }}{{ a.pages if a.pages else '' }}{% endfor %}"
    )
    assert sandbox.faults(source, INQUIRY) == []


def test_a_fact_not_given_prints_its_label_and_counts_as_absent() -> None:
    values = sandbox.with_blanks(INQUIRY, {})
    assert sandbox.fill("{{ complainant.name }}", values) == "【待填：投诉人】"
    assert sandbox.fill("{% if complaint.amount %}有{% else %}无{% endif %}", values) == "无"
    assert sandbox.fill("{% for one in questions %}{{ one }}{% endfor %}", values) == "【待填：需说明事项】"


def test_even_an_unchecked_template_cannot_reach_python() -> None:
    values = sandbox.with_blanks(INQUIRY, {"complainant": {"name": "王"}})
    assert "class" not in sandbox.fill("{{ complainant.__class__ }}{{ complainant.name.__class__ }}", values).replace(
        "【待填：__class__】", ""
    )


def test_a_value_that_looks_like_a_template_stays_text() -> None:
    values = sandbox.with_blanks(INQUIRY, {"complainant": {"name": "{{ 7*7 }}{% if 1 %}"}})
    assert sandbox.fill("{{ complainant.name }}", values) == "{{ 7*7 }}{% if 1 %}"


@pytest.mark.parametrize(
    ("number", "words"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九"), (100, "100")]
)
def test_counts_in_chinese(number: int, words: str) -> None:
    assert sandbox.chinese_count(number) == words


def test_a_clause_ends_once() -> None:
    assert sandbox.clause("退还费用。") == "退还费用；"
    assert sandbox.clause("退还费用；", True) == "退还费用。"
