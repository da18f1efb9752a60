"""Reads about documents."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from archive.core.errors import NotAllowed, NotFound
from archive.core.paging import Page, PageRequest, cut, serial
from archive.documents import rules
from archive.documents.models import Document, Look, PageText, Strike, Upload, Version
from archive.dossiers.access import find, visible_to
from archive.dossiers.models import Access, Dossier
from archive.people.models import Unit
from archive.people.rules import Permission, Person, may

_OPENS_STRUCK = (Permission.CLOSE, Permission.KEEP, Permission.READ_AUDIT)


@dataclass(frozen=True)
class Line:
    """A line of the 卷内目录: an item, its newest version, and how many files were found in it."""

    document: Document
    version: Version
    found: int


@dataclass(frozen=True)
class Twin:
    """The same bytes in another place the person may see."""

    number: str
    document_id: uuid.UUID
    title: str


def document(session: Session, dossier: Dossier, document_id: uuid.UUID) -> Document:
    """Return a document of the dossier. Raises NotFound."""
    found = session.scalar(select(Document).where(Document.id == document_id, Document.dossier_id == dossier.id))
    if found is None:
        raise NotFound("document.unknown")
    return found


def version(session: Session, document: Document, n: int | None = None) -> Version:
    """Return a version by its number, without one the newest. Raises NotFound."""
    query = select(Version).where(Version.document_id == document.id).order_by(Version.n.desc()).limit(1)
    found = session.scalar(query if n is None else query.where(Version.n == n))
    if found is None:
        raise NotFound("version.unknown")
    return found


def at(
    session: Session, number: str, document_id: uuid.UUID, person: Person, n: int | None = None
) -> tuple[Dossier, Document, Version]:
    """Return what an address names, as far as the person may see it.

    Raises NotFound, hidden and missing alike; NotAllowed for what was struck out.
    """
    dossier = find(session, number, person)
    found = document(session, dossier, document_id)
    check_not_struck(session, found, dossier, person)
    return dossier, found, version(session, found, n)


def check_not_struck(session: Session, document: Document, dossier: Dossier, person: Person) -> None:
    """Refuse what a document struck out says, and what was found in one, to who merely reads: it is of another matter.

    Open to who struck it, the dossier's officer, who closes, keeps or audits. Raises NotAllowed.
    """
    ids = [one.id for one in lineage(session, document)]
    struck_by = session.scalars(
        select(Strike.struck_by).where(Strike.document_id.in_(ids), Strike.lifted_at.is_(None))
    ).all()
    if not struck_by or person.id in (*struck_by, dossier.officer_id):
        return
    if not any(may_in(session, person, one, dossier) for one in _OPENS_STRUCK):
        raise NotAllowed("document.struck")


def detached(session: Session, version: Version) -> Version:
    """Return the version cut off from the session, and end the transaction: long work on its bytes follows."""
    session.refresh(version)
    session.expunge(version)
    session.rollback()
    return version


def contents(session: Session, dossier: Dossier, page: PageRequest, *, parent: Document | None = None) -> Page[Line]:
    """Return the items of a dossier in their order, or the files found in one of them. One statement."""
    inner, other = aliased(Document), aliased(Version)
    found = select(func.count()).select_from(inner).where(inner.parent_id == Document.id).scalar_subquery()
    newest = select(func.max(other.n)).where(other.document_id == Document.id).scalar_subquery()
    query = (
        select(Document, Version, found)
        .join(Version, (Version.document_id == Document.id) & (Version.n == newest))
        .where(Document.dossier_id == dossier.id)
        .where(Document.parent_id.is_(None) if parent is None else Document.parent_id == parent.id)
        .order_by(Document.item)
        .limit(page.size + 1)
    )
    key = page.key(serial)
    if key is not None:
        query = query.where(Document.item > key[0])
    lines = [Line(*row) for row in session.execute(query)]
    return cut(lines, page, lambda line: [line.document.item])


def number_of_items(session: Session, dossier_id: uuid.UUID) -> int:
    """Return how many items the dossier has; items have no gaps, so this is the last one's number."""
    return (
        session.scalar(select(func.count()).where(Document.dossier_id == dossier_id, Document.parent_id.is_(None))) or 0
    )


def label(session: Session, document: Document) -> str:
    """Return the item's number as it is cited, `3-1`. One statement a level."""
    return rules.label([one.item for one in lineage(session, document)])


def labels(session: Session, dossier_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """Return every document's cited number. One statement."""
    rows = session.execute(
        select(Document.id, Document.parent_id, Document.item).where(Document.dossier_id == dossier_id)
    ).all()
    above = {document_id: (parent_id, item) for document_id, parent_id, item in rows}

    def items(document_id: uuid.UUID | None) -> list[int]:
        if document_id is None:
            return []
        parent_id, item = above[document_id]
        return [*items(parent_id), item]

    return {document_id: rules.label(items(document_id)) for document_id in above}


def labels_of_versions(session: Session, dossier_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """Return the cited number of each version's document, by version. Two statements."""
    cited = labels(session, dossier_id)
    rows = session.execute(select(Version.id, Version.document_id).where(Version.dossier_id == dossier_id))
    return {version_id: cited[document_id] for version_id, document_id in rows}


def lineage(session: Session, document: Document) -> list[Document]:
    """Return the document behind those it was found in, the item of the dossier first."""
    line = [document]
    while line[0].parent_id is not None:
        above = session.get(Document, line[0].parent_id)
        assert above is not None
        line.insert(0, above)
    return line


def found_in(session: Session, version: Version) -> dict[int, int]:
    """Return which of the files in a container are filed already, with their bytes. One statement."""
    found = session.execute(
        select(Document.found_as, Version.size)
        .join(Version, Version.document_id == Document.id)
        .where(Document.parent_id == version.document_id, Document.found_in == version.n)
        .order_by(Version.n.desc())
    )
    return {number: size for number, size in found if number is not None}


def found_below(session: Session, document_id: uuid.UUID) -> tuple[int, int]:
    """Return how many files were found in a document, over all levels, and how many bytes. One statement."""
    inside = aliased(Document)
    tree = select(Document.id).where(Document.parent_id == document_id).cte(recursive=True)
    tree = tree.union_all(select(inside.id).join(tree, inside.parent_id == tree.c.id))
    count, size = session.execute(
        select(func.count(Version.document_id.distinct()), func.coalesce(func.sum(Version.size), 0))
        .join(tree, tree.c.id == Version.document_id)
    ).one()  # fmt: skip
    return count, int(size)


def page_sizes(session: Session, version: Version, first: int, last: int) -> dict[int, tuple[float, float]]:
    """Return (width, height) of a version's pages `first` to `last` by number. One statement."""
    rows = session.execute(
        select(PageText.no, PageText.width, PageText.height).where(
            PageText.version_id == version.id, PageText.no.between(first, last)
        )
    )
    return {no: (width, height) for no, width, height in rows}


def page_text(session: Session, version: Version, no: int) -> PageText:
    """Return the text of a page. Raises NotFound."""
    found = session.get(PageText, (version.id, no))
    if found is None:
        raise NotFound("page.none", no=no)
    return found


def twins(session: Session, version: Version, person: Person, *, limit: int = 20) -> list[Twin]:
    """Return where else the same bytes lie, as far as the person may see it. One statement."""
    rows = session.execute(
        select(Dossier.number, Document.id, Document.title)
        .join(Version, Version.document_id == Document.id)
        .join(Dossier, Dossier.id == Document.dossier_id)
        .where(Version.sha256 == version.sha256, Document.id != version.document_id, visible_to(person))
        .distinct()
        .order_by(Dossier.number, Document.id)
        .limit(limit)
    )
    return [Twin(*row) for row in rows]


def upload(session: Session, upload_id: uuid.UUID, person: Person) -> Upload:
    """Return a person's own upload. Raises NotFound, the same for somebody else's and for none."""
    found = session.scalar(select(Upload).where(Upload.id == upload_id, Upload.account_id == person.id))
    if found is None:
        raise NotFound("upload.unknown")
    return found


def looked_since(session: Session, person: Person, version: Version, since: datetime) -> bool:
    """Tell whether a look of this person at this version was recorded since a moment."""
    look = session.get(Look, (person.id, version.id))
    return look is not None and look.at >= since


def may_in(session: Session, person: Person, permission: Permission, dossier: Dossier) -> bool:
    """Tell whether the person holds a permission in a unit concerned with the dossier. One statement."""
    paths = session.scalars(
        select(Unit.path).where(
            (Unit.id == dossier.unit_id) | Unit.id.in_(select(Access.unit_id).where(Access.dossier_id == dossier.id))
        )
    )
    return any(may(person, permission, path) for path in paths)
