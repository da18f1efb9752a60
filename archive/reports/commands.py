"""`anjuan report`: making reports and comparing them from the command line."""

import json
import uuid

import click
from sqlalchemy import select

from archive.core.act import Machine, acting
from archive.core.db import db
from archive.core.errors import ArchiveError
from archive.core.labels import sentence
from archive.people import queries as people
from archive.people.models import Unit
from archive.reports import snapshots
from archive.reports.models import ReportKind, ReportSnapshot

_OPERATOR = Machine("anjuan report")


@click.group()
def report() -> None:
    """Reports: frozen, and reckoned again."""


@report.command()
@click.argument("kind", type=click.Choice([kind.value for kind in ReportKind]))
@click.argument("period")
@click.option("--unit", default="", help="Code of the unit it tells of; without one, the topmost.")
@click.option("--reason", default="", help="Why a report that stands is corrected.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures.")
def make(kind: str, period: str, unit: str, reason: str, as_json: bool) -> None:
    """Make the report of KIND on PERIOD: 2026-W10, 2026-03, 2026-H1 or 2026."""
    try:
        with acting(_OPERATOR) as act:
            found = snapshots.make(ReportKind(kind), period, _unit(unit), reason=reason, act=act)
            told = (str(found.id), found.sha256, found.due_on, found.late, found.data)
    except ArchiveError as error:
        raise click.ClickException(
            "; ".join([sentence(error), *map(sentence, getattr(error, "problems", ()))])
        ) from None
    snapshot_id, sha256, due_on, late, data = told
    if as_json:
        facts = {"id": snapshot_id, "sha256": sha256, "due_on": due_on.isoformat() if due_on else None, "late": late}
        click.echo(json.dumps({**facts, "data": json.loads(data)}, ensure_ascii=False))
        return
    click.echo(f"{snapshot_id}  {sha256}" + (f"  due {due_on}" if due_on else "") + ("  LATE" if late else ""))


@report.command()
@click.argument("snapshot_id", type=click.UUID)
def verify(snapshot_id: uuid.UUID) -> None:
    """Compare the report ID with what is reckoned now. Exit code 1: tampered with; 2: not to be explained."""
    found = db.session().get(ReportSnapshot, snapshot_id)
    if found is None:
        raise click.ClickException("no such report")
    try:
        verdict = snapshots.verify(db.session(), found)
    except ArchiveError as error:
        raise click.ClickException(sentence(error)) from None
    click.echo("untouched" if verdict.untouched else "CHANGED since it was made")
    for path, then, now in verdict.differences:
        click.echo(f"{path}: {json.dumps(then, ensure_ascii=False)} -> {json.dumps(now, ensure_ascii=False)}")
    if verdict.differences:
        click.echo(
            "since then: " + (", ".join(f"{verb} {count}" for verb, count in verdict.since.items()) or "nothing")
        )
    if not verdict.untouched:
        raise SystemExit(1)
    if not verdict.explained:
        raise SystemExit(2)


def _unit(code: str) -> Unit:
    if code:
        return people.unit_by_code(db.session(), code)
    top = db.session().scalars(select(Unit).where(Unit.parent_id.is_(None)).order_by(Unit.path)).first()
    if top is None:
        raise click.ClickException("there are no units yet")
    return top
