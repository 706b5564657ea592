"""Courses made elsewhere: SCORM packages, their files, who took them and what they recorded."""

import sqlalchemy as sa
from alembic import op

revision = "0019_packages"
down_revision = "0020_learning_events"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def texts() -> sa.types.TypeEngine:
    from sqlalchemy.dialects.postgresql import JSONB

    return sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "package",
        sa.Column("id", ID, nullable=False),
        sa.Column("slug", sa.String(60), nullable=False),
        sa.Column("title", texts(), nullable=False),
        sa.Column("summary", texts(), nullable=False),
        sa.Column("origin", sa.String(200), nullable=False),
        sa.Column("added_by", ID),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_package"),
        sa.UniqueConstraint("slug", name="uq_package_slug"),
        sa.ForeignKeyConstraint(["added_by"], ["account.id"], "fk_package_added_by_account"),
    )
    op.create_table(
        "package_version",
        sa.Column("id", ID, nullable=False),
        sa.Column("package_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("file_key", sa.String(70), nullable=False),
        sa.Column("filename", sa.String(120), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("unpacked_bytes", sa.BigInteger(), nullable=False),
        sa.Column("manifest", sa.JSON(), nullable=False),
        sa.Column("accepted_by", ID),
        sa.Column("accepted_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_package_version"),
        sa.UniqueConstraint("package_id", "number", name="uq_package_version_package_id_number"),
        sa.UniqueConstraint("package_id", "sha256", name="uq_package_version_package_id_sha256"),
        sa.ForeignKeyConstraint(["package_id"], ["package.id"], "fk_package_version_package_id_package"),
        sa.ForeignKeyConstraint(["accepted_by"], ["account.id"], "fk_package_version_accepted_by_account"),
    )
    op.create_table(
        "package_file",
        sa.Column("version_id", ID, nullable=False),
        sa.Column("path", sa.String(300), nullable=False),
        sa.Column("file_key", sa.String(70), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("version_id", "path", name="pk_package_file"),
        sa.ForeignKeyConstraint(
            ["version_id"], ["package_version.id"], "fk_package_file_version_id_package_version"
        ),
    )
    op.create_table(
        "package_upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("package_id", ID),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("file_key", sa.String(70), nullable=False),
        sa.Column("filename", sa.String(120), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("uploaded_by", ID),
        sa.Column("uploaded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_package_upload"),
        sa.ForeignKeyConstraint(["package_id"], ["package.id"], "fk_package_upload_package_id_package"),
        sa.ForeignKeyConstraint(["uploaded_by"], ["account.id"], "fk_package_upload_uploaded_by_account"),
    )
    for column in ("sha256", "uploaded_by", "uploaded_at"):
        op.create_index(f"ix_package_upload_{column}", "package_upload", [column])
    op.create_table(
        "package_enrolment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("version_id", ID, nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("completed_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_package_enrolment"),
        sa.UniqueConstraint(
            "person_id", "version_id", name="uq_package_enrolment_person_id_version_id"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_package_enrolment_person_id_person"),
        sa.ForeignKeyConstraint(
            ["version_id"], ["package_version.id"], "fk_package_enrolment_version_id_package_version"
        ),
    )
    op.create_index("ix_package_enrolment_version_id", "package_enrolment", ["version_id"])
    op.create_table(
        "package_result",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("item_key", sa.String(200), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("score", sa.Numeric(5, 2)),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("completed_at", INSTANT),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("enrolment_id", "item_key", name="pk_package_result"),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["package_enrolment.id"], "fk_package_result_enrolment_id_package_enrolment"
        ),
    )
    op.create_table(
        "package_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("item_key", sa.String(200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(10), nullable=False),
        sa.Column("entry", sa.String(10), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.Column("closed_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_package_session"),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["package_enrolment.id"], "fk_package_session_enrolment_id_package_enrolment"
        ),
    )
    op.create_index("ix_package_session_enrolment_id", "package_session", ["enrolment_id", "item_key"])


def downgrade() -> None:
    for table in (
        "package_session",
        "package_result",
        "package_enrolment",
        "package_upload",
        "package_file",
        "package_version",
        "package",
    ):
        op.drop_table(table)
