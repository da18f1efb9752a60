"""What keeps the archive from starting at all, and what it says then."""

import pytest
from click.testing import CliRunner

from archive.operating import run


def test_without_the_subsetter_the_archive_does_not_start_and_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run, "find_library", lambda _: None)
    answer = CliRunner().invoke(run.run)
    assert answer.exit_code == 1
    assert "apt-get install libharfbuzz-subset0" in answer.output
