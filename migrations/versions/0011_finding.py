"""Selections of dossiers, saved and recent searches."""

import sqlalchemy as sa
from alembic import op

revision = "0011_finding"
down_revision = "0010_letter_templates"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dossier_selection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("dossier_ids", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_dossier_selection_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_selection")),
    )
    op.create_index(op.f("ix_dossier_selection_created_at"), "dossier_selection", ["created_at"], unique=False)
    op.create_table(
        "recent_search",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("query_sealed", sa.Text(), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("sort", sa.String(length=40), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_recent_search_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recent_search")),
    )
    op.create_index(op.f("ix_recent_search_account_id_at"), "recent_search", ["account_id", "at"], unique=False)
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("query_sealed", sa.Text(), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("sort", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("alert", sa.Boolean(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(length=60), nullable=False),
        sa.Column("seen_ids", sa.JSON(), nullable=False),
        sa.Column("new_ids", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_saved_search_account_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_saved_search_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
    )
    op.create_index(op.f("ix_saved_search_account_id"), "saved_search", ["account_id"], unique=False)
    op.create_index(op.f("ix_saved_search_unit_id"), "saved_search", ["unit_id"], unique=False)


def downgrade() -> None:
    op.drop_table("saved_search")
    op.drop_table("recent_search")
    op.drop_index(op.f("ix_dossier_selection_created_at"), table_name="dossier_selection")
    op.drop_table("dossier_selection")
