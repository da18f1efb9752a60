"""Background steps of letters: making the files of what was issued, sending mail. Both may run twice and be killed."""

import io
import smtplib
import uuid
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from archive.core.act import Machine, Origin, acting
from archive.core.db import db
from archive.core.errors import ArchiveError
from archive.core.labels import sentence
from archive.documents import blobs
from archive.documents.blobs import Blob
from archive.jobs.operations import Task
from archive.letters import filing, mailing, rendering, seals
from archive.letters.content_plain import from_plain
from archive.letters.make import Files
from archive.letters.models import LetterRow, Serving
from archive.letters.seals import Taken

_CLERK = Machine("函件制作")
_WORKER = Origin("worker")


def make(tasks: Sequence[Task]) -> None:
    """Make the files of issued letters from what was frozen and file them in their dossiers, two being set at a time.

    Whatever fails is told on the letter and raised in the end, so that the jobs come back; those done are passed over,
    the number and the text stand.
    """
    failed: list[Exception] = []
    with ThreadPoolExecutor(rendering.MOST_PRESSES) as presses:
        begun = [_begin(task.subject_id, presses) for task in tasks if task.subject_id is not None]
        for one in begun:
            if one is not None and (error := _finish(one)) is not None:
                failed.append(error)
    if failed:
        raise failed[0]


def mail(tasks: Sequence[Task]) -> None:
    """Send letters by the office's mail relay. A letter may go twice when the relay took it and we were killed."""
    for task in tasks:
        if task.subject_id is not None:
            _mail(task.subject_id)


@dataclass(frozen=True)
class _Begun:
    """A letter that is being set."""

    letter_id: uuid.UUID
    dossier_id: uuid.UUID
    seal: Taken | None
    files: "Future[Files]"


def _begin(letter_id: uuid.UUID, presses: ThreadPoolExecutor) -> _Begun | None:
    row = db.session().get(LetterRow, letter_id, populate_existing=True)
    if row is None or not row.files_missing or row.content is None:
        return None  # destroyed since, or another worker was first
    letter, dossier_id = from_plain(row.content), row.dossier_id
    db.session().rollback()  # setting a letter takes a while; no transaction stays open meanwhile
    seal = _seal(letter_id) if letter.takes_seal else None
    files = presses.submit(rendering.render, letter, seal.picture if seal else None)
    return _Begun(letter_id, dossier_id, seal, files)


def _finish(one: _Begun) -> Exception | None:
    """File what was set; return what went wrong, told on the letter."""
    try:
        files = one.files.result()
        # Bytes first: a row without its file is a lost letter, a file without its row is swept up.
        kept = {
            ending: _keep(content, f"letter.{ending}", one.dossier_id)
            for ending, content in (("pdf", files.pdf), ("docx", files.docx))
        }
        with acting(_CLERK, _WORKER) as act:
            row = act.session.get_one(LetterRow, one.letter_id)
            filing.file(row, kept["pdf"], kept["docx"], seal=one.seal, act=act)
    except Exception as error:
        told = sentence(error) if isinstance(error, ArchiveError) else f"{type(error).__name__}: {error}"
        _tell(one.letter_id, told)
        return error
    return None


def _seal(letter_id: uuid.UUID) -> Taken | None:
    with acting(_CLERK, _WORKER) as act:
        row = act.session.get_one(LetterRow, letter_id)
        return seals.take(row.dossier.unit, letter=row.number, act=act)


def _keep(content: bytes, name: str, dossier_id: uuid.UUID) -> Blob:
    return blobs.keep(io.BytesIO(content), name, dossier_id=dossier_id)


def _tell(letter_id: uuid.UUID, trouble: str) -> None:
    with acting(_CLERK, _WORKER) as act:
        row = act.session.get_one(LetterRow, letter_id)
        if row.files_missing and row.trouble != trouble[:500]:
            row.trouble = trouble[:500]
            act.record("letter:trouble", row, number=row.number)


def _mail(serving_id: uuid.UUID) -> None:
    serving = db.session().get(Serving, serving_id)
    if serving is None or serving.mailed_at is not None or serving.address_sealed is None:
        return
    message = mailing.message(serving)
    db.session().rollback()
    trouble = ""
    try:
        mailing.send(message)
    except (OSError, smtplib.SMTPException) as error:
        trouble = f"{type(error).__name__}: {error}"[:500]
    with acting(_CLERK, _WORKER) as act:
        serving = act.session.get_one(Serving, serving_id)
        serving.trouble, serving.mailed_at = trouble, None if trouble else act.moment
        act.record("serving:mail_failed" if trouble else "serving:mailed", serving)
    if trouble:
        raise OSError(trouble)
