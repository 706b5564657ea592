"""When a handover note was asked of somebody who left, and when it arrived."""

import sqlalchemy as sa
from alembic import op

revision = "0038_handover_notes"
down_revision = "0037_letters_to_many"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("appointment", sa.Column("note_asked_on", sa.Date()))
    op.add_column("appointment", sa.Column("note_received_on", sa.Date()))


def downgrade() -> None:
    op.drop_column("appointment", "note_received_on")
    op.drop_column("appointment", "note_asked_on")
