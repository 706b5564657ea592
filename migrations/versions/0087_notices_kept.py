"""No wording of a country's notice is changed or deleted: the triggers come after each migration."""

revision = "0087_notices_kept"
down_revision = "0084_country_notices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Changes no table. A database that stands at the version before gets the triggers with it."""


def downgrade() -> None:
    """Leaves the triggers, which go with their table."""
