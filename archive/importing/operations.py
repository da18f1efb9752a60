"""Taking a line into the archive: dossier, documents and texts in one transaction, or nothing of it."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.core.errors import BadInput, Problem, RuleBroken
from archive.core.labels import choices
from archive.documents import blobs
from archive.documents import operations as documents
from archive.documents.blobs import Blob
from archive.documents.kinds import Kind, Origin
from archive.dossiers import code_tables, legacy
from archive.dossiers.models import Dossier
from archive.dossiers.states import CodeTable
from archive.extraction import Extraction, PageText, State, pieces
from archive.importing.lines import ImportedDocument, Line
from archive.importing.models import ImportedLine
from archive.people import queries as people

# What other systems call their documents.
_KINDS = {
    "投诉书": Kind.COMPLAINT_LETTER,
    "答复函": Kind.INSTITUTION_REPLY,
    "调解协议": Kind.MEDIATION_RECORD,
    "情况说明": Kind.STATEMENT,
    "通话记录": Kind.CALL_RECORDING,
    "转办函": Kind.OFFICE_REPLY,
}


def digest(text: str) -> str:
    """Return by what a line is known again."""
    return hashlib.sha256(text.strip().encode()).hexdigest()


def known(session: Session, digests: list[str]) -> set[str]:
    """Return those of the digests that were imported before. One statement."""
    return set(session.scalars(select(ImportedLine.digest).where(ImportedLine.digest.in_(digests))))


def check_unit(session: Session, code: str) -> None:
    """Refuse a unit that takes no dossiers, before any line is read. Raises NotFound, RuleBroken. One statement."""
    unit = people.unit_by_code(session, code)
    if unit.closed_at is not None:
        raise RuleBroken("unit.closed", unit=unit.name)


def check(session: Session, line: Line, *, today: date) -> None:
    """Refuse a line for what can be known before its documents are stored; `take_in` asks it again.

    Raises BadInput, RuleBroken.
    """
    legacy.check(session, line.legacy, today=today)


def keep(line: Line, files: Path | None) -> list[Blob]:
    """Put the bytes of a line's documents into the store, before the transaction: it must not last as long as they do.

    Raises BadInput (a file that is not there), StoreDown, NoRoom. What no row comes to speak of is swept up.
    """
    paths = _files(line, files)
    return [
        blobs.keep(paths.get(document) or io.BytesIO((document.text or "").encode()), _name(document),
                   dossier_id=line.legacy.id)
        for document in line.documents
    ]  # fmt: skip


def take_in(line: Line, kept: Sequence[Blob], text_digest: str, *, unit: str, act: Act) -> Dossier:
    """Enter one line, its documents in the store already, for the unit with this code.

    Raises BadInput, RuleBroken; then nothing of the line may be committed.
    """
    complaint = replace(line.legacy.complaint, category=_category(line.category, act=act), unit=unit)
    dossier = legacy.take_over(replace(line.legacy, complaint=complaint), act=act)
    for document, blob in zip(line.documents, kept, strict=True):
        _deposit(dossier, document, blob, act=act)
    act.session.add(ImportedLine(digest=text_digest, dossier_id=dossier.id, at=act.moment))
    act.session.flush()
    return dossier


def _files(line: Line, files: Path | None) -> dict[ImportedDocument, Path]:
    found: dict[ImportedDocument, Path] = {}
    problems = []
    for at, document in enumerate(line.documents):
        if document.text is not None:
            continue
        path = (files / document.path).resolve() if files else None
        # A line of somebody else's file must not reach what lies outside the folder it was given.
        if path is None or files is None or not path.is_relative_to(files.resolve()) or not path.is_file():
            problems.append(Problem("import.path", f"documents.{at}.path", {"path": document.path}))
        else:
            found[document] = path
    if problems:
        raise BadInput("input.bad", problems)
    return found


def _category(word: str, *, act: Act) -> str:
    """Return the code of a category; a word the table lacks is added, out of use for new dossiers."""
    if not word:
        return ""
    rows = code_tables.table(act.session, CodeTable.CATEGORY).rows
    code = next((row.code for row in rows if word in (row.name, row.code)), "")
    return code or code_tables.add_retired(CodeTable.CATEGORY, word, act=act)


def _name(document: ImportedDocument) -> str:
    if document.text is None or document.name.lower().endswith(".txt"):
        return document.name
    return f"{document.name}.txt"


def _deposit(dossier: Dossier, document: ImportedDocument, blob: Blob, *, act: Act) -> None:
    kind = _KINDS.get(document.kind) or next(
        (Kind(value) for value, word in choices(Kind) if document.kind in (word, value)), Kind.OTHER
    )
    text = document.text
    title = "" if text is None else document.name
    version = documents.deposit(
        dossier, blob, _name(document), kind=kind, title=title, note=document.kind, origin=Origin.IMPORT, act=act
    )
    if text is None:
        return
    # The text is here already: no reader needs to be started for it.
    parts = pieces(text) if text.strip() else ()
    pages = tuple(PageText(no=no, text=part) for no, part in enumerate(parts, start=1))
    found = Extraction(State.READ if pages else State.EMPTY, "", "text/plain", pages)
    documents.note_reading(version, found, act=act)
