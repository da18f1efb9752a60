"""`anjuan profile`: try a rule set before it is proposed."""

import sys
from pathlib import Path

import click

from archive.procedures.labels import said
from archive.procedures.loading import examine, load


@click.group()
def profile() -> None:
    """Procedure profiles: rule sets as YAML."""


@profile.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Check FILES; tell every flaw with line, place and advice, and exit 1 when there is any."""
    flawed = False
    for file in files:
        try:
            text = file.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = file.read_bytes()[: error.start].count(b"\n") + 1
            click.echo(f"{file.name}:{line}：不是 UTF-8 文字。请另存为 UTF-8 后再检查。")
            flawed = True
            continue
        _, flaws = examine(text, file.name)
        for flaw in flaws:
            click.echo(str(flaw))
        flawed = flawed or bool(flaws)
        if not flaws:
            found = load(text, file.name)
            click.echo(f"{file.name}：{found.id} 第 {found.version} 版《{found.title}》，摘要 {found.digest}")
            for limit in found.deadlines:
                click.echo(f"  {limit.id}　{limit.name}：{said(limit)}（{limit.article}）")
    sys.exit(1 if flawed else 0)
