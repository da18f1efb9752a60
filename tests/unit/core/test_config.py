from pathlib import Path

import pytest

from archive import config


def test_embedded_secrets_are_made_once_and_readable_by_the_owner_alone(tmp_path: Path) -> None:
    first = config.read({"ARCHIVE_HOME": str(tmp_path)})
    second = config.read({"ARCHIVE_HOME": str(tmp_path)})
    assert first.secret_key == second.secret_key
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["secrets.json"]


def test_a_shared_database_without_secrets_refuses_to_start(tmp_path: Path) -> None:
    with pytest.raises(config.BadConfiguration, match="ARCHIVE_SECRET_KEY"):
        config.read({"ARCHIVE_HOME": str(tmp_path), "ARCHIVE_DATABASE": "postgresql://localhost/archive"})


def test_retention_below_the_floor_refuses_to_start_and_names_it(tmp_path: Path) -> None:
    with pytest.raises(config.BadConfiguration, match="floor is 3"):
        config.read({"ARCHIVE_HOME": str(tmp_path), "ARCHIVE_RETENTION_YEARS": "2"})


@pytest.mark.parametrize(
    ("name", "value"),
    [("SEARCH", "lucene"), ("MAX_FILE_BYTES", "much"), ("FIELD_KEYS", "not-a-key"), ("SECRET_KEY", "short")],
)
def test_a_bad_setting_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(config.BadConfiguration, match=f"ARCHIVE_{name}"):
        config.read({"ARCHIVE_HOME": str(tmp_path), f"ARCHIVE_{name}": value})


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k" * 40 + "\n")
    found = config.read({"ARCHIVE_HOME": str(tmp_path), "ARCHIVE_SECRET_KEY_FILE": str(tmp_path / "key")})
    assert found.secret_key == "k" * 40


def test_secrets_do_not_show_when_settings_are_printed(tmp_path: Path) -> None:
    found = config.read({"ARCHIVE_HOME": str(tmp_path)})
    for secret in (found.secret_key, found.hash_key, *found.field_keys):
        assert secret not in repr(found)
