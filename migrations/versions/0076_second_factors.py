"""Second factors: codes of six digits, passkeys, recovery codes, the days for setting one up, and what
is told about lost ones.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0076_second_factors"
down_revision = "0078_record"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPS, PASSKEYS, SPENT = "code_app", "passkey", "spent_challenge"
CODES, LOST, RULE = "recovery_code", "lost_factors", "factor_rule"
DEFAULT_GRACE_DAYS = 30


def _of_account(table: str, column: str = "account_id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["account.id"], name=f"fk_{table}_{column}_account")


def upgrade() -> None:
    op.create_table(
        APPS,
        sa.Column("account_id", ID, nullable=False, autoincrement=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("set_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("account_id", name=f"pk_{APPS}"),
        _of_account(APPS),
    )
    op.create_table(
        PASSKEYS,
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("credential_id", sa.String(1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("set_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=f"pk_{PASSKEYS}"),
        sa.UniqueConstraint("credential_id", name=f"uq_{PASSKEYS}_credential_id"),
        _of_account(PASSKEYS),
    )
    op.create_index(f"ix_{PASSKEYS}_account_id", PASSKEYS, ["account_id"])
    op.create_table(
        SPENT,
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=f"pk_{SPENT}"),
    )
    op.create_index(f"ix_{SPENT}_lapses_at", SPENT, ["lapses_at"])
    op.create_table(
        CODES,
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("code_sha256", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=f"pk_{CODES}"),
        sa.UniqueConstraint("code_sha256", name=f"uq_{CODES}_code_sha256"),
        _of_account(CODES),
    )
    op.create_index(f"ix_{CODES}_account_id", CODES, ["account_id"])
    op.create_table(
        LOST,
        sa.Column("account_id", ID, nullable=False, autoincrement=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_by", ID, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=f"pk_{LOST}"),
        _of_account(LOST),
        _of_account(LOST, "told_by"),
    )
    rule = op.create_table(
        RULE,
        sa.Column("id", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{RULE}"),
        sa.CheckConstraint("id = 1", name=f"ck_{RULE}_only"),
    )
    op.bulk_insert(
        rule, [{"id": 1, "grace_days": DEFAULT_GRACE_DAYS, "since": datetime.now(UTC)}]
    )


def downgrade() -> None:
    for table in (RULE, LOST, CODES, SPENT, PASSKEYS, APPS):
        op.drop_table(table)
