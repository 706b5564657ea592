"""Texts of letters that the office replaces."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016_letter_texts"
down_revision = "0015_meetings"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXTS = sa.JSON().with_variant(JSONB(), "postgresql")
"""A text in each language, as an object of language to text."""


def upgrade() -> None:
    op.create_table(
        "letter_text",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("subject", TEXTS, nullable=False),
        sa.Column("introduction", TEXTS, nullable=False),
        sa.Column("closing", TEXTS, nullable=False),
        sa.Column("changed_by", ID),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("kind", name="pk_letter_text"),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], "fk_letter_text_changed_by_account"),
    )


def downgrade() -> None:
    op.drop_table("letter_text")
