"""Countries that give no names, and the counts that their focal points declare."""

import sqlalchemy as sa
from alembic import op

revision = "0068_counts_only_countries"
down_revision = "0069_what_leaves_a_country"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("country", sa.Column("counts_only_since", sa.Date()))
    op.create_table(
        "declaration",
        sa.Column("id", ID, nullable=False),
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("declared_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_declaration"),
        sa.ForeignKeyConstraint(
            ["country_code"], ["country.code"], name="fk_declaration_country_code_country"
        ),
    )
    op.create_index("ix_declaration_country_code", "declaration", ["country_code"])
    op.create_table(
        "declared_count",
        sa.Column("declaration_id", ID, nullable=False),
        sa.Column("institution_id", ID, nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("serving", sa.Integer(), nullable=False),
        sa.Column("trained", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("declaration_id", "institution_id", name="pk_declared_count"),
        sa.ForeignKeyConstraint(
            ["declaration_id"],
            ["declaration.id"],
            name="fk_declared_count_declaration_id_declaration",
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institution.id"],
            name="fk_declared_count_institution_id_institution",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            "0 <= trained AND trained <= serving AND serving <= posts",
            name="ck_declared_count_parts",
        ),
    )


def downgrade() -> None:
    op.drop_table("declared_count")
    op.drop_index("ix_declaration_country_code", "declaration")
    op.drop_table("declaration")
    op.drop_column("country", "counts_only_since")
