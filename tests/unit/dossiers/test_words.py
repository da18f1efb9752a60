"""Every code has its Chinese word, every refusal its sentence."""

import re
from pathlib import Path

import pytest

from archive.core import labels
from archive.dossiers import labels as own
from archive.dossiers.rules import NEXT

SOURCES = sorted(Path("archive/dossiers").glob("*.py"))


def test_every_code_has_a_word() -> None:
    labels.join(own.WORDS, own.REFUSALS)
    assert labels.missing(own.WORDS) == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_every_refusal_has_a_sentence(source: Path) -> None:
    labels.join(own.WORDS, own.REFUSALS)
    errors = "Problem|RuleBroken|BadInput|NotAllowed|NotFound|Refused|MoveNotAllowed"
    raised = re.findall(rf'(?:{errors})\(\s*"([a-z_.]+)"', source.read_text())
    elsewhere = ("input.", "account.", "unit.unknown", "person.", "page.")
    assert [code for code in raised if not code.startswith(elsewhere) and code not in own.REFUSALS] == []


def test_what_a_move_needs_has_a_sentence() -> None:
    wanted = {f"move.needs.{name}" for step in NEXT.values() for name in step.needs}
    assert wanted <= set(own.REFUSALS)


def test_the_table_itself_says_where_a_step_starts() -> None:
    assert own.REFUSALS["move.state.mediate"] == "案卷现在是“{state}”。“转入调解”只能在“调查中”、“已答复”时办理。"
