"""What the office enters at the screen of its address and mail; letters that wait for either."""

import sqlalchemy as sa
from alembic import op

revision = "0031_installation"
down_revision = "0030_setup_drafts"
branch_labels = None
depends_on = None

COLUMNS = ("sealed_keys", "site", "is_filed", "held_at")


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False, server_default="")


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        _text("public_address", 300),
        sa.Column("address_changed_at", sa.DateTime(timezone=True)),
        _text("smtp_host", 254),
        sa.Column("smtp_port", sa.Integer()),
        _text("smtp_security", 10),
        _text("smtp_user", 254),
        sa.Column("smtp_password", sa.Text(), nullable=False, server_default=""),
        _text("mail_from", 300),
        sa.Column("mail_tested_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_installation"),
        sa.CheckConstraint("id = 1", name="ck_installation_only"),
    )
    op.add_column("message", sa.Column("held_at", sa.DateTime(timezone=True)))
    op.add_column(
        "message", sa.Column("is_filed", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("message", _text("site", 300))
    op.add_column(
        "message", sa.Column("sealed_keys", sa.Text(), nullable=False, server_default="")
    )


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("message", name)
    op.drop_table("installation")
