"""`anjuan codes`: a table comes in whole or not at all, and goes out as it can come in again."""

from pathlib import Path

from click.testing import CliRunner
from flask import Flask

from archive.core.db import db
from archive.dossiers.code_tables import table
from archive.dossiers.commands import codes
from archive.dossiers.states import CodeTable


def test_a_table_is_imported_shown_and_imported_again(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "原因.csv"
    file.write_text("code,name,parent,needs\nA,服务,,\nA1,态度,A,\n", encoding="gb18030")
    run = CliRunner().invoke
    assert run(codes, ["import", "cause", str(file)]).output == "cause: 2 rows\n"
    shown = run(codes, ["show", "cause"]).output
    assert shown == "code,name,parent,needs\nA,服务,,\nA1,态度,A,\n"
    file.write_text(shown, encoding="utf-8")
    assert run(codes, ["import", "cause", str(file)]).exit_code == 0


def test_a_faulty_table_is_refused_with_its_lines(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("code,name\nA,甲\nA,乙\n,丙\n", encoding="utf-8")
    result = CliRunner().invoke(codes, ["import", "cause", str(file)])
    assert result.exit_code == 1
    assert "第 3 行：代码 A 重复。" in result.output
    assert "第 4 行：代码和名称都要填写。" in result.output
    assert len(table(db.session(), CodeTable.CAUSE).rows) == 15
