"""Where in a dossier a hit stands: the item and page, and the best stretch of its words."""

import logging
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.masking import masked
from archive.documents.models import Document, PageText, Version
from archive.documents.rules import label
from archive.search.analysis import Needle, analyse
from archive.search.models import SearchText
from archive.search.snippets import Snippet, snippet

log = logging.getLogger("archive.search")

# Looking closer than this at texts that hold no literal form (dates, codes in another spelling) takes too long.
_LONGEST_CLOSE_LOOK = 400_000
# What reading numbers and dates in any text may end in. A hit is a hit without an excerpt, too.
_TROUBLE = (ValueError, ArithmeticError, LookupError)


@dataclass(frozen=True)
class Source:
    """Where an excerpt was cut from: a document, its cited number (`3-1`), and of a file's text the version."""

    id: uuid.UUID
    title: str
    label: str
    version: int | None = None
    sha256: str = ""


@dataclass(frozen=True)
class Excerpt:
    """A stretch of a dossier's text with its marks; `source` is None for what was registered.

    `page` counts from 1, None for what is no file's page; `mark` is the first mark in characters of that page's text.
    """

    text: str
    marks: tuple[tuple[int, int], ...]
    source: Source | None = None
    page: int | None = None
    mark: tuple[int, int] | None = None

    @property
    def parts(self) -> list[tuple[str, bool]]:
        """The text cut at its marks: (stretch, whether marked)."""
        found: list[tuple[str, bool]] = []
        at = 0
        for start, end in self.marks:
            found += [(self.text[at:start], False), (self.text[start:end], True)]
            at = end
        found.append((self.text[at:], False))
        return [part for part in found if part[0]]


def of(
    session: Session, texts: Sequence[SearchText], sought: Sequence[Needle], *, most: int = 3, width: int = 110
) -> Mapping[uuid.UUID, list[Excerpt]]:
    """Return up to `most` excerpts of each dossier. Three statements, one for each level of files in files, and one
    for each file shown."""
    chosen = {text.dossier_id: _best(text, sought, most) for text in texts}
    sources = _sources(session, [passage for passages in chosen.values() for passage, _ in passages])
    return {
        dossier_id: [
            found
            for passage, folded in passages
            if (found := _excerpt(session, passage, folded, sought, sources, width)) is not None
        ]
        for dossier_id, passages in chosen.items()
    }


_Sources = Mapping[tuple[str, str], Source]


def _sources(session: Session, passages: Sequence[list[Any]]) -> _Sources:
    """Return the sources of passages by (document id, version id) as these stand in them."""
    wanted = {(passage[1], passage[2]) for passage in passages if passage[1]}
    documents = {one.id: one for one in _documents(session, {uuid.UUID(one) for one, _ in wanted})}
    above = dict(documents)
    while missing := {one.parent_id for one in above.values() if one.parent_id} - above.keys():
        above |= {one.id: one for one in _documents(session, missing)}
    ids = [uuid.UUID(version) for _, version in wanted if version]
    rows = session.execute(select(Version.id, Version.n, Version.sha256).where(Version.id.in_(ids)))
    versions = {version_id.hex: (n, sha256) for version_id, n, sha256 in rows}

    def items(document: Document) -> list[int]:
        return [*(items(above[document.parent_id]) if document.parent_id else ()), document.item]

    found = {}
    for key in wanted:
        if (document := documents.get(uuid.UUID(key[0]))) is not None:
            n, sha256 = versions.get(key[1], (None, ""))
            found[key] = Source(document.id, document.title, label(items(document)), n, sha256)
    return found


def _documents(session: Session, ids: Collection[uuid.UUID]) -> Sequence[Document]:
    return session.scalars(select(Document).where(Document.id.in_(ids))).all()


def _best(text: SearchText, sought: Sequence[Needle], most: int) -> list[tuple[list[Any], str]]:
    """Return the passages that hold most of what was asked, each with its folded text."""
    ranked = []
    for at, passage in enumerate(text.passages):
        end = text.passages[at + 1][0] - 1 if at + 1 < len(text.passages) else len(text.text)
        folded = text.text[passage[0] : end]
        if held := _held(folded, sought):
            # Words of a file tell more than a title that repeats them.
            ranked.append(((-held, not passage[2], at), passage, folded))
    return [(passage, folded) for _, passage, folded in sorted(ranked, key=lambda row: row[0])[:most]]


def _held(folded: str, sought: Sequence[Needle]) -> int:
    """Return how many of what was asked stand in a passage."""
    held = sum(1 for one in sought if one.occurs_in(folded))
    if held < len(sought) and len(folded) <= _LONGEST_CLOSE_LOOK:
        try:
            analysed = analyse(folded)
        except _TROUBLE:
            log.exception("a passage cannot be looked at closely")
            return held
        held = sum(1 for one in sought if one.is_in(analysed))
    return held


def _excerpt(
    session: Session,
    passage: list[Any],
    folded: str,
    sought: Sequence[Needle],
    sources: _Sources,
    width: int,
) -> Excerpt | None:
    _start, document_id, version_id, _lengths, written = passage
    source = sources.get((document_id, version_id))
    if document_id and source is None:
        return None  # gone since it was indexed
    try:
        if not version_id:
            found = snippet(written, sought, width=width)
            return None if found is None else Excerpt(_masked(written, found), found.marks, source)
        return _of_pages(session, passage, folded, sought, source, width)
    except _TROUBLE:
        log.exception("no excerpt of version %s", version_id)
        return None


def _of_pages(
    session: Session, passage: list[Any], folded: str, sought: Sequence[Needle], source: Source | None, width: int
) -> Excerpt | None:
    _start, _document_id, version_id, lengths, _written = passage
    guess = _page_at(lengths, _first(folded, sought))
    first = max(guess - 1, 0)
    rows = session.execute(
        select(PageText.no, PageText.text).where(PageText.version_id == uuid.UUID(version_id))
        .order_by(PageText.no).offset(first).limit(3)
    ).all()  # fmt: skip
    # The page it should be on, then its neighbours (joining numbers shifts lengths a little), then across their ends.
    for no, text in sorted(rows, key=lambda row: abs(row[0] - 1 - guess)):
        if found := snippet(text, sought, width=width):
            mark = (found.start + found.marks[0][0], found.start + found.marks[0][1]) if found.marks else None
            return Excerpt(_masked(text, found), found.marks, source, no, mark)
    whole = "\n".join(text for _, text in rows)
    if rows and (found := snippet(whole, sought, width=width)):
        return Excerpt(_masked(whole, found), found.marks, source, rows[0][0])
    return None


def _masked(text: str, found: Snippet) -> str:
    return masked(text)[found.start : found.end]


def _first(folded: str, sought: Sequence[Needle]) -> int:
    places = [at for one in sought for form in one.forms if (at := folded.find(form)) >= 0]
    return min(places, default=0)


def _page_at(lengths: Sequence[int], position: int) -> int:
    at = 0
    for page, length in enumerate(lengths):
        at += length
        if position < at:
            return page
    return max(len(lengths) - 1, 0)
