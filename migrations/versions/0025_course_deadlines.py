"""Days by which those who enter a post are to finish a course."""

import sqlalchemy as sa
from alembic import op

revision = "0025_course_deadlines"
down_revision = "0024_refreshers"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "course_deadline",
        sa.Column("course_id", ID, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("course_id", name="pk_course_deadline"),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], "fk_course_deadline_course_id_course"
        ),
    )
    op.create_table(
        "course_due",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("appointment_id", ID, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("told", sa.String(10), nullable=False),
        sa.Column("digest_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_course_due"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_course_due_person_id_person"),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], "fk_course_due_course_id_course"),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], "fk_course_due_appointment_id_appointment"
        ),
        sa.UniqueConstraint(
            "appointment_id", "course_id", name="uq_course_due_appointment_id_course_id"
        ),
    )
    op.create_index("ix_course_due_person_id", "course_due", ["person_id"])


def downgrade() -> None:
    op.drop_table("course_due")
    op.drop_table("course_deadline")
