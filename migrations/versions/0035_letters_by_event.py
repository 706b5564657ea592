"""Letters are looked for by the event that they are about: whom its invitations reached."""

from alembic import op

revision = "0035_letters_by_event"
down_revision = "0034_corrections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_message_event_id", "message", ["event_id"])


def downgrade() -> None:
    op.drop_index("ix_message_event_id", "message")
