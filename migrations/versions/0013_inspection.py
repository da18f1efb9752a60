"""Auditors' grants, samples, findings."""

revision = "0013_inspection"
down_revision = "0012_proof"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
