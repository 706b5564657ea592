"""Speakers from outside."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017_speakers"
down_revision = "0019_packages"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXTS = sa.JSON().with_variant(JSONB(), "postgresql")
"""A text in each language, as an object of language to text."""


def upgrade() -> None:
    op.create_table(
        "outside_speaker",
        sa.Column("person_id", ID, nullable=False, autoincrement=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("lines", TEXTS, nullable=False),
        sa.Column("photo", sa.LargeBinary()),
        sa.Column("has_photo", sa.Boolean(), nullable=False),
        sa.Column("bits", sa.String(64), nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("created_by", ID),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("answered_at", INSTANT),
        sa.Column("taken_out_at", INSTANT),
        sa.PrimaryKeyConstraint("person_id", name="pk_outside_speaker"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_outside_speaker_person_id_person"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_outside_speaker_event_id_event"),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], "fk_outside_speaker_created_by_account"
        ),
        sa.UniqueConstraint("token_sha256", name="uq_outside_speaker_token_sha256"),
    )
    op.create_index("ix_outside_speaker_event_id", "outside_speaker", ["event_id"])


def downgrade() -> None:
    op.drop_table("outside_speaker")
