"""Texts as searched, and lines imported."""

import sqlalchemy as sa
from alembic import op

revision = "0006_search"
down_revision = "0005_web"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imported_line",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_imported_line_dossier_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_imported_line")),
    )
    op.create_table(
        "search_text",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("passages", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_search_text_dossier_id")),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_search_text")),
    )
    op.create_index(op.f("ix_search_text_version"), "search_text", ["version"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_search_text_version"), table_name="search_text")
    op.drop_table("search_text")
    op.drop_table("imported_line")
