"""What a session is recognised by in the list of its owner, when it was last used, and since when a
password holds.

SQLite rebuilds `sign_in`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0077_open_sessions"
down_revision = "0068_counts_only_countries"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
PASSWORDS = """
UPDATE account SET password_set_at = coalesce(
    (SELECT max(at) FROM journal_entry
     WHERE subject_kind = 'account' AND fact = 'PasswordChanged'
       AND subject_id = CAST(account.id AS VARCHAR)),
    created_at)
WHERE password IS NOT NULL
"""


def upgrade() -> None:
    op.add_column("account", sa.Column("password_set_at", INSTANT))
    op.execute(PASSWORDS)
    for name, length in (("device", 10), ("system", 20), ("network", 43)):
        op.add_column(
            "sign_in", sa.Column(name, sa.String(length), nullable=False, server_default="")
        )
    op.add_column("sign_in", sa.Column("seen_at", INSTANT))
    op.execute("UPDATE sign_in SET seen_at = created_at")
    with op.batch_alter_table("sign_in") as table:
        table.alter_column("seen_at", existing_type=INSTANT, nullable=False)


def downgrade() -> None:
    for name in ("seen_at", "network", "system", "device"):
        op.drop_column("sign_in", name)
    op.drop_column("account", "password_set_at")
