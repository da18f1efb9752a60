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


def downgrade() -> None:
    op.drop_index(op.f("ix_dossier_selection_created_at"), table_name="dossier_selection")
    op.drop_table("dossier_selection")
