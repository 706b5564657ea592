"""Sheets of earlier years, and which rows each of them added."""

import sqlalchemy as sa
from alembic import op

revision = "0070_history_imports"
down_revision = "0072_seals_and_contact"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "history_import",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("country_code", sa.String(2)),
        sa.Column("filename", sa.String(200), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("left", sa.JSON(), nullable=False),
        sa.Column("meanings", sa.JSON(), nullable=False),
        sa.Column("headings", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("hidden", sa.Integer(), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("entered", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", ID),
        sa.Column("saved_at", INSTANT),
        sa.Column("undone_at", INSTANT),
        sa.Column("undone_by", ID),
        sa.PrimaryKeyConstraint("id", name="pk_history_import"),
        sa.ForeignKeyConstraint(
            ["country_code"], ["country.code"], name="fk_history_import_country_code_country"
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], name="fk_history_import_created_by_account"
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["account.id"], name="fk_history_import_undone_by_account"
        ),
    )
    op.create_index("ix_history_import_country_code", "history_import", ["country_code"])
    op.create_table(
        "history_row",
        sa.Column("id", ID, nullable=False),
        sa.Column("import_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(40), nullable=False),
        sa.Column("key", sa.JSON(), nullable=False),
        sa.Column("mark", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_history_row"),
        sa.ForeignKeyConstraint(
            ["import_id"], ["history_import.id"], name="fk_history_row_import_id_history_import"
        ),
    )
    op.create_index("ix_history_row_import_id_id", "history_row", ["import_id", "id"])


def downgrade() -> None:
    op.drop_table("history_row")
    op.drop_table("history_import")
