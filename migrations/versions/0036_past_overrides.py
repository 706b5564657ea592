"""Overrides of times that events have left, for who takes the act back."""

import sqlalchemy as sa
from alembic import op

revision = "0036_past_overrides"
down_revision = "0035_letters_by_event"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "past_override",
        sa.Column("id", ID, nullable=False),
        sa.Column("holder", sa.String(80), nullable=False),
        sa.Column("rule", sa.String(30), nullable=False),
        sa.Column("against", sa.String(80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", ID),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_past_override"),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], "fk_past_override_decided_by_account"),
    )
    op.create_index("ix_past_override_holder", "past_override", ["holder"])


def downgrade() -> None:
    op.drop_table("past_override")
