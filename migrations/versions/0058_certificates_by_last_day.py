"""Certificates that end soon are found by their last valid day."""

from alembic import op

revision = "0058_certificates_by_last_day"
down_revision = "0057_drawn_files_begun"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_certificate_last_valid_on", "certificate", ["last_valid_on"])


def downgrade() -> None:
    op.drop_index("ix_certificate_last_valid_on", "certificate")
