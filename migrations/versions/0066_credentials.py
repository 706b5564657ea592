"""The public keys that credentials are signed with, kept for good, and the secret by which
certificates are spread over the places of their status lists.
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0066_credentials"
down_revision = "0063_quarterly_confirmation"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "issuer_key",
        sa.Column("kid", sa.String(43), nullable=False),
        sa.Column("public_jwk", sa.Text(), nullable=False),
        sa.Column("begins_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT),
        sa.Column("withdrawn_at", INSTANT),
        sa.PrimaryKeyConstraint("kid", name="pk_issuer_key"),
    )
    seed = op.create_table(
        "status_seed",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seed", sa.String(64), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_status_seed_only"),
        sa.PrimaryKeyConstraint("id", name="pk_status_seed"),
    )
    op.bulk_insert(seed, [{"id": 1, "seed": secrets.token_hex(32)}])


def downgrade() -> None:
    op.drop_table("status_seed")
    op.drop_table("issuer_key")
