"""Asking for a printout, setting it, clearing away what was made."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select

from archive.core.act import Act, Machine, Origin, acting
from archive.core.db import db
from archive.core.errors import NotAllowed
from archive.jobs.operations import Task
from archive.printing import setting
from archive.printing.models import Printout, PrintState

# Printouts hold names: they are for fetching, not for keeping.
LIVES = timedelta(days=1)
_PRINTER = Machine("排版")


def order(title: str, page: str, *, act: Act) -> Printout:
    """Ask for an HTML page as PDF; the job that sets it follows from the entry. Raises NotAllowed for machines."""
    if act.actor.id is None:
        raise NotAllowed("person.sign_in")
    printout = Printout(title=title[:200], page=page, asked_by=act.actor.id, asked_at=act.moment)
    act.session.add(printout)
    act.session.flush()
    act.record("printout:order", printout, title=printout.title)
    return printout


def render(tasks: Sequence[Task]) -> None:
    """Set the printouts asked for, each in a process of its own. One that cannot be set is marked as failed."""
    for task in tasks:
        found = (
            db.session().execute(select(Printout.page, Printout.state).where(Printout.id == task.subject_id)).first()
        )
        db.session().rollback()
        if found is None or found.state is not PrintState.WAITING:
            continue
        try:
            pdf, trouble = setting.as_pdf(found.page), ""
        except setting.CannotSet as error:
            pdf, trouble = None, str(error)
        with acting(_PRINTER, Origin("worker")) as act:
            printout = act.session.get(Printout, task.subject_id)
            if printout is None:
                continue
            printout.page, printout.pdf = "", pdf
            printout.state = PrintState.READY if pdf is not None else PrintState.FAILED
            if trouble:
                act.record("printout:fail", printout, reason=trouble)


def tidy(_tasks: Sequence[Task]) -> None:
    """Remove printouts older than a day."""
    with acting(_PRINTER, Origin("worker")) as act:
        act.session.execute(delete(Printout).where(Printout.asked_at < act.moment - LIVES))
