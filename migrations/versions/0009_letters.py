"""Letters, their number register, reviews, serving."""

revision = "0009_letters"
down_revision = "0008_disposal"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
