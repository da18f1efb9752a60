"""Selections of dossiers, saved and recent searches."""

revision = "0011_finding"
down_revision = "0010_letter_templates"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
