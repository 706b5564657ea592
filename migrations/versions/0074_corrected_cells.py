"""What somebody typed over cells of a sheet of earlier years."""

import sqlalchemy as sa
from alembic import op

revision = "0074_corrected_cells"
down_revision = "0077_open_sessions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "history_import", sa.Column("corrections", sa.JSON(), nullable=False, server_default="[]")
    )


def downgrade() -> None:
    op.drop_column("history_import", "corrections")
