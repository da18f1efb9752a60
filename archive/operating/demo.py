"""`anjuan demo`: an office with people, dossiers and evidence, made once, through the real operations."""

import io
from datetime import timedelta
from decimal import Decimal

import click
from sqlalchemy import exists, select

from archive.binding import demo as limits
from archive.core import schema
from archive.core.act import Machine, acting
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.ports import ports
from archive.disposal import demo as disposal
from archive.documents import operations as documents
from archive.documents.kinds import Origin
from archive.documents.models import Document
from archive.dossiers import demo as dossiers
from archive.dossiers.models import Dossier
from archive.handling import demo as handling
from archive.inspection import demo as inspection
from archive.letters import demo as letters
from archive.operating.evidence import Story, papers
from archive.people import demo as people
from archive.people.models import Unit
from archive.procedures import demo as procedures
from archive.registers import demo as registers
from archive.reports import demo as reports
from archive.search import demo as search

_MAKER = Machine("演示数据")


@click.command()
def demo() -> None:
    """Fill an empty archive with demonstration data. Does nothing in one that has units already."""
    if not ports().settings.demo:
        raise click.ClickException("set ARCHIVE_DEMO=1: the demonstration's passwords are known to everybody")
    schema.upgrade(ports().settings.database_url)
    if db.session().scalar(select(Unit.id).limit(1)) is not None:
        return
    click.echo("making demonstration data …")
    with acting(_MAKER) as act:
        act.moment -= dossiers.BEGINS
        people.demonstrate(act)
    procedures.demonstrate(dossiers.BEGINS)
    disposal.take_over(dossiers.BEGINS)
    _deposit(dossiers.BEGINS)
    dossiers.demonstrate()
    limits.demonstrate()
    _deposit()
    handling.demonstrate()
    letters.demonstrate()
    disposal.demonstrate()
    inspection.demonstrate()
    handling.sanction()
    registers.demonstrate()
    reports.demonstrate()
    limits.remind()
    search.demonstrate()
    click.echo("made; the worker reads the evidence in its first minutes")


def _deposit(before: timedelta = timedelta(0)) -> None:
    """Put papers into the dossiers that hold none yet, so long before today."""
    empty = ~exists().where(Document.dossier_id == Dossier.id)
    numbers = db.session().scalars(select(Dossier.id).where(empty).order_by(Dossier.number)).all()
    for serial, dossier_id in enumerate(numbers):
        with acting(_MAKER) as act:
            act.moment -= before
            dossier = act.session.get_one(Dossier, dossier_id)
            story = Story(
                complainant=dossier.parties[0].name if dossier.parties else "投诉人",
                institution=dossier.respondent.name if dossier.respondent else "被投诉机构",
                matter=dossier.title,
                amount=f"{dossier.amount or Decimal('128.00'):,.2f}",
                on=dossier.occurred_on or shanghai_date(dossier.received_at),
            )
            for paper in papers(story, serial):
                if before and paper.filename.endswith((".eml", ".zip")):
                    continue  # soon on lists, which name every file: nothing is to be unpacked afterwards
                # As taken over from elsewhere: some of these dossiers have ended already.
                documents.deposit(
                    dossier, io.BytesIO(paper.content), paper.filename, kind=paper.kind, source=paper.source,
                    brought_by=story.complainant, origin=Origin.IMPORT, act=act,
                )  # fmt: skip
