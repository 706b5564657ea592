"""Whom a single sign-on knows, and which account is theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0081_single_sign_on"
down_revision = "0076_second_factors"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "linked_sign_in",
        sa.Column("account_id", ID, autoincrement=False, nullable=False),
        sa.Column("issuer", sa.String(255), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_linked_sign_in"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name="fk_linked_sign_in_account_id_account"
        ),
        sa.UniqueConstraint("issuer", "subject", name="uq_linked_sign_in_issuer_subject"),
    )


def downgrade() -> None:
    op.drop_table("linked_sign_in")
