"""One person, once: merges of two records, and where a merged record goes on."""

import sqlalchemy as sa
from alembic import op

revision = "0014_merges"
down_revision = "0013_search"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("person", sa.Column("merged_into_id", ID))
    op.create_table(
        "person_merge",
        sa.Column("id", ID, nullable=False),
        sa.Column("kept_id", ID, nullable=False),
        sa.Column("gone_id", ID, nullable=False),
        sa.Column("merged_at", INSTANT, nullable=False),
        sa.Column("merged_by", ID),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("undone_at", INSTANT),
        sa.Column("undone_by", ID),
        sa.Column("left_over", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person_merge"),
        sa.ForeignKeyConstraint(["kept_id"], ["person.id"], "fk_person_merge_kept_id_person"),
        sa.ForeignKeyConstraint(["gone_id"], ["person.id"], "fk_person_merge_gone_id_person"),
        sa.ForeignKeyConstraint(
            ["merged_by"], ["account.id"], "fk_person_merge_merged_by_account"
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["account.id"], "fk_person_merge_undone_by_account"
        ),
    )
    op.create_index("ix_person_merge_kept_id", "person_merge", ["kept_id"])
    op.create_index("ix_person_merge_gone_id", "person_merge", ["gone_id"])


def downgrade() -> None:
    op.drop_table("person_merge")
    op.drop_column("person", "merged_into_id")
