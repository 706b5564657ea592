"""Answers that are written or matched, weights, a limit of attempts, webinars as parts of modules."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0022_answers"
down_revision = "0021_enrolments"
branch_labels = None
depends_on = None

TEXTS = sa.JSON().with_variant(JSONB(), "postgresql")
"""A text in each language, as an object of language to text."""
NEW_COLUMNS = {
    "unit": (
        sa.Column("max_attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("webinar", sa.JSON()),
        sa.Column("is_optional", sa.Boolean(), server_default=sa.false(), nullable=False),
    ),
    "item": (
        sa.Column("weight", sa.Integer(), server_default="1", nullable=False),
        sa.Column("strict", sa.JSON()),
    ),
    "item_option": (
        sa.Column("weight", sa.Numeric(8, 5)),
        sa.Column("match", TEXTS),
        sa.Column("number", sa.String(40)),
        sa.Column("tolerance", sa.String(40)),
    ),
    "attempt_item": (sa.Column("mark", sa.Numeric(5, 4)),),
}


def upgrade() -> None:
    for table, columns in NEW_COLUMNS.items():
        for column in columns:
            op.add_column(table, column)


def downgrade() -> None:
    for table, columns in NEW_COLUMNS.items():
        for column in columns:
            op.drop_column(table, column.name)
