"""`anjuan daily`: queue now what otherwise comes round by itself."""

import click
from sqlalchemy import delete

from archive import wiring
from archive.core.act import Machine, acting
from archive.jobs import operations
from archive.jobs.models import Round


@click.command()
def daily() -> None:
    """Queue all recurring jobs at once; the worker does them."""
    with acting(Machine("命令行")) as act:
        act.session.execute(delete(Round))
        for kind in operations.come_round(act.session, wiring.SCHEDULE, now=act.moment):
            click.echo(kind)
