"""Every heading of every shipped register is known, and templates of numbers are told from their text."""

import re

import pytest

from archive.procedures.loading import shipped
from archive.registers import forms
from archive.registers.columns import _COLUMNS
from archive.registers.models import Book
from archive.registers.numbers import pattern


def test_no_heading_of_a_shipped_register_stays_blank_for_want_of_a_word() -> None:
    extra = forms.extra_fields(shipped().values())
    every = [*forms.main(shipped()), *forms.by_rules(shipped().values())]
    unknown = {title for form in every for title in form.columns} - set(_COLUMNS) - set(extra)
    assert unknown == set()


def test_the_registers_every_office_keeps_are_there() -> None:
    names = [form.name for form in forms.main(shipped())]
    assert names == [
        "接待登记簿",
        "受理投诉登记表",
        "投诉意见簿",
        "客户投诉登记本",
        "员工投诉登记本",
        "投诉台账",
        "发文登记簿",
        "转交处理登记簿",
        "问责登记簿",
    ]
    by_code = {form.code: form for form in forms.main(shipped())}
    assert by_code["reception"].book is by_code["opinions"].book is Book.CONTACTS
    assert by_code["staff"].restricted
    assert (by_code["staff"].part, by_code["clients"].part) == (forms.STAFF, forms.CLIENT)


@pytest.mark.parametrize(
    ("template", "unit", "like"),
    [
        ("{year}-TS-{seq:06}", "", "2026-TS-______"),
        ("{yy}{mm}{dd}{seq:03}", "", "26_______"),
        ("{unit}_{year}{seq:04}", "DC", r"DC\_2026____"),
        ("{unit}_{year}{seq:04}", "", r"%\_2026____"),
    ],
)
def test_the_numbers_of_a_year_have_a_shape(template: str, unit: str, like: str) -> None:
    assert pattern(template, 2026, unit) == like
    assert not re.search(r"[{}]", like)
