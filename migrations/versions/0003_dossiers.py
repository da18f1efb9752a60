"""Dossiers, parties, contacts, assignments, recusals."""

import sqlalchemy as sa
from alembic import op

revision = "0003_dossiers"
down_revision = "0002_audit_jobs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "code_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("table", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("parent_code", sa.String(length=40), nullable=True),
        sa.Column("needs", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_item")),
        sa.UniqueConstraint("table", "code", name=op.f("uq_code_item_table_code")),
    )
    op.create_table(
        "institution",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institution")),
        sa.UniqueConstraint("name", name=op.f("uq_institution_name")),
    )
    op.create_table(
        "number_series",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_number_series")),
    )
    op.create_table(
        "dossier",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("fonds", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("registered_by", sa.Uuid(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("respondent_id", sa.Uuid(), nullable=True),
        sa.Column("respondent_person", sa.String(length=120), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("product", sa.String(length=120), nullable=False),
        sa.Column("severity", sa.String(length=40), nullable=False),
        sa.Column("severity_reason", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("occurred_on", sa.Date(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("contract_no", sa.String(length=80), nullable=False),
        sa.Column("account_sealed", sa.Text(), nullable=True),
        sa.Column("account_tail", sa.String(length=20), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decline_reason", sa.String(length=60), nullable=False),
        sa.Column("decline_link", sa.String(length=200), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closing_assumed", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_rule", sa.Text(), nullable=False),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("custom", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("(closed_on IS NULL) = (closed_at IS NULL)", name=op.f("ck_dossier_closing_whole")),
        sa.ForeignKeyConstraint(["officer_id"], ["account.id"], name=op.f("fk_dossier_officer_id")),
        sa.ForeignKeyConstraint(["registered_by"], ["account.id"], name=op.f("fk_dossier_registered_by")),
        sa.ForeignKeyConstraint(["respondent_id"], ["institution.id"], name=op.f("fk_dossier_respondent_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_dossier_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier")),
        sa.UniqueConstraint("number", name=op.f("uq_dossier_number")),
    )
    op.create_index(
        op.f("ix_dossier_file_room"),
        "dossier",
        ["fonds", "year", "category", "restricted", "unit_id", "officer_id", "id", "closed_at"],
        unique=False,
    )
    op.create_index(op.f("ix_dossier_officer_id_state"), "dossier", ["officer_id", "state"], unique=False)
    op.create_index(op.f("ix_dossier_registered_at_id"), "dossier", ["registered_at", "id"], unique=False)
    op.create_index(op.f("ix_dossier_due_at_id"), "dossier", ["due_at", "id"], unique=False)
    op.create_index(op.f("ix_dossier_closed_at_due_at"), "dossier", ["closed_at", "due_at"], unique=False)
    op.create_index(op.f("ix_dossier_contract_no"), "dossier", ["contract_no"], unique=False)
    op.create_index(op.f("ix_dossier_respondent_id"), "dossier", ["respondent_id"], unique=False)
    op.create_index(op.f("ix_dossier_state_registered_at"), "dossier", ["state", "registered_at"], unique=False)
    op.create_index(op.f("ix_dossier_unit_id_registered_at"), "dossier", ["unit_id", "registered_at"], unique=False)
    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("person_name", sa.String(length=120), nullable=False),
        sa.Column("phone_sealed", sa.Text(), nullable=True),
        sa.Column("phone_masked", sa.String(length=40), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("in_scope", sa.Boolean(), nullable=True),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("leader_opinion", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_contact_dossier_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_contact_recorded_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_contact_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("unit_id", "year", "serial", name=op.f("uq_contact_unit_id_year_serial")),
    )
    op.create_index(op.f("ix_contact_received_at"), "contact", ["received_at"], unique=False)
    op.create_table(
        "dossier_access",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_access_dossier_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_dossier_access_unit_id")),
        sa.PrimaryKeyConstraint("dossier_id", "unit_id", name=op.f("pk_dossier_access")),
    )
    op.create_index(op.f("ix_dossier_access_unit_id"), "dossier_access", ["unit_id"], unique=False)
    op.create_table(
        "dossier_alias",
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_alias_dossier_id")),
        sa.PrimaryKeyConstraint("number", "dossier_id", name=op.f("pk_dossier_alias")),
    )
    op.create_table(
        "dossier_grant",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_dossier_grant_account_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_grant_dossier_id")),
        sa.ForeignKeyConstraint(["granted_by"], ["account.id"], name=op.f("fk_dossier_grant_granted_by")),
        sa.PrimaryKeyConstraint("dossier_id", "account_id", name=op.f("pk_dossier_grant")),
    )
    op.create_index(op.f("ix_dossier_grant_account_id"), "dossier_grant", ["account_id"], unique=False)
    op.create_table(
        "dossier_move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(length=80), nullable=False),
        sa.Column("verb", sa.String(length=40), nullable=False),
        sa.Column("before", sa.String(length=40), nullable=True),
        sa.Column("after", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["account.id"], name=op.f("fk_dossier_move_actor_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_move_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_move")),
    )
    op.create_index(op.f("ix_dossier_move_dossier_id_at"), "dossier_move", ["dossier_id", "at"], unique=False)
    op.create_table(
        "hand_over",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("from_unit_id", sa.Uuid(), nullable=False),
        sa.Column("to_unit_id", sa.Uuid(), nullable=False),
        sa.Column("lead", sa.Boolean(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("offered_by", sa.Uuid(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("fk_hand_over_answered_by")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_hand_over_dossier_id")),
        sa.ForeignKeyConstraint(["from_unit_id"], ["unit.id"], name=op.f("fk_hand_over_from_unit_id")),
        sa.ForeignKeyConstraint(["offered_by"], ["account.id"], name=op.f("fk_hand_over_offered_by")),
        sa.ForeignKeyConstraint(["officer_id"], ["account.id"], name=op.f("fk_hand_over_officer_id")),
        sa.ForeignKeyConstraint(["to_unit_id"], ["unit.id"], name=op.f("fk_hand_over_to_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
        sa.UniqueConstraint("year", "serial", name=op.f("uq_hand_over_year_serial")),
    )
    op.create_index(op.f("ix_hand_over_dossier_id"), "hand_over", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_hand_over_to_unit_id_state"), "hand_over", ["to_unit_id", "state"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_notice_dossier_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_notice_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_dossier_id"), "notice", ["dossier_id"], unique=False)
    op.create_table(
        "closing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("assumed", sa.Boolean(), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["closed_by"], ["account.id"], name=op.f("fk_closing_closed_by")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_closing_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing")),
    )
    op.create_index(op.f("ix_closing_closed_on"), "closing", ["closed_on"], unique=False)
    op.create_index(op.f("ix_closing_dossier_id"), "closing", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_closing_reopened_at"), "closing", ["reopened_at"], unique=False)
    op.create_table(
        "party",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("id_number_sealed", sa.Text(), nullable=True),
        sa.Column("id_number_masked", sa.String(length=40), nullable=False),
        sa.Column("phone_sealed", sa.Text(), nullable=True),
        sa.Column("phone_masked", sa.String(length=40), nullable=False),
        sa.Column("address_sealed", sa.Text(), nullable=True),
        sa.Column("mandate", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_party_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
    )
    op.create_index(op.f("ix_party_dossier_id"), "party", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_party_name"), "party", ["name"], unique=False)
    op.create_table(
        "pause",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_pause_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")),
    )
    op.create_index(op.f("ix_pause_dossier_id"), "pause", ["dossier_id"], unique=False)
    op.create_table(
        "recusal",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("declared_by", sa.Uuid(), nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_recusal_account_id")),
        sa.ForeignKeyConstraint(["declared_by"], ["account.id"], name=op.f("fk_recusal_declared_by")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_recusal_dossier_id")),
        sa.PrimaryKeyConstraint("dossier_id", "account_id", name=op.f("pk_recusal")),
    )
    op.create_index(op.f("ix_recusal_account_id"), "recusal", ["account_id"], unique=False)
    op.create_table(
        "party_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("hash", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_party_key_dossier_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_party_key_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_key")),
    )
    op.create_index(op.f("ix_party_key_dossier_id"), "party_key", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_party_key_hash"), "party_key", ["hash"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_party_key_hash"), table_name="party_key")
    op.drop_index(op.f("ix_party_key_dossier_id"), table_name="party_key")
    op.drop_table("party_key")
    op.drop_index(op.f("ix_recusal_account_id"), table_name="recusal")
    op.drop_table("recusal")
    op.drop_index(op.f("ix_pause_dossier_id"), table_name="pause")
    op.drop_table("pause")
    op.drop_index(op.f("ix_closing_reopened_at"), table_name="closing")
    op.drop_index(op.f("ix_closing_dossier_id"), table_name="closing")
    op.drop_index(op.f("ix_closing_closed_on"), table_name="closing")
    op.drop_table("closing")
    op.drop_index(op.f("ix_notice_dossier_id"), table_name="notice")
    op.drop_table("notice")
    op.drop_index(op.f("ix_party_name"), table_name="party")
    op.drop_index(op.f("ix_party_dossier_id"), table_name="party")
    op.drop_table("party")
    op.drop_index(op.f("ix_hand_over_to_unit_id_state"), table_name="hand_over")
    op.drop_index(op.f("ix_hand_over_dossier_id"), table_name="hand_over")
    op.drop_table("hand_over")
    op.drop_index(op.f("ix_dossier_move_dossier_id_at"), table_name="dossier_move")
    op.drop_table("dossier_move")
    op.drop_index(op.f("ix_dossier_grant_account_id"), table_name="dossier_grant")
    op.drop_table("dossier_grant")
    op.drop_table("dossier_alias")
    op.drop_index(op.f("ix_dossier_access_unit_id"), table_name="dossier_access")
    op.drop_table("dossier_access")
    op.drop_index(op.f("ix_contact_received_at"), table_name="contact")
    op.drop_table("contact")
    op.drop_index(op.f("ix_dossier_unit_id_registered_at"), table_name="dossier")
    op.drop_index(op.f("ix_dossier_state_registered_at"), table_name="dossier")
    op.drop_index(op.f("ix_dossier_contract_no"), table_name="dossier")
    op.drop_index(op.f("ix_dossier_closed_at_due_at"), table_name="dossier")
    op.drop_index(op.f("ix_dossier_due_at_id"), table_name="dossier")
    op.drop_index(op.f("ix_dossier_registered_at_id"), table_name="dossier")
    op.drop_index(op.f("ix_dossier_respondent_id"), table_name="dossier")
    op.drop_index(op.f("ix_dossier_officer_id_state"), table_name="dossier")
    op.drop_index(op.f("ix_dossier_file_room"), table_name="dossier")
    op.drop_table("dossier")
    op.drop_table("number_series")
    op.drop_table("institution")
    op.drop_table("code_item")
