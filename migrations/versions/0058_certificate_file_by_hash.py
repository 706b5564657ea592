"""A file of a certificate is found by its hash, which whoever has the file may look up."""

from alembic import op

revision = "0058_certificate_file_by_hash"
down_revision = "0057_drawn_files_begun"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_certificate_file_sha256", "certificate_file", ["sha256"])


def downgrade() -> None:
    op.drop_index("ix_certificate_file_sha256", "certificate_file")
