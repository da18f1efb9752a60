"""`anjuan letter …`: letters without a database, for scripts and for trying templates and fonts."""

import json
import sys
from pathlib import Path

import click

from archive.core.errors import ArchiveError
from archive.letters import fonts as font_files
from archive.letters import preflight
from archive.letters.compose import compose
from archive.letters.content import Form
from archive.letters.examples import example
from archive.letters.kinds import LetterKind, kind
from archive.letters.labels import REFUSALS, WORDS
from archive.letters.make import make
from archive.letters.preflight import Finding
from archive.letters.schema import schema

KIND = click.Choice([code.value for code in LetterKind])
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def letter() -> None:
    """函件：查看所需内容、生成、检查版面、查看字体。"""


@letter.command()
@click.argument("code", type=KIND, metavar="KIND")
def facts(code: str) -> None:
    """Print the JSON Schema of a kind's facts, and an example."""
    click.echo(json.dumps({"schema": schema(kind(code)), "example": example(code)}, ensure_ascii=False, indent=2))


@letter.command()
@click.argument("code", type=KIND, metavar="KIND")
@click.option("--facts", "source", type=FILE, required=True, help="JSON 文件")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="输出目录")
def render(code: str, source: Path, out: Path) -> None:
    """Write KIND.docx and KIND.pdf; exit 2 with the list of problems when the letter could not be issued."""
    try:
        given = json.loads(source.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{source}: {error}") from error
    if not isinstance(given, dict):
        raise click.UsageError(f"{source}: 应为一个 JSON 对象")
    found = preflight.check(code, given)
    for one in found:
        click.echo(f"{WORDS[preflight.Level][one.level]}\t{one.path}\t{sentence(one)}", err=True)
    if not preflight.may_be_issued(found):
        sys.exit(2)
    try:
        files = make(compose(code, given))
    except ArchiveError as error:
        raise click.ClickException(REFUSALS[error.code].format(**error.facts)) from error
    out.mkdir(parents=True, exist_ok=True)
    for suffix, content in (("docx", files.docx), ("pdf", files.pdf)):
        target = out / f"{code}.{suffix}"
        target.write_bytes(content)
        click.echo(target)


@letter.command()
@click.argument("file", type=FILE)
@click.option("--form", type=click.Choice(["letter", "paper", "sheet"]), help="文件未注明格式时指定")
@click.option("--tolerance", type=float, show_default="0.5", help="毫米")
def check(file: Path, form: str | None, tolerance: float | None) -> None:
    """Print what a letter's PDF measures; exit 1 when something is out."""
    import pypdfium2 as pdfium  # here and below: slow to load, and this module is part of every command

    from archive.letters import layout

    try:
        report = layout.measure(file.read_bytes(), Form(form) if form else None, tolerance=tolerance or layout.OWN)
    except ValueError as error:
        raise click.UsageError("文件未注明函件格式，请用 --form 指定") from error
    except pdfium.PdfiumError as error:
        raise click.UsageError(f"{file}: 不是可读取的 PDF") from error
    for one in report.checks:
        click.echo(f"{'合格' if one.ok else '不合格'}\t第{one.page}面\t{one.name}\t{one.found}\t要求 {one.asked}")
    wrong = len(report.failures)
    click.echo(f"{WORDS[Form][report.form]}，{report.pages} 面，检查 {len(report.checks)} 项，{wrong} 项不合格")
    sys.exit(0 if report.passed else 1)


@letter.command()
@click.option("--folder", type=click.Path(path_type=Path), help="本单位字体目录，默认 ARCHIVE_FONTS")
def fonts(folder: Path | None) -> None:
    """Say which fonts letters are drawn with, what is missing, and how to get it; exit 1 when something is missing."""
    found = font_files.find(folder)
    for role, stack in found.stacks.items():
        click.echo(f"{WORDS[font_files.Role][role]}\t" + " → ".join(face.path.name for face in stack))
    lacking = advice(found)
    for line in lacking:
        click.echo(line, err=True)
    sys.exit(1 if lacking else 0)


def sentence(one: Finding) -> str:
    """Return a finding in Chinese."""
    return REFUSALS[one.code].format(**one.facts)


def advice(found: font_files.Fonts) -> list[str]:
    """Return what keeps letters from looking right on this machine, a sentence each; the doctor asks too."""
    from archive.letters import pdf

    lines = (
        []
        if pdf.subsetter_present()
        else ["缺少 libharfbuzz-subset：请安装软件包 libharfbuzz-subset0，否则不能生成函件。"]
    )
    for name in found.missing():
        if name in font_files.FANDOL:
            lines.append(f"缺少 {name}：运行 python -m archive.letters.fetch_fonts；现以霞鹜文楷或思源宋体代替。")
        elif name in tuple(font_files.Role):
            lines.append(f"没有可用的{WORDS[font_files.Role][font_files.Role(name)]}字体：不能生成函件。")
        else:
            lines.append(f"缺少 {name}：请安装软件包 fonts-noto-cjk 和 fonts-lxgw-wenkai。")
    return lines
