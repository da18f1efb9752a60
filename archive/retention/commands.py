"""`anjuan retention`: what is kept until when and why; the sweeps that an operator may start by hand."""

import json
import sys
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from archive.core.act import now
from archive.core.db import db
from archive.core.labels import sentence
from archive.dossiers.models import Dossier
from archive.retention import anchoring, explaining, handlers, locks, reconciling, stamping
from archive.retention.explaining import Explanation


@click.group()
def retention() -> None:
    """Keeping: periods, holds, locks, alarms."""


@retention.command()
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def explain(number: str, as_json: bool) -> None:
    """Tell until when a dossier is kept, by which rule, and everything that speaks against destroying it."""
    dossier = db.session().scalar(select(Dossier).where(Dossier.number == number))
    if dossier is None:
        raise click.ClickException(f"no dossier {number}")
    found = explaining.explain(db.session(), dossier, now())
    click.echo(json.dumps(as_plain(found), ensure_ascii=False) if as_json else "\n".join(explaining.lines(found)))


@retention.command()
def sweep() -> None:
    """Lock in the store what is to be locked, and extend what ends too soon."""
    done = locks.sweep()
    click.echo(f"{done.looked} versions looked at, {done.extended} locked or extended, {done.failed} refused")
    sys.exit(1 if done.failed else 0)


@retention.command()
def reconcile() -> None:
    """Compare database and store, both ways, for every version; exit 1 when anything differs."""
    done = reconciling.reconcile()
    click.echo(f"{done.rows} versions in the database, {done.stored} in the store, {done.findings} findings")
    sys.exit(1 if done.findings else 0)


@retention.command()
def anchor() -> None:
    """Verify the audit trail against its anchors, then lock its head away in the store."""
    broken = anchoring.verify()
    if broken is not None:
        raise click.ClickException(f"entry {broken.seq}: {broken.reason}")
    made = anchoring.anchor()
    click.echo(f"entries {made.first} to {made.last} anchored" if made else "nothing new to anchor")
    if stamped := stamping.stamp_anchors():
        click.echo(f"{stamped} anchors stamped")


@retention.command()
def verify() -> None:
    """Verify the audit trail, its anchors and their time stamps; exit 1 when anything does not hold."""
    broken = anchoring.verify()
    if broken is not None:
        raise click.ClickException(f"entry {broken.seq}: {broken.reason}")
    wrong = 0
    for one in stamping.stamps():
        said = f"stamped {one.moment.isoformat()}" if one.moment else one.wrong or "not stamped"
        click.echo(f"anchor of entry {one.last}: {said}")
        wrong += bool(one.wrong)
    click.echo("the trail and its anchors hold" + (f"; {wrong} stamps do not" if wrong else ""))
    sys.exit(1 if wrong else 0)


@retention.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def trail(folder: Path) -> None:
    """Export the audit trail and its anchors, for tools/verify_audit.py on any machine."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in (("entries", anchoring.lines()), ("anchors", anchoring.anchor_lines(anchoring.anchors()))):
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
    click.echo(f"python3 verify_audit.py {folder}/entries.jsonl {folder}/anchors.jsonl {folder}")
    kept = dict(stamping.responses())
    for one in anchoring.anchors():
        if one.last in kept:
            (folder / f"a{one.last}.json").write_bytes(anchoring.written(one))
            (folder / f"a{one.last}.tsr").write_bytes(kept[one.last])
            click.echo(f"openssl ts -verify -data a{one.last}.json -in a{one.last}.tsr -CAfile authority.pem")


@retention.command()
def nightly() -> None:
    """Do what is to be done every night: clock, locks, comparison, reading a part of the bytes again."""
    handlers.nightly([])


@retention.command()
def recompute() -> None:
    """Reckon anew until when everything is kept."""
    handlers.recompute([])


def as_plain(found: Explanation) -> dict[str, Any]:
    """Return the explanation as plain values."""
    promise = found.promise
    return {
        "number": found.number,
        "filed_number": found.filed_number,
        "closed_on": str(found.closed_on) if found.closed_on else None,
        "last_day": str(promise.last_day) if promise and promise.last_day else None,
        "disposable_at": promise.disposable_at.isoformat() if promise and promise.disposable_at else None,
        "permanent": bool(promise and promise.permanent),
        "rule": promise.asked.code if promise else None,
        "basis": promise.asked.basis if promise else None,
        "reasons": [{"code": one.code, "detail": sentence(one)} for one in found.reasons],
    }
