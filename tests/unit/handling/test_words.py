"""Every code has its word, every refusal its sentence, every field and action its name."""

import re
from pathlib import Path

import pytest

from archive.audit.labels import SUBJECTS, action_word
from archive.core import labels
from archive.handling import labels as own
from archive.handling.asking import typed
from archive.handling.labels import FIELDS, field_word
from archive.handling.records import RECORDS
from archive.handling.showing import SHAPES
from archive.web.forms import Form

SOURCES = sorted(Path("archive/handling").glob("*.py"))
ELSEWHERE = ("input.", "account.", "person.", "page.", "dossier.")


def test_every_code_has_a_word() -> None:
    labels.join(own.WORDS, own.REFUSALS)
    assert labels.missing(own.WORDS) == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_every_refusal_has_a_sentence(source: Path) -> None:
    errors = "Problem|RuleBroken|BadInput|NotAllowed|NotFound|ArchiveError"
    raised = re.findall(rf'(?:{errors})\(\s*"([a-z_.]+)"', source.read_text())
    assert [code for code in raised if not code.startswith(ELSEWHERE) and code not in own.REFUSALS] == []


def test_what_is_open_at_closing_has_a_sentence() -> None:
    kinds = ("tasks", "evidence", "opinions", "mediations", "measures", "compensations", "reviews", "reports")
    assert {f"close.{kind}" for kind in kinds} <= set(own.REFUSALS)


@pytest.mark.parametrize("sheet", RECORDS, ids=lambda sheet: sheet.value)
def test_every_field_of_a_record_has_a_name(sheet: str) -> None:
    forms: list[type[Form]] = [RECORDS[sheet].form, *(doing.form for doing in RECORDS[sheet].steps.values())]
    asked = {name for form in forms for name in form().fields}
    shape = SHAPES[sheet]
    shown = {name.split(".")[0] for name in (*shape.facts, *shape.texts, *shape.documents)}
    assert [name for name in asked | shown if field_word(sheet, name) == name and name not in FIELDS] == []
    for name in (*shape.facts, *shape.texts, *shape.documents, shape.head, shape.state, shape.due):
        assert not name or hasattr(RECORDS[sheet].model, name.split(".")[0]), name


def test_every_action_on_a_record_is_called_by_words() -> None:
    text = "".join(source.read_text() for source in SOURCES)
    assert {record.model.audit_kind for record in RECORDS.values()} <= set(SUBJECTS)
    for action in re.findall(r'record\("([a-z_]+:[a-z_]+)"', text):
        assert action_word(action) != action
    verbs = re.findall(r'(?:verb=|note\(\w+, |_note\(cluster, )"([a-z_]+)"', text)
    assert verbs
    assert [verb for verb in verbs if action_word(f"task:{verb}") == f"task:{verb}"] == []


def test_texts_of_accountability_are_never_searched() -> None:
    assert RECORDS["accountability"].model.SEARCHED == ()  # type: ignore[index]


def test_a_form_reads_all_values_of_a_field_that_takes_several() -> None:
    from werkzeug.datastructures import MultiDict

    from archive.handling.forms import FinishForm

    found = typed(FinishForm, MultiDict([("result", "已核实"), ("documents", "a"), ("documents", "b")]))
    assert found == {"result": "已核实", "documents": ["a", "b"]}
