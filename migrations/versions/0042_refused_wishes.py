"""A season says of a webinar without a place which time came nearest; there is one way to plan it."""

import sqlalchemy as sa
from alembic import op

revision = "0042_refused_wishes"
down_revision = "0041_edition_documents"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("season_wish", sa.Column("refused_at", sa.DateTime(timezone=True)))
    op.drop_column("season", "solver")


def downgrade() -> None:
    op.add_column("season", sa.Column("solver", sa.String(10), nullable=False, server_default=""))
    op.drop_column("season_wish", "refused_at")
