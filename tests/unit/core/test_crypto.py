import pytest
from cryptography.fernet import Fernet, InvalidToken

from archive.core.crypto import Vault, squeeze


def a_vault(*keys: str) -> Vault:
    return Vault(keys or (Fernet.generate_key().decode(),), "h" * 40)


def test_a_sealed_number_opens_only_with_the_key() -> None:
    vault = a_vault()
    sealed = vault.seal("990000198007260987")
    assert "9900" not in sealed
    assert vault.open(sealed) == "990000198007260987"
    with pytest.raises(InvalidToken):
        a_vault().open(sealed)


def test_a_number_sealed_under_the_old_key_opens_after_rotation() -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    sealed = a_vault(old).seal("19900007731")
    assert a_vault(new, old).open(sealed) == "19900007731"


def test_spelling_does_not_change_the_hash_of_a_number() -> None:
    vault = a_vault()
    assert vault.whole("6222 0210-0000 1234") == vault.whole("6222021000001234")
    assert vault.whole("11010119800101123x") == vault.whole("１１０１０１１９８００１０１１２３Ｘ")


def test_tails_of_four_to_six_are_found_and_no_others() -> None:
    vault = a_vault()
    tokens = vault.tokens("6222 0210 0000 1234")
    assert {vault.tail("1234"), vault.tail("01234"), vault.tail("001234")} < set(tokens)
    assert vault.tail("0001234") not in tokens
    assert vault.tail("0021") not in tokens
    assert len(tokens) == 4


def test_another_archive_hashes_otherwise() -> None:
    key = Fernet.generate_key().decode()
    assert Vault((key,), "a" * 40).whole("1234567") != Vault((key,), "b" * 40).whole("1234567")


def test_squeeze_keeps_what_distinguishes() -> None:
    assert squeeze(" (010) 8888-1234 ") == "01088881234"
