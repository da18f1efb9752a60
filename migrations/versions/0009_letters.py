"""Letters, their number register, reviews, serving, batches; and what no client of the database may change in them."""

import sqlalchemy as sa
from alembic import op

from archive.core import guards
from archive.core.guards import Guard

revision = "0009_letters"
down_revision = "0008_disposal"
branch_labels = None
depends_on = None

_WARRANTED = "EXISTS (SELECT 1 FROM destruction_warrant w WHERE w.dossier_id = {dossier})"
_OF_NUMBER = "(SELECT l.dossier_id FROM letter l WHERE l.id = OLD.letter_id)"
# What still happens to a letter that was issued; what it says stands for good.
_AFTER_ISSUE = (
    "state", "pdf_document_id", "pdf_sha256", "docx_document_id", "docx_sha256", "filed_at", "seal_name",
    "seal_sha256", "trouble", "replied_on", "voided_at", "voided_by_name", "void_reason", "revision",
)  # fmt: skip
_FILES = (
    "pdf_document_id", "pdf_sha256", "docx_document_id", "docx_sha256", "filed_at", "seal_name", "seal_sha256",
)  # fmt: skip
_VOIDING = ("state", "voided_at", "void_reason", "letter_id")
_SERVED = ("document_id", "mailed_at", "trouble", "revision")


def _guards(connection: sa.Connection) -> list[Guard]:
    unwarranted = f"NOT {_WARRANTED.format(dossier='OLD.dossier_id')}"
    issued = guards.others_differ(connection, "letter", _AFTER_ISSUE)
    fixed = guards.others_differ(connection, "letter_number", _VOIDING)
    told = guards.others_differ(connection, "serving", _SERVED)
    loosed = f"{guards.differs(connection, 'letter_id')}"
    warranted = _WARRANTED.format(dossier=_OF_NUMBER)
    return [
        Guard("letter", "delete", "DELETE", unwarranted, "letters are destroyed with their dossier only"),
        Guard("letter", "issued", "UPDATE", f"OLD.issued_at IS NOT NULL AND ({issued})", "an issued letter stands"),
        Guard(
            "letter", "files", "UPDATE",
            f"OLD.pdf_document_id IS NOT NULL AND ({guards.differs(connection, *_FILES)})",
            "the files of a letter stand",
        ),
        Guard(
            "letter", "void", "UPDATE", "OLD.state = 'void' AND NEW.state <> 'void'", "a void letter stays void",
        ),
        Guard("letter_number", "delete", "DELETE", "1 = 1", "the register of letters has no gaps"),
        Guard("letter_number", "update", "UPDATE", fixed, "a line of the register stands as it was written"),
        Guard(
            "letter_number", "void", "UPDATE", "OLD.state = 'void' AND NEW.state <> 'void'", "no number is used again"
        ),
        Guard(
            "letter_number", "letter", "UPDATE",
            f"({loosed}) AND NOT (NEW.letter_id IS NULL AND {warranted})",
            "a number belongs to its letter",
        ),
        Guard("letter_review", "delete", "DELETE", unwarranted, "letter_review is append-only"),
        Guard("letter_review", "update", "UPDATE", "1 = 1", "letter_review is append-only"),
        Guard("serving", "delete", "DELETE", unwarranted, "servings are destroyed with their dossier only"),
        Guard(
            "serving", "told", "UPDATE", f"OLD.outcome <> 'under_way' AND ({told})", "the outcome of a serving stands"
        ),
    ]  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("relation", sa.String(length=40), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("reveal_reason", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("addressee", sa.String(length=120), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("template_digest", sa.String(length=64), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=True),
        sa.Column("drafted_by_name", sa.String(length=80), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_by_name", sa.String(length=80), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("issued_by_name", sa.String(length=80), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("reply_due", sa.Date(), nullable=True),
        sa.Column("pdf_document_id", sa.Uuid(), nullable=True),
        sa.Column("pdf_sha256", sa.String(length=80), nullable=False),
        sa.Column("docx_document_id", sa.Uuid(), nullable=True),
        sa.Column("docx_sha256", sa.String(length=80), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seal_name", sa.String(length=80), nullable=False),
        sa.Column("seal_sha256", sa.String(length=64), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("replied_on", sa.Date(), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by_name", sa.String(length=80), nullable=False),
        sa.Column("void_reason", sa.String(length=200), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("(issued_at IS NULL) = (content IS NULL)", name=op.f("ck_letter_issued_whole")),
        sa.CheckConstraint("(pdf_document_id IS NULL) = (docx_document_id IS NULL)", name=op.f("ck_letter_both_files")),
        sa.ForeignKeyConstraint(["about_id"], ["letter.id"], name=op.f("fk_letter_about_id")),
        sa.ForeignKeyConstraint(["approved_by"], ["account.id"], name=op.f("fk_letter_approved_by")),
        sa.ForeignKeyConstraint(["docx_document_id"], ["document.id"], name=op.f("fk_letter_docx_document_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_letter_dossier_id")),
        sa.ForeignKeyConstraint(["drafted_by"], ["account.id"], name=op.f("fk_letter_drafted_by")),
        sa.ForeignKeyConstraint(["issued_by"], ["account.id"], name=op.f("fk_letter_issued_by")),
        sa.ForeignKeyConstraint(["pdf_document_id"], ["document.id"], name=op.f("fk_letter_pdf_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
    )
    op.create_index(op.f("ix_letter_about_id"), "letter", ["about_id"], unique=False)
    op.create_index(op.f("ix_letter_dossier_id_drafted_at"), "letter", ["dossier_id", "drafted_at"], unique=False)
    op.create_index(op.f("ix_letter_number"), "letter", ["number"], unique=False)
    op.create_index(op.f("ix_letter_drafted_at_id"), "letter", ["drafted_at", "id"], unique=False)
    op.create_index(op.f("ix_letter_reply_due"), "letter", ["reply_due"], unique=False)
    op.create_index(op.f("ix_letter_state_drafted_at"), "letter", ["state", "drafted_at"], unique=False)
    op.create_table(
        "letter_number",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.String(length=30), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by_name", sa.String(length=80), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_letter_number_letter_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_letter_number_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_number")),
        sa.UniqueConstraint("letter_id", name=op.f("uq_letter_number_letter_id")),
        sa.UniqueConstraint("mark", "year", "serial", name=op.f("uq_letter_number_mark_year_serial")),
        sa.UniqueConstraint("number", name=op.f("uq_letter_number_number")),
    )
    op.create_index(op.f("ix_letter_number_unit_id_year"), "letter_number", ["unit_id", "year"], unique=False)
    op.create_table(
        "letter_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_letter_review_by")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_letter_review_dossier_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_letter_review_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_review")),
    )
    op.create_index(op.f("ix_letter_review_letter_id_at"), "letter_review", ["letter_id", "at"], unique=False)
    op.create_table(
        "serving",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("tracking", sa.String(length=60), nullable=False),
        sa.Column("address_sealed", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("outcome_on", sa.Date(), nullable=True),
        sa.Column("witness", sa.String(length=80), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_by_name", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_serving_document_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_serving_dossier_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_serving_letter_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_serving_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_serving")),
    )
    op.create_index(op.f("ix_serving_dossier_id"), "serving", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_serving_letter_id_sent_on"), "serving", ["letter_id", "sent_on"], unique=False)
    op.create_table(
        "letter_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_by_name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_letter_batch_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_batch")),
    )
    op.create_index(op.f("ix_letter_batch_made_by_made_at"), "letter_batch", ["made_by", "made_at"], unique=False)
    op.create_table(
        "letter_batch_row",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=True),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["letter_batch.id"], name=op.f("fk_letter_batch_row_batch_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_letter_batch_row_dossier_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_letter_batch_row_letter_id")),
        sa.PrimaryKeyConstraint("batch_id", "position", name=op.f("pk_letter_batch_row")),
    )
    op.create_index(op.f("ix_letter_batch_row_dossier_id"), "letter_batch_row", ["dossier_id"], unique=False)
    guards.create(op.get_bind(), _guards(op.get_bind()))


def downgrade() -> None:
    guards.drop(op.get_bind(), _guards(op.get_bind()))
    op.drop_index(op.f("ix_letter_batch_row_dossier_id"), table_name="letter_batch_row")
    op.drop_table("letter_batch_row")
    op.drop_index(op.f("ix_letter_batch_made_by_made_at"), table_name="letter_batch")
    op.drop_table("letter_batch")
    op.drop_index(op.f("ix_serving_letter_id_sent_on"), table_name="serving")
    op.drop_index(op.f("ix_serving_dossier_id"), table_name="serving")
    op.drop_table("serving")
    op.drop_index(op.f("ix_letter_review_letter_id_at"), table_name="letter_review")
    op.drop_table("letter_review")
    op.drop_index(op.f("ix_letter_number_unit_id_year"), table_name="letter_number")
    op.drop_table("letter_number")
    op.drop_index(op.f("ix_letter_state_drafted_at"), table_name="letter")
    op.drop_index(op.f("ix_letter_reply_due"), table_name="letter")
    op.drop_index(op.f("ix_letter_drafted_at_id"), table_name="letter")
    op.drop_index(op.f("ix_letter_number"), table_name="letter")
    op.drop_index(op.f("ix_letter_dossier_id_drafted_at"), table_name="letter")
    op.drop_index(op.f("ix_letter_about_id"), table_name="letter")
    op.drop_table("letter")
