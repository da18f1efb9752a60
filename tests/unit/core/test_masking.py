"""Masked numbers show enough to tell two persons apart, and no more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.masking import mask_card, mask_id, mask_name, mask_phone


def test_numbers_are_shown_by_their_ends() -> None:
    assert mask_id("32058219800101001x") == "320***********001X"
    assert mask_phone("138 0013 5678") == "138****5678"
    assert mask_card("6222 0212 3456 0123") == "************0123"
    assert mask_name("王小明") == "王某某"


def test_short_numbers_are_not_given_away() -> None:
    assert mask_phone("12345678") == "******78"
    assert mask_card("1234") == "**34"
    assert mask_card("1") == "*"
    assert mask_id("") == ""


@pytest.mark.parametrize("mask", [mask_id, mask_phone, mask_card])
@given(number=st.text(alphabet="0123456789X", min_size=1, max_size=24))
def test_at_least_a_third_of_every_number_stays_covered(mask, number: str) -> None:  # type: ignore[no-untyped-def]
    masked = mask(number)
    assert len(masked) == len(number)
    assert masked.count("*") >= len(number) / 3
