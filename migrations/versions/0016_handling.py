"""Investigation tasks, consultations, mediation, measures, follow-up."""

revision = "0016_handling"
down_revision = "0015_registers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
