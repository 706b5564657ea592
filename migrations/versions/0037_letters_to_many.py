"""Whether somebody wants the letters that the office writes to many."""

import sqlalchemy as sa
from alembic import op

revision = "0037_letters_to_many"
down_revision = "0036_past_overrides"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "mail_wish", sa.Column("letters", sa.Boolean(), nullable=False, server_default=sa.true())
    )


def downgrade() -> None:
    op.drop_column("mail_wish", "letters")
