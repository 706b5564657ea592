"""Letters of a country: a focal point writes to its officials."""

import sqlalchemy as sa
from alembic import op

revision = "0027_country_letters"
down_revision = "0026_pretests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "written_letter",
        sa.Column("country_code", sa.String(2), nullable=False, server_default=""),
    )
    op.create_index("ix_written_letter_country_code", "written_letter", ["country_code"])


def downgrade() -> None:
    op.drop_index("ix_written_letter_country_code", "written_letter")
    op.drop_column("written_letter", "country_code")
