"""An institution says whether it deals with migration, gender or both, where its kind does not."""

import sqlalchemy as sa
from alembic import op

revision = "0046_mandate_of_institutions"
down_revision = "0045_followup"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "institution", sa.Column("mandate", sa.String(10), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column("institution", "mandate")
