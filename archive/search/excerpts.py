"""Where in a dossier a hit stands: the item and page, and the best stretch of its words."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive.core.masking import masked
from archive.documents.models import Document, PageText
from archive.search.analysis import Needle, analyse
from archive.search.models import SearchText
from archive.search.snippets import Snippet, snippet

# Looking closer than this at texts that hold no literal form (dates, codes in another spelling) takes too long.
_LONGEST_CLOSE_LOOK = 400_000


@dataclass(frozen=True)
class Excerpt:
    """A stretch of a dossier's text with its marks.

    `page` counts from 1, None for what is no file's page; `mark` is the first mark in characters of that page's text.
    """

    text: str
    marks: tuple[tuple[int, int], ...]
    document: Document | None = None
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
    """Return up to `most` excerpts of each dossier. Two statements and one for each file shown."""
    chosen = {text.dossier_id: _best(text, sought, most) for text in texts}
    wanted = {uuid.UUID(passage[1]) for passages in chosen.values() for passage, _ in passages if passage[1]}
    documents = {one.id: one for one in session.scalars(select(Document).where(Document.id.in_(wanted)))}
    return {
        dossier_id: [
            found
            for passage, folded in passages
            if (found := _excerpt(session, passage, folded, sought, documents, width)) is not None
        ]
        for dossier_id, passages in chosen.items()
    }


def _best(text: SearchText, sought: Sequence[Needle], most: int) -> list[tuple[list[Any], str]]:
    """Return the passages that hold most of what was asked, each with its folded text."""
    ranked = []
    for at, passage in enumerate(text.passages):
        end = text.passages[at + 1][0] - 1 if at + 1 < len(text.passages) else len(text.text)
        folded = text.text[passage[0] : end]
        held = sum(1 for one in sought if one.occurs_in(folded))
        if held < len(sought) and len(folded) <= _LONGEST_CLOSE_LOOK:
            analysed = analyse(folded)
            held = sum(1 for one in sought if one.is_in(analysed))
        if held:
            # Words of a file tell more than a title that repeats them.
            ranked.append(((-held, not passage[2], at), passage, folded))
    return [(passage, folded) for _, passage, folded in sorted(ranked, key=lambda row: row[0])[:most]]


def _excerpt(
    session: Session,
    passage: list[Any],
    folded: str,
    sought: Sequence[Needle],
    documents: Mapping[uuid.UUID, Document],
    width: int,
) -> Excerpt | None:
    _start, document_id, version_id, lengths, written = passage
    document = documents.get(uuid.UUID(document_id)) if document_id else None
    if not version_id:
        found = snippet(written, sought, width=width)
        return None if found is None else Excerpt(_masked(written, found), found.marks, document)
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
            return Excerpt(_masked(text, found), found.marks, document, no, mark)
    whole = "\n".join(text for _, text in rows)
    if rows and (found := snippet(whole, sought, width=width)):
        return Excerpt(_masked(whole, found), found.marks, document, rows[0][0])
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
