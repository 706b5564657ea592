"""What learners of an earlier edition are told of a change."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0040_told_changes"
down_revision = "0039_congress_claims"
branch_labels = None
depends_on = None

TEXTS = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("objective_change", sa.Column("told", TEXTS))


def downgrade() -> None:
    op.drop_column("objective_change", "told")
