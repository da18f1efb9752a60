"""Whatever the archive may say to a person, it has words for."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import archive
from archive.core import labels

SOURCE = Path(archive.__file__).parent
# Raised by these, a code reaches a person.
REFUSING = {
    "ArchiveError", "NotFound", "NotAllowed", "RuleBroken", "BadInput", "StoreDown", "Refused", "Problem", "NoRoom",
    "Damaged", "Stale", "QueryProblem", "IndexBusy", "IndexUnusable", "ValueProblem", "MoveNotAllowed",
    "PressFailed",
}  # fmt: skip


def codes_raised() -> Iterator[tuple[str, str]]:
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0]
            if name in REFUSING and isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield f"{path.relative_to(SOURCE)}:{node.lineno}", first.value


@pytest.mark.parametrize(("place", "code"), sorted(set(codes_raised())))
def test_a_refusal_has_its_sentence(app_words: None, place: str, code: str) -> None:
    assert labels.has_sentence(code), f"{place}: no sentence for {code!r}"


def test_every_code_of_a_table_has_its_word(app_words: None) -> None:
    assert labels.missing(labels._WORDS) == []


@pytest.fixture(scope="module")
def app_words() -> None:
    """The words as the application joins them, without an application."""
    from archive import wiring

    for words, refusals in wiring.feature_labels():
        labels.join(words, refusals)


def test_a_sentence_does_without_a_fact_that_is_missing() -> None:
    labels.join({}, {"probe.fact": "最多 {most} 件"})
    assert labels.sentence(archive.core.errors.BadInput("probe.fact")) == "最多 … 件"
