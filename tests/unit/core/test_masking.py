"""Masked numbers show enough to tell two persons apart, and no more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.masking import mask_card, mask_id, mask_name, mask_phone


def test_numbers_are_shown_by_their_ends() -> None:
    assert mask_id("320582198001010019") == "320***********0019"
    assert mask_phone("138 0013 5678") == "138****5678"
    assert mask_card("6222 0212 3456 0123") == "****0123"
    assert mask_name("王小明") == "王某某"


@pytest.mark.parametrize("mask", [mask_id, mask_phone, mask_card])
@given(number=st.text(alphabet="0123456789X", min_size=1, max_size=24))
def test_something_of_every_number_stays_covered(mask, number: str) -> None:  # type: ignore[no-untyped-def]
    masked = mask(number)
    assert masked.count("*") >= min(4, len(number) / 2)
    assert sum(one != "*" for one in masked) <= 7
