"""Report snapshots and closed registers."""

revision = "0015_registers"
down_revision = "0014_procedures"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
