"""Pre-tests: one for each enrolment and module, and what was answered."""

import sqlalchemy as sa
from alembic import op

revision = "0026_pretests"
down_revision = "0025_course_deadlines"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "pretest",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("module_id", ID, autoincrement=False, nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("submitted_at", INSTANT),
        sa.Column("right", sa.Integer()),
        sa.Column("is_passed", sa.Boolean()),
        sa.PrimaryKeyConstraint("enrolment_id", "module_id", name="pk_pretest"),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], "fk_pretest_enrolment_id_enrolment"),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], "fk_pretest_module_id_module"),
    )


def downgrade() -> None:
    op.drop_table("pretest")
