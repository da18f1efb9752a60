"""`anjuan audit`: the trail from the command line."""

import sys

import click

from archive.audit import queries
from archive.core.db import db


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command()
def verify() -> None:
    """Verify the whole chain; name the first bad entry and exit 1 when it does not hold."""
    broken = queries.verify(db.session())
    if broken is not None:
        click.echo(f"entry {broken.seq}: {_REASONS[broken.reason]}", err=True)
        sys.exit(1)
    click.echo(f"OK, {queries.count(db.session())} entries")


_REASONS = {
    "missing": "is missing: an entry was removed or moved",
    "chain": "does not follow the one before: an entry was put in, moved or rewritten",
    "content": "was edited: its content does not match its hash",
}
