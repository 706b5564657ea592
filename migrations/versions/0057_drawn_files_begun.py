"""A drawn file is on record before its bytes are stored, so that what a killed worker left is found.
"""

import sqlalchemy as sa
from alembic import op

revision = "0057_drawn_files_begun"
down_revision = "0053_recognised_waits"
branch_labels = None
depends_on = None

TABLE = "certificate_file_begun"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=f"pk_{TABLE}"),
    )


def downgrade() -> None:
    op.drop_table(TABLE)
