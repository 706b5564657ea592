"""What each country tells of the data about its people: one row for each wording."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0084_country_notices"
down_revision = "0085_issuer_keys_on_record"
branch_labels = None
depends_on = None

TEXTS = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "country_notice",
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", TEXTS, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("country_code", "version", name="pk_country_notice"),
        sa.ForeignKeyConstraint(
            ["country_code"], ["country.code"], name="fk_country_notice_country_code_country"
        ),
    )


def downgrade() -> None:
    op.drop_table("country_notice")
