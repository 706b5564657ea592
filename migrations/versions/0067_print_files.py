"""Files for a printer, made in the background and deleted after some days."""

import sqlalchemy as sa
from alembic import op

revision = "0067_print_files"
down_revision = "0066_credentials"
branch_labels = None
depends_on = None

TABLE = "certificate_print"
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("made_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name=f"pk_{TABLE}"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=f"fk_{TABLE}_account_id_account"
        ),
    )
    op.create_index(f"ix_{TABLE}_account_id", TABLE, ["account_id"])


def downgrade() -> None:
    op.drop_table(TABLE)
