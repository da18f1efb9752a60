"""Renditions, certificates and hand-over to an archive."""

revision = "0012_proof"
down_revision = "0011_finding"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
