"""`anjuan codes`: the code tables from the command line."""

from pathlib import Path

import click

from archive.core.act import Machine, acting
from archive.core.db import db
from archive.core.errors import BadInput
from archive.core.labels import sentence
from archive.dossiers import code_tables
from archive.dossiers.states import CodeTable

_TABLE = click.argument("table", type=click.Choice([name.value for name in CodeTable]))


@click.group()
def codes() -> None:
    """Code tables: business categories, causes, reasons."""


@codes.command("import")
@_TABLE
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_table(table: str, file: Path) -> None:
    """Replace TABLE by FILE (CSV or xlsx), whole or not at all."""
    try:
        rows = code_tables.parse(file.read_bytes(), file.name)
    except BadInput as error:
        for problem in error.problems:
            click.echo(sentence(problem), err=True)
        raise click.ClickException(sentence(error)) from None
    with acting(Machine("codes")) as act:
        code_tables.replace(CodeTable(table), rows, act=act)
    click.echo(f"{table}: {len(rows)} rows")


@codes.command("show")
@_TABLE
def show(table: str) -> None:
    """Print TABLE as CSV, as it can be imported again."""
    click.echo(",".join(code_tables.COLUMNS))
    for row in code_tables.table(db.session(), CodeTable(table)).rows:
        if not row.retired:
            click.echo(",".join((row.code, row.name, row.parent, row.needs)))
