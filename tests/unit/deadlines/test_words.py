"""Every code of the deadlines and procedures has its Chinese word or sentence."""

import re
from pathlib import Path

import pytest

import archive.deadlines
import archive.procedures
from archive.bench.deadlines import reckon
from archive.core.labels import join, missing
from archive.deadlines import labels as deadline_labels
from archive.procedures import labels as procedure_labels

CODE = re.compile(r'"((?:deadline|calendar|profile|field)(?:\.[a-z_]+)+)"')
DOUBT = re.compile(r'_Doubt\("([a-z_]+)"')


@pytest.mark.parametrize("package", [archive.deadlines, archive.procedures])
def test_every_refusal_has_its_sentence(package: object) -> None:
    known = {*deadline_labels.REFUSALS, *procedure_labels.REFUSALS}
    for path in Path(str(package.__path__[0])).glob("*.py"):  # type: ignore[attr-defined]
        text = path.read_text(encoding="utf-8")
        codes = {*CODE.findall(text), *(f"calendar.notice.{code}" for code in DOUBT.findall(text))}
        assert codes <= known, path.name


def test_every_member_has_its_word() -> None:
    for labels in (deadline_labels, procedure_labels):
        join(labels.WORDS, labels.REFUSALS)
        assert missing(labels.WORDS) == []


def test_a_night_of_fifty_thousand_cases_fits_into_a_minute() -> None:
    # 1,000 cases may take a fiftieth of the minute; measured: a sixth of that.
    found = reckon(cases=1_000)
    assert found.limits > 5_000
    assert found.cpu < 60 / 50
