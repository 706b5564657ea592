"""Meetings by connection: the office's account at a meeting program, and the meeting of each event."""

import sqlalchemy as sa
from alembic import op

revision = "0015_meetings"
down_revision = "0014_merges"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "meeting_connection",
        sa.Column("provider", sa.String(10), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("host", sa.String(254), nullable=False),
        sa.Column("ending", sa.String(4), nullable=False),
        sa.Column("checked_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("provider", name="pk_meeting_connection"),
    )
    op.create_table(
        "event_meeting",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.String(10), nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("external_id", sa.String(200), nullable=False),
        sa.Column("join_url", sa.String(500), nullable=False),
        sa.Column("topic", sa.String(200), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("busy_until", INSTANT),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("report_at", INSTANT),
        sa.Column("report_tries", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Uuid()),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_event_meeting"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_event_meeting_event_id_event"),
        sa.ForeignKeyConstraint(
            ["import_id"], ["attendance_import.id"], "fk_event_meeting_import_id_attendance_import"
        ),
        sa.UniqueConstraint("key", name="uq_event_meeting_key"),
    )
    op.create_index("ix_event_meeting_report_at", "event_meeting", ["report_at"])


def downgrade() -> None:
    op.drop_table("event_meeting")
    op.drop_table("meeting_connection")
