"""Keys, lock ends and promises: the parts of the port that decide."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.folder_layout import places
from storage.folder_record import Entry, Record, dump, load
from storage.port import ESSENTIAL, Promise, StoreMisconfigured, check_key, judge_promises, lock_end

NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
moments = st.integers(-(10**9), 2 * 10**9).map(lambda seconds: NOW + timedelta(seconds=seconds))
entries = st.builds(Entry, at=moments, locked_until=st.none() | moments, held=st.none() | st.booleans())


@given(st.text() | st.from_regex(r"[./\\A-z\x00]{1,20}/[./A-z]{1,20}/[./A-z]{1,20}"))
def test_whatever_passes_as_a_key_stays_inside_its_folder(text: str) -> None:
    try:
        check_key(text)
    except ValueError:
        return
    names = places(text)
    assert "/".join(names[1:]) == text
    assert not any(name.startswith(".") or "/" in name or "\0" in name or not name for name in names)


@given(moments, st.integers(0, 999_999))
def test_a_lock_ends_at_a_whole_second_and_never_early(until: datetime, microsecond: int) -> None:
    until = until.replace(microsecond=microsecond)
    end = lock_end(until.astimezone(timezone(timedelta(hours=8))), until - timedelta(days=1))
    assert end.microsecond == 0
    assert timedelta(0) <= end - until < timedelta(seconds=1)


@given(st.lists(entries, max_size=8), entries)
def test_no_entry_shortens_a_lock_and_every_record_survives_the_disk(before: list[Entry], entry: Entry) -> None:
    record = Record("d1/doc1/v1", "v", 1, "sha256:00", "text/plain", NOW, tuple(before))
    after = record.add(entry)
    if record.locked_until:
        assert after.locked_until
        assert after.locked_until >= record.locked_until
    assert after.held == (record.held if entry.held is None else entry.held)
    assert load(dump(after)) == after


def test_strict_minds_only_what_keeps_a_locked_version_safe() -> None:
    assert judge_promises([Promise.WRITE_ONCE, Promise.CHECKS_BODY, Promise.WRITE_ONCE], strict=True) == [
        "body.checked",
        "write.once",
    ]
    for promise in ESSENTIAL:
        assert judge_promises([promise], strict=False) == [promise]
        with pytest.raises(StoreMisconfigured, match=promise):
            judge_promises([promise], strict=True)
