import base64
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from archive.core.errors import BadInput
from archive.core.paging import PageRequest, cut, moment, serial


def test_the_cursor_carries_the_last_key_shown() -> None:
    page = cut([("b", 2), ("a", 1), ("0", 0)], PageRequest(size=2), key=lambda row: row)
    assert [row[0] for row in page.rows] == ["b", "a"]
    assert PageRequest(after=page.next).key(str, serial) == ("a", 1)


def test_the_last_page_has_no_next() -> None:
    assert cut([1, 2], PageRequest(size=2), key=lambda row: [row]).next == ""


@pytest.mark.parametrize("cursor", ["!!!", "eyJhIjoxfQ", "AAAA", "字"])
def test_a_broken_cursor_is_bad_input(cursor: str) -> None:
    with pytest.raises(BadInput):
        PageRequest(after=cursor).key(str)


@pytest.mark.parametrize(
    ("parts", "kinds"),
    [
        ([], (serial,)),
        (["1", "2"], (serial,)),
        (["x"], (serial,)),
        (["-1"], (serial,)),
        (["9" * 30], (serial,)),
        (["1" * 5000], (serial,)),
        ([1], (serial,)),
        ([None], (str,)),
        (["a\x00"], (str,)),
        (["\ud800"], (str,)),
        (["x"], (uuid.UUID,)),
        (["2026-03-05T10:00"], (moment,)),
        (["0001-01-01T00:00+08:00"], (moment,)),
        ({"0": "1"}, (serial,)),
    ],
)
def test_a_cursor_that_names_no_row_of_this_list_is_bad_input(
    parts: Any, kinds: tuple[Callable[[str], Any], ...]
) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()
    with pytest.raises(BadInput):
        PageRequest(after=cursor).key(*kinds)


def test_a_cursor_nested_without_end_is_bad_input() -> None:
    with pytest.raises(BadInput):
        PageRequest(after=base64.urlsafe_b64encode(b"[" * 100_000).decode()).key(str)
