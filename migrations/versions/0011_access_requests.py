"""Requests for access, until they are decided or lapse."""

import sqlalchemy as sa
from alembic import op

revision = "0011_access_requests"
down_revision = "0010_copied_agenda"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "access_request",
        sa.Column("id", ID, nullable=False),
        sa.Column("full_name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("country_code", sa.String(2)),
        sa.Column("institution", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("decision", sa.String(10), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_access_request"),
        sa.ForeignKeyConstraint(
            ["country_code"], ["country.code"], "fk_access_request_country_code_country"
        ),
    )
    op.create_index("ix_access_request_email", "access_request", ["email"])


def downgrade() -> None:
    op.drop_table("access_request")
