"""Drafts of courses; pictures and films of a course as files; what an edition changed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018_authoring"
down_revision = "0017_speakers"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXTS = sa.JSON().with_variant(JSONB(), "postgresql")
"""A text in each language, as an object of language to text."""


def upgrade() -> None:
    op.add_column("course_figure", sa.Column("media_type", sa.String(40)))
    op.create_table(
        "course_video",
        sa.Column("id", ID, nullable=False),
        sa.Column("module_id", ID, nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("title", TEXTS, nullable=False),
        sa.Column("url", sa.String(300)),
        sa.Column("sha256", sa.String(64)),
        sa.Column("media_type", sa.String(40)),
        sa.Column("captions", TEXTS, nullable=False),
        sa.Column("transcript", TEXTS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_course_video"),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], "fk_course_video_module_id_module"),
        sa.UniqueConstraint("module_id", "code", name="uq_course_video_module_id_code"),
    )
    op.create_index("ix_course_video_sha256", "course_video", ["sha256"])
    op.create_table(
        "objective_change",
        sa.Column("edition_id", ID, nullable=False),
        sa.Column("module_slug", sa.String(60), nullable=False),
        sa.Column("objective_code", sa.String(20), nullable=False),
        sa.Column("change", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint(
            "edition_id", "module_slug", "objective_code", name="pk_objective_change"
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["course_edition.id"], "fk_objective_change_edition_id_course_edition"
        ),
    )
    op.create_table(
        "course_draft",
        sa.Column("id", ID, nullable=False),
        sa.Column("slug", sa.String(60), nullable=False),
        sa.Column("base_edition_id", ID),
        sa.Column("started_by", ID),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("edition_id", ID),
        sa.Column("closed_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_course_draft"),
        sa.ForeignKeyConstraint(
            ["base_edition_id"],
            ["course_edition.id"],
            "fk_course_draft_base_edition_id_course_edition",
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["course_edition.id"], "fk_course_draft_edition_id_course_edition"
        ),
        sa.ForeignKeyConstraint(
            ["started_by"], ["account.id"], "fk_course_draft_started_by_account"
        ),
    )
    op.create_index(
        "uq_course_draft_open",
        "course_draft",
        ["slug"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "draft_part",
        sa.Column("id", ID, nullable=False),
        sa.Column("draft_id", ID, nullable=False),
        sa.Column("parent_id", ID),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("changed_by", ID),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("removed_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_draft_part"),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["course_draft.id"], "fk_draft_part_draft_id_course_draft"
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["draft_part.id"], "fk_draft_part_parent_id_draft_part"
        ),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], "fk_draft_part_changed_by_account"),
    )
    op.create_index("ix_draft_part_draft_id", "draft_part", ["draft_id"])
    op.create_index("ix_draft_part_parent_id", "draft_part", ["parent_id"])


def downgrade() -> None:
    op.drop_table("draft_part")
    op.drop_table("course_draft")
    op.drop_table("objective_change")
    op.drop_table("course_video")
    op.drop_column("course_figure", "media_type")
