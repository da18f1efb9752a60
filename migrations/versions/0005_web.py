"""Requests that may come twice."""

import sqlalchemy as sa
from alembic import op

revision = "0005_web"
down_revision = "0004_documents"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "seen_request",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("etag", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "key", name=op.f("pk_seen_request")),
    )
    op.create_index(op.f("ix_seen_request_at"), "seen_request", ["at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_seen_request_at"), table_name="seen_request")
    op.drop_table("seen_request")
