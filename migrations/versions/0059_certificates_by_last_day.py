"""Certificates that end soon are found by their last valid day."""

from alembic import op

revision = "0059_certificates_by_last_day"
down_revision = "0058_certificate_file_by_hash"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_certificate_last_valid_on", "certificate", ["last_valid_on"])


def downgrade() -> None:
    op.drop_index("ix_certificate_last_valid_on", "certificate")
