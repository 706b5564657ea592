"""Whoever asks for a correction says whether certificates are to be issued anew with it."""

import sqlalchemy as sa
from alembic import op

revision = "0052_certificates_anew"
down_revision = "0051_practice_fields"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "correction_request",
        sa.Column("reissue", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    op.drop_column("correction_request", "reissue")
