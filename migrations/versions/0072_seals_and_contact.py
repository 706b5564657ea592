"""What an authority did not give when a file was sealed, the newest file found by an index; and where
anybody may write to the secretariat, entered at the screen.
"""

import sqlalchemy as sa
from alembic import op

revision = "0072_seals_and_contact"
down_revision = "0071_requests_of_countries"
branch_labels = None
depends_on = None

FILES, INSTALLATION = "certificate_file", "installation"


def upgrade() -> None:
    op.add_column(FILES, sa.Column("seal_lacks", sa.String(12), nullable=False, server_default=""))
    op.create_index(f"ix_{FILES}_stored_at", FILES, ["stored_at"])
    op.add_column(
        INSTALLATION, sa.Column("contact", sa.String(254), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column(INSTALLATION, "contact")
    op.drop_index(f"ix_{FILES}_stored_at", FILES)
    op.drop_column(FILES, "seal_lacks")
