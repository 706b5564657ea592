"""What was typed on a step of setting up and is not saved yet."""

import sqlalchemy as sa
from alembic import op

revision = "0030_setup_drafts"
down_revision = "0029_course_reviews"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "setup_draft",
        sa.Column("step", sa.String(20), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("step", name="pk_setup_draft"),
    )


def downgrade() -> None:
    op.drop_table("setup_draft")
