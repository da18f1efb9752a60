"""Auditors' grants; evidence packs to order; samples, findings. What auditors did stands as it was written."""

import sqlalchemy as sa
from alembic import op

from archive.core import guards
from archive.core.guards import Guard

revision = "0013_inspection"
down_revision = "0012_proof"
branch_labels = None
depends_on = None

# What may still change in a row; everything else stands as it was written.
_CHANGING = {
    "audit_grant": ("ended_at", "ended_by_name", "end_reason"),
    "sample": (),
    "sample_member": (),
    "pack": ("state", "total", "done", "size", "sha256", "trouble", "ready_at", "expires_at"),
    "pack_member": (),
    "finding": ("state", "revision", "title", "dossier_id"),
    "finding_step": ("text", "dossier_id"),
}
_UNWARRANTED = "NOT EXISTS (SELECT 1 FROM destruction_warrant w WHERE w.dossier_id = OLD.dossier_id)"


def _guards(connection: sa.Connection) -> list[Guard]:
    found = [Guard("audit_grant", "ended", "UPDATE", "OLD.ended_at IS NOT NULL", "an ended grant stands as it is")]
    for table, columns in _CHANGING.items():
        changed = guards.others_differ(connection, table, columns)
        found.append(Guard(table, "delete", "DELETE", "1 = 1", f"{table} is kept for ever"))
        found.append(Guard(table, "update", "UPDATE", changed, f"{table} stands as it was written"))
    for table, column in (("finding", "title"), ("finding_step", "text")):
        # Only with the dossier it speaks of does what was said go.
        blanked = f"({guards.differs(connection, column, 'dossier_id')}) AND {_UNWARRANTED}"
        found.append(Guard(table, "blank", "UPDATE", blanked, f"{table} stands as it was written"))
    return found


def upgrade() -> None:
    op.create_table(
        "audit_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=True),
        sa.Column("given_by_name", sa.String(length=80), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_name", sa.String(length=80), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_audit_grant_account_id")),
        sa.ForeignKeyConstraint(["given_by"], ["account.id"], name=op.f("fk_audit_grant_given_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_audit_grant_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_grant")),
    )
    op.create_index(
        op.f("ix_audit_grant_account_id_expires_at"), "audit_grant", ["account_id", "expires_at"], unique=False
    )
    op.create_table(
        "pack",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("ordered_by", sa.Uuid(), nullable=False),
        sa.Column("ordered_by_name", sa.String(length=80), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ordered_by"], ["account.id"], name=op.f("fk_pack_ordered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack")),
    )
    op.create_index(op.f("ix_pack_ordered_by_ordered_at"), "pack", ["ordered_by", "ordered_at"], unique=False)
    op.create_index(op.f("ix_pack_state_expires_at"), "pack", ["state", "expires_at"], unique=False)
    op.create_table(
        "sample",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("algorithm", sa.String(length=40), nullable=False),
        sa.Column("seed", sa.String(length=80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("strata", sa.String(length=40), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("population", sa.JSON(), nullable=False),
        sa.Column("population_size", sa.Integer(), nullable=False),
        sa.Column("population_hash", sa.String(length=64), nullable=False),
        sa.Column("drawn_by", sa.Uuid(), nullable=False),
        sa.Column("drawn_by_name", sa.String(length=80), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["drawn_by"], ["account.id"], name=op.f("fk_sample_drawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample")),
    )
    op.create_index(op.f("ix_sample_drawn_by_drawn_at"), "sample", ["drawn_by", "drawn_at"], unique=False)
    op.create_table(
        "finding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=True),
        sa.Column("dossier_number", sa.String(length=60), nullable=False),
        sa.Column("sample_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("reply_by", sa.Date(), nullable=True),
        sa.Column("raised_by", sa.Uuid(), nullable=False),
        sa.Column("raised_by_name", sa.String(length=80), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_finding_dossier_id")),
        sa.ForeignKeyConstraint(["raised_by"], ["account.id"], name=op.f("fk_finding_raised_by")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_finding_sample_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_finding_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("number", name=op.f("uq_finding_number")),
    )
    op.create_index(op.f("ix_finding_dossier_id"), "finding", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_finding_unit_id_state"), "finding", ["unit_id", "state"], unique=False)
    op.create_table(
        "pack_member",
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["pack_id"], ["pack.id"], name=op.f("fk_pack_member_pack_id")),
        sa.PrimaryKeyConstraint("pack_id", "position", name=op.f("pk_pack_member")),
    )
    op.create_index(op.f("ix_pack_member_dossier_id"), "pack_member", ["dossier_id"], unique=False)
    op.create_table(
        "sample_member",
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("stratum", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_sample_member_sample_id")),
        sa.PrimaryKeyConstraint("sample_id", "position", name=op.f("pk_sample_member")),
    )
    op.create_table(
        "finding_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=True),
        sa.Column("verb", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("said_by", sa.Uuid(), nullable=False),
        sa.Column("said_by_name", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_finding_step_dossier_id")),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_step_finding_id")),
        sa.ForeignKeyConstraint(["said_by"], ["account.id"], name=op.f("fk_finding_step_said_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_step")),
    )
    op.create_index(op.f("ix_finding_step_dossier_id"), "finding_step", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_finding_step_finding_id"), "finding_step", ["finding_id"], unique=False)
    guards.create(op.get_bind(), _guards(op.get_bind()))


def downgrade() -> None:
    guards.drop(op.get_bind(), _guards(op.get_bind()))
    op.drop_index(op.f("ix_finding_step_finding_id"), table_name="finding_step")
    op.drop_index(op.f("ix_finding_step_dossier_id"), table_name="finding_step")
    op.drop_table("finding_step")
    op.drop_table("sample_member")
    op.drop_index(op.f("ix_pack_member_dossier_id"), table_name="pack_member")
    op.drop_table("pack_member")
    op.drop_index(op.f("ix_finding_unit_id_state"), table_name="finding")
    op.drop_index(op.f("ix_finding_dossier_id"), table_name="finding")
    op.drop_table("finding")
    op.drop_index(op.f("ix_sample_drawn_by_drawn_at"), table_name="sample")
    op.drop_table("sample")
    op.drop_index(op.f("ix_pack_state_expires_at"), table_name="pack")
    op.drop_index(op.f("ix_pack_ordered_by_ordered_at"), table_name="pack")
    op.drop_table("pack")
    op.drop_index(op.f("ix_audit_grant_account_id_expires_at"), table_name="audit_grant")
    op.drop_table("audit_grant")
