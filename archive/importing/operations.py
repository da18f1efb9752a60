"""Taking a line into the archive: dossier, documents and texts in one transaction, or nothing of it."""

import hashlib
import io
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.act import Act
from archive.core.errors import BadInput, Problem
from archive.core.labels import choices
from archive.documents import operations as documents
from archive.documents.kinds import Kind, Origin
from archive.dossiers import code_tables, legacy
from archive.dossiers.models import Dossier
from archive.dossiers.states import CodeTable
from archive.extraction import Extraction, PageText, State, pieces
from archive.importing.lines import ImportedDocument, Line
from archive.importing.models import ImportedLine

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


def take_in(line: Line, text_digest: str, *, unit: str, files: Path | None, act: Act) -> Dossier:
    """Enter one line for the unit with this code.

    Raises BadInput, RuleBroken, StoreDown; then nothing of the line may be committed.
    """
    paths = _files(line, files)
    complaint = replace(line.legacy.complaint, category=_category(line.category, act=act), unit=unit)
    dossier = legacy.take_over(replace(line.legacy, complaint=complaint), act=act)
    for document in line.documents:
        _deposit(dossier, document, paths.get(document), act=act)
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


def _deposit(dossier: Dossier, document: ImportedDocument, path: Path | None, *, act: Act) -> None:
    kind = _KINDS.get(document.kind) or next(
        (Kind(value) for value, word in choices(Kind) if document.kind in (word, value)), Kind.OTHER
    )
    if path is not None:
        documents.deposit(dossier, path, document.name, kind=kind, note=document.kind, origin=Origin.IMPORT, act=act)
        return
    text = document.text or ""
    name = document.name if document.name.lower().endswith(".txt") else f"{document.name}.txt"
    version = documents.deposit(
        dossier, io.BytesIO(text.encode()), name, kind=kind, title=document.name, note=document.kind,
        origin=Origin.IMPORT, act=act,
    )  # fmt: skip
    # The text is here already: no reader needs to be started for it.
    parts = pieces(text) if text.strip() else ()
    pages = tuple(PageText(no=no, text=part) for no, part in enumerate(parts, start=1))
    found = Extraction(State.READ if pages else State.EMPTY, "", "text/plain", pages)
    documents.note_reading(version, found, act=act)
