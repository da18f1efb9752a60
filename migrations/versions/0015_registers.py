"""Registers of closed years, report snapshots, printouts, daily digests."""

import sqlalchemy as sa
from alembic import op

from archive.core import guards
from archive.core.guards import Guard

revision = "0015_registers"
down_revision = "0014_procedures"
branch_labels = None
depends_on = None

_UNWARRANTED = "NOT EXISTS (SELECT 1 FROM destruction_warrant w WHERE w.dossier_id = OLD.dossier_id)"
_CONTACTS = (
    "EXISTS (SELECT 1 FROM register_closing c WHERE c.book = 'contacts' "
    "AND c.unit_id = {row}.unit_id AND c.year = {row}.year)"
)


def _guards(connection: sa.Connection) -> list[Guard]:
    closed = "the register of this year is closed"
    line_changed = guards.others_differ(connection, "register_line", ("record", "dossier_id"))
    found = [
        Guard("contact", "closed_add", "INSERT", _CONTACTS.format(row="NEW"), closed),
        Guard(
            "contact", "closed_change", "UPDATE", f"{_CONTACTS.format(row='OLD')} AND {_UNWARRANTED}", closed,
        ),
        Guard(
            "dossier", "closed_add", "INSERT",
            "EXISTS (SELECT 1 FROM register_closing c WHERE c.book = 'cases' AND c.year = NEW.year)", closed,
        ),
        Guard(
            "hand_over", "closed_add", "INSERT",
            "EXISTS (SELECT 1 FROM register_closing c WHERE c.book = 'slips' AND c.year = NEW.year)", closed,
        ),
        Guard(
            "letter_number", "closed_add", "INSERT",
            "EXISTS (SELECT 1 FROM register_closing c WHERE c.book = 'letters' AND c.mark = NEW.mark "
            "AND c.year = NEW.year)", closed,
        ),
        Guard(
            "register_line", "closed_add", "INSERT",
            'EXISTS (SELECT 1 FROM register_closing c WHERE c."key" = NEW."key")', closed,
        ),
        # A destroyed dossier's line keeps its place and its sum; what it said goes with the dossier.
        Guard("register_line", "update", "UPDATE", f"{_UNWARRANTED} OR {line_changed}", closed),
        Guard("register_line", "delete", "DELETE", "1 = 1", "a frozen register is kept for ever"),
    ]  # fmt: skip
    for table in ("register_closing", "report_snapshot"):
        found.append(Guard(table, "update", "UPDATE", "1 = 1", f"{table} stands as it was written"))
        found.append(Guard(table, "delete", "DELETE", "1 = 1", f"{table} is kept for ever"))
    return found


def upgrade() -> None:
    op.create_table(
        "register_closing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("book", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("mark", sa.String(length=30), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.String(length=60), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_by_name", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["closed_by"], ["account.id"], name=op.f("fk_register_closing_closed_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_register_closing_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_closing")),
        sa.UniqueConstraint("key", name=op.f("uq_register_closing_key")),
    )
    op.create_index(op.f("ix_register_closing_book_year"), "register_closing", ["book", "year"], unique=False)
    op.create_table(
        "closing_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("book", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("mark", sa.String(length=30), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("closing_id", sa.Uuid(), nullable=True),
        sa.Column("sound", sa.Boolean(), nullable=True),
        sa.Column("blanked", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(length=60), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_closing_order_unit_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_closing_order_asked_by")),
        sa.ForeignKeyConstraint(["closing_id"], ["register_closing.id"], name=op.f("fk_closing_order_closing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing_order")),
    )
    op.create_index(
        "uq_closing_order_waiting", "closing_order", ["key"], unique=True,
        sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"),
    )  # fmt: skip
    op.create_table(
        "register_line",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=True),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_register_line_dossier_id")),
        sa.PrimaryKeyConstraint("key", "position", name=op.f("pk_register_line")),
    )
    op.create_index(op.f("ix_register_line_dossier_id"), "register_line", ["dossier_id"], unique=False)
    op.create_table(
        "report_snapshot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_by_name", sa.String(length=80), nullable=False),
        sa.Column("definition", sa.Integer(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_basis", sa.Text(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("(replaces_id IS NULL) = (reason = '')", name=op.f("ck_report_snapshot_correction")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_report_snapshot_made_by")),
        sa.ForeignKeyConstraint(["replaces_id"], ["report_snapshot.id"], name=op.f("fk_report_snapshot_replaces_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_report_snapshot_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_snapshot")),
        # A correction of a correction names that one: versions of a report are one row of links, never a fork.
        sa.UniqueConstraint("replaces_id", name=op.f("uq_report_snapshot_replaces_id")),
    )
    op.create_index(op.f("ix_report_snapshot_kind_period"), "report_snapshot", ["kind", "period"], unique=False)
    op.create_index(
        "uq_report_snapshot_first", "report_snapshot", ["kind", "period", "unit_id"], unique=True,
        sqlite_where=sa.text("replaces_id IS NULL"), postgresql_where=sa.text("replaces_id IS NULL"),
    )  # fmt: skip
    op.create_index(op.f("ix_report_snapshot_made_at"), "report_snapshot", ["made_at"], unique=False)
    op.create_table(
        "printout",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("writer", sa.String(length=20), nullable=False),
        sa.Column("recipe", sa.JSON(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_printout_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printout")),
    )
    op.create_index(op.f("ix_printout_asked_at"), "printout", ["asked_at"], unique=False)
    op.create_table(
        "reminder",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("soon", sa.Integer(), nullable=False),
        sa.Column("overdue", sa.Integer(), nullable=False),
        sa.Column("escalated", sa.Integer(), nullable=False),
        sa.Column("owed", sa.JSON(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_reminder_account_id")),
        sa.PrimaryKeyConstraint("account_id", "day", name=op.f("pk_reminder")),
    )
    guards.create(op.get_bind(), _guards(op.get_bind()))


def downgrade() -> None:
    guards.drop(op.get_bind(), _guards(op.get_bind()))
    for index, table in (
        ("ix_printout_asked_at", "printout"),
        ("ix_report_snapshot_made_at", "report_snapshot"),
        ("uq_report_snapshot_first", "report_snapshot"),
        ("ix_report_snapshot_kind_period", "report_snapshot"),
        ("ix_register_line_dossier_id", "register_line"),
        ("uq_closing_order_waiting", "closing_order"),
        ("ix_register_closing_book_year", "register_closing"),
    ):
        op.drop_index(index, table_name=table)
    for table in ("reminder", "printout", "report_snapshot", "register_line", "closing_order", "register_closing"):
        op.drop_table(table)
