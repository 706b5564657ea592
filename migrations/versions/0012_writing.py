"""Letters that people write to many, and to whom each went."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012_writing"
down_revision = "0011_access_requests"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXTS = sa.JSON().with_variant(JSONB(), "postgresql")
"""A text in each language, as an object of language to text."""


def upgrade() -> None:
    op.create_table(
        "written_letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid()),
        sa.Column("audiences", sa.JSON(), nullable=False),
        sa.Column("subject", TEXTS, nullable=False),
        sa.Column("text", TEXTS, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("written_by", ID),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_written_letter"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_written_letter_event_id_event"),
        sa.ForeignKeyConstraint(
            ["written_by"], ["account.id"], "fk_written_letter_written_by_account"
        ),
    )
    op.create_index("ix_written_letter_event_id", "written_letter", ["event_id"])
    op.create_index("ix_written_letter_written_at", "written_letter", ["written_at"])
    op.create_table(
        "letter_reader",
        sa.Column("id", ID, nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", ID),
        sa.Column("invitation_id", ID),
        sa.PrimaryKeyConstraint("id", name="pk_letter_reader"),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["written_letter.id"], "fk_letter_reader_letter_id_written_letter"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_letter_reader_person_id_person"),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], "fk_letter_reader_invitation_id_invitation"
        ),
    )
    op.create_index("ix_letter_reader_letter_id", "letter_reader", ["letter_id"])
    op.create_index("ix_letter_reader_person_id", "letter_reader", ["person_id"])


def downgrade() -> None:
    op.drop_table("letter_reader")
    op.drop_table("written_letter")
