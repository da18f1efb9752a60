"""Versions of letter templates."""

revision = "0010_letter_templates"
down_revision = "0009_letters"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
