"""The record: a mark on each row of the journal and of certificates, the chain over them, and what
its last verification found.
"""

import sqlalchemy as sa
from alembic import op

revision = "0078_record"
down_revision = "0080_refused_tries"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MARKED = ("journal_entry", "certificate", "revocation", "name_erasure", "certificate_file")


def upgrade() -> None:
    for table in MARKED:
        op.add_column(table, sa.Column("record_mark", sa.String(36), nullable=True))
    op.create_table(
        "record_link",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("row_id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mac", sa.String(43), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_link")),
    )
    op.create_index("uq_record_link_kind_row_id", "record_link", ["kind", "row_id"], unique=True)
    op.create_table(
        "record_check",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("links", sa.BigInteger(), nullable=False),
        sa.Column("findings", sa.Integer(), nullable=False),
        sa.Column("broken_since", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_record_check_only")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_check")),
    )


def downgrade() -> None:
    op.drop_table("record_check")
    op.drop_index("uq_record_link_kind_row_id", "record_link")
    op.drop_table("record_link")
    is_sqlite = op.get_bind().dialect.name == "sqlite"  # its triggers are lifted already
    for table in reversed(MARKED):
        if not is_sqlite:
            for rule in ("mark_append_only_0", "append_only"):
                op.execute(f"DROP TRIGGER IF EXISTS {table}_{rule} ON {table}")
        op.drop_column(table, "record_mark")
