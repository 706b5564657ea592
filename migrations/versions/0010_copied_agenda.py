"""Every day: a copy of an event remembers whose agenda it takes over."""

import sqlalchemy as sa
from alembic import op

revision = "0010_copied_agenda"
down_revision = "0009_first_day"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event", sa.Column("agenda_from", sa.Uuid()))


def downgrade() -> None:
    op.drop_column("event", "agenda_from")
