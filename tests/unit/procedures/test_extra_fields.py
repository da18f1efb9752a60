"""Extra typed fields of a complaint type."""

import pytest

from archive.core.errors import BadInput
from archive.core.labels import has_sentence, join
from archive.procedures.extra_fields import fields_for, parse_fields
from archive.procedures.labels import REFUSALS, WORDS
from archive.procedures.loading import shipped
from archive.procedures.profile import Field

ACQUIRING = fields_for([shipped()["XXGS"]], "acquiring")


def test_values_come_out_typed() -> None:
    raw = {"merchant_name": " 老王面馆 ", "loss": "12,345.6", "terminal_no": ""}
    assert parse_fields(ACQUIRING, raw) == {"merchant_name": "老王面馆", "loss": "12345.60"}


def test_everything_wrong_is_told_at_once_with_a_sentence_for_each() -> None:
    with pytest.raises(BadInput) as refused:
        parse_fields(ACQUIRING, {"merchant_no": "1" * 41, "loss": "很多", "colour": "红"})
    codes = [(problem.code, problem.field) for problem in refused.value.problems]
    assert codes == [
        ("field.unknown", "colour"),
        ("field.required", "merchant_name"),
        ("field.long", "merchant_no"),
        ("field.money", "loss"),
    ]
    join(WORDS, REFUSALS)
    assert all(has_sentence(code) for code, _ in codes)


@pytest.mark.parametrize(
    ("type_", "good", "value", "bad"),
    [
        ("integer", "12", 12, "12.5"),
        ("date", "2026-02-28", "2026-02-28", "2026-02-30"),
        ("moment", "2026-03-05 14:30", "2026-03-05T14:30:00+08:00", "下午"),
        ("choice", "甲", "甲", "乙"),
        ("boolean", "否", False, "也许"),
        ("phone", "010-5900 0916", "010-5900 0916", "打过"),
        ("long_text", "长", "长", "长" * 6),
    ],
)
def test_each_type_takes_what_fits_and_refuses_what_does_not(type_: str, good: str, value: object, bad: str) -> None:
    field = Field("f", "栏", type_, choices=("甲",), longest=5)
    assert parse_fields([field], {"f": good}) == {"f": value}
    with pytest.raises(BadInput):
        parse_fields([field], {"f": bad})


def test_of_two_profiles_with_the_same_field_the_upper_one_decides() -> None:
    assert fields_for([shipped()["XXGS"]], "loan") == ()
    assert [field.code for field in fields_for([shipped()["XJPPT"]], "loan")] == ["loan_no", "rate", "aspect"]
