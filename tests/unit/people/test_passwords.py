"""What a password may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.people import demo
from archive.people.passwords import normal, start_password, weaknesses


@pytest.mark.parametrize(
    "password",
    ["a long enough passphrase 17", "correct horse battery staple", "七月的雨落在老档案室的窗上", "Kx9#vQ2m!pLw7r"],
)
def test_a_phrase_of_ones_own_will_do(password: str) -> None:
    assert weaknesses(password, names=("zhangsan", "张三")) == []


@pytest.mark.parametrize(
    "password",
    [
        "Password123456!",
        "P@ssw0rd2026!!",
        "aaaaaaaaaaaaaa",
        "abcabcabcabcabc",
        "qwertyuiop[]12",
        "1q2w3e4r5t6y7u",
        "Admin@2026admin",
        "woaini5201314!",
        "20260305199912",
        demo.PASSWORD,
    ],
)
def test_what_guessers_try_first_will_not(password: str) -> None:
    assert weaknesses(password) == ["password.common"]


def test_length_counts_characters_in_any_script() -> None:
    assert weaknesses("短短的一句话") == ["password.short"]
    assert weaknesses("Kx9#vQ2m!pL") == ["password.short"]
    assert weaknesses("ab3#" * 51) == ["password.long"]


def test_neither_login_nor_name_may_be_leant_on() -> None:
    assert weaknesses("my name is ZhangSan ok", names=("zhangsan", "张三")) == ["password.name"]
    assert weaknesses("大家都叫我欧阳震华先生呀", names=("oyzh", "欧阳震华")) == ["password.name"]


def test_full_width_and_half_width_are_one_password() -> None:
    assert normal("Ｋｘ９＃") == normal("Kx9#")


@given(st.text(max_size=220))
def test_any_text_gets_an_answer(text: str) -> None:
    assert isinstance(weaknesses(text, names=("zhangsan",)), list)


def test_start_passwords_pass_the_rules_and_never_repeat() -> None:
    made = {start_password() for _ in range(500)}
    assert len(made) == 500
    assert all("password.short" not in weaknesses(one) for one in made)
