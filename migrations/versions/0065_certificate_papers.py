"""What the office has certificates say and look like, and who signs them from when to when.

Nothing is filled in: until the office writes something, certificates are as they were.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0065_certificate_papers"
down_revision = "0059_certificates_by_last_day"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXTS = sa.JSON().with_variant(JSONB(), "postgresql")
PICTURE = "certificate_picture"


def upgrade() -> None:
    op.create_table(
        PICTURE,
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_by", ID),
        sa.PrimaryKeyConstraint("sha256", name=f"pk_{PICTURE}"),
        sa.ForeignKeyConstraint(
            ["stored_by"], ["account.id"], name=f"fk_{PICTURE}_stored_by_account"
        ),
    )
    op.create_table(
        "certificate_text",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("title", TEXTS, nullable=False),
        sa.Column("opening", TEXTS, nullable=False),
        sa.Column("sentence", TEXTS, nullable=False),
        sa.PrimaryKeyConstraint("kind", name="pk_certificate_text"),
    )
    op.create_table(
        "certificate_look",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("deep", sa.String(7), nullable=False),
        sa.Column("accent", sa.String(7), nullable=False),
        sa.Column("logo", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_certificate_look"),
        sa.ForeignKeyConstraint(
            ["logo"], [f"{PICTURE}.sha256"], name=f"fk_certificate_look_logo_{PICTURE}"
        ),
        sa.CheckConstraint("id = 1", name=op.f("ck_certificate_look_only")),
    )
    op.create_table(
        "signatory_term",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", TEXTS, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date()),
        sa.Column("signature", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_signatory_term"),
        sa.ForeignKeyConstraint(
            ["signature"], [f"{PICTURE}.sha256"], name=f"fk_signatory_term_signature_{PICTURE}"
        ),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until > valid_from",
            name=op.f("ck_signatory_term_some_day"),
        ),
    )


def downgrade() -> None:
    for table in ("signatory_term", "certificate_look", "certificate_text", PICTURE):
        op.drop_table(table)
