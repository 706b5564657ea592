"""Which webinar an activity of a work plan became."""

import sqlalchemy as sa
from alembic import op

revision = "0047_webinar_of_activity"
down_revision = "0046_mandate_of_institutions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agreement", sa.Column("webinar_id", sa.Uuid()))
    op.create_index("ix_agreement_webinar_id", "agreement", ["webinar_id"])


def downgrade() -> None:
    op.drop_index("ix_agreement_webinar_id", "agreement")
    op.drop_column("agreement", "webinar_id")
