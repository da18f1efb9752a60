"""Keeping: rules, promises, holds, locks, alarms; and the guards that no client of the database gets past."""

import uuid
from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import op

from archive.core import guards
from archive.core.guards import Guard

revision = "0007_retention"
down_revision = "0006_search"
branch_labels = None
depends_on = None

# The rules an archive starts with. Without `starts_on` a rule is a proposal: the office decides whether it binds.
_RULES = (
    {
        "code": "base", "name": "一般投诉案卷", "years": 3, "conditions": {}, "level": "dept_rule",
        "basis": "《中国人民银行金融消费者权益保护实施办法》第四十四条", "starts_on": date(2020, 11, 1),
    },
    {
        "code": "credit-reporting", "name": "征信投诉案卷", "years": 10, "conditions": {"category": ["credit_report"]},
        "level": "normative_doc", "basis": "《征信投诉办理规程》（银办发〔2014〕73号）",
        "starts_on": date(2014, 1, 1),
    },
    {
        "code": "major", "name": "重大投诉案卷", "years": 10, "conditions": {"severity": ["major"]},
        "level": "internal",
        "basis": "本单位保管期限表；《民法典》第一百八十八条（诉讼时效）", "starts_on": date(2020, 11, 1),
    },
    {
        "code": "identity-copies", "name": "载有身份证明或账户交易原件的案卷", "years": 10,
        "conditions": {"document_kind": ["id_copy", "bill"]}, "level": "law",
        "basis": "《反洗钱法》（2024年修订）第三十四条", "starts_on": None,
    },
    {
        "code": "state-firm", "name": "国有企业归档案卷", "years": 10, "conditions": {}, "level": "dept_rule",
        "basis": "《企业文件材料归档范围和档案保管期限规定》（国家档案局令第10号）第七条", "starts_on": None,
    },
)  # fmt: skip

# Whoever holds a warrant may be destroyed; nobody does before disposal is set up (see 0008).
_NO_WARRANT = "CREATE VIEW destruction_warrant AS SELECT id AS dossier_id FROM dossier WHERE 1 = 0"
_UNWARRANTED = "NOT EXISTS (SELECT 1 FROM destruction_warrant w WHERE w.dossier_id = OLD.{column})"
_ENDED = "EXISTS (SELECT 1 FROM dossier d WHERE d.id = OLD.dossier_id AND d.closed_at IS NOT NULL)"

# What may change in a row while its dossier is ended: where the paper lies, what reading found, who may look.
_OPEN_COLUMNS = {
    "document": ("paper_at", "revision"),
    "version": ("reading", "reason", "facts", "pages", "characters", "images", "read_at"),
    "party": (),
    "response": (),
}
_LASTING = ("document", "version", "party", "response", "hand_over", "pause")
# Histories: added to, never touched.
_ADDED_TO = ("custody_entry", "dossier_move", "notice", "erasure_request", "filing_report")
# Tables whose rows outlive every dossier, and what may change in them.
_FOR_EVER = {
    "retention_rule": ("ends_on",),
    "hold": (
        "asked_by", "asked_by_name", "asked_at", "asked_reason", "released_by", "released_by_name", "released_at",
    ),
    "closing_check": (),
    "joined": (),
    "alarm": ("seen_at", "cleared_at", "cleared_by_name", "note"),
    "clock_jump": ("first_by", "first_by_name", "second_by", "second_by_name", "confirmed_at"),
    "clock_mark": ("at",),
    "number_series": ("last",),
}  # fmt: skip


def _guards(connection: sa.Connection) -> list[Guard]:
    sqlite = connection.dialect.name == "sqlite"
    floor = (
        "NEW.last_day < CASE strftime('%m-%d', NEW.closed_on) "
        "WHEN '02-29' THEN date(NEW.closed_on, '+3 years', '-1 day') "
        "ELSE date(NEW.closed_on, '+3 years') END"
        if sqlite
        else "NEW.last_day < (NEW.closed_on + interval '3 years')::date"
    )
    early = (
        "NEW.disposable_at < datetime(NEW.last_day, '+16 hours')"
        if sqlite
        else "NEW.disposable_at < (NEW.last_day + time '16:00') AT TIME ZONE 'UTC'"
    )
    under = f"({floor}) OR ({early})"
    lowered = (
        "(OLD.permanent AND NOT NEW.permanent) OR NEW.last_day < OLD.last_day OR NEW.closed_on < OLD.closed_on "
        "OR NEW.disposable_at < OLD.disposable_at "
        "OR (OLD.destroyed_at IS NOT NULL AND NEW.destroyed_at IS NULL) "
        "OR (OLD.closing_confirmed_at IS NOT NULL AND NEW.closing_confirmed_at IS NULL)"
    )
    alone = (
        "OLD.closing_confirmed_at IS NULL AND NEW.closing_confirmed_at IS NOT NULL AND (SELECT count(DISTINCT "
        "c.person_id) FROM closing_check c WHERE c.dossier_id = NEW.dossier_id AND c.stands "
        "AND c.closed_on = NEW.closed_on) < 2"
    )
    fixed = guards.differs(connection, "dossier_id", "number", "filed_number", "filed_on")
    unwarranted, of_dossier = _UNWARRANTED.format(column="dossier_id"), _UNWARRANTED.format(column="id")
    while_ended = guards.others_differ(
        connection, "dossier", ("restricted", "revision", "officer_id", "due_at", "due_rule", "due_provisional")
    )
    named = guards.differs(connection, "id", "number", "fonds", "year", "registered_at")
    found = [
        Guard("dossier", "delete", "DELETE", of_dossier, "a dossier is destroyed by an approved list only"),
        Guard("dossier", "name", "UPDATE", named, "the number and registration of a dossier stand for good"),
        Guard(
            "dossier", "ended", "UPDATE",
            f"OLD.closed_at IS NOT NULL AND NEW.closed_at IS NOT NULL AND ({while_ended})",
            "an ended dossier is read-only",
        ),
        Guard(
            "dossier", "reopen", "UPDATE",
            "OLD.closed_at IS NOT NULL AND NEW.closed_at IS NULL AND EXISTS "
            "(SELECT 1 FROM closing c WHERE c.dossier_id = OLD.id AND c.reopened_at IS NULL)",
            "reopening is written down first",
        ),
        Guard("closing", "delete", "DELETE", unwarranted, "closings stand for good"),
        Guard(
            "closing", "update", "UPDATE",
            f"OLD.reopened_at IS NOT NULL OR {guards.others_differ(connection, 'closing', ('reopened_at',))}",
            "closings stand for good",
        ),
        Guard("contact", "delete", "DELETE", "1 = 1", "the contact register has no gaps"),
        Guard(
            "contact", "line", "UPDATE", guards.differs(connection, "id", "unit_id", "year", "serial"),
            "a line of the contact register keeps its place",
        ),
        Guard("keeping", "delete", "DELETE", "1 = 1", "what was promised is kept for ever"),
        Guard("keeping", "insert", "INSERT", under, "no dossier is kept under three calendar years"),
        Guard("keeping", "floor", "UPDATE", under, "no dossier is kept under three calendar years"),
        Guard("keeping", "lower", "UPDATE", f"{lowered} OR {fixed}", "no promise is shortened"),
        Guard("keeping", "confirmed", "INSERT", "NEW.closing_confirmed_at IS NOT NULL", "two confirm a closing day"),
        Guard("keeping", "confirm", "UPDATE", alone, "two confirm a closing day"),
        Guard("version_lock", "delete", "DELETE", unwarranted, "locks are not forgotten"),
        Guard(
            "version_lock", "lower", "UPDATE",
            "OLD.locked_until IS NOT NULL AND (NEW.locked_until IS NULL OR NEW.locked_until < OLD.locked_until)",
            "no lock is shortened",
        ),
        Guard("hold", "released", "UPDATE", "OLD.released_at IS NOT NULL", "a released hold stands as it is"),
        Guard("clock_mark", "lower", "UPDATE", "NEW.at < OLD.at", "time does not go back"),
        Guard("number_series", "lower", "UPDATE", "NEW.last < OLD.last", "no number is given twice"),
        Guard("alarm", "cleared", "UPDATE", "OLD.cleared_at IS NOT NULL", "a cleared alarm stands as it is"),
    ]  # fmt: skip
    for table in _LASTING:
        found.append(Guard(table, "delete", "DELETE", f"{_ENDED} AND {unwarranted}", "an ended dossier is read-only"))
    for table, columns in _OPEN_COLUMNS.items():
        changed = guards.others_differ(connection, table, columns)
        found.append(Guard(table, "ended", "UPDATE", f"{_ENDED} AND ({changed})", "an ended dossier is read-only"))
    for table in _ADDED_TO:
        found.append(Guard(table, "delete", "DELETE", unwarranted, f"{table} is append-only"))
        found.append(Guard(table, "update", "UPDATE", "1 = 1", f"{table} is append-only"))
    for table, columns in _FOR_EVER.items():
        changed = guards.others_differ(connection, table, columns)
        found.append(Guard(table, "delete", "DELETE", "1 = 1", f"{table} is kept for ever"))
        found.append(Guard(table, "update", "UPDATE", changed, f"{table} stands as it was written"))
    return found


def _insert_rules() -> None:
    table = sa.table(
        "retention_rule",
        sa.column("id", sa.Uuid()), sa.column("code"), sa.column("version", sa.Integer()), sa.column("name"),
        sa.column("years", sa.Integer()), sa.column("trigger"), sa.column("conditions", sa.JSON()), sa.column("basis"),
        sa.column("level"), sa.column("starts_on", sa.Date()), sa.column("added_by_name"),
        sa.column("added_at", sa.DateTime(timezone=True)),
    )  # fmt: skip
    shipped = datetime(2026, 1, 1, tzinfo=UTC)
    given = {"version": 1, "trigger": "closing", "added_by_name": "系统预置", "added_at": shipped}
    op.bulk_insert(
        table,
        [{"id": uuid.uuid5(uuid.NAMESPACE_URL, f"anjuan:rule:{rule['code']}"), **given, **rule} for rule in _RULES],
    )


def upgrade() -> None:
    op.create_table(
        "alarm",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cleared_by_name", sa.String(length=80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
    )
    op.create_index(op.f("ix_alarm_dossier_id"), "alarm", ["dossier_id"], unique=False)
    op.create_index(
        "uq_alarm_open_key",
        "alarm",
        ["key"],
        unique=True,
        sqlite_where=sa.text("cleared_at IS NULL"),
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
    op.create_table(
        "clock_mark",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_mark")),
    )
    op.create_table(
        "joined",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("made_by_name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joined")),
        sa.UniqueConstraint("first_id", "second_id", name=op.f("uq_joined_first_id_second_id")),
    )
    op.create_index(op.f("ix_joined_second_id"), "joined", ["second_id"], unique=False)
    op.create_table(
        "keeping",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("filed_number", sa.String(length=80), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("disposable_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("permanent", sa.Boolean(), nullable=False),
        sa.Column("rule_code", sa.String(length=40), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("rule_name", sa.String(length=120), nullable=False),
        sa.Column("rule_years", sa.Integer(), nullable=True),
        sa.Column("rule_basis", sa.String(length=200), nullable=False),
        sa.Column("rule_trigger", sa.String(length=40), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closing_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("permanent = (disposable_at IS NULL)", name=op.f("ck_keeping_permanent_moment")),
        sa.CheckConstraint("permanent = (last_day IS NULL)", name=op.f("ck_keeping_permanent_day")),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_keeping")),
        sa.UniqueConstraint("filed_number", name=op.f("uq_keeping_filed_number")),
        sa.UniqueConstraint("number", name=op.f("uq_keeping_number")),
    )
    op.create_index(
        op.f("ix_keeping_disposable_at_dossier_id"), "keeping", ["disposable_at", "dossier_id"], unique=False
    )
    claimed = sa.text("closed_on < filed_on AND closing_confirmed_at IS NULL")
    op.create_index(
        "ix_keeping_claimed", "keeping", ["dossier_id"], unique=False, sqlite_where=claimed, postgresql_where=claimed
    )
    op.create_table(
        "clock_jump",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_by", sa.Uuid(), nullable=True),
        sa.Column("first_by_name", sa.String(length=80), nullable=False),
        sa.Column("second_by", sa.Uuid(), nullable=True),
        sa.Column("second_by_name", sa.String(length=80), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("second_by IS NULL OR second_by <> first_by", name=op.f("ck_clock_jump_two_persons")),
        sa.ForeignKeyConstraint(["first_by"], ["account.id"], name=op.f("fk_clock_jump_first_by")),
        sa.ForeignKeyConstraint(["second_by"], ["account.id"], name=op.f("fk_clock_jump_second_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_jump")),
    )
    op.create_table(
        "hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("placed_by", sa.Uuid(), nullable=True),
        sa.Column("placed_by_name", sa.String(length=80), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_by_name", sa.String(length=80), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_reason", sa.Text(), nullable=False),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.Column("released_by_name", sa.String(length=80), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("released_at IS NULL OR asked_at IS NOT NULL", name=op.f("ck_hold_asked_first")),
        sa.CheckConstraint("released_by IS NULL OR released_by <> asked_by", name=op.f("ck_hold_released_by_two")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_hold_asked_by")),
        sa.ForeignKeyConstraint(["placed_by"], ["account.id"], name=op.f("fk_hold_placed_by")),
        sa.ForeignKeyConstraint(["released_by"], ["account.id"], name=op.f("fk_hold_released_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    op.create_index(op.f("ix_hold_dossier_id_released_at"), "hold", ["dossier_id", "released_at"], unique=False)
    op.create_table(
        "hold_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("dossier_ids", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("looked", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("ordered_by", sa.Uuid(), nullable=False),
        sa.Column("ordered_by_name", sa.String(length=80), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ordered_by"], ["account.id"], name=op.f("fk_hold_order_ordered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold_order")),
    )
    op.create_index(op.f("ix_hold_order_ordered_by"), "hold_order", ["ordered_by"], unique=False)
    op.create_table(
        "retention_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("years", sa.Integer(), nullable=True),
        sa.Column("trigger", sa.String(length=40), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_by_name", sa.String(length=80), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("years IS NULL OR years >= 3", name=op.f("ck_retention_rule_floor")),
        sa.ForeignKeyConstraint(["added_by"], ["account.id"], name=op.f("fk_retention_rule_added_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_rule")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_retention_rule_code_version")),
    )
    op.create_table(
        "version_lock",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_version_lock_version_id")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_version_lock")),
    )
    op.create_index(op.f("ix_version_lock_dossier_id"), "version_lock", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_version_lock_locked_until"), "version_lock", ["locked_until"], unique=False)
    op.create_index(op.f("ix_version_lock_read_at"), "version_lock", ["read_at"], unique=False)
    op.create_table(
        "filing_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_filing_report_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing_report")),
    )
    op.create_index(op.f("ix_filing_report_dossier_id"), "filing_report", ["dossier_id"], unique=False)
    op.create_table(
        "erasure_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("permanent", sa.Boolean(), nullable=False),
        sa.Column("period", sa.String(length=120), nullable=False),
        sa.Column("rule", sa.String(length=400), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_by_name", sa.String(length=80), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("fk_erasure_request_answered_by")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_erasure_request_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_request")),
    )
    op.create_index(op.f("ix_erasure_request_dossier_id"), "erasure_request", ["dossier_id"], unique=False)
    op.create_table(
        "closing_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("person_name", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["account.id"], name=op.f("fk_closing_check_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing_check")),
        sa.UniqueConstraint("dossier_id", "person_id", name=op.f("uq_closing_check_dossier_id_person_id")),
    )
    _insert_rules()
    op.execute(_NO_WARRANT)
    guards.create(op.get_bind(), _guards(op.get_bind()))


def downgrade() -> None:
    guards.drop(op.get_bind(), _guards(op.get_bind()))
    op.execute("DROP VIEW destruction_warrant")
    op.drop_table("closing_check")
    op.drop_index(op.f("ix_erasure_request_dossier_id"), table_name="erasure_request")
    op.drop_table("erasure_request")
    op.drop_index(op.f("ix_filing_report_dossier_id"), table_name="filing_report")
    op.drop_table("filing_report")

    op.drop_index(op.f("ix_version_lock_read_at"), table_name="version_lock")
    op.drop_index(op.f("ix_version_lock_locked_until"), table_name="version_lock")
    op.drop_index(op.f("ix_version_lock_dossier_id"), table_name="version_lock")
    op.drop_table("version_lock")
    op.drop_table("retention_rule")
    op.drop_index(op.f("ix_hold_order_ordered_by"), table_name="hold_order")
    op.drop_table("hold_order")
    op.drop_index(op.f("ix_hold_dossier_id_released_at"), table_name="hold")
    op.drop_table("hold")
    op.drop_table("clock_jump")
    op.drop_index("ix_keeping_claimed", table_name="keeping")
    op.drop_index(op.f("ix_keeping_disposable_at_dossier_id"), table_name="keeping")
    op.drop_table("keeping")
    op.drop_index(op.f("ix_joined_second_id"), table_name="joined")
    op.drop_table("joined")
    op.drop_table("clock_mark")
    op.drop_index(
        "uq_alarm_open_key",
        table_name="alarm",
        sqlite_where=sa.text("cleared_at IS NULL"),
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
    op.drop_index(op.f("ix_alarm_dossier_id"), table_name="alarm")
    op.drop_table("alarm")
