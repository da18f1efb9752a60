"""What is filed is authentic, whole, usable, safe; whatever is not is named."""

from dataclasses import replace

import pytest

from archive.retention.four_properties import Contents, Object, Property, Result, examine, failed

GOOD = Object("1", 3, "sha256:a", (3, "sha256:a"), "read")
WHOLE = Contents((1, 2), (), (GOOD, replace(GOOD, label="2")), (("number", True),))


def test_a_good_dossier_passes() -> None:
    report = examine(WHOLE)
    assert failed(report) == []
    assert {check.property for check in report} == set(Property)


@pytest.mark.parametrize(
    ("change", "code", "about"),
    [
        ({"items": (1, 3)}, "sequence", ("2", "3")),
        ({"items": (1, 1)}, "sequence", ("2",)),
        ({"empty_items": (2,)}, "content", ("2",)),
        ({"objects": (replace(GOOD, stored=None),)}, "stored", ("1",)),
        ({"objects": (replace(GOOD, stored=(4, "sha256:a")),)}, "digest", ("1",)),
        ({"objects": (replace(GOOD, stored=(3, "sha256:b")),)}, "digest", ("1",)),
        ({"fields": (("title", False),)}, "fields", ("title",)),
    ],
)
def test_what_fails_is_named(change: dict, code: str, about: tuple[str, ...]) -> None:
    wrong = failed(examine(replace(WHOLE, **change)))
    assert [(check.code, check.about) for check in wrong] == [(code, about)]


def test_an_encrypted_file_is_told_and_taken() -> None:
    report = examine(replace(WHOLE, objects=(replace(GOOD, reading="encrypted"),)))
    assert failed(report) == []
    assert [check.about for check in report if check.result is Result.NOTED] == [("1",)]
