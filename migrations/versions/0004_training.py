"""Training: guidelines, courses and certificates."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004_training"
down_revision = "0003_participation"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXTS = sa.JSON().with_variant(JSONB(), "postgresql")
"""A text in each language, as an object of language to text."""


def upgrade() -> None:
    # library
    op.create_table(
        "guideline_version",
        sa.Column("id", ID, nullable=False),
        sa.Column("label", sa.String(20), nullable=False),
        sa.Column("title", TEXTS, nullable=False),
        sa.Column("source_note", TEXTS, nullable=False),
        sa.Column("adopted_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_guideline_version"),
        sa.UniqueConstraint("label", name="uq_guideline_version_label"),
    )
    op.create_table(
        "guideline_section",
        sa.Column("id", ID, nullable=False),
        sa.Column("guideline_version_id", ID, nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("title", TEXTS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_guideline_section"),
        sa.ForeignKeyConstraint(
            ["guideline_version_id"],
            ["guideline_version.id"],
            "fk_guideline_section_guideline_version_id_guideline_version",
        ),
        sa.UniqueConstraint(
            "guideline_version_id", "code", name="uq_guideline_section_guideline_version_id_code"
        ),
    )

    # learning
    op.create_table(
        "course",
        sa.Column("id", ID, nullable=False),
        sa.Column("slug", sa.String(60), nullable=False),
        sa.Column("title", TEXTS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_course"),
        sa.UniqueConstraint("slug", name="uq_course_slug"),
    )
    op.create_table(
        "course_edition",
        sa.Column("id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("label", sa.String(20), nullable=False),
        sa.Column("title", TEXTS, nullable=False),
        sa.Column("summary", TEXTS, nullable=False),
        sa.Column("guideline_version_id", ID, nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("validity_months", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_course_edition"),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], "fk_course_edition_course_id_course"),
        sa.ForeignKeyConstraint(
            ["guideline_version_id"],
            ["guideline_version.id"],
            "fk_course_edition_guideline_version_id_guideline_version",
        ),
        sa.UniqueConstraint("course_id", "label", name="uq_course_edition_course_id_label"),
    )
    op.create_table(
        "module",
        sa.Column("id", ID, nullable=False),
        sa.Column("edition_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(60), nullable=False),
        sa.Column("title", TEXTS, nullable=False),
        sa.Column("outcome", TEXTS, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("is_available", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_module"),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["course_edition.id"], "fk_module_edition_id_course_edition"
        ),
        sa.UniqueConstraint("edition_id", "number", name="uq_module_edition_id_number"),
    )
    op.create_table(
        "item",
        sa.Column("id", ID, nullable=False),
        sa.Column("module_id", ID, nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("objective_code", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("section", sa.String(20), nullable=False),
        sa.Column("stem", TEXTS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_item"),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], "fk_item_module_id_module"),
        sa.UniqueConstraint("module_id", "code", name="uq_item_module_id_code"),
    )
    op.create_table(
        "objective",
        sa.Column("id", ID, nullable=False),
        sa.Column("module_id", ID, nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("text", TEXTS, nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_objective"),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], "fk_objective_module_id_module"),
        sa.UniqueConstraint("module_id", "code", name="uq_objective_module_id_code"),
    )
    op.create_table(
        "unit",
        sa.Column("id", ID, nullable=False),
        sa.Column("module_id", ID, nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("title", TEXTS, nullable=False),
        sa.Column("screens", sa.Integer(), nullable=False),
        sa.Column("draw", sa.JSON(), nullable=False),
        sa.Column("pass_mark", sa.Numeric(4, 3)),
        sa.Column("pause_minutes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unit"),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], "fk_unit_module_id_module"),
        sa.UniqueConstraint("module_id", "position", name="uq_unit_module_id_position"),
    )
    op.create_table(
        "enrolment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("edition_id", ID, nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("last_unit_id", ID),
        sa.Column("last_screen", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_enrolment"),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["course_edition.id"], "fk_enrolment_edition_id_course_edition"
        ),
        sa.ForeignKeyConstraint(["last_unit_id"], ["unit.id"], "fk_enrolment_last_unit_id_unit"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_enrolment_person_id_person"),
        sa.UniqueConstraint("person_id", "edition_id", name="uq_enrolment_person_id_edition_id"),
    )
    op.create_index("ix_enrolment_edition_id", "enrolment", ["edition_id"])
    op.create_table(
        "item_option",
        sa.Column("id", ID, nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_correct", sa.Boolean(), nullable=False),
        sa.Column("text", TEXTS, nullable=False),
        sa.Column("feedback", TEXTS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_item_option"),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], "fk_item_option_item_id_item"),
        sa.UniqueConstraint("item_id", "position", name="uq_item_option_item_id_position"),
    )
    op.create_table(
        "unit_rendition",
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("screen", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "language", "screen", name="pk_unit_rendition"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], "fk_unit_rendition_unit_id_unit"),
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("pass_mark", sa.Numeric(4, 3), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("submitted_at", INSTANT),
        sa.Column("score", sa.Numeric(5, 4)),
        sa.Column("is_passed", sa.Boolean()),
        sa.PrimaryKeyConstraint("id", name="pk_attempt"),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], "fk_attempt_enrolment_id_enrolment"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], "fk_attempt_unit_id_unit"),
        sa.UniqueConstraint(
            "enrolment_id", "unit_id", "number", name="uq_attempt_enrolment_id_unit_id_number"
        ),
    )
    op.create_index(
        "uq_attempt_open",
        "attempt",
        ["enrolment_id", "unit_id"],
        unique=True,
        sqlite_where=sa.text("submitted_at IS NULL"),
        postgresql_where=sa.text("submitted_at IS NULL"),
    )
    op.create_table(
        "completion",
        sa.Column("id", ID, nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("module_id", ID),
        sa.Column("rule_version", sa.String(20), nullable=False),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_completion"),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], "fk_completion_enrolment_id_enrolment"
        ),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], "fk_completion_module_id_module"),
    )
    op.create_index(
        "uq_completion_edition",
        "completion",
        ["enrolment_id"],
        unique=True,
        sqlite_where=sa.text("module_id IS NULL"),
        postgresql_where=sa.text("module_id IS NULL"),
    )
    op.create_index(
        "uq_completion_module", "completion", ["enrolment_id", "module_id"], unique=True
    )
    op.create_table(
        "unit_progress",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("screen", sa.Integer(), nullable=False),
        sa.Column("completed_at", INSTANT),
        sa.PrimaryKeyConstraint("enrolment_id", "unit_id", name="pk_unit_progress"),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], "fk_unit_progress_enrolment_id_enrolment"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], "fk_unit_progress_unit_id_unit"),
    )
    op.create_table(
        "attempt_item",
        sa.Column("id", ID, nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("option_order", sa.JSON(), nullable=False),
        sa.Column("response", sa.JSON(), nullable=False),
        sa.Column("answered_at", INSTANT),
        sa.Column("is_correct", sa.Boolean()),
        sa.PrimaryKeyConstraint("id", name="pk_attempt_item"),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], "fk_attempt_item_attempt_id_attempt"
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], "fk_attempt_item_item_id_item"),
        sa.UniqueConstraint("attempt_id", "position", name="uq_attempt_item_attempt_id_position"),
    )

    # certificates
    op.create_table(
        "certificate",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("course_edition_id", ID),
        sa.Column("country_code", sa.String(2)),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("facts_sha256", sa.String(64), nullable=False),
        sa.Column("design", sa.String(40), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date()),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_certificate"),
        sa.ForeignKeyConstraint(
            ["country_code"], ["country.code"], "fk_certificate_country_code_country"
        ),
        sa.ForeignKeyConstraint(
            ["course_edition_id"],
            ["course_edition.id"],
            "fk_certificate_course_edition_id_course_edition",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_certificate_person_id_person"),
        sa.UniqueConstraint("code", name="uq_certificate_code"),
        sa.UniqueConstraint(
            "person_id",
            "kind",
            "course_edition_id",
            name="uq_certificate_person_id_kind_course_edition_id",
        ),
    )
    op.create_index(
        "ix_certificate_country_code_completed_on", "certificate", ["country_code", "completed_on"]
    )
    op.create_index("ix_certificate_person_id", "certificate", ["person_id"])
    op.create_table(
        "certificate_file",
        sa.Column("certificate_id", ID, nullable=False),
        sa.Column("media_type", sa.String(60), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("stored_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("certificate_id", "media_type", name="pk_certificate_file"),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], "fk_certificate_file_certificate_id_certificate"
        ),
    )
    op.create_table(
        "revocation",
        sa.Column("certificate_id", ID, nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=False),
        sa.Column("revoked_by", ID),
        sa.PrimaryKeyConstraint("certificate_id", name="pk_revocation"),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], "fk_revocation_certificate_id_certificate"
        ),
        sa.ForeignKeyConstraint(["revoked_by"], ["account.id"], "fk_revocation_revoked_by_account"),
    )


def downgrade() -> None:
    for table in (
        "revocation",
        "certificate_file",
        "certificate",
        "attempt_item",
        "unit_progress",
        "completion",
        "attempt",
        "unit_rendition",
        "item_option",
        "enrolment",
        "unit",
        "objective",
        "item",
        "module",
        "course_edition",
        "course",
        "guideline_section",
        "guideline_version",
    ):
        op.drop_table(table)
