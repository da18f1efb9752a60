"""Tables of what is done about it: mediation, review, measures, compensation, grading, reports, accountability."""

import uuid
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from archive.core.db import Base, code
from archive.documents.models import Document
from archive.dossiers.states import Severity
from archive.handling.kinds import CompensationState, MediationOutcome, ReviewLevel, ReviewOutcome
from archive.handling.models_base import Sheeted
from archive.people.models import Account


class Mediation(Sheeted, Base):
    """A meeting at which both sides try to agree; that both consented stands in the dossier's own step."""

    __tablename__ = "mediation"
    audit_kind = "mediation"
    SEARCHED = ("participants", "record", "agreement")

    at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(200))
    mediator: Mapped[str] = mapped_column(String(120))
    # How and when both sides were told of place and time.
    told: Mapped[str]
    participants: Mapped[str] = mapped_column(default="")
    outcome: Mapped[MediationOutcome | None] = mapped_column(code(MediationOutcome))
    record: Mapped[str] = mapped_column(default="")
    record_document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("document.id"))
    agreement: Mapped[str] = mapped_column(default="")
    agreement_document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("document.id"))

    record_document: Mapped[Document | None] = relationship(foreign_keys=[record_document_id], lazy="joined")
    agreement_document: Mapped[Document | None] = relationship(foreign_keys=[agreement_document_id], lazy="joined")


class ThirdParty(Sheeted, Base):
    """A firm the institution has given work to, in so far as it has part in the complaint (外包机构)."""

    __tablename__ = "third_party"
    audit_kind = "third_party"
    __table_args__ = (Index(None, "name"),)
    SEARCHED = ("name", "part")

    name: Mapped[str] = mapped_column(String(120))
    part: Mapped[str]


class Measure(Sheeted, Base):
    """A measure on such a firm, its result, and that the complainant was told and heard.

    Source: 金融消费者投诉处理办法（XXGS）, 第十三条、第十四条. `measure` is a code of the profile, `name` its word.
    """

    __tablename__ = "measure"
    audit_kind = "measure"
    SEARCHED = ("detail", "result", "complainant_view")

    third_party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("third_party.id"), index=True)
    measure: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    detail: Mapped[str]
    taken_on: Mapped[date]
    due_on: Mapped[date | None]
    result: Mapped[str] = mapped_column(default="")
    result_on: Mapped[date | None]
    told_on: Mapped[date | None]
    complainant_view: Mapped[str] = mapped_column(default="")

    third_party: Mapped[ThirdParty] = relationship(lazy="joined", innerjoin=True)


class Compensation(Sheeted, Base):
    """What the complainant is promised: money, a service, something else; paid when a document proves it."""

    __tablename__ = "compensation"
    audit_kind = "compensation"
    SEARCHED = ("detail", "payer", "reason")

    kind: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    amount: Mapped[Decimal | None] = mapped_column(Numeric(16, 2))
    detail: Mapped[str]
    payer: Mapped[str] = mapped_column(String(120))
    promised_on: Mapped[date]
    due_on: Mapped[date | None]
    state: Mapped[CompensationState] = mapped_column(code(CompensationState), default=CompensationState.PROMISED)
    paid_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")
    document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("document.id"))

    document: Mapped[Document | None] = relationship(lazy="joined")


class Review(Sheeted, Base):
    """The result looked at again by somebody who had no part in it; the final one is the last."""

    __tablename__ = "review"
    audit_kind = "review"
    __table_args__ = (Index(None, "reviewer_id"),)
    SEARCHED = ("grounds", "text")

    level: Mapped[ReviewLevel] = mapped_column(code(ReviewLevel))
    grounds: Mapped[str]
    reviewer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    outcome: Mapped[ReviewOutcome | None] = mapped_column(code(ReviewOutcome))
    text: Mapped[str] = mapped_column(default="")
    concluded_at: Mapped[datetime | None]

    reviewer: Mapped[Account] = relationship(foreign_keys=[reviewer_id], lazy="joined", innerjoin=True)


class Grading(Sheeted, Base):
    """A grading of the dossier by a procedure's own scheme, mapped to the core scheme; gradings are only added."""

    __tablename__ = "grading"
    audit_kind = "grading"

    profile: Mapped[str] = mapped_column(String(40))
    grade: Mapped[str] = mapped_column(String(40))
    grade_name: Mapped[str] = mapped_column(String(80))
    reason_name: Mapped[str] = mapped_column(String(120), default="")
    before: Mapped[Severity] = mapped_column(code(Severity))
    after: Mapped[Severity] = mapped_column(code(Severity))
    note: Mapped[str]


class MajorReport(Sheeted, Base):
    """A report on a major complaint to those who must hear of it, due within its limit."""

    __tablename__ = "major_report"
    audit_kind = "major_report"
    SEARCHED = ("text",)

    receiver: Mapped[str] = mapped_column(String(120))
    basis: Mapped[str] = mapped_column(String(200))
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    sent_by_name: Mapped[str] = mapped_column(String(80), default="")
    reference: Mapped[str] = mapped_column(String(80), default="")
    text: Mapped[str] = mapped_column(default="")


class Accountability(Sheeted, Base):
    """Who of the staff answers for what, and how (问责). Read by few, gathered for no search, only added.

    The office's lines of a year are numbered without gaps. Who was sanctioned may ask for a review until `appeal_until`
    (see appeals), which is written down once, as is what came of it.
    """

    __tablename__ = "accountability"
    audit_kind = "accountability"
    __table_args__ = (UniqueConstraint("year", "serial"), Index(None, "appeal_provisional"))

    year: Mapped[int]
    serial: Mapped[int]

    person: Mapped[str] = mapped_column(String(120))
    cause: Mapped[str]
    sanction: Mapped[str]
    # The rule and article it rests on.
    basis: Mapped[str] = mapped_column(String(260), default="")
    amount: Mapped[Decimal | None] = mapped_column(Numeric(16, 2))
    decided_by: Mapped[str] = mapped_column(String(120))
    decided_on: Mapped[date]
    referred_to: Mapped[str] = mapped_column(String(200), default="")
    # The last day of asking for a review and the article that gives it; empty where no text does.
    appeal_until: Mapped[date | None]
    appeal_basis: Mapped[str] = mapped_column(String(260), default="")
    appeal_provisional: Mapped[bool] = mapped_column(default=False)
    appealed_on: Mapped[date | None]
    appeal_grounds: Mapped[str] = mapped_column(default="")
    appeal_decided_by: Mapped[str] = mapped_column(String(120), default="")
    appeal_decided_on: Mapped[date | None]
    appeal_outcome: Mapped[str] = mapped_column(default="")
    # What came of it when the office above looked again at the review.
    recheck_decided_by: Mapped[str] = mapped_column(String(120), default="")
    recheck_decided_on: Mapped[date | None]
    recheck_outcome: Mapped[str] = mapped_column(default="")
