"""Tables of documents: the items of a dossier, their versions and texts, the paper originals, uploads under way."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.core.db import Base, code
from archive.core.ids import new_id
from archive.documents.kinds import CustodyEvent, Kind, Origin, Reading, RemovalState, RenditionKind
from archive.dossiers.models import Dossier


class Document(Base):
    """An item of the dossier's contents (卷内目录), or a file found inside another item."""

    __tablename__ = "document"
    audit_kind = "document"
    # A container read twice, or by two workers at once, yields each of its files once.
    __table_args__ = (
        UniqueConstraint("parent_id", "found_in", "found_as"),
        Index(None, "dossier_id", "parent_id", "item"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("document.id"))
    # In which version (number) of the parent it was found, and as which of the files there (from 1).
    found_in: Mapped[int | None]
    found_as: Mapped[int | None]
    # From 1 without gaps among the items of the dossier, or among the files of one parent.
    item: Mapped[int]
    kind: Mapped[Kind] = mapped_column(code(Kind), default=Kind.OTHER)
    title: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(120), default="")
    dated_on: Mapped[date | None]
    brought_by: Mapped[str] = mapped_column(String(120), default="")
    paper_at: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(default="")
    origin: Mapped[Origin] = mapped_column(code(Origin), default=Origin.UPLOAD)
    # Where it lay in the folder that was uploaded, or in its container: shown, never used as a path.
    path: Mapped[str] = mapped_column(String(500), default="")
    filed_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    dossier: Mapped[Dossier] = relationship()
    parent: Mapped["Document | None"] = relationship(remote_side=[id])
    versions: Mapped[list["Version"]] = relationship(
        order_by="Version.n", back_populates="document", foreign_keys="Version.document_id"
    )
    custody: Mapped[list["CustodyEntry"]] = relationship(order_by="CustodyEntry.at, CustodyEntry.id")

    __mapper_args__ = {"version_id_col": revision}

    # The cited number, `3-1`: reckoned from those it was found in (queries.label), so no column.
    label = ""

    @property
    def latest(self) -> "Version":
        """The newest version; every document has one."""
        return self.versions[-1]


class Version(Base):
    """Bytes as they were filed, sealed: a later version is a further row, never another content of this one."""

    __tablename__ = "version"
    audit_kind = "version"
    __table_args__ = (UniqueConstraint("document_id", "n"), Index(None, "dossier_id"), Index(None, "sha256"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    n: Mapped[int]
    blob_key: Mapped[str] = mapped_column(String(200), unique=True)
    store_version: Mapped[str] = mapped_column(String(1024))
    filename: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int] = mapped_column(BigInteger())
    sha256: Mapped[str] = mapped_column(String(80))
    filed_at: Mapped[datetime]
    filed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    filed_by_name: Mapped[str] = mapped_column(String(80))
    reading: Mapped[Reading] = mapped_column(code(Reading), default=Reading.WAITING)
    reason: Mapped[str] = mapped_column(String(40), default="")
    # What the file tells of itself (mail headers, length of a recording), as reading it found out.
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    pages: Mapped[int] = mapped_column(default=0)
    # Of the text on them.
    characters: Mapped[int] = mapped_column(default=0)
    # How many page images can be drawn; None while that is not known yet.
    images: Mapped[int | None]
    read_at: Mapped[datetime | None]

    document: Mapped[Document] = relationship(back_populates="versions", foreign_keys=[document_id])


class Rendition(Base):
    """A file the archive made itself and keeps like evidence: a version as PDF/A, or a paper of the whole dossier.

    `source` tells what it was made from: the version's SHA-256, or the digest of what the paper says.
    """

    __tablename__ = "rendition"
    audit_kind = "rendition"
    __table_args__ = (Index(None, "dossier_id"), Index(None, "version_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("version.id"))
    kind: Mapped[RenditionKind] = mapped_column(code(RenditionKind))
    blob_key: Mapped[str] = mapped_column(String(200), unique=True)
    store_version: Mapped[str] = mapped_column(String(1024))
    size: Mapped[int] = mapped_column(BigInteger())
    sha256: Mapped[str] = mapped_column(String(80))
    source: Mapped[str] = mapped_column(String(80))
    filed_at: Mapped[datetime]


class PageText(Base):
    """The text of one page of a version. `boxes` are [start, end, x0, y0, x1, y1] as in archive.extraction.Box."""

    __tablename__ = "page_text"

    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("version.id"), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str]
    source: Mapped[str] = mapped_column(String(10))
    boxes: Mapped[list[Any]]
    width: Mapped[float]
    height: Mapped[float]
    label: Mapped[str] = mapped_column(String(200), default="")


class CustodyEntry(Base):
    """One link in the chain of custody of a paper original; entries are only added."""

    __tablename__ = "custody_entry"
    audit_kind = "custody"
    __table_args__ = (Index(None, "document_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    at: Mapped[datetime]
    event: Mapped[CustodyEvent] = mapped_column(code(CustodyEvent))
    holder: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    recorded_by_name: Mapped[str] = mapped_column(String(80))


class Strike(Base):
    """A document struck out as filed in the wrong dossier (误归): kept and shown as struck, until taken back."""

    __tablename__ = "strike"
    audit_kind = "strike"
    __table_args__ = (
        Index(None, "dossier_id"),
        Index(
            "uq_strike_standing",
            "document_id",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    reason: Mapped[str]
    # The number of the dossier it was copied into, empty when into none.
    moved_to: Mapped[str] = mapped_column(String(60), default="")
    struck_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    struck_by_name: Mapped[str] = mapped_column(String(80))
    struck_at: Mapped[datetime]
    lifted_by_name: Mapped[str] = mapped_column(String(80), default="")
    lifted_at: Mapped[datetime | None]
    lifted_reason: Mapped[str] = mapped_column(default="")


class Removal(Base):
    """A struck document whose bytes are taken out before they are locked (误存更正): asked by one, decided by another.

    Its number, size and SHA-256 stay in the contents; nothing else of what it said.
    """

    __tablename__ = "removal"
    audit_kind = "removal"
    __table_args__ = (
        Index(None, "dossier_id", "state"),
        Index(None, "document_id"),
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="two_persons"),
        CheckConstraint("state = 'asked' OR decided_by IS NOT NULL", name="decided"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    state: Mapped[RemovalState] = mapped_column(code(RemovalState), default=RemovalState.ASKED)
    reason: Mapped[str]
    # No foreign keys: recalled after a restore, a removal may name accounts younger than the backup.
    asked_by: Mapped[uuid.UUID]
    asked_by_name: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None]
    decided_by_name: Mapped[str] = mapped_column(String(80), default="")
    decided_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    # Why not everything could be taken out any more.
    trouble: Mapped[str] = mapped_column(default="")

    document: Mapped[Document] = relationship()


class Upload(Base):
    """An upload under way: its bytes wait in a file until they are whole, then become a version.

    `received` never exceeds what is safely on disk, and reaches `size` only when the version is filed: its last byte is
    acknowledged by the filing itself.
    """

    __tablename__ = "upload"
    audit_kind = "upload"
    __table_args__ = (Index(None, "account_id"), Index(None, "expires_at"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    # Given when this is to be a new version of a document that is there already.
    document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("document.id"))
    filename: Mapped[str] = mapped_column(String(255))
    particulars: Mapped[dict[str, Any]]
    size: Mapped[int] = mapped_column(BigInteger())
    received: Mapped[int] = mapped_column(BigInteger(), default=0)
    # As announced by the client, empty when it did not.
    sha256: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("version.id"))


class Look(Base):
    """When a person last looked at a version: what belongs to the same look is not recorded again."""

    __tablename__ = "document_look"

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("version.id"), primary_key=True)
    at: Mapped[datetime]
