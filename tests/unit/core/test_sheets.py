import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from archive.core.sheets import Column, Sheet, Value, as_bytes


def cells(*values: Value) -> list[Any]:
    data = as_bytes(Sheet("台账", [Column(f"列{one}") for one in range(len(values))], [values]))
    return list(load_workbook(io.BytesIO(data))["台账"][2])


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("http://x")', "+86 10", "-5", "@SUM(A1)", "\t=1"])
def test_a_text_that_looks_like_a_formula_stays_a_text_and_is_marked_as_quoted(text: str) -> None:
    (cell,) = cells(text)
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_numbers_dates_and_moments_keep_their_kind_and_moments_show_the_office_s_time() -> None:
    found = cells(3, Decimal("12.50"), date(2026, 3, 5), datetime(2026, 3, 5, 16, 30, tzinfo=UTC), True, None, "00123")
    assert [value.isoformat() if isinstance(value := cell.value, datetime) else value for cell in found] == [
        3, 12.5, "2026-03-05T00:00:00", "2026-03-06T00:30:00", "是", None, "00123",
    ]  # fmt: skip
    assert [cell.number_format for cell in found[:4]] == ["General", "#,##0.00", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"]


def test_a_text_wider_than_its_column_goes_on_in_further_lines_and_the_rest_of_its_row_stands_at_the_top() -> None:
    found = cells("银行已退还多收的利息", "银行已退还", 3, date(2026, 3, 5), "=一")
    assert [bool(cell.alignment.wrap_text) for cell in found] == [True, False, False, False, False]
    assert {cell.alignment.vertical for cell in found} == {"top"}
    assert [bool(cell.quotePrefix) for cell in found] == [False, False, False, False, True]


def test_what_the_format_cannot_hold_is_left_out_and_a_cut_text_says_so() -> None:
    torn, long = cells("张\x00三\x1f\ud800", "长" * 40_000)
    assert torn.value == "张三"
    assert len(long.value) == 32_767
    assert long.value.endswith("全文见系统）")


def test_lines_above_the_headings_and_titles_with_forbidden_characters() -> None:
    data = as_bytes(Sheet("2026/03: [投诉]", [Column("编号", 30)], [["一"]], above=["截至 2026-03-31", "共 1 件"]))
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert sheet.title == "2026 03   投诉 "
    assert [row[0].value for row in sheet.iter_rows()] == ["截至 2026-03-31", "共 1 件", "编号", "一"]
    assert (sheet.freeze_panes, sheet.column_dimensions["A"].width) == ("A4", 30)
