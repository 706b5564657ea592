"""What the form of the UN Network on Migration asks of a good practice beyond its own words."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0051_practice_fields"
down_revision = "0050_life_of_certificates"
branch_labels = None
depends_on = None

TEXTS = sa.JSON().with_variant(JSONB(), "postgresql")
COLUMNS = (
    ("objectives", sa.JSON(), "'[]'"),
    ("goals", sa.JSON(), "'[]'"),
    ("principles", sa.JSON(), "'[]'"),
    ("benefits", TEXTS, "'{}'"),
    ("lessons", TEXTS, "'{}'"),
    ("recommendations", TEXTS, "'{}'"),
)


def upgrade() -> None:
    for name, kind, empty in COLUMNS:
        op.add_column(
            "good_practice", sa.Column(name, kind, nullable=False, server_default=sa.text(empty))
        )


def downgrade() -> None:
    for name, _kind, _empty in reversed(COLUMNS):
        op.drop_column("good_practice", name)
