"""Office: letters, reports, handover and privacy."""

import sqlalchemy as sa
from alembic import op

revision = "0006_office"
down_revision = "0005_followup"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # notifications
    op.create_table(
        "mail_wish",
        sa.Column("person_id", ID, nullable=False, autoincrement=False),
        sa.Column("week", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("day", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("hour", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("calendar", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("attachment", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_mail_wish"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_mail_wish_person_id_person"),
    )
    op.create_table(
        "answer_address",
        sa.Column("token", sa.String(20), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("token", name="pk_answer_address"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_answer_address_event_id_event"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_answer_address_person_id_person"),
    )
    op.create_index("ix_answer_address_person_id", "answer_address", ["person_id"])
    op.create_index(
        "uq_answer_address_event_id_person_id",
        "answer_address",
        ["event_id", "person_id"],
        unique=True,
    )
    op.create_table(
        "message",
        sa.Column("id", ID, nullable=False),
        sa.Column("dedupe", sa.String(120), nullable=False),
        sa.Column("person_id", ID),
        sa.Column("event_id", sa.Uuid()),
        sa.Column("event_sequence", sa.Integer()),
        sa.Column("recipient", sa.String(254), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), server_default="", nullable=False),
        sa.Column("calendar_method", sa.String(10), server_default="", nullable=False),
        sa.Column("has_attachment", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("reply_to", sa.String(254), server_default="", nullable=False),
        sa.Column("unsubscribe_url", sa.String(500), server_default="", nullable=False),
        sa.Column("token", sa.String(20), server_default="", nullable=False),
        sa.Column("entry_id", ID),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT),
        sa.Column("bounced_at", INSTANT),
        sa.Column("bounce_note", sa.String(400), server_default="", nullable=False),
        sa.Column("given_up_at", INSTANT),
        sa.Column("given_up_reason", sa.String(300), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["journal_entry.id"], "fk_message_entry_id_journal_entry"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_message_event_id_event"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_message_person_id_person"),
        sa.UniqueConstraint("dedupe", name="uq_message_dedupe"),
    )
    op.create_index("ix_message_entry_id", "message", ["entry_id"])
    op.create_index("ix_message_person_id", "message", ["person_id"])
    op.create_index("ix_message_recipient", "message", ["recipient"])
    op.create_index("ix_message_token", "message", ["token"])
    op.create_table(
        "reminder_round",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(5), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("done_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("event_id", "kind", "starts_at", name="pk_reminder_round"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_reminder_round_event_id_event"),
    )

    # reports
    op.create_table(
        "report_file",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("file_key", sa.String(70), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("event_id", "language", name="pk_report_file"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_report_file_event_id_event"),
    )

    # handover
    op.create_table(
        "handover_note",
        sa.Column("id", ID, nullable=False),
        sa.Column("office", sa.String(20), nullable=False),
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("written_by", ID),
        sa.PrimaryKeyConstraint("id", name="pk_handover_note"),
        sa.ForeignKeyConstraint(
            ["country_code"], ["country.code"], "fk_handover_note_country_code_country"
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["account.id"], "fk_handover_note_written_by_account"
        ),
    )
    op.create_index("ix_handover_note_office", "handover_note", ["office", "country_code", "since"])

    # privacy
    op.create_table(
        "consent",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("version", sa.String(10), nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_consent"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_consent_person_id_person"),
    )
    op.create_index("ix_consent_person_id", "consent", ["person_id"])
    op.create_index(
        "uq_consent_standing",
        "consent",
        ["person_id", "purpose"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )


def downgrade() -> None:
    for table in (
        "consent",
        "handover_note",
        "report_file",
        "reminder_round",
        "message",
        "answer_address",
        "mail_wish",
    ):
        op.drop_table(table)
