"""agreements, their reviews and proposals; priority issues; findings of work tables

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", BIG, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("letter", sa.String(length=1), nullable=False),
        sa.Column("text_es", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("verb", sa.String(length=12), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("section", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("evidence_url", sa.String(length=500), nullable=False),
        sa.Column("created_by", BIG, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_agreement_number")),
        sa.CheckConstraint(
            "status IN ('open', 'in-progress', 'done', 'no-longer-applicable')", name=op.f("ck_agreement_status")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_agreement_created_by_account")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_agreement_event_id_event")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("event_id", "number", "letter", name=op.f("uq_agreement_event_id_number_letter")),
    )
    op.create_index("ix_agreement_due", "agreement", ["due"])
    op.create_index("ix_agreement_status", "agreement", ["status"])

    op.create_table(
        "agreement_party",
        sa.Column("agreement_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("country_code", sa.String(length=2), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_party_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(
            ["country_code"], ["country.code"], name=op.f("fk_agreement_party_country_code_country")
        ),
        sa.PrimaryKeyConstraint("agreement_id", "kind", "key", name=op.f("pk_agreement_party")),
    )
    op.create_index("ix_agreement_party_country_code", "agreement_party", ["country_code"])

    op.create_table(
        "agreement_review",
        sa.Column("agreement_id", BIG, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", BIG, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_review_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_agreement_review_by_account")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_agreement_review_event_id_event")),
        sa.PrimaryKeyConstraint("agreement_id", "event_id", name=op.f("pk_agreement_review")),
    )
    op.create_index("ix_agreement_review_event_id", "agreement_review", ["event_id"])

    op.create_table(
        "agreement_proposal",
        sa.Column("agreement_id", BIG, nullable=False),
        sa.Column("country_code", sa.String(length=2), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("evidence_url", sa.String(length=500), nullable=False),
        sa.Column("by", BIG, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_proposal_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_agreement_proposal_by_account")),
        sa.ForeignKeyConstraint(
            ["country_code"], ["country.code"], name=op.f("fk_agreement_proposal_country_code_country")
        ),
        sa.PrimaryKeyConstraint("agreement_id", "country_code", name=op.f("pk_agreement_proposal")),
    )
    op.create_table(
        "priority_issue",
        sa.Column("id", BIG, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text_es", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("session_kind", sa.String(length=20), nullable=False),
        sa.Column("proposed_by", sa.String(length=2), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_priority_issue_event_id_event")),
        sa.ForeignKeyConstraint(["proposed_by"], ["country.code"], name=op.f("fk_priority_issue_proposed_by_country")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_priority_issue_session_id_session"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_priority_issue")),
    )
    op.create_index("ix_priority_issue_event_id", "priority_issue", ["event_id"])
    op.create_index("ix_priority_issue_session_id", "priority_issue", ["session_id"])

    op.create_table(
        "finding",
        sa.Column("id", BIG, nullable=False),
        sa.Column("work_table_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text_es", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("section", sa.String(length=20), nullable=False),
        sa.Column("created_by", BIG, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('finding', 'action')", name=op.f("ck_finding_kind")),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_finding_created_by_account")),
        sa.ForeignKeyConstraint(["work_table_id"], ["work_table.id"], name=op.f("fk_finding_work_table_id_work_table")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    op.create_index("ix_finding_work_table_id", "finding", ["work_table_id"])

    op.create_table(
        "closed_without_attendance",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", BIG, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_closed_without_attendance_by_account")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_closed_without_attendance_event_id_event")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_closed_without_attendance")),
    )


def downgrade() -> None:
    for table in (
        "closed_without_attendance",
        "finding",
        "priority_issue",
        "agreement_proposal",
        "agreement_review",
        "agreement_party",
        "agreement",
    ):
        op.drop_table(table)
