"""The first day: the first organizer's address, invitations by letter, steps of the setting up."""

import sqlalchemy as sa
from alembic import op

revision = "0009_first_day"
down_revision = "0008_course_content"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("institution", sa.Column("closed_on", sa.Date()))
    op.create_table(
        "doubtful_institution",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_doubtful_institution"),
    )
    op.create_table(
        "left_out",
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name="pk_left_out"),
    )
    op.create_table(
        "account_invitation",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("scope", sa.String(60), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("token_sha256", sa.String(64)),
        sa.Column("sent_at", INSTANT),
        sa.Column("lapses_at", INSTANT),
        sa.Column("used_at", INSTANT),
        sa.Column("revoked_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_account_invitation"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], "fk_account_invitation_account_id_account"
        ),
        sa.UniqueConstraint("token_sha256", name="uq_account_invitation_token_sha256"),
    )
    op.create_index("ix_account_invitation_account_id", "account_invitation", ["account_id"])
    op.create_table(
        "first_key",
        sa.Column("id", ID, nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("lapses_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_first_key"),
        sa.UniqueConstraint("token_sha256", name="uq_first_key_token_sha256"),
    )
    op.create_table(
        "setup_mark",
        sa.Column("step", sa.String(20), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("step", name="pk_setup_mark"),
    )


def downgrade() -> None:
    for table in (
        "setup_mark",
        "first_key",
        "account_invitation",
        "left_out",
        "doubtful_institution",
    ):
        op.drop_table(table)
    op.drop_column("institution", "closed_on")
