"""Links to join of one's own: what a meeting program gave to each registered person."""

import sqlalchemy as sa
from alembic import op

revision = "0028_own_links"
down_revision = "0027_country_letters"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, length in (("own_url", 500), ("own_link_ref", 200), ("own_link_of", 32)):
        op.add_column(
            "registration", sa.Column(name, sa.String(length), nullable=False, server_default="")
        )
    op.add_column(
        "event_meeting",
        sa.Column("has_own_links", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("event_meeting", sa.Column("links_busy_until", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("event_meeting", "links_busy_until")
    op.drop_column("event_meeting", "has_own_links")
    for name in ("own_link_of", "own_link_ref", "own_url"):
        op.drop_column("registration", name)
