"""Who is who: what each country shares, and a mailbox for each institution."""

import sqlalchemy as sa
from alembic import op

revision = "0007_who_is_who"
down_revision = "0006_office"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("shares_delegates", "shares_emails"):
        column = sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)
        op.add_column("country", column)
    op.add_column(
        "institution",
        sa.Column("contact_email", sa.String(254), server_default="", nullable=False),
    )


def downgrade() -> None:
    op.drop_column("institution", "contact_email")
    for name in ("shares_emails", "shares_delegates"):
        op.drop_column("country", name)
