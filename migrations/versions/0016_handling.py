"""Handling: tasks, evidence, opinions, mediation, measures, compensation, review, like complaints, follow-up."""

import sqlalchemy as sa
from alembic import op

from archive.core import guards
from archive.core.guards import Guard

revision = "0016_handling"
down_revision = "0015_registers"
branch_labels = None
depends_on = None

_UNWARRANTED = "NOT EXISTS (SELECT 1 FROM destruction_warrant w WHERE w.dossier_id = OLD.dossier_id)"
_ENDED = "EXISTS (SELECT 1 FROM dossier d WHERE d.id = {row}.dossier_id AND d.closed_at IS NOT NULL)"

# What is worked on while the dossier is open, and stands as it is from then on.
_LASTING = (
    "task", "evidence_request", "interview", "consultation", "minutes", "opinion", "mediation", "third_party",
    "measure", "compensation", "review", "major_report",
)  # fmt: skip
# Only added to; the columns may be filled in once, where there are any.
_ADDED_TO = {
    "decision": (),
    "grading": (),
    "fulfilment": (),
    "accountability": (
        "appeal_until",
        "appeal_basis",
        "appeal_provisional",
        "appealed_on",
        "appeal_grounds",
        "appeal_decided_by",
        "appeal_decided_on",
        "appeal_outcome",
        "recheck_decided_by",
        "recheck_decided_on",
        "recheck_outcome",
        "revision",
    ),
    "follow_up": ("settled_at", "settled_by_name", "settlement", "revision"),
}


def _guards(connection: sa.Connection) -> list[Guard]:
    found = [
        Guard("follow_up", "settled", "UPDATE", "OLD.settled_at IS NOT NULL", "what was answered stands"),
        Guard(
            "task_document",
            "delete",
            "DELETE",
            "NOT EXISTS (SELECT 1 FROM destruction_warrant w JOIN task t ON t.dossier_id = w.dossier_id "
            "WHERE t.id = OLD.task_id)",
            "what a task brought stands",
        ),
    ]
    year = "EXISTS (SELECT 1 FROM register_closing c WHERE c.book = 'accounts' AND c.year = NEW.year)"
    found.append(Guard("accountability", "closed_add", "INSERT", year, "the register of this year is closed"))
    for table in (*_LASTING, "decision", "grading", "fulfilment"):
        made = _ENDED.format(row="NEW")
        found.append(Guard(table, "insert", "INSERT", made, "an ended dossier is read-only"))
    for table in _LASTING:
        found.append(Guard(table, "delete", "DELETE", _UNWARRANTED, f"{table} is kept with its dossier"))
        found.append(Guard(table, "ended", "UPDATE", _ENDED.format(row="OLD"), "an ended dossier is read-only"))
    for table, columns in _ADDED_TO.items():
        changed = guards.others_differ(connection, table, columns)
        found.append(Guard(table, "delete", "DELETE", _UNWARRANTED, f"{table} is append-only"))
        found.append(Guard(table, "update", "UPDATE", changed, f"{table} is append-only"))
    return found


def upgrade() -> None:
    op.create_table(
        "cluster",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("likeness", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_name", sa.String(length=80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("emergency_reason", sa.Text(), nullable=False),
        sa.Column("report_to", sa.String(length=120), nullable=False),
        sa.Column("report_basis", sa.String(length=200), nullable=False),
        sa.Column("report_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_by_name", sa.String(length=80), nullable=False),
        sa.Column("report_reference", sa.String(length=80), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster")),
    )
    op.create_index(op.f("ix_cluster_state_found_at"), "cluster", ["state", "found_at"], unique=False)
    op.create_index(
        "uq_cluster_open_key",
        "cluster",
        ["key"],
        unique=True,
        sqlite_where=sa.text("state IN ('proposed', 'confirmed') AND key <> ''"),
        postgresql_where=sa.text("state IN ('proposed', 'confirmed') AND key <> ''"),
    )
    op.create_table(
        "accountability",
        sa.Column("person", sa.String(length=120), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("sanction", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(length=260), nullable=False),
        sa.Column("amount", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("decided_by", sa.String(length=120), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("referred_to", sa.String(length=200), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("appeal_until", sa.Date(), nullable=True),
        sa.Column("appeal_basis", sa.String(length=260), nullable=False),
        sa.Column("appeal_provisional", sa.Boolean(), nullable=False),
        sa.Column("appealed_on", sa.Date(), nullable=True),
        sa.Column("appeal_grounds", sa.Text(), nullable=False),
        sa.Column("appeal_decided_by", sa.String(length=120), nullable=False),
        sa.Column("appeal_decided_on", sa.Date(), nullable=True),
        sa.Column("appeal_outcome", sa.Text(), nullable=False),
        sa.Column("recheck_decided_by", sa.String(length=120), nullable=False),
        sa.Column("recheck_decided_on", sa.Date(), nullable=True),
        sa.Column("recheck_outcome", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_by_name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_accountability_dossier_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_accountability_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accountability")),
        sa.UniqueConstraint("year", "serial", name=op.f("uq_accountability_year_serial")),
    )
    op.create_index(
        op.f("ix_accountability_appeal_provisional"), "accountability", ["appeal_provisional"], unique=False
    )
    op.create_index(op.f("ix_accountability_dossier_id"), "accountability", ["dossier_id"], unique=False)
    op.create_table(
        "cluster_member",
        sa.Column("cluster_id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_name", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name=op.f("fk_cluster_member_cluster_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_cluster_member_dossier_id")),
        sa.PrimaryKeyConstraint("cluster_id", "dossier_id", name=op.f("pk_cluster_member")),
    )
    op.create_index(op.f("ix_cluster_member_dossier_id"), "cluster_member", ["dossier_id"], unique=False)
    op.create_table(
        "follow_up",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("side", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("reopen_reason", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_name", sa.String(length=80), nullable=False),
        sa.Column("settlement", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_by_name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_follow_up_dossier_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_follow_up_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
    )
    op.create_index(op.f("ix_follow_up_at"), "follow_up", ["at"], unique=False)
    op.create_index(op.f("ix_follow_up_dossier_id"), "follow_up", ["dossier_id"], unique=False)
    op.create_index(
        op.f("ix_follow_up_settled_at_reopen_reason"), "follow_up", ["settled_at", "reopen_reason"], unique=False
    )
    op.create_table(
        "grading",
        sa.Column("profile", sa.String(length=40), nullable=False),
        sa.Column("grade", sa.String(length=40), nullable=False),
        sa.Column("grade_name", sa.String(length=80), nullable=False),
        sa.Column("reason_name", sa.String(length=120), nullable=False),
        sa.Column("before", sa.String(length=40), nullable=False),
        sa.Column("after", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_by_name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_grading_dossier_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_grading_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grading")),
    )
    op.create_index(op.f("ix_grading_dossier_id"), "grading", ["dossier_id"], unique=False)
    op.create_table(
        "major_report",
        sa.Column("receiver", sa.String(length=120), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by_name", sa.String(length=80), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_by_name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_major_report_dossier_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_major_report_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_major_report")),
    )
    op.create_index(op.f("ix_major_report_dossier_id"), "major_report", ["dossier_id"], unique=False)
    op.create_table(
        "opinion",
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("approvers", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_by_name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_opinion_dossier_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_opinion_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion")),
    )
    op.create_index(op.f("ix_opinion_dossier_id"), "opinion", ["dossier_id"], unique=False)
    op.create_table(
        "progress_code",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_name", sa.String(length=80), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_progress_code_dossier_id")),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_progress_code")),
    )
    op.create_table(
        "review",
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_by_name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_review_dossier_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_review_made_by")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["account.id"], name=op.f("fk_review_reviewer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_index(op.f("ix_review_dossier_id"), "review", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_review_reviewer_id"), "review", ["reviewer_id"], unique=False)
    op.create_table(
        "task",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_by_name", sa.String(length=80), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("done_by_name", sa.String(length=80), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_by_name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("fk_task_answered_by")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_task_dossier_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_task_made_by")),
        sa.ForeignKeyConstraint(["person_id"], ["account.id"], name=op.f("fk_task_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_task_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index(op.f("ix_task_dossier_id"), "task", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_task_person_id_state"), "task", ["person_id", "state"], unique=False)
    op.create_index(op.f("ix_task_unit_id_state"), "task", ["unit_id", "state"], unique=False)
    op.create_table(
        "third_party",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_by_name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_third_party_dossier_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_third_party_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_third_party")),
    )
    op.create_index(op.f("ix_third_party_dossier_id"), "third_party", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_third_party_name"), "third_party", ["name"], unique=False)
    op.create_table(
        "compensation",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("amount", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("payer", sa.String(length=120), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_by_name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_compensation_document_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_compensation_dossier_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_compensation_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compensation")),
    )
    op.create_index(op.f("ix_compensation_dossier_id"), "compensation", ["dossier_id"], unique=False)
    op.create_table(
        "consultation",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("body", sa.String(length=200), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("replied_on", sa.Date(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_by_name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_consultation_document_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_consultation_dossier_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_consultation_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation")),
    )
    op.create_index(op.f("ix_consultation_dossier_id"), "consultation", ["dossier_id"], unique=False)
    op.create_table(
        "evidence_request",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_by_name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_evidence_request_document_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_evidence_request_dossier_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_evidence_request_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_request")),
    )
    op.create_index(op.f("ix_evidence_request_dossier_id"), "evidence_request", ["dossier_id"], unique=False)
    op.create_table(
        "fulfilment",
        sa.Column("demand", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("basis", sa.String(length=260), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("strikes_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_by_name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_fulfilment_document_id")),
        sa.ForeignKeyConstraint(["strikes_id"], ["fulfilment.id"], name=op.f("fk_fulfilment_strikes_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_fulfilment_dossier_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_fulfilment_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fulfilment")),
        sa.UniqueConstraint("strikes_id", name=op.f("uq_fulfilment_strikes_id")),
    )
    op.create_index(op.f("ix_fulfilment_dossier_id"), "fulfilment", ["dossier_id"], unique=False)
    op.create_table(
        "interview",
        sa.Column("person", sa.String(length=120), nullable=False),
        sa.Column("capacity", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("interviewer", sa.String(length=120), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_by_name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_interview_document_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_interview_dossier_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_interview_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview")),
    )
    op.create_index(op.f("ix_interview_dossier_id"), "interview", ["dossier_id"], unique=False)
    op.create_table(
        "measure",
        sa.Column("third_party_id", sa.Uuid(), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("result_on", sa.Date(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("complainant_view", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_by_name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_measure_dossier_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_measure_made_by")),
        sa.ForeignKeyConstraint(["third_party_id"], ["third_party.id"], name=op.f("fk_measure_third_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure")),
    )
    op.create_index(op.f("ix_measure_dossier_id"), "measure", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_measure_third_party_id"), "measure", ["third_party_id"], unique=False)
    op.create_table(
        "mediation",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("mediator", sa.String(length=120), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("participants", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("record_document_id", sa.Uuid(), nullable=True),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("agreement_document_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_by_name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_document_id"], ["document.id"], name=op.f("fk_mediation_agreement_document_id")
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_mediation_dossier_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_mediation_made_by")),
        sa.ForeignKeyConstraint(["record_document_id"], ["document.id"], name=op.f("fk_mediation_record_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediation")),
    )
    op.create_index(op.f("ix_mediation_dossier_id"), "mediation", ["dossier_id"], unique=False)
    op.create_table(
        "minutes",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("chair", sa.String(length=120), nullable=False),
        sa.Column("attendees", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_by_name", sa.String(length=80), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_minutes_document_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_minutes_dossier_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_minutes_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes")),
    )
    op.create_index(op.f("ix_minutes_dossier_id"), "minutes", ["dossier_id"], unique=False)
    op.create_table(
        "task_document",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_task_document_document_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_document_task_id")),
        sa.PrimaryKeyConstraint("task_id", "document_id", name=op.f("pk_task_document")),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("opinion_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("minutes_id", sa.Uuid(), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_decision_by")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_decision_dossier_id")),
        sa.ForeignKeyConstraint(["minutes_id"], ["minutes.id"], name=op.f("fk_decision_minutes_id")),
        sa.ForeignKeyConstraint(["opinion_id"], ["opinion.id"], name=op.f("fk_decision_opinion_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("opinion_id", "step", name=op.f("uq_decision_opinion_id_step")),
    )
    op.create_index(op.f("ix_decision_dossier_id"), "decision", ["dossier_id"], unique=False)
    guards.create(op.get_bind(), _guards(op.get_bind()))


def downgrade() -> None:
    guards.drop(op.get_bind(), _guards(op.get_bind()))
    op.drop_index(op.f("ix_decision_dossier_id"), table_name="decision")
    op.drop_table("decision")
    op.drop_table("task_document")
    op.drop_index(op.f("ix_minutes_dossier_id"), table_name="minutes")
    op.drop_table("minutes")
    op.drop_index(op.f("ix_mediation_dossier_id"), table_name="mediation")
    op.drop_table("mediation")
    op.drop_index(op.f("ix_measure_third_party_id"), table_name="measure")
    op.drop_index(op.f("ix_measure_dossier_id"), table_name="measure")
    op.drop_table("measure")
    op.drop_index(op.f("ix_fulfilment_dossier_id"), table_name="fulfilment")
    op.drop_table("fulfilment")
    op.drop_index(op.f("ix_interview_dossier_id"), table_name="interview")
    op.drop_table("interview")
    op.drop_index(op.f("ix_evidence_request_dossier_id"), table_name="evidence_request")
    op.drop_table("evidence_request")
    op.drop_index(op.f("ix_consultation_dossier_id"), table_name="consultation")
    op.drop_table("consultation")
    op.drop_index(op.f("ix_compensation_dossier_id"), table_name="compensation")
    op.drop_table("compensation")
    op.drop_index(op.f("ix_third_party_name"), table_name="third_party")
    op.drop_index(op.f("ix_third_party_dossier_id"), table_name="third_party")
    op.drop_table("third_party")
    op.drop_index(op.f("ix_task_unit_id_state"), table_name="task")
    op.drop_index(op.f("ix_task_person_id_state"), table_name="task")
    op.drop_index(op.f("ix_task_dossier_id"), table_name="task")
    op.drop_table("task")
    op.drop_index(op.f("ix_review_reviewer_id"), table_name="review")
    op.drop_index(op.f("ix_review_dossier_id"), table_name="review")
    op.drop_table("review")
    op.drop_table("progress_code")
    op.drop_index(op.f("ix_opinion_dossier_id"), table_name="opinion")
    op.drop_table("opinion")
    op.drop_index(op.f("ix_major_report_dossier_id"), table_name="major_report")
    op.drop_table("major_report")
    op.drop_index(op.f("ix_grading_dossier_id"), table_name="grading")
    op.drop_table("grading")
    op.drop_index(op.f("ix_follow_up_settled_at_reopen_reason"), table_name="follow_up")
    op.drop_index(op.f("ix_follow_up_dossier_id"), table_name="follow_up")
    op.drop_index(op.f("ix_follow_up_at"), table_name="follow_up")
    op.drop_table("follow_up")
    op.drop_index(op.f("ix_cluster_member_dossier_id"), table_name="cluster_member")
    op.drop_table("cluster_member")
    op.drop_index(op.f("ix_accountability_appeal_provisional"), table_name="accountability")
    op.drop_index(op.f("ix_accountability_dossier_id"), table_name="accountability")
    op.drop_table("accountability")
    op.drop_index(
        "uq_cluster_open_key",
        table_name="cluster",
        sqlite_where=sa.text("state IN ('proposed', 'confirmed') AND key <> ''"),
        postgresql_where=sa.text("state IN ('proposed', 'confirmed') AND key <> ''"),
    )
    op.drop_index(op.f("ix_cluster_state_found_at"), table_name="cluster")
    op.drop_table("cluster")
