"""Posts that are closed, people who act in a post, and the courses that a post asks for beside the
counted one.

SQLite rebuilds `appointment`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0060_offices"
down_revision = "0067_print_files"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("post", sa.Column("closed_on", sa.Date()))
    with op.batch_alter_table("appointment") as table:
        table.add_column(
            sa.Column("is_acting", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.add_column(sa.Column("acting_until", sa.Date()))
        table.create_check_constraint("acting_until_of_acting", "acting_until IS NULL OR is_acting")
    op.create_table(
        "post_course",
        sa.Column("post_id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("post_id", "course_id", name="pk_post_course"),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name="fk_post_course_post_id_post", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name="fk_post_course_course_id_course"
        ),
    )


def downgrade() -> None:
    op.drop_table("post_course")
    with op.batch_alter_table("appointment") as table:
        table.drop_constraint("acting_until_of_acting", type_="check")
        table.drop_column("acting_until")
        table.drop_column("is_acting")
    op.drop_column("post", "closed_on")
