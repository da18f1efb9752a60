"""Versions of letter templates, what is known of the laws they rest on, and seals."""

import sqlalchemy as sa
from alembic import op

from archive.core import guards
from archive.core.guards import Guard

revision = "0010_letter_templates"
down_revision = "0009_letters"
branch_labels = None
depends_on = None

_OPEN = "state IN ('draft', 'proposed', 'approved')"
_IN_FORCE = "state = 'published'"
_IN_USE = "retired_at IS NULL"
# What may change once a version is no draft any more: who approved, who published, what became of it.
_COURSE = (
    "state", "proposed_at", "approved_by", "approved_by_name", "approved_at", "published_by", "published_by_name",
    "published_at", "retired_at", "answer", "revision",
)  # fmt: skip
_LEAVING = ("state", "retired_at", "revision")
_GIVING_UP = ("retired_by_name", "retired_at", "retired_reason")


def _guards(connection: sa.Connection) -> list[Guard]:
    def others(table: str, allowed: tuple[str, ...]) -> str:
        return f"({guards.others_differ(connection, table, allowed)})"

    template = "letter_template"
    fixed, gone = others(template, _COURSE), others(template, _LEAVING)
    return [
        Guard(template, "insert", "INSERT", "NEW.state NOT IN ('draft', 'shipped')", "a template begins as a draft"),
        Guard(template, "delete", "DELETE", "OLD.state <> 'draft'", "a template that was proposed is kept"),
        Guard(
            template,
            "content",
            "UPDATE",
            f"(OLD.state <> 'draft' OR NEW.state <> 'draft') AND {fixed}",
            "what was proposed stands as it was written",
        ),
        Guard(
            template,
            "publish",
            "UPDATE",
            "NEW.state = 'published' AND OLD.state NOT IN ('approved', 'published')",
            "a template is approved before it is published",
        ),
        Guard(
            template,
            "published",
            "UPDATE",
            f"OLD.state = 'published' AND (NEW.state NOT IN ('published', 'retired') OR {gone})",
            "a published template stands as it is",
        ),
        Guard(
            template, "retired", "UPDATE", "OLD.state IN ('retired', 'shipped')", "a template given up stands as it is"
        ),
        Guard("letter_law", "delete", "DELETE", "1 = 1", "letter_law is kept for ever"),
        Guard("letter_law", "update", "UPDATE", "1 = 1", "letter_law stands as it was written"),
        Guard("letter_seal", "delete", "DELETE", "1 = 1", "letter_seal is kept for ever"),
        Guard(
            "letter_seal",
            "update",
            "UPDATE",
            f"OLD.retired_at IS NOT NULL OR {others('letter_seal', _GIVING_UP)}",
            "a seal stands as it was put in",
        ),
    ]


def upgrade() -> None:
    op.create_table(
        "letter_law",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("successor", sa.String(length=120), nullable=False),
        sa.Column("noted_by", sa.Uuid(), nullable=True),
        sa.Column("noted_by_name", sa.String(length=80), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends IS NULL OR ends >= begins", name=op.f("ck_letter_law_ends_after")),
        sa.ForeignKeyConstraint(["noted_by"], ["account.id"], name=op.f("fk_letter_law_noted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_law")),
    )
    op.create_index(op.f("ix_letter_law_code_noted_at"), "letter_law", ["code", "noted_at"], unique=False)
    op.create_table(
        "letter_seal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("width_tenths", sa.Integer(), nullable=False),
        sa.Column("sealed_png", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_by_name", sa.String(length=80), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_by_name", sa.String(length=80), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("width_tenths BETWEEN 200 AND 600", name=op.f("ck_letter_seal_width")),
        sa.ForeignKeyConstraint(["added_by"], ["account.id"], name=op.f("fk_letter_seal_added_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_letter_seal_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_seal")),
    )
    op.create_index(
        "uq_letter_seal_unit_in_use",
        "letter_seal",
        ["unit_id"],
        unique=True,
        sqlite_where=sa.text(_IN_USE),
        postgresql_where=sa.text(_IN_USE),
    )
    op.create_table(
        "letter_template",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("based_on", sa.String(length=60), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_by_name", sa.String(length=80), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("published_by_name", sa.String(length=80), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'published' OR approved_at IS NOT NULL", name=op.f("ck_letter_template_approved_first")
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> author_id", name=op.f("ck_letter_template_approved_by_another")
        ),
        sa.CheckConstraint(
            "published_by IS NULL OR published_by <> approved_by", name=op.f("ck_letter_template_published_by_another")
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["account.id"], name=op.f("fk_letter_template_approved_by")),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_letter_template_author_id")),
        sa.ForeignKeyConstraint(["published_by"], ["account.id"], name=op.f("fk_letter_template_published_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_template")),
        sa.UniqueConstraint("kind", "mark", name=op.f("uq_letter_template_kind_mark")),
    )
    for name, condition in (("open", _OPEN), ("published", _IN_FORCE)):
        op.create_index(
            f"uq_letter_template_{name}",
            "letter_template",
            ["kind"],
            unique=True,
            sqlite_where=sa.text(condition),
            postgresql_where=sa.text(condition),
        )
    guards.create(op.get_bind(), _guards(op.get_bind()))


def downgrade() -> None:
    guards.drop(op.get_bind(), _guards(op.get_bind()))
    op.drop_table("letter_template")
    op.drop_table("letter_seal")
    op.drop_table("letter_law")
