"""Asking for a printout or a long table, making it, clearing away what was made."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session, undefer

from archive.core.act import Act, Machine, Origin, acting, now
from archive.core.clock import shanghai_date
from archive.core.db import db
from archive.core.errors import ArchiveError, NotAllowed, NotFound
from archive.jobs.operations import Task
from archive.people import queries as people
from archive.people.rules import Person
from archive.printing import setting
from archive.printing.models import Printout, PrintState

# Printouts hold names: they are for fetching, not for keeping.
LIVES = timedelta(days=1)
_PRINTER = Machine("排版")
_WORKER = Origin("worker")

# Writes a table into a file as the person may see it, by a recipe, on a day, telling how many lines it has so far.
Writer = Callable[[Path, Session, Person, Mapping[str, Any], date, Callable[[int], None]], None]

_writers: dict[str, Writer] = {}


def add_writer(name: str, writer: Writer) -> None:
    """Let another feature have its tables written by the worker."""
    _writers[name] = writer


def order(title: str, page: str, *, act: Act) -> Printout:
    """Ask for an HTML page as PDF; the job that sets it follows from the entry. Raises NotAllowed for machines."""
    return _ordered(Printout(title=title[:200], page=page), act)


def order_workbook(title: str, writer: str, recipe: Mapping[str, Any], lines: int, *, act: Act) -> Printout:
    """Ask for a table of about so many lines as a workbook; see add_writer. Raises NotAllowed for machines."""
    return _ordered(Printout(title=title[:200], writer=writer, recipe=dict(recipe), whole=lines), act)


def _ordered(printout: Printout, act: Act) -> Printout:
    if act.actor.id is None:
        raise NotAllowed("person.sign_in")
    printout.asked_by, printout.asked_at = act.actor.id, act.moment
    act.session.add(printout)
    act.session.flush()
    act.record("printout:order", printout, title=printout.title)
    return printout


def render(tasks: Sequence[Task]) -> None:
    """Make what was asked for. What cannot be made is marked as failed."""
    for task in tasks:
        printout = db.session().get(Printout, task.subject_id, options=[undefer(Printout.page)])
        if printout is None or printout.state is not PrintState.WAITING:
            db.session().rollback()
            continue
        writer, recipe, page, asker = printout.writer, printout.recipe, printout.page, printout.asked_by
        db.session().rollback()
        try:
            content = _written(task, _writers[writer], recipe, asker) if writer else setting.as_pdf(page)
            trouble = ""
        except (setting.CannotSet, ArchiveError) as error:
            content, trouble = None, error.code if isinstance(error, ArchiveError) else str(error)
        db.session().rollback()
        with acting(_PRINTER, _WORKER) as act:
            printout = act.session.get(Printout, task.subject_id)
            if printout is None:
                continue
            printout.page, printout.content = "", content
            printout.state = PrintState.READY if content is not None else PrintState.FAILED
            if trouble:
                act.record("printout:fail", printout, reason=trouble)


def _written(task: Task, writer: Writer, recipe: Mapping[str, Any], asker: Any) -> bytes:
    """Return a table's bytes. Raises NotFound when who asked has no account in force any more, and what it raises."""
    session = db.session()
    account = people.account(session, asker)
    if not account.active:
        raise NotFound("account.unknown")
    person = people.person(session, account)

    def progress(lines: int) -> None:
        with acting(_PRINTER, _WORKER) as act:
            act.session.execute(update(Printout).where(Printout.id == task.subject_id).values(done=lines))

    with NamedTemporaryFile(suffix=".xlsx") as file:
        writer(Path(file.name), session, person, recipe, shanghai_date(now()), progress)
        return Path(file.name).read_bytes()


def tidy(_tasks: Sequence[Task]) -> None:
    """Remove printouts older than a day."""
    with acting(_PRINTER, _WORKER) as act:
        act.session.execute(delete(Printout).where(Printout.asked_at < act.moment - LIVES))
