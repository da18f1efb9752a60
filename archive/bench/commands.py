"""`anjuan bench`: measurements one can repeat."""

import json
from dataclasses import asdict
from pathlib import Path

import click


@click.group()
def bench() -> None:
    """Measure, on invented data, what the archive's parts cost on this machine."""


@bench.command()
@click.option("--documents", default=10_000, show_default=True, type=click.IntRange(min=1_000))
@click.option("--engine", default="whoosh", show_default=True, type=click.Choice(["whoosh", "tantivy"]))
@click.option("--folder", type=click.Path(path_type=Path, exists=True), help="Where to build; a temporary one without.")
@click.option("--json", "as_json", is_flag=True, help="Only the JSON, without the table.")
def search(documents: int, engine: str, folder: Path | None, as_json: bool) -> None:
    """Build an index and ask it the mix; prints a table and JSON."""
    from archive.bench.search import run

    report = run(documents, engine, folder=folder, say=_say)
    click.echo("\r", nl=False, err=True)
    if not as_json:
        click.echo(report.as_table() + "\n")
    click.echo(report.as_json())


@bench.command()
@click.option("--cases", default=50_000, show_default=True)
def deadlines(cases: int) -> None:
    """Reckon every limit of so many open cases."""
    from archive.bench.deadlines import reckon

    click.echo(json.dumps(asdict(reckon(cases))))


@bench.command()
@click.option("--cases", default=50_000, show_default=True)
def limits(cases: int) -> None:
    """Reckon the limits of so many open dossiers of an invented archive, with its database, as every night does."""
    from archive.bench.limits import measure

    click.echo(json.dumps(asdict(measure(cases))))


@bench.command()
@click.option("--versions", default=1_000_000, show_default=True, type=click.IntRange(min=20))
@click.option("--due", default=10_000, show_default=True)
def retention(versions: int, due: int) -> None:
    """Evaluate until when so many versions are locked, as every night; page through what is due."""
    from archive.bench.retention import measure

    click.echo(json.dumps(asdict(measure(versions, due))))


@bench.command()
@click.option("--count", default=50, show_default=True, type=click.IntRange(min=1, max=200))
def letters(count: int) -> None:
    """Send so many letters at once: drafted, issued, both files set and filed by the worker, a ZIP and a PDF of all."""
    from archive.bench.letters import measure

    click.echo(json.dumps(asdict(measure(count))))


@bench.command()
@click.option("--dossiers", default=50_000, show_default=True, type=click.IntRange(min=100))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a page.")
def pages(dossiers: int, as_json: bool) -> None:
    """Open every page of an invented archive: SQL statements, milliseconds of wall and CPU, size."""
    from archive.bench.pages import measure

    for one in measure(dossiers):
        if as_json:
            click.echo(json.dumps(asdict(one)))
        else:
            click.echo(
                f"{one.wall_ms:8.1f} ms  {one.cpu_ms:8.1f} CPU  {one.statements:3} SQL  {one.kilobytes:5} kB  "
                f"{one.status}  {one.path} ({one.role})"
            )


def _say(what: str) -> None:
    click.echo(f"\r{what:40}", nl=False, err=True)
