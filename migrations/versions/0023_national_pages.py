"""National pages: what an official needs at the desk of each country."""

import sqlalchemy as sa
from alembic import op

revision = "0023_national_pages"
down_revision = "0022_answers"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def texts() -> sa.types.TypeEngine:
    from sqlalchemy.dialects.postgresql import JSONB

    return sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "national_page",
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("notes", texts(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("checked_at", INSTANT),
        sa.PrimaryKeyConstraint("country_code", name="pk_national_page"),
        sa.ForeignKeyConstraint(
            ["country_code"], ["country.code"], "fk_national_page_country_code_country"
        ),
    )
    op.create_table(
        "national_line",
        sa.Column("id", ID, nullable=False),
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", texts(), nullable=False),
        sa.Column("about", texts(), nullable=False),
        sa.Column("adopted_on", sa.Date()),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("telephone", sa.String(60), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("hours", texts(), nullable=False),
        sa.Column("timezone", sa.String(40), nullable=False),
        sa.Column("spoken", texts(), nullable=False),
        sa.Column("is_of_office", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_national_line"),
        sa.ForeignKeyConstraint(
            ["country_code"],
            ["national_page.country_code"],
            "fk_national_line_country_code_national_page",
        ),
    )
    op.create_index("ix_national_line_country_code", "national_line", ["country_code"])


def downgrade() -> None:
    op.drop_table("national_line")
    op.drop_table("national_page")
