"""What a country shares of its figures, and people whose names stay inside it."""

import sqlalchemy as sa
from alembic import op

revision = "0069_what_leaves_a_country"
down_revision = "0070_history_imports"
branch_labels = None
depends_on = None

WITHHELD = {"withheld": 10, "withheld_name": 200, "withheld_key": 200, "withheld_email": 254}


def upgrade() -> None:
    op.add_column(
        "country",
        sa.Column("shares_figures", sa.String(10), nullable=False, server_default="all"),
    )
    op.add_column(
        "institution",
        sa.Column("is_sensitive", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    for name, length in WITHHELD.items():
        op.add_column(
            "person", sa.Column(name, sa.String(length), nullable=False, server_default="")
        )


def downgrade() -> None:
    for name in reversed(WITHHELD):
        op.drop_column("person", name)
    op.drop_column("institution", "is_sensitive")
    op.drop_column("country", "shares_figures")
