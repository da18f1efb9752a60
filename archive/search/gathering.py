"""From rows to what is searched: the passages of a dossier, its folded text, and its card."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from archive.core.clock import shanghai_date
from archive.documents import striking, weighing
from archive.documents.models import Document, PageText, Version
from archive.dossiers import code_tables, extras
from archive.dossiers.access import terms_of_many
from archive.dossiers.code_tables import Table
from archive.dossiers.models import Alias, Dossier, PartyKey
from archive.dossiers.states import CodeTable, KeyKind
from archive.handling import queries as handling
from archive.letters.models import LetterRow
from archive.responses.models import Response
from archive.search.folding import HARD_BREAK, fold
from archive.search.port import Card

_SEALED = {KeyKind.ID_NUMBER: "identity", KeyKind.PHONE: "phone", KeyKind.ACCOUNT: "card"}


@dataclass(frozen=True)
class Passage:
    """A stretch of text in which something is found as a whole: a field, or all pages of a file after one another."""

    pages: tuple[str, ...]
    document_id: uuid.UUID | None = None
    version_id: uuid.UUID | None = None

    @property
    def text(self) -> str:
        """All pages as one text: a sentence that runs over a page's end is found."""
        return "\n".join(self.pages)


@dataclass(frozen=True)
class Gathered:
    """A dossier ready for the index: its card, and what stands where in the card's text (see SearchText)."""

    card: Card
    passages: list[Any]


@dataclass
class _Rows:
    """What belongs to some dossiers, read in a fixed number of statements and sorted by dossier."""

    aliases: dict[uuid.UUID, list[str]] = field(default_factory=lambda: defaultdict(list))
    keys: dict[uuid.UUID, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    documents: dict[uuid.UUID, list[Document]] = field(default_factory=lambda: defaultdict(list))
    versions: dict[uuid.UUID, list[Version]] = field(default_factory=lambda: defaultdict(list))
    pages: dict[uuid.UUID, list[str]] = field(default_factory=lambda: defaultdict(list))
    letters: dict[uuid.UUID, list[str]] = field(default_factory=lambda: defaultdict(list))
    responses: dict[uuid.UUID, list[Response]] = field(default_factory=lambda: defaultdict(list))
    handling: Mapping[uuid.UUID, list[str]] = field(default_factory=dict)
    names: extras.Names = field(default_factory=lambda: extras.Names({}, {}))


def gather(session: Session, ids: Sequence[uuid.UUID], *, version: int) -> dict[uuid.UUID, Gathered]:
    """Return what is searched of each dossier; one that is gone is left out. Fifteen statements, however many ids,
    one a level of what was struck out, and one for each dossier whose files hold too much text (`weighing`)."""
    dossiers = session.scalars(
        select(Dossier).where(Dossier.id.in_(ids))
        .options(joinedload(Dossier.unit), joinedload(Dossier.officer), joinedload(Dossier.respondent),
                 selectinload(Dossier.parties))
    ).all()  # fmt: skip
    rows = _read(session, ids)
    if any(dossier.custom for dossier in dossiers):
        rows.names = extras.names(session)
    acl = terms_of_many(session, dossiers)
    words = code_tables.tables(session)
    return {dossier.id: _one(dossier, rows, words, acl[dossier.id], version) for dossier in dossiers}


def _read(session: Session, ids: Sequence[uuid.UUID]) -> _Rows:
    rows = _Rows(handling=handling.texts(session, ids))
    for alias in session.scalars(select(Alias).where(Alias.dossier_id.in_(ids))):
        rows.aliases[alias.dossier_id].append(alias.number)
    for key in session.scalars(select(PartyKey).where(PartyKey.dossier_id.in_(ids))):
        rows.keys[key.dossier_id][_SEALED[key.kind]].add(key.hash)
    struck = striking.struck_out(session, ids)
    for document in session.scalars(
        select(Document).where(Document.dossier_id.in_(ids)).order_by(Document.item, Document.id)
    ):
        if document.id not in struck:
            rows.documents[document.dossier_id].append(document)
    for version in session.scalars(select(Version).where(Version.dossier_id.in_(ids)).order_by(Version.n)):
        rows.versions[version.document_id].append(version)
    page_rows = session.execute(
        select(PageText.version_id, PageText.text).join(Version, Version.id == PageText.version_id)
        .where(Version.dossier_id.in_(ids), Version.id.not_in(weighing.left_out(session, ids, struck)))
        .order_by(PageText.version_id, PageText.no)
    )  # fmt: skip
    for version_id, text in page_rows:
        rows.pages[version_id].append(text)
    numbered = select(LetterRow.dossier_id, LetterRow.number).where(
        LetterRow.dossier_id.in_(ids), LetterRow.number != ""
    )
    for dossier_id, number in session.execute(numbered.order_by(LetterRow.issued_at, LetterRow.id)):
        rows.letters[dossier_id].append(number)
    for response in session.scalars(select(Response).where(Response.dossier_id.in_(ids)).order_by(Response.id)):
        if response.document_id in struck:
            continue
        rows.responses[response.dossier_id].append(response)
    return rows


def passages(dossier: Dossier, rows: _Rows, words: Mapping[CodeTable, Table]) -> list[Passage]:
    """Return all text of a dossier: its fields, then each file's title and name and pages.

    Masked numbers stand as masked; whole ones are found by their seals, and by those who may.
    """
    fields = [
        dossier.number, *rows.aliases[dossier.id], dossier.title,
        *(party.name for party in dossier.parties),
        dossier.respondent.name if dossier.respondent else "", dossier.respondent_person,
        dossier.unit.name, dossier.officer.name if dossier.officer else "",
        words[CodeTable.CATEGORY].word(dossier.category), words[CodeTable.CAUSE].word(dossier.cause),
        dossier.product, dossier.contract_no, dossier.facts, dossier.request, dossier.outcome, dossier.decline_link,
        dossier.severity_reason,
        "" if dossier.amount is None else f"{dossier.amount}元",
        *(f"{name} {value}" for name, value in rows.names.shown(dossier.custom, searching=True)),
        *rows.handling.get(dossier.id, ()),
        *rows.letters[dossier.id],
    ]  # fmt: skip
    found = [Passage((text,)) for text in fields if text]
    for response in rows.responses[dossier.id]:
        told = (response.sender_name, response.reference, response.answers, response.summary)
        found.extend(Passage((text,), response.document_id) for text in told if text)
    for document in rows.documents[dossier.id]:
        versions = rows.versions[document.id]
        names = dict.fromkeys([document.title, *(version.filename for version in versions), document.note])
        found.extend(Passage((text,), document.id) for text in names if text)
        for version in versions:
            pages = tuple(rows.pages[version.id])
            if any(pages):
                found.append(Passage(pages, document.id, version.id))
    return found


def _one(
    dossier: Dossier, rows: _Rows, words: Mapping[CodeTable, Table], acl: frozenset[str], version: int
) -> Gathered:
    texts: list[str] = []
    layout: list[Any] = []
    start = 0
    for passage in passages(dossier, rows, words):
        folded = fold(passage.text)
        if not folded:
            continue
        lengths = [len(fold(page)) for page in passage.pages] if len(passage.pages) > 1 else [len(folded)]
        written = "" if passage.version_id else passage.text
        layout.append([start, _hex(passage.document_id), _hex(passage.version_id), lengths, written])
        texts.append(folded)
        start += len(folded) + len(HARD_BREAK)
    documents = rows.documents[dossier.id]
    files = [version.filename for document in documents for version in rows.versions[document.id]]
    values: dict[str, tuple[str, ...]] = {
        "number": (dossier.number, *rows.aliases[dossier.id]),
        "letter_number": _numbers(dossier, rows),
        "title": (dossier.title,),
        "complainant": tuple(party.name for party in dossier.parties),
        "respondent": tuple(
            name for name in (dossier.respondent.name if dossier.respondent else "", dossier.respondent_person) if name
        ),
        "officer": (dossier.officer.name,) if dossier.officer else (),
        "contract": (dossier.contract_no,) if dossier.contract_no else (),
        "document": tuple(dict.fromkeys([*(document.title for document in documents), *files])),
        "state": (dossier.state.value,),
        "category": (dossier.category,) if dossier.category else (),
        "channel": (dossier.channel.value,),
        "unit": (dossier.unit.code,),
        "year": (str(dossier.year),),
        "kind": tuple(sorted({document.kind.value for document in documents})),
        **{name: tuple(sorted(hashes)) for name, hashes in rows.keys[dossier.id].items()},
    }
    dates = {"filed": shanghai_date(dossier.received_at)}
    if dossier.closed_on is not None:
        dates["closed"] = dossier.closed_on
    amount = None if dossier.amount is None else int(dossier.amount * 100)
    card = Card(dossier.id.hex, version, HARD_BREAK.join(texts), acl, values, dates, amount)
    return Gathered(card, layout)


def _numbers(dossier: Dossier, rows: _Rows) -> tuple[str, ...]:
    """Return the document numbers of the dossier's letters, and of the replies with what they answer."""
    replies = [text for one in rows.responses[dossier.id] for text in (one.reference, one.answers) if text]
    return tuple(dict.fromkeys([*rows.letters[dossier.id], *replies]))


def _hex(found: uuid.UUID | None) -> str:
    return found.hex if found else ""
