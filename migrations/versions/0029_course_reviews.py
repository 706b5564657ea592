"""When each course is reviewed next."""

import sqlalchemy as sa
from alembic import op

revision = "0029_course_reviews"
down_revision = "0028_own_links"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "course_review",
        sa.Column("course_id", ID, autoincrement=False, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("course_id", name="pk_course_review"),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], "fk_course_review_course_id_course"),
    )


def downgrade() -> None:
    op.drop_table("course_review")
