import pytest

from archive.core.masking import mask_card, mask_id, mask_name, mask_phone


def test_an_identity_number_keeps_three_in_front_and_four_behind() -> None:
    assert mask_id("320102198003071277") == "320***********1277"


def test_a_telephone_number_keeps_three_in_front_and_four_behind() -> None:
    assert mask_phone("138 0000-1234") == "138****1234"


def test_a_card_number_shows_neither_bank_nor_length() -> None:
    assert mask_card("6222 0212 3456 7891 234") == mask_card("62220212341234") == "****1234"


@pytest.mark.parametrize("mask", [mask_id, mask_phone])
@pytest.mark.parametrize("number", ["1", "12", "1234", "12345678"])
def test_a_short_number_never_shows_whole(mask, number: str) -> None:  # type: ignore[no-untyped-def]
    assert "*" in mask(number)
    assert number not in mask(number)


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王建国", "王某某"),
        ("喆垚𬎆䶮", "喆某某某"),
        ("欧阳修", "欧阳某"),
        ("欧阳", "欧某"),
        ("李", "李"),
        ("John", "J***"),
        ("", ""),
    ],
)
def test_a_name_keeps_the_surname(name: str, masked: str) -> None:
    assert mask_name(name) == masked
