"""What was refused, counted by account and hour until it stands in the journal."""

import sqlalchemy as sa
from alembic import op

revision = "0080_refused_tries"
down_revision = "0074_corrected_cells"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "refused_try",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "kind", "hour", name="pk_refused_try"),
    )


def downgrade() -> None:
    op.drop_table("refused_try")
