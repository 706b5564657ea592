"""Training taken elsewhere waits for whoever accepts it, and counts for as long as a certificate.

The table is made anew: no page wrote to it before this migration.
"""

import sqlalchemy as sa
from alembic import op

revision = "0053_recognised_waits"
down_revision = "0052_certificates_anew"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TABLE = "recognised_training"


def upgrade() -> None:
    op.drop_table(TABLE)
    op.create_table(
        TABLE,
        *_training(),
        sa.Column("last_valid_on", sa.Date()),
        sa.Column("media_type", sa.String(40), nullable=False),
        sa.Column("brought_at", INSTANT, nullable=False),
        sa.Column("brought_by", ID, nullable=False),
        sa.Column("accepted_at", INSTANT),
        sa.Column("accepted_by", ID),
        sa.Column("ended_at", INSTANT),
        sa.Column("ended_by", ID),
        sa.Column("end_reason", sa.String(300), nullable=False),
        *_keys("brought_by", "accepted_by", "ended_by"),
        sa.CheckConstraint(
            "(accepted_at IS NULL) = (accepted_by IS NULL)",
            name=op.f("ck_recognised_training_accepted_by_one"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)",
            name=op.f("ck_recognised_training_ended_by_one"),
        ),
    )
    _indexes("ended_at IS NULL")


def downgrade() -> None:
    op.drop_table(TABLE)
    op.create_table(
        TABLE,
        *_training(),
        sa.Column("accepted_at", INSTANT, nullable=False),
        sa.Column("accepted_by", ID, nullable=False),
        sa.Column("taken_back_at", INSTANT),
        sa.Column("taken_back_by", ID),
        sa.Column("taken_back_reason", sa.String(300), nullable=False),
        *_keys("accepted_by", "taken_back_by"),
    )
    _indexes("taken_back_at IS NULL")


def _training() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("source_title", sa.String(200), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("hours", sa.String(8), nullable=False),
        sa.Column("file_key", sa.String(80), nullable=False),
        sa.Column("batch_id", sa.Uuid()),
        sa.PrimaryKeyConstraint("id", name=f"pk_{TABLE}"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=f"fk_{TABLE}_person_id_person"),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=f"fk_{TABLE}_course_id_course"),
        sa.ForeignKeyConstraint(
            ["country_code"], ["country.code"], name=f"fk_{TABLE}_country_code_country"
        ),
    ]


def _keys(*accounts: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], ["account.id"], name=f"fk_{TABLE}_{column}_account")
        for column in accounts
    ]


def _indexes(stands: str) -> None:
    op.create_index(
        f"uq_{TABLE}_stands",
        TABLE,
        ["person_id", "course_id", "completed_on"],
        unique=True,
        sqlite_where=sa.text(stands),
        postgresql_where=sa.text(stands),
    )
    op.create_index(f"ix_{TABLE}_country_code", TABLE, ["country_code"])
