"""Every heading of every shipped register is known, and templates of numbers are told from their text."""

import re
from datetime import date
from decimal import Decimal

import pytest

from archive.core.sheets import Value
from archive.procedures.loading import shipped
from archive.registers import forms
from archive.registers.columns import _COLUMNS, column
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


def test_a_complaint_s_extra_field_stands_under_its_heading_as_what_it_is() -> None:
    extra = forms.extra_fields(shipped().values())

    def under(title: str, **custom: object) -> Value:
        return column(title, extra).value({"respondent": "某公司", "contract_no": "A-1", "custom": custom})

    assert under("责任人", responsible="李某") == "李某"  # the staff's own book: not whom the complaint is about
    assert (under("责任人"), under("合同号"), under("合同号", contract_no="HT-1")) == ("某公司", "A-1", "HT-1")
    assert under("损失金额", loss="1200.50") == Decimal("1200.50")
    assert under("竣工出厂日期", finished="2026-03-05") == date(2026, 3, 5)
    assert under("竣工出厂日期", finished="三月初") == "三月初"  # entered when the rule set asked for words


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
