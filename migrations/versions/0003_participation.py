"""Participation: invitations, nominations, attendance, materials and surveys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003_participation"
down_revision = "0002_planning"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXTS = sa.JSON().with_variant(JSONB(), "postgresql")
"""A text in each language, as an object of language to text."""


def upgrade() -> None:
    # admission
    op.create_table(
        "invitation",
        sa.Column("id", ID, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("invitation_class", sa.String(20), nullable=False),
        sa.Column("way", sa.String(12), nullable=False),
        sa.Column("target", sa.String(300)),
        sa.Column("person_id", ID),
        sa.Column("institution_id", ID),
        sa.Column("working_group_id", ID),
        sa.Column("country_code", sa.String(2)),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("organisation", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("places", sa.Integer()),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("closes_at", INSTANT),
        sa.Column("respond_by", sa.Date()),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("bits", sa.String(64)),
        sa.Column("token_sha256", sa.String(64)),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", ID),
        sa.Column("sent_at", INSTANT),
        sa.Column("revoked_at", INSTANT),
        sa.Column("keeps_open", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.ForeignKeyConstraint(
            ["country_code"], ["country.code"], "fk_invitation_country_code_country"
        ),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], "fk_invitation_created_by_account"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_invitation_event_id_event"),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], "fk_invitation_institution_id_institution"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_invitation_person_id_person"),
        sa.ForeignKeyConstraint(
            ["working_group_id"],
            ["working_group.id"],
            "fk_invitation_working_group_id_working_group",
        ),
        sa.UniqueConstraint("token_sha256", name="uq_invitation_token_sha256"),
        sa.CheckConstraint("way <> 'link' OR taken <= places", name=op.f("ck_invitation_places")),
    )
    op.create_index("ix_invitation_email", "invitation", ["email"])
    op.create_index("ix_invitation_person_id", "invitation", ["person_id"])
    op.create_index(
        "uq_invitation_event_id_target",
        "invitation",
        ["event_id", "target"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "nomination",
        sa.Column("id", ID, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("nominated_by", ID),
        sa.Column("nominated_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_nomination"),
        sa.ForeignKeyConstraint(
            ["country_code"], ["country.code"], "fk_nomination_country_code_country"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_nomination_event_id_event"),
        sa.ForeignKeyConstraint(
            ["nominated_by"], ["account.id"], "fk_nomination_nominated_by_account"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_nomination_person_id_person"),
    )
    op.create_index(
        "ix_nomination_event_id_country_code", "nomination", ["event_id", "country_code"]
    )
    op.create_index("ix_nomination_person_id", "nomination", ["person_id"])
    op.create_index(
        "uq_nomination_event_id_person_id",
        "nomination",
        ["event_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "guest",
        sa.Column("person_id", ID, nullable=False, autoincrement=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", ID, nullable=False),
        sa.Column("email", sa.String(254)),
        sa.Column("bits", sa.String(64), nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("form_sha256", sa.String(64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_guest"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_guest_event_id_event"),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], "fk_guest_invitation_id_invitation"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_guest_person_id_person"),
        sa.UniqueConstraint("event_id", "email", name="uq_guest_event_id_email"),
        sa.UniqueConstraint("token_sha256", name="uq_guest_token_sha256"),
    )
    op.create_index("ix_guest_invitation_id", "guest", ["invitation_id"])

    # attendance
    op.create_table(
        "attendance_change",
        sa.Column("id", ID, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("before", sa.Integer()),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by", ID),
        sa.PrimaryKeyConstraint("id", name="pk_attendance_change"),
        sa.ForeignKeyConstraint(["by"], ["account.id"], "fk_attendance_change_by_account"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_attendance_change_event_id_event"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], "fk_attendance_change_person_id_person"
        ),
    )
    op.create_index("ix_attendance_change_event_id_at", "attendance_change", ["event_id", "at"])
    op.create_index("ix_attendance_change_person_id", "attendance_change", ["person_id"])
    op.create_table(
        "attendance_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("file_key", sa.String(80), nullable=False),
        sa.Column("filename", sa.String(200), nullable=False),
        sa.Column("provider", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("uploaded_at", INSTANT, nullable=False),
        sa.Column("uploaded_by", ID),
        sa.Column("applied_at", INSTANT),
        sa.Column("applied_by", ID),
        sa.PrimaryKeyConstraint("id", name="pk_attendance_import"),
        sa.ForeignKeyConstraint(
            ["applied_by"], ["account.id"], "fk_attendance_import_applied_by_account"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_attendance_import_event_id_event"),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["account.id"], "fk_attendance_import_uploaded_by_account"
        ),
        sa.UniqueConstraint("event_id", "sha256", name="uq_attendance_import_event_id_sha256"),
    )
    op.create_table(
        "attendance_interval",
        sa.Column("id", ID, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attendance_interval"),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], "fk_attendance_interval_event_id_event"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], "fk_attendance_interval_person_id_person"
        ),
        sa.UniqueConstraint(
            "event_id",
            "person_id",
            "source",
            "starts_at",
            name="uq_attendance_interval_event_id_person_id_source_starts_at",
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_attendance_interval_span")),
    )
    op.create_index("ix_attendance_interval_person_id", "attendance_interval", ["person_id"])
    op.create_table(
        "attendance_participant",
        sa.Column("id", ID, nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("spans", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("suggestions", sa.JSON(), nullable=False),
        sa.Column("by_email", sa.Boolean(), nullable=False),
        sa.Column("decision", sa.String(10), nullable=False),
        sa.Column("person_id", ID),
        sa.PrimaryKeyConstraint("id", name="pk_attendance_participant"),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["attendance_import.id"],
            "fk_attendance_participant_import_id_attendance_import",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], "fk_attendance_participant_person_id_person"
        ),
        sa.UniqueConstraint(
            "import_id", "position", name="uq_attendance_participant_import_id_position"
        ),
    )
    op.create_index(
        "ix_attendance_participant_import_id_decision",
        "attendance_participant",
        ["import_id", "decision"],
    )
    op.create_index("ix_attendance_participant_person_id", "attendance_participant", ["person_id"])

    # materials
    op.create_table(
        "material",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid()),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("title", TEXTS, nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("visibility", sa.String(10), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("file_key", sa.String(70), nullable=False),
        sa.Column("filename", sa.String(120), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("added_by", ID),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_material"),
        sa.ForeignKeyConstraint(["added_by"], ["account.id"], "fk_material_added_by_account"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_material_event_id_event"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], "fk_material_session_id_session", ondelete="SET NULL"
        ),
        sa.CheckConstraint("(file_key = '') <> (url = '')", name=op.f("ck_material_file_or_link")),
    )
    op.create_index("ix_material_event_id", "material", ["event_id"])
    op.create_index("ix_material_session_id", "material", ["session_id"])
    op.create_table(
        "material_download",
        sa.Column("material_id", sa.Uuid(), nullable=False),
        sa.Column("downloaded_on", sa.Date(), nullable=False),
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "material_id", "downloaded_on", "country_code", name="pk_material_download"
        ),
        sa.ForeignKeyConstraint(
            ["material_id"], ["material.id"], "fk_material_download_material_id_material"
        ),
    )

    # surveys
    op.create_table(
        "survey_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", ID),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("useful", sa.Integer()),
        sa.Column("clear", sa.Integer()),
        sa.Column("timely", sa.Integer()),
        sa.Column("applied", sa.Integer()),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_survey_answer"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_survey_answer_event_id_event"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_survey_answer_person_id_person"),
        sa.CheckConstraint(
            "applied IS NULL OR applied BETWEEN 1 AND 5", name=op.f("ck_survey_answer_applied")
        ),
        sa.CheckConstraint(
            "clear IS NULL OR clear BETWEEN 1 AND 5", name=op.f("ck_survey_answer_clear")
        ),
        sa.CheckConstraint(
            "timely IS NULL OR timely BETWEEN 1 AND 5", name=op.f("ck_survey_answer_timely")
        ),
        sa.CheckConstraint(
            "useful IS NULL OR useful BETWEEN 1 AND 5", name=op.f("ck_survey_answer_useful")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_survey_answer_event_id", "survey_answer", ["event_id"])
    op.create_index("ix_survey_answer_person_id", "survey_answer", ["person_id"])
    op.create_table(
        "survey_ballot",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("event_id", "person_id", name="pk_survey_ballot"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_survey_ballot_event_id_event"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_survey_ballot_person_id_person"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_survey_ballot_person_id", "survey_ballot", ["person_id"])


def downgrade() -> None:
    for table in (
        "survey_ballot",
        "survey_answer",
        "material_download",
        "material",
        "attendance_participant",
        "attendance_interval",
        "attendance_import",
        "attendance_change",
        "guest",
        "nomination",
        "invitation",
    ):
        op.drop_table(table)
