"""Whether the database holds the demonstration; one that has its organizer does."""

import sqlalchemy as sa
from alembic import op

revision = "0032_demo_mark"
down_revision = "0031_installation"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "demo_mark",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_demo_mark"),
    )
    op.execute(
        "INSERT INTO demo_mark (id, loaded_at) SELECT 1, CURRENT_TIMESTAMP "
        "WHERE EXISTS (SELECT 1 FROM account WHERE email = 'focal-point-hn@example.org')"
    )


def downgrade() -> None:
    op.drop_table("demo_mark")
