"""Background steps of disposal."""

from collections.abc import Sequence

from archive.core.act import Machine, Origin, acting
from archive.core.db import db
from archive.disposal import (
    due_lists,
    executing,
    filing_papers,
    list_letter,
    packs,
    papers,
    queries,
    sheets,
    transfer_packing,
)
from archive.disposal.kinds import ListState, PaperKind
from archive.disposal.models import DisposalList
from archive.extraction.kinds import DOCX
from archive.jobs.operations import Task
from archive.jobs.rules import MAX_ATTEMPTS
from archive.letters import rendering

_CLERK, _WORKER = Machine("系统制件"), Origin("worker")


def execute(tasks: Sequence[Task]) -> None:
    """Destroy what was started. Repeatable; a list that stays partial is started again by a person."""
    for task in tasks:
        if task.subject_id is not None:
            executing.run(task.subject_id)


def paper_filed(tasks: Sequence[Task]) -> None:
    """Make cover, catalogue and PDF/A of what was filed. Repeatable."""
    for task in tasks:
        if task.dossier_id is not None:
            filing_papers.make(task.dossier_id)


def paper_list(tasks: Sequence[Task]) -> None:
    """Keep the list that is to be signed, and once destroyed its certificate, as PDF. Repeatable."""
    for task in tasks:
        with acting(_CLERK, _WORKER) as act:
            found = act.session.get(DisposalList, task.subject_id)
            if found is None or not found.list_hash:
                continue
            found = queries.by_number(act.session, found.number)
            certified = found.state is ListState.CERTIFIED
            kind = PaperKind.CERTIFICATE if certified else PaperKind.DISPOSAL_LIST
            content = sheets.certificate(found) if certified else sheets.disposal_list(found)
            papers.keep(found.id, kind, content, f"{found.number}.pdf", act=act)


def sign_list(tasks: Sequence[Task]) -> None:
    """Keep the list for the signatures on the day of destruction, in Word and PDF. Repeatable."""
    for task in tasks:
        session = db.session()
        found = session.get(DisposalList, task.subject_id)
        if found is None or not list_letter.is_due(found := queries.by_number(session, found.number)):
            continue
        list_id, number, letter = found.id, found.number, list_letter.letter(session, found)
        session.rollback()  # setting takes its time; no transaction stays open meanwhile
        files = rendering.render(letter)
        with acting(_CLERK, _WORKER) as act:
            papers.keep(list_id, PaperKind.SIGNING_LIST, files.pdf, f"{number}.pdf", act=act)
            papers.keep(list_id, PaperKind.SIGNING_LIST, files.docx, f"{number}.docx", media_type=DOCX, act=act)


def make_pack(tasks: Sequence[Task]) -> None:
    """Make the evidence packs that were ordered. Repeatable; after the last attempt a pack is marked failed."""
    for task in tasks:
        if task.subject_id is None:
            continue
        try:
            packs.make(task.subject_id)
        except Exception:
            if task.attempts >= MAX_ATTEMPTS:
                packs.give_up(task.subject_id)
            raise


def sweep_packs(_: Sequence[Task]) -> None:
    """Remove evidence packs whose time is over."""
    packs.sweep()


def note_month(_: Sequence[Task]) -> None:
    """Freeze what is due, on the first day of the month or as soon after it as the worker is there."""
    due_lists.note_month()


def pack_transfer(tasks: Sequence[Task]) -> None:
    """Examine and pack what is handed over to an archive. Repeatable."""
    for task in tasks:
        if task.subject_id is not None:
            transfer_packing.pack(task.subject_id)


def clear_transfer(tasks: Sequence[Task]) -> None:
    """Remove packages that were received, or given up. Repeatable."""
    for task in tasks:
        if task.subject_id is not None:
            transfer_packing.clear(task.subject_id)
