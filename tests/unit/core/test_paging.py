import pytest

from archive.core.errors import BadInput
from archive.core.paging import PageRequest, cut


def test_the_cursor_carries_the_last_key_shown() -> None:
    page = cut([("b", 2), ("a", 1), ("0", 0)], PageRequest(size=2), key=lambda row: row)
    assert [row[0] for row in page.rows] == ["b", "a"]
    assert PageRequest(after=page.next).key() == ["a", "1"]


def test_the_last_page_has_no_next() -> None:
    assert cut([1, 2], PageRequest(size=2), key=lambda row: [row]).next == ""


@pytest.mark.parametrize("cursor", ["!!!", "eyJhIjoxfQ", "AAAA", "字"])
def test_a_broken_cursor_is_bad_input(cursor: str) -> None:
    with pytest.raises(BadInput):
        PageRequest(after=cursor).key()
