"""What the presidency is asked to authorize; what it had been asked already becomes a request."""

import uuid
from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0033_authorization_requests"
down_revision = "0032_demo_mark"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
IS_OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    requests = op.create_table(
        "authorization_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("timezone", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", ID),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("decide_by", INSTANT, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", ID),
        sa.Column("answered_at", INSTANT),
        sa.Column("offered_starts_at", INSTANT),
        sa.Column("offered_ends_at", INSTANT),
        sa.CheckConstraint("ends_at > starts_at", name="ck_authorization_request_span"),
        sa.PrimaryKeyConstraint("id", name="pk_authorization_request"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_authorization_request_event_id_event"),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], "fk_authorization_request_asked_by_account"),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["account.id"], "fk_authorization_request_answered_by_account"
        ),
    )
    op.create_index("ix_authorization_request_event_id", "authorization_request", ["event_id"])
    op.create_index(
        "ix_authorization_request_state_decide_by", "authorization_request", ["state", "decide_by"]
    )
    op.create_index(
        "uq_authorization_request_open",
        "authorization_request",
        ["event_id"],
        unique=True,
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )
    _keep_what_was_asked(requests)


def _keep_what_was_asked(requests: sa.Table) -> None:
    event = sa.table(
        "event",
        sa.column("id", sa.Uuid()),
        sa.column("status"),
        sa.column("starts_at", INSTANT),
        sa.column("ends_at", INSTANT),
        sa.column("timezone"),
        sa.column("created_by"),
        sa.column("asked_at", INSTANT),
        sa.column("approved_at", INSTANT),
    )
    asked = sa.select(event).where(
        event.c.status == "draft",
        event.c.asked_at.is_not(None),
        event.c.approved_at.is_(None),
        event.c.starts_at.is_not(None),
    )
    connection = op.get_bind()
    rows = [
        {
            "id": uuid.uuid4(),
            "event_id": row.id,
            "starts_at": row.starts_at,
            "ends_at": row.ends_at,
            "timezone": row.timezone,
            "reason": "",
            "asked_by": row.created_by,
            "asked_at": row.asked_at,
            "decide_by": row.asked_at + timedelta(days=30),
            "state": "open",
            "answer": "",
        }
        for row in connection.execute(asked)
    ]
    if rows:
        connection.execute(requests.insert(), rows)


def downgrade() -> None:
    op.drop_table("authorization_request")
