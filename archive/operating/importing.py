"""`anjuan import`: dossiers in bulk, with a progress bar, resumable, errors per line in a report."""

import json
import sys
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import IO, Any

import click
from flask import current_app
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from archive.core.act import Machine, acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db, weigh_tables
from archive.core.errors import ArchiveError, BadInput, Problem
from archive.core.labels import sentence
from archive.core.ports import ports
from archive.importing import lines, operations
from archive.jobs import queries as jobs
from archive.people import operations as people_operations
from archive.people import queries as people

_BATCH = 25
_OPERATOR = Machine("批量导入")


@click.command("import")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--files", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder of `path` documents."
)
@click.option("--unit", default="", help="Code of the unit the dossiers belong to; without it the topmost one.")
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="Where errors go, one JSON object a line."
)
@click.option("--quiet", is_flag=True, help="No progress bar.")
def import_lines(source: Path, files: Path | None, unit: str, report: Path | None, quiet: bool) -> None:
    """Register the dossiers of SOURCE (JSON lines). Started again, it goes on where it stopped."""
    report = report or source.with_name(source.name + ".errors.jsonl")
    unit = unit or _top_unit()
    try:
        operations.check_unit(db.session(), unit)
    except ArchiveError as error:
        raise click.ClickException(sentence(error)) from None
    done = before = failed = 0
    size = max(source.stat().st_size, 1)
    with (
        source.open("rb") as stream,
        report.open("w", encoding="utf-8") as errors,
        click.progressbar(length=size, label="importing", file=sys.stderr, hidden=quiet) as bar,
    ):
        for batch in _batches(stream):
            known = operations.known(db.session(), [operations.digest(text) for _, text, _ in batch])
            new = [(no, text) for no, text, _ in batch if operations.digest(text) not in known]
            before += len(batch) - len(new)
            wrong = _take_in(new, unit, files, errors)
            done, failed = done + len(new) - wrong, failed + wrong
            errors.flush()
            bar.update(sum(length for _, _, length in batch))
    weigh_tables()
    click.echo(f"imported {done}, there already {before}, refused {failed}")
    if failed:
        click.echo(f"why: {report}")
    else:
        report.unlink()
    _make_findable(quiet)
    sys.exit(1 if failed else 0)


def _batches(stream: IO[bytes]) -> Iterator[list[tuple[int, str, int]]]:
    """Yield lists of (line number, text, bytes); blank lines are passed over."""
    batch: list[tuple[int, str, int]] = []
    for no, raw in enumerate(stream, start=1):
        text = raw.decode("utf-8-sig" if no == 1 else "utf-8", errors="replace")
        if text.strip():
            batch.append((no, text, len(raw)))
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _take_in(batch: list[tuple[int, str]], unit: str, files: Path | None, errors: IO[str]) -> int:
    """Import the lines in one transaction, each within its own savepoint; return how many were refused.

    What can be refused without writing is refused before the line's documents, which may be large, go into the store.
    """
    refused: list[dict[str, Any]] = []
    if not batch:
        return 0
    today = shanghai_date(now())
    fit = []
    for no, text in batch:
        try:
            line = lines.read(text)
            operations.check(db.session(), line, today=today)
            fit.append((no, text, line))
        except ArchiveError as error:
            refused.append(_told(no, text, error))
    db.session().rollback()  # storing takes its time; no transaction stays open meanwhile
    ready = []
    for no, text, line in fit:
        try:
            ready.append((no, text, line, operations.keep(line, files)))
        except ArchiveError as error:
            refused.append(_told(no, text, error))
    with acting(_OPERATOR) as act:
        for no, text, line, kept in ready:
            noted = len(act.pending)
            try:
                with act.session.begin_nested():
                    operations.take_in(line, kept, operations.digest(text), unit=unit, act=act)
            except (ArchiveError, DataError, IntegrityError) as error:
                del act.pending[noted:]
                refused.append(_told(no, text, error if isinstance(error, ArchiveError) else _unfit(error)))
    # Written once the rest is safe: a report must not name what was not tried.
    for entry in sorted(refused, key=itemgetter("line")):
        errors.write(json.dumps(entry, ensure_ascii=False) + "\n")
    return len(refused)


def _unfit(error: DBAPIError) -> BadInput:
    """Return the refusal of a line that the database does not take: the lines after it go in all the same."""
    return BadInput("import.unfit", reason=str(error.orig).partition("\n")[0][:200])


def _told(no: int, text: str, error: ArchiveError) -> dict[str, Any]:
    problems: tuple[Problem, ...] = getattr(error, "problems", ())
    reasons = [{"field": one.field, "code": one.code, "detail": sentence(one)} for one in problems]
    try:
        number = json.loads(text).get("number", "")
    except (ValueError, AttributeError):
        number = ""
    whole = [{"field": "", "code": error.code, "detail": sentence(error)}]
    return {"line": no, "number": number, "errors": reasons or whole}


def _top_unit() -> str:
    """Return the code of the topmost unit; an archive without units gets its first one."""
    units = people.units(db.session())
    if units:
        return units[0].code
    with acting(_OPERATOR) as act:
        return people_operations.add_unit("root", ports().settings.office_name, None, act=act).code


def _make_findable(quiet: bool) -> None:
    """Read and index what came in, unless a worker is at it already."""
    from archive.worker import FINDING, Worker, anybody_alive

    if anybody_alive():
        click.echo("a worker runs: it makes the new dossiers findable")
        return
    flask_app = current_app._get_current_object()  # type: ignore[attr-defined]
    waiting = jobs.waiting(db.session(), FINDING)
    with click.progressbar(length=waiting, label="indexing", file=sys.stderr, hidden=quiet) as bar:
        left = waiting
        worker = Worker(flask_app, FINDING)
        while left and worker.run_until_idle(seconds=5):
            now_left = jobs.waiting(db.session(), FINDING)
            bar.update(max(left - now_left, 0))
            left = now_left
        bar.update(left)
