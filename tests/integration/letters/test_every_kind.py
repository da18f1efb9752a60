"""Every kind of letter, in every dress, on the measuring table."""

import pytest

from archive.letters import layout, preflight
from archive.letters.compose import compose
from archive.letters.content import Form
from archive.letters.kinds import LetterKind, kind
from archive.letters.make import make
from tests.integration.letters import samples

CODES = [code.value for code in LetterKind]
SETS = {"example": samples.example, "bare": samples.bare, "long": samples.long}


def faults(report: layout.Report) -> list[tuple[int, str, str, str]]:
    return [(check.page, check.name, check.found, check.asked) for check in report.failures]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("which", SETS)
def test_every_letter_is_fit_for_issue_says_the_same_twice_and_measures_right(code: str, which: str) -> None:
    facts = SETS[which](code)
    assert preflight.check(code, facts) == ()
    files = make(compose(code, facts))  # asserts that both files say the same
    report = layout.measure(files.pdf)
    assert faults(report) == []
    assert report.form is kind(code).form
    if which == "long" and report.form is Form.LETTER and code not in ("reminder",):
        assert report.pages >= 3


def test_the_same_letter_gives_the_same_bytes() -> None:
    letter = compose("inquiry", samples.example("inquiry"))
    first, again = make(letter), make(letter)
    assert first.pdf == again.pdf
    assert first.docx == again.docx
