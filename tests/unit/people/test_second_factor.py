"""Codes of authenticator apps."""

import base64
from datetime import UTC, datetime, timedelta

from archive.people.second_factor import address, matching_counter, new_key, new_recovery_codes, picture

# RFC 6238, appendix B: the key "12345678901234567890", at 1111111109 s the code 07081804 (eight digits; six: 081804).
KEY = base64.b32encode(b"12345678901234567890").decode()
AT = datetime.fromtimestamp(1111111109, UTC)


def test_the_code_of_the_standard_is_taken() -> None:
    assert matching_counter(KEY, "081804", AT, None) == 1111111109 // 30


def test_a_neighbouring_code_is_taken_a_far_one_is_not() -> None:
    assert matching_counter(KEY, "081804", AT + timedelta(seconds=30), None) is not None
    assert matching_counter(KEY, "081804", AT + timedelta(seconds=90), None) is None


def test_a_used_counter_and_those_before_it_are_not_taken_again() -> None:
    counter = matching_counter(KEY, "081804", AT, None)
    assert matching_counter(KEY, "081804", AT, counter) is None


def test_nonsense_is_no_code() -> None:
    for code in ("", "12345", "1234567", "abcdef", "０８１８０４x"):
        assert matching_counter(KEY, code, AT, None) is None


def test_the_picture_carries_the_address_and_is_drawn_here() -> None:
    found = picture(address(new_key(), "officer", "维权中心"))
    assert found.startswith("data:image/svg+xml;base64,")
    drawn = base64.b64decode(found.split(",")[1]).decode()
    assert "<svg" in drawn
    assert "href" not in drawn


def test_keys_and_recovery_codes_do_not_repeat() -> None:
    assert len({new_key() for _ in range(100)}) == 100
    assert len(set(new_recovery_codes())) == 10
