"""Refreshers: who wants them, what was asked and answered, and cards of memory."""

import sqlalchemy as sa
from alembic import op

revision = "0024_refreshers"
down_revision = "0023_national_pages"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "refresher_wish",
        sa.Column("person_id", ID, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("next_on", sa.Date()),
        sa.PrimaryKeyConstraint("person_id", name="pk_refresher_wish"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_refresher_wish_person_id_person"),
    )
    op.create_index("ix_refresher_wish_state_next_on", "refresher_wish", ["state", "next_on"])
    op.create_table(
        "refresher",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_refresher"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_refresher_person_id_person"),
    )
    op.create_index("ix_refresher_person_id_sent_at", "refresher", ["person_id", "sent_at"])
    op.create_table(
        "refresher_item",
        sa.Column("refresher_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("check_id", ID, nullable=False),
        sa.Column("response", sa.JSON(), nullable=False),
        sa.Column("is_correct", sa.Boolean()),
        sa.Column("answered_at", INSTANT),
        sa.PrimaryKeyConstraint("refresher_id", "position", name="pk_refresher_item"),
        sa.ForeignKeyConstraint(
            ["refresher_id"], ["refresher.id"], "fk_refresher_item_refresher_id_refresher"
        ),
        sa.ForeignKeyConstraint(
            ["check_id"], ["lesson_check.id"], "fk_refresher_item_check_id_lesson_check"
        ),
    )
    op.create_table(
        "review_card",
        sa.Column("person_id", ID, autoincrement=False, nullable=False),
        sa.Column("course_id", ID, autoincrement=False, nullable=False),
        sa.Column("check_code", sa.String(20), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", "course_id", "check_code", name="pk_review_card"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_review_card_person_id_person"),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], "fk_review_card_course_id_course"),
    )


def downgrade() -> None:
    for table in ("review_card", "refresher_item", "refresher", "refresher_wish"):
        op.drop_table(table)
