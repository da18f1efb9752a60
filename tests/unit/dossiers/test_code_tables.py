"""Code tables come in whole or not at all."""

import io
from collections.abc import Callable
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from archive.core.errors import BadInput
from archive.dossiers.code_tables import Code, Table, parse, shipped
from archive.dossiers.states import CodeTable, Need


def faults(content: bytes, name: str = "x.csv") -> list[tuple[str, object]]:
    with pytest.raises(BadInput) as refused:
        parse(content, name)
    problems = refused.value.problems
    return [(problem.code, problem.facts.get("line")) for problem in problems] or [(refused.value.code, None)]


def test_a_table_is_read_from_csv_in_either_encoding() -> None:
    text = "code,name,parent,needs\nA,储蓄,,\nA1,定期,A,\n\n"
    wanted = [Code("A", "储蓄"), Code("A1", "定期", "A")]
    assert parse(text.encode(), "x.csv") == wanted
    assert parse(text.encode("gb18030"), "x.csv") == wanted
    assert parse(text.encode("utf-8-sig"), "x.csv") == wanted


def test_a_table_is_read_from_xlsx_with_numbers_as_codes() -> None:
    book = Workbook()
    book.active.append(["name", "code"])
    book.active.append(["储蓄", 1])
    out = io.BytesIO()
    book.save(out)
    assert parse(out.getvalue(), "表.xlsx") == [Code("1", "储蓄")]


def test_every_fault_is_named_with_its_line() -> None:
    text = "code,name,parent,needs\n,无码,,\nA,甲,,\nA,乙,,\nB,丙,Z,\nC,丁,,later\n"
    assert faults(text.encode()) == [
        ("code.blank", 2), ("code.twice", 4), ("code.needs", 6), ("code.parent", 5),
    ]  # fmt: skip


def test_what_is_no_table_is_refused() -> None:
    assert faults(b"") == [("code.empty", None)]
    assert faults(b"code,name\n") == [("code.empty", None)]
    assert faults("代码,名称\nA,甲\n".encode()) == [("code.header", None)]
    assert faults(b"PK\x03\x04broken", "x.xlsx") == [("code.unreadable", None)]
    assert faults(b"\xff\xfe\x00\x80", "x.csv") == [("code.unreadable", None)]


def broken(part: str, change: Callable[[bytes], bytes | None]) -> bytes:
    """Return a workbook of which one part is changed, or left out."""
    book, whole, out = Workbook(), io.BytesIO(), io.BytesIO()
    assert book.active is not None
    book.active.append(["code", "name"])
    book.save(whole)
    with ZipFile(whole) as parts, ZipFile(out, "w", ZIP_DEFLATED) as made:
        for name in parts.namelist():
            content = change(parts.read(name)) if name == part else parts.read(name)
            if content is not None:
                made.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("xl/worksheets/sheet1.xml", lambda content: content[:40]),
        ("xl/worksheets/sheet1.xml", lambda content: None),
        ("xl/worksheets/sheet1.xml", lambda content: content + b" " * (40 << 20)),
        ("xl/workbook.xml", lambda content: content[:40]),
        ("[Content_Types].xml", lambda content: content[:100]),
    ],
)
def test_a_broken_workbook_or_a_bomb_is_refused(part: str, change: Callable[[bytes], bytes | None]) -> None:
    assert faults(broken(part, change), "x.xlsx") == [("code.unreadable", None)]


def test_a_text_nobody_can_keep_is_named_with_its_line() -> None:
    assert faults(b"code,name\nA,a\nB\x00,b\n") == [("code.text", 3)]


@pytest.mark.parametrize("name", list(CodeTable))
def test_the_tables_that_come_with_the_archive_are_sound(name: CodeTable) -> None:
    assert len(shipped(name)) >= 8


def test_seven_grounds_of_the_order_are_there_and_three_ask_for_a_link() -> None:
    rows = {row.code: row.needs for row in shipped(CodeTable.NON_ACCEPTANCE)}
    assert [f"42-{number}" for number in range(1, 8)] == [code for code in rows if code.startswith("42-")]
    assert rows["42-4"] == Need.PROCEEDING
    assert rows["42-5"] == rows["42-6"] == Need.EARLIER


def test_a_retired_code_stays_readable_and_is_no_longer_chosen() -> None:
    table = Table(CodeTable.CAUSE, (Code("a", "甲"), Code("b", "乙", retired=True)))
    assert table.word("b") == "乙"
    assert table.word("gone") == "gone"
    assert table.choices() == [("a", "甲")]
    assert [problem.code for problem in table.check("b", "cause")] == ["code.unknown"]
    assert table.check("b", "cause", before="b") == []
