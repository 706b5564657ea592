"""A speaker may speak under a chosen name; their event then keeps no link to a recording."""

import sqlalchemy as sa
from alembic import op

revision = "0048_chosen_names"
down_revision = "0047_webinar_of_activity"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, column in (("outside_speaker", "is_protected"), ("event", "is_unrecorded")):
        op.add_column(
            table, sa.Column(column, sa.Boolean(), nullable=False, server_default=sa.false())
        )


def downgrade() -> None:
    op.drop_column("event", "is_unrecorded")
    op.drop_column("outside_speaker", "is_protected")
