import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.letters import fonts
from archive.letters.commands import letter
from tests.integration.letters import samples


def run(*arguments: object):  # type: ignore[no-untyped-def]
    return CliRunner().invoke(letter, [str(argument) for argument in arguments])


def test_facts_prints_a_schema_and_an_example_that_fits_it() -> None:
    result = run("facts", "inquiry")
    assert result.exit_code == 0
    shown = json.loads(result.stdout)
    assert shown["schema"]["properties"]["questions"]["title"] == "需说明事项"
    assert shown["example"] == samples.example("inquiry")


def test_render_writes_both_files_and_check_finds_nothing_wrong(tmp_path: Path) -> None:
    source = tmp_path / "facts.json"
    source.write_text(json.dumps(samples.example("acceptance")), encoding="utf-8")
    result = run("render", "acceptance", "--facts", source, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"acceptance.docx", "acceptance.pdf"}
    checked = run("check", tmp_path / "out" / "acceptance.pdf")
    assert checked.exit_code == 0
    assert "0 项不合格" in checked.stdout


def test_render_exits_2_with_the_list_of_problems_and_writes_nothing(tmp_path: Path) -> None:
    facts = samples.example("acceptance")
    del facts["deadline"]
    source = tmp_path / "facts.json"
    source.write_text(json.dumps(facts), encoding="utf-8")
    result = run("render", "acceptance", "--facts", source, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "deadline.date\t缺少“期限”" in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", ["", "[1]", "{", "\x00"])
def test_facts_that_are_no_json_object_are_refused_in_words(tmp_path: Path, content: str) -> None:
    source = tmp_path / "facts.json"
    source.write_text(content)
    assert run("render", "acceptance", "--facts", source, "--out", tmp_path).exit_code == 2


def test_check_refuses_what_is_no_letter(tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"not a pdf")
    assert run("check", tmp_path / "x.pdf", "--form", "letter").exit_code == 2


def test_fonts_says_what_is_there() -> None:
    result = run("fonts")
    assert "小标宋" in result.stdout
    assert (result.exit_code == 0) == (not fonts.find().missing())


def test_fonts_says_how_to_get_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    result = run("fonts", "--folder", tmp_path)
    if not any(face.path.name.startswith("Fandol") for face in fonts.find(tmp_path).faces):
        assert result.exit_code == 1
        assert "archive.letters.fetch_fonts" in result.stderr
