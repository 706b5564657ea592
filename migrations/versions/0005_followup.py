"""Followup: agreements and good practices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005_followup"
down_revision = "0004_training"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXTS = sa.JSON().with_variant(JSONB(), "postgresql")
"""A text in each language, as an object of language to text."""


def upgrade() -> None:
    # agreements
    op.create_table(
        "finding",
        sa.Column("id", ID, nullable=False),
        sa.Column("work_table_id", ID, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", TEXTS, nullable=False),
        sa.Column("section", sa.String(20), nullable=False),
        sa.Column("created_by", ID),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_finding"),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], "fk_finding_created_by_account"),
        sa.ForeignKeyConstraint(
            ["work_table_id"], ["work_table.id"], "fk_finding_work_table_id_work_table"
        ),
        sa.CheckConstraint("kind IN ('finding', 'action')", name=op.f("ck_finding_kind")),
    )
    op.create_index("ix_finding_work_table_id", "finding", ["work_table_id"])
    op.create_table(
        "agreement",
        sa.Column("id", ID, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("letter", sa.String(1), nullable=False),
        sa.Column("text", TEXTS, nullable=False),
        sa.Column("verb", sa.String(12), nullable=False),
        sa.Column("due", sa.Date()),
        sa.Column("section", sa.String(20), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("evidence_url", sa.String(500), nullable=False),
        sa.Column("created_by", ID),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agreement"),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], "fk_agreement_created_by_account"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_agreement_event_id_event"),
        sa.UniqueConstraint(
            "event_id", "number", "letter", name="uq_agreement_event_id_number_letter"
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_agreement_number")),
        sa.CheckConstraint(
            "status IN ('open', 'in-progress', 'done', 'no-longer-applicable')",
            name=op.f("ck_agreement_status"),
        ),
    )
    op.create_index("ix_agreement_due", "agreement", ["due"])
    op.create_index("ix_agreement_status", "agreement", ["status"])
    op.create_table(
        "closed_without_attendance",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", ID),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_closed_without_attendance"),
        sa.ForeignKeyConstraint(["by"], ["account.id"], "fk_closed_without_attendance_by_account"),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], "fk_closed_without_attendance_event_id_event"
        ),
    )
    op.create_table(
        "agreement_party",
        sa.Column("agreement_id", ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("country_code", sa.String(2)),
        sa.PrimaryKeyConstraint("agreement_id", "kind", "key", name="pk_agreement_party"),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], "fk_agreement_party_agreement_id_agreement"
        ),
        sa.ForeignKeyConstraint(
            ["country_code"], ["country.code"], "fk_agreement_party_country_code_country"
        ),
    )
    op.create_index("ix_agreement_party_country_code", "agreement_party", ["country_code"])
    op.create_table(
        "agreement_proposal",
        sa.Column("agreement_id", ID, nullable=False),
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("evidence_url", sa.String(500), nullable=False),
        sa.Column("by", ID),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("agreement_id", "country_code", name="pk_agreement_proposal"),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], "fk_agreement_proposal_agreement_id_agreement"
        ),
        sa.ForeignKeyConstraint(["by"], ["account.id"], "fk_agreement_proposal_by_account"),
        sa.ForeignKeyConstraint(
            ["country_code"], ["country.code"], "fk_agreement_proposal_country_code_country"
        ),
    )
    op.create_table(
        "agreement_review",
        sa.Column("agreement_id", ID, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", ID),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("agreement_id", "event_id", name="pk_agreement_review"),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], "fk_agreement_review_agreement_id_agreement"
        ),
        sa.ForeignKeyConstraint(["by"], ["account.id"], "fk_agreement_review_by_account"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_agreement_review_event_id_event"),
    )
    op.create_index("ix_agreement_review_event_id", "agreement_review", ["event_id"])
    op.create_table(
        "priority_issue",
        sa.Column("id", ID, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", TEXTS, nullable=False),
        sa.Column("session_kind", sa.String(20), nullable=False),
        sa.Column("proposed_by", sa.String(2)),
        sa.Column("placed_at", INSTANT),
        sa.Column("session_id", sa.Uuid()),
        sa.PrimaryKeyConstraint("id", name="pk_priority_issue"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_priority_issue_event_id_event"),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["country.code"], "fk_priority_issue_proposed_by_country"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session.id"],
            "fk_priority_issue_session_id_session",
            ondelete="SET NULL",
        ),
    )
    op.create_index("ix_priority_issue_event_id", "priority_issue", ["event_id"])
    op.create_index("ix_priority_issue_session_id", "priority_issue", ["session_id"])

    # practices
    op.create_table(
        "good_practice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid()),
        sa.Column("category", sa.String(20), nullable=False),
        sa.Column("title", TEXTS, nullable=False),
        sa.Column("summary", TEXTS, nullable=False),
        sa.Column("organisation", sa.String(200), nullable=False),
        sa.Column("organisation_type", sa.String(20), nullable=False),
        sa.Column("country_code", sa.String(2)),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("submitted_by", ID),
        sa.Column("submitted_at", INSTANT, nullable=False),
        sa.Column("reviewed_by", ID),
        sa.Column("reviewed_at", INSTANT),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_good_practice"),
        sa.ForeignKeyConstraint(
            ["country_code"], ["country.code"], "fk_good_practice_country_code_country"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_good_practice_event_id_event"),
        sa.ForeignKeyConstraint(
            ["reviewed_by"], ["account.id"], "fk_good_practice_reviewed_by_account"
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["person.id"], "fk_good_practice_submitted_by_person"
        ),
    )
    op.create_index("ix_good_practice_event_id", "good_practice", ["event_id"])
    op.create_index(
        "ix_good_practice_status_submitted_at", "good_practice", ["status", "submitted_at"]
    )
    op.create_index("ix_good_practice_submitted_by", "good_practice", ["submitted_by"])


def downgrade() -> None:
    for table in (
        "good_practice",
        "priority_issue",
        "agreement_review",
        "agreement_proposal",
        "agreement_party",
        "closed_without_attendance",
        "agreement",
        "finding",
    ):
        op.drop_table(table)
