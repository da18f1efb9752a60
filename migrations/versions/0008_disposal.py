"""Disposal: lists, appraisals, approvals, witnesses, erasures, stubs; and the warrant without which nothing goes."""

import sqlalchemy as sa
from alembic import op

from archive.core import guards
from archive.core.guards import Guard

revision = "0008_disposal"
down_revision = "0007_retention"
branch_labels = None
depends_on = None

# Who may be destroyed, by the database's own clock: on a list that two persons other than its proposer have signed as
# it stands and two have witnessed, its keeping over, counted
# from a day the archive saw itself or two confirmed, no hold in force, every object gone.
_WARRANT = """
CREATE VIEW destruction_warrant AS
SELECT l.dossier_id AS dossier_id
FROM disposal_line l
JOIN disposal_list d ON d.id = l.list_id
JOIN keeping k ON k.dossier_id = l.dossier_id
WHERE l.state = 'erased' AND d.state = 'executing' AND NOT k.permanent AND k.disposable_at <= {now}
AND (k.closed_on >= k.filed_on OR k.closing_confirmed_at IS NOT NULL)
AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.dossier_id = l.dossier_id AND h.released_at IS NULL)
AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.line_id = l.id AND e.erased_at IS NULL)
AND (SELECT count(*) FROM erasure e WHERE e.line_id = l.id)
  >= (SELECT count(*) FROM version v WHERE v.dossier_id = l.dossier_id)
AND (SELECT count(DISTINCT a.person_id) FROM approval a
     WHERE a.list_id = d.id AND a.list_hash = d.list_hash AND a.person_id <> d.proposed_by) >= 2
AND (SELECT count(DISTINCT w.person_id) FROM witness w WHERE w.list_id = d.id AND w.person_id <> d.proposed_by) >= 2
"""
_NO_WARRANT = "CREATE VIEW destruction_warrant AS SELECT id AS dossier_id FROM dossier WHERE 1 = 0"

# What may still change in a row; everything else stands as it was written.
_CHANGING = {
    "disposal_list": (
        "state", "report", "listed_at", "list_hash", "approved_at", "started_by_name", "started_at", "trouble",
        "certificate_key", "certificate_version", "certificate_sha256", "certified_at", "void_reason", "revision",
    ),
    "disposal_line": ("state", "outcome", "reasons", "destroyed_at"),
    "appraisal": (),
    "approval": (),
    "witness": (),
    "erasure": ("erased_at",),
    "stub": (),
}  # fmt: skip


def _guards(connection: sa.Connection) -> list[Guard]:
    found = [
        Guard("disposal_list", "certified", "UPDATE", "OLD.state = 'certified'", "a certified list stands as it is"),
        Guard("erasure", "erased", "UPDATE", "OLD.erased_at IS NOT NULL", "what was erased stays erased"),
        Guard("disposal_line", "destroyed", "UPDATE", "OLD.state = 'destroyed'", "what was destroyed stays destroyed"),
    ]
    for table, columns in _CHANGING.items():
        found.append(Guard(table, "delete", "DELETE", "1 = 1", f"{table} is kept for ever"))
        changed = guards.others_differ(connection, table, columns)
        found.append(Guard(table, "update", "UPDATE", changed, f"{table} stands as it was written"))
    return found


def _now(connection: sa.Connection) -> str:
    return "strftime('%Y-%m-%d %H:%M:%f', 'now')" if connection.dialect.name == "sqlite" else "clock_timestamp()"


def upgrade() -> None:
    op.create_table(
        "disposal_list",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_by_name", sa.String(length=80), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("list_hash", sa.String(length=64), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_by_name", sa.String(length=80), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("certificate_key", sa.String(length=200), nullable=False),
        sa.Column("certificate_version", sa.String(length=1024), nullable=False),
        sa.Column("certificate_sha256", sa.String(length=80), nullable=False),
        sa.Column("certified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal_list")),
        sa.UniqueConstraint("number", name=op.f("uq_disposal_list_number")),
    )
    op.create_index(op.f("ix_disposal_list_state"), "disposal_list", ["state"], unique=False)
    op.create_table(
        "approval",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("person_name", sa.String(length=80), nullable=False),
        sa.Column("list_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["disposal_list.id"], name=op.f("fk_approval_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    op.create_index(op.f("ix_approval_list_id"), "approval", ["list_id"], unique=False)
    op.create_table(
        "disposal_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("filed_number", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("rule_code", sa.String(length=40), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("rule_years", sa.Integer(), nullable=True),
        sa.Column("rule_basis", sa.String(length=200), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("objects", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("manifest", sa.JSON(), nullable=False),
        sa.Column("manifest_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["list_id"], ["disposal_list.id"], name=op.f("fk_disposal_line_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal_line")),
        sa.UniqueConstraint("list_id", "dossier_id", name=op.f("uq_disposal_line_list_id_dossier_id")),
    )
    op.create_index(op.f("ix_disposal_line_dossier_id_state"), "disposal_line", ["dossier_id", "state"], unique=False)
    op.create_table(
        "stub",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("filed_number", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("rule_code", sa.String(length=40), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("rule_basis", sa.String(length=200), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("hashes", sa.JSON(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("list_number", sa.String(length=60), nullable=False),
        sa.Column("unit_path", sa.String(length=200), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["disposal_list.id"], name=op.f("fk_stub_list_id")),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_stub")),
        sa.UniqueConstraint("filed_number", name=op.f("uq_stub_filed_number")),
        sa.UniqueConstraint("number", name=op.f("uq_stub_number")),
    )
    op.create_table(
        "witness",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("person_name", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["disposal_list.id"], name=op.f("fk_witness_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_witness")),
        sa.UniqueConstraint("list_id", "person_id", name=op.f("uq_witness_list_id_person_id")),
    )
    op.create_table(
        "appraisal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("person_name", sa.String(length=80), nullable=False),
        sa.Column("legal", sa.Boolean(), nullable=False),
        sa.Column("decision", sa.String(length=40), nullable=False),
        sa.Column("years", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["disposal_line.id"], name=op.f("fk_appraisal_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal")),
        sa.UniqueConstraint("line_id", "person_id", name=op.f("uq_appraisal_line_id_person_id")),
    )
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("store_version", sa.String(length=1024), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=80), nullable=False),
        sa.Column("intended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["disposal_line.id"], name=op.f("fk_erasure_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("line_id", "key", name=op.f("uq_erasure_line_id_key")),
    )
    connection = op.get_bind()
    op.execute("DROP VIEW destruction_warrant")
    connection.exec_driver_sql(_WARRANT.format(now=_now(connection)))
    guards.create(connection, _guards(connection))


def downgrade() -> None:
    guards.drop(op.get_bind(), _guards(op.get_bind()))
    op.execute("DROP VIEW destruction_warrant")
    op.execute(_NO_WARRANT)

    op.drop_table("erasure")
    op.drop_table("appraisal")
    op.drop_table("witness")
    op.drop_table("stub")
    op.drop_index(op.f("ix_disposal_line_dossier_id_state"), table_name="disposal_line")
    op.drop_table("disposal_line")
    op.drop_index(op.f("ix_approval_list_id"), table_name="approval")
    op.drop_table("approval")
    op.drop_index(op.f("ix_disposal_list_state"), table_name="disposal_list")
    op.drop_table("disposal_list")
