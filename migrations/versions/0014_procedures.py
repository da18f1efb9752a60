"""Profile versions, calendar days, limits of dossiers, extensions."""

revision = "0014_procedures"
down_revision = "0013_inspection"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
