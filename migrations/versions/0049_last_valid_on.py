"""A certificate's last valid day is named so: elsewhere `valid_until` is the first day without."""

from alembic import op

revision = "0049_last_valid_on"
down_revision = "0048_chosen_names"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("certificate", "valid_until", new_column_name="last_valid_on")


def downgrade() -> None:
    op.alter_column("certificate", "last_valid_on", new_column_name="valid_until")
