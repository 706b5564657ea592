"""Course content: practice, vignettes, glossary, sources, figures; private lines and answers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008_course_content"
down_revision = "0007_who_is_who"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXTS = sa.JSON().with_variant(JSONB(), "postgresql")
"""A text in each language, as an object of language to text."""

NEW_COLUMNS = {
    "unit": ("measured",),
    "item": ("explanation", "is_critical", "screen", "case_code"),
}


def upgrade() -> None:
    op.add_column("unit", sa.Column("measured", sa.Integer()))
    op.add_column("item", sa.Column("explanation", TEXTS))
    op.add_column(
        "item", sa.Column("is_critical", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("item", sa.Column("screen", sa.String(40)))
    op.add_column("item", sa.Column("case_code", sa.String(20)))
    op.create_table(
        "vignette",
        sa.Column("id", ID, nullable=False),
        sa.Column("module_id", ID, nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("text", TEXTS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_vignette"),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], "fk_vignette_module_id_module"),
        sa.UniqueConstraint("module_id", "code", name="uq_vignette_module_id_code"),
    )
    op.create_table(
        "lesson_check",
        sa.Column("id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("screen", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("stem", TEXTS, nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lesson_check"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], "fk_lesson_check_unit_id_unit"),
        sa.UniqueConstraint("unit_id", "code", name="uq_lesson_check_unit_id_code"),
    )
    op.create_table(
        "glossary_term",
        sa.Column("id", ID, nullable=False),
        sa.Column("module_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("term", TEXTS, nullable=False),
        sa.Column("meaning", TEXTS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_glossary_term"),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], "fk_glossary_term_module_id_module"),
        sa.UniqueConstraint("module_id", "position", name="uq_glossary_term_module_id_position"),
    )
    op.create_table(
        "course_source",
        sa.Column("id", ID, nullable=False),
        sa.Column("module_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("title", TEXTS, nullable=False),
        sa.Column("body", TEXTS, nullable=False),
        sa.Column("year", sa.Integer()),
        sa.Column("url", sa.String(300)),
        sa.Column("note", TEXTS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_course_source"),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], "fk_course_source_module_id_module"),
        sa.UniqueConstraint("module_id", "position", name="uq_course_source_module_id_position"),
    )
    op.create_table(
        "course_figure",
        sa.Column("id", ID, nullable=False),
        sa.Column("module_id", ID, nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_course_figure"),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], "fk_course_figure_module_id_module"),
        sa.UniqueConstraint(
            "module_id", "code", "language", name="uq_course_figure_module_id_code_language"
        ),
    )
    op.create_index("ix_course_figure_sha256", "course_figure", ["sha256"])
    op.create_table(
        "check_answer",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("check_id", ID, nullable=False),
        sa.Column("response", sa.JSON(), nullable=False),
        sa.Column("is_correct", sa.Boolean(), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("enrolment_id", "check_id", name="pk_check_answer"),
        sa.ForeignKeyConstraint(
            ["check_id"], ["lesson_check.id"], "fk_check_answer_check_id_lesson_check"
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], "fk_check_answer_enrolment_id_enrolment"
        ),
    )
    op.create_table(
        "lesson_note",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("screen", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("enrolment_id", "unit_id", "screen", name="pk_lesson_note"),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], "fk_lesson_note_enrolment_id_enrolment"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], "fk_lesson_note_unit_id_unit"),
    )


def downgrade() -> None:
    for table in (
        "lesson_note",
        "check_answer",
        "course_figure",
        "course_source",
        "glossary_term",
        "lesson_check",
        "vignette",
    ):
        op.drop_table(table)
    for table, columns in NEW_COLUMNS.items():
        for column in columns:
            op.drop_column(table, column)
