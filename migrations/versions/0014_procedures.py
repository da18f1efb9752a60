"""Profile versions, calendar days, limits of dossiers, extensions; and the guards that keep what was signed."""

import sqlalchemy as sa
from alembic import op

from archive.core import guards
from archive.core.guards import Guard

revision = "0014_procedures"
down_revision = "0013_inspection"
branch_labels = None
depends_on = None

_UNWARRANTED = "NOT EXISTS (SELECT 1 FROM destruction_warrant w WHERE w.dossier_id = OLD.dossier_id)"
_ENDED = "EXISTS (SELECT 1 FROM dossier d WHERE d.id = OLD.dossier_id AND d.closed_at IS NOT NULL)"
_DROPPED = ("dropped_by_name", "dropped_at")
# What two persons decide: what may change in a row, and only until it is decided or dropped.
_DECIDED = {
    "profile_version": ("signed_by", "signed_by_name", "signed_at", *_DROPPED),
    "procedure_choice": ("decided_by", "decided_by_name", "decided_at", *_DROPPED),
    "holiday_notice": ("confirmed_by", "confirmed_by_name", "confirmed_at", *_DROPPED),
}
# What hangs on a dossier and goes only with it: what may change in a row.
_WRITTEN = {
    "dossier_profile": ("ended_at", "ended_reason"),
    "dossier_event": ("struck_at", "struck_by_name", "struck_reason"),
    "outside_appraisal": ("ended_at", "ended_by_name", "end_evidence"),
    "limit_extension": ("granted", "decided_by", "decided_by_name", "decided_at", "refusal"),
    "escalation": ("seen_at", "seen_by_name", "note"),
}  # fmt: skip


def _guards(connection: sa.Connection) -> list[Guard]:
    found = [
        Guard("calendar_day", "delete", "DELETE", "1 = 1", "calendar days are kept for ever"),
        Guard("calendar_day", "update", "UPDATE", "1 = 1", "a calendar day changes by a higher version"),
        Guard("dossier_limit", "delete", "DELETE", f"{_ENDED} AND {_UNWARRANTED}", "an ended dossier is read-only"),
        Guard("limit_extension", "decided", "UPDATE", "OLD.decided_at IS NOT NULL", "a decided extension stands"),
        Guard("outside_appraisal", "ended", "UPDATE", "OLD.ended_at IS NOT NULL", "an ended appraisal stands as it is"),
    ]  # fmt: skip
    for table, columns in _DECIDED.items():
        decided = f"OLD.{columns[2]} IS NOT NULL OR OLD.dropped_at IS NOT NULL"
        changed = guards.others_differ(connection, table, columns)
        found.append(Guard(table, "delete", "DELETE", "1 = 1", f"{table} is kept for ever"))
        found.append(Guard(table, "decided", "UPDATE", decided, "what was decided stands for good"))
        found.append(Guard(table, "update", "UPDATE", changed, f"{table} stands as it was proposed"))
    for table, columns in _WRITTEN.items():
        changed = guards.others_differ(connection, table, columns)
        found.append(Guard(table, "delete", "DELETE", _UNWARRANTED, f"{table} goes only with its dossier"))
        found.append(Guard(table, "update", "UPDATE", changed, f"{table} stands as it was written"))
    return found


def upgrade() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("is_workday", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("notice_no", sa.String(length=80), nullable=False),
        sa.Column("confirmed_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("day", "version", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "holiday_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_by_name", sa.String(length=80), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_by_name", sa.String(length=80), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_by_name", sa.String(length=80), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("confirmed_at IS NULL OR dropped_at IS NULL", name=op.f("ck_holiday_notice_one_end")),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> proposed_by", name=op.f("ck_holiday_notice_two_persons")
        ),
        sa.ForeignKeyConstraint(["confirmed_by"], ["account.id"], name=op.f("fk_holiday_notice_confirmed_by")),
        sa.ForeignKeyConstraint(["proposed_by"], ["account.id"], name=op.f("fk_holiday_notice_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holiday_notice")),
    )
    op.create_index(op.f("ix_holiday_notice_year"), "holiday_notice", ["year"], unique=False)
    op.create_table(
        "limit_feed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_limit_feed_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limit_feed")),
        sa.UniqueConstraint("hash", name=op.f("uq_limit_feed_hash")),
    )
    op.create_index(op.f("ix_limit_feed_account_id"), "limit_feed", ["account_id"], unique=False)
    op.create_table(
        "procedure_choice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column(
            "subject", sa.Enum("institution", "profile", name="subject", native_enum=False, length=40), nullable=False
        ),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_by_name", sa.String(length=80), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=80), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_by_name", sa.String(length=80), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("decided_at IS NULL OR dropped_at IS NULL", name=op.f("ck_procedure_choice_one_end")),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by", name=op.f("ck_procedure_choice_two_persons")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_procedure_choice_decided_by")),
        sa.ForeignKeyConstraint(["proposed_by"], ["account.id"], name=op.f("fk_procedure_choice_proposed_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_procedure_choice_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_choice")),
    )
    op.create_index(
        op.f("ix_procedure_choice_unit_id_subject"), "procedure_choice", ["unit_id", "subject"], unique=False
    )
    op.create_table(
        "profile_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("profile_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "origin", sa.Enum("shipped", "uploaded", name="origin", native_enum=False, length=40), nullable=False
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_by_name", sa.String(length=80), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_by_name", sa.String(length=80), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_by_name", sa.String(length=80), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("signed_at IS NULL OR dropped_at IS NULL", name=op.f("ck_profile_version_one_end")),
        sa.CheckConstraint(
            "signed_by IS NULL OR proposed_by IS NULL OR signed_by <> proposed_by",
            name=op.f("ck_profile_version_two_persons"),
        ),
        sa.ForeignKeyConstraint(["proposed_by"], ["account.id"], name=op.f("fk_profile_version_proposed_by")),
        sa.ForeignKeyConstraint(["signed_by"], ["account.id"], name=op.f("fk_profile_version_signed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_version")),
        sa.UniqueConstraint("profile_id", "version", name=op.f("uq_profile_version_profile_id_version")),
    )
    op.create_table(
        "dossier_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_by_name", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("struck_by_name", sa.String(length=80), nullable=False),
        sa.Column("struck_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_event_dossier_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_dossier_event_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_event")),
    )
    op.create_index(op.f("ix_dossier_event_dossier_id"), "dossier_event", ["dossier_id"], unique=False)
    op.create_table(
        "dossier_limit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("profile_id", sa.String(length=16), nullable=False),
        sa.Column("profile_version", sa.Integer(), nullable=False),
        sa.Column("limit_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("article", sa.String(length=260), nullable=False),
        sa.Column("duty", sa.String(length=40), nullable=False),
        sa.Column("from_event", sa.String(length=40), nullable=False),
        sa.Column("to_event", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("operative_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("legal_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("extended_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.Column("follows", sa.Boolean(), nullable=False),
        sa.Column("others", sa.JSON(), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_limit_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_limit")),
        sa.UniqueConstraint(
            "dossier_id", "profile_id", "limit_id", name=op.f("uq_dossier_limit_dossier_id_profile_id_limit_id")
        ),
    )
    op.create_index(
        op.f("ix_dossier_limit_met_at_ended_at_operative_at"),
        "dossier_limit",
        ["met_at", "ended_at", "operative_at"],
        unique=False,
    )
    op.create_index(op.f("ix_dossier_limit_provisional"), "dossier_limit", ["provisional"], unique=False)
    op.create_table(
        "dossier_profile",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("profile_id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=False),
        sa.Column("through", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_profile_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_profile")),
    )
    op.create_index(
        op.f("ix_dossier_profile_profile_id_version"), "dossier_profile", ["profile_id", "version"], unique=False
    )
    op.create_index(
        "uq_dossier_profile_bound",
        "dossier_profile",
        ["dossier_id", "profile_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "escalation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("profile_id", sa.String(length=16), nullable=False),
        sa.Column("limit_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("article", sa.String(length=260), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("missed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("receiver", sa.String(length=120), nullable=False),
        sa.Column("basis", sa.String(length=260), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_by_name", sa.String(length=80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_escalation_dossier_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_escalation_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation")),
        sa.UniqueConstraint(
            "dossier_id",
            "profile_id",
            "limit_id",
            "missed_at",
            "unit_id",
            "role",
            name="uq_escalation_once",
        ),
    )
    op.create_index(op.f("ix_escalation_unit_id_seen_at"), "escalation", ["unit_id", "seen_at"], unique=False)
    op.create_table(
        "limit_extension",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("profile_id", sa.String(length=16), nullable=False),
        sa.Column("limit_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("article", sa.String(length=260), nullable=False),
        sa.Column("due_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_by_name", sa.String(length=80), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notice", sa.String(length=40), nullable=False),
        sa.Column("consent_evidence", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=60), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=80), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> requested_by", name=op.f("ck_limit_extension_two_persons")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_limit_extension_decided_by")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_limit_extension_dossier_id")),
        sa.ForeignKeyConstraint(["requested_by"], ["account.id"], name=op.f("fk_limit_extension_requested_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limit_extension")),
    )
    op.create_index(op.f("ix_limit_extension_dossier_id"), "limit_extension", ["dossier_id"], unique=False)
    op.create_table(
        "outside_appraisal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.String(length=200), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_by_name", sa.String(length=80), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_name", sa.String(length=80), nullable=False),
        sa.Column("end_evidence", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_outside_appraisal_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_appraisal")),
    )
    op.create_index(op.f("ix_outside_appraisal_dossier_id"), "outside_appraisal", ["dossier_id"], unique=False)
    op.add_column("dossier", sa.Column("due_met_at", sa.DateTime(timezone=True), nullable=True))
    guards.create(op.get_bind(), _guards(op.get_bind()))


def downgrade() -> None:
    guards.drop(op.get_bind(), _guards(op.get_bind()))
    op.drop_column("dossier", "due_met_at")
    op.drop_index(op.f("ix_outside_appraisal_dossier_id"), table_name="outside_appraisal")
    op.drop_table("outside_appraisal")
    op.drop_index(op.f("ix_limit_extension_dossier_id"), table_name="limit_extension")
    op.drop_table("limit_extension")
    op.drop_index(op.f("ix_escalation_unit_id_seen_at"), table_name="escalation")
    op.drop_table("escalation")
    op.drop_index(
        "uq_dossier_profile_bound",
        table_name="dossier_profile",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_dossier_profile_profile_id_version"), table_name="dossier_profile")
    op.drop_table("dossier_profile")
    op.drop_index(op.f("ix_dossier_limit_provisional"), table_name="dossier_limit")
    op.drop_index(op.f("ix_dossier_limit_met_at_ended_at_operative_at"), table_name="dossier_limit")
    op.drop_table("dossier_limit")
    op.drop_index(op.f("ix_dossier_event_dossier_id"), table_name="dossier_event")
    op.drop_table("dossier_event")
    op.drop_table("profile_version")
    op.drop_index(op.f("ix_procedure_choice_unit_id_subject"), table_name="procedure_choice")
    op.drop_table("procedure_choice")
    op.drop_index(op.f("ix_limit_feed_account_id"), table_name="limit_feed")
    op.drop_table("limit_feed")
    op.drop_index(op.f("ix_holiday_notice_year"), table_name="holiday_notice")
    op.drop_table("holiday_notice")
    op.drop_table("calendar_day")
