"""cycles of the congress, annual plan, life of an event, agenda, places; guests

Revision: 0003, after 0002, 2026-11-24 23:11:51.067414
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "funding_source",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name_es", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_source")),
        sa.UniqueConstraint("slug", name=op.f("uq_funding_source_slug")),
    )
    op.create_table(
        "edition_funding",
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("funding_source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_edition_funding_edition_id_edition")),
        sa.ForeignKeyConstraint(
            ["funding_source_id"],
            ["funding_source.id"],
            name=op.f("fk_edition_funding_funding_source_id_funding_source"),
        ),
        sa.PrimaryKeyConstraint("edition_id", "funding_source_id", name=op.f("pk_edition_funding")),
    )
    op.create_index("ix_edition_funding_funding_source_id", "edition_funding", ["funding_source_id"])

    op.create_table(
        "work_table",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("theme_es", sa.Text(), nullable=False),
        sa.Column("theme_en", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("coordinator_country", sa.String(length=2), nullable=True),
        sa.Column("moderator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("rapporteur_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["coordinator_country"], ["country.code"], name=op.f("fk_work_table_coordinator_country_country")
        ),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_work_table_edition_id_edition")),
        sa.ForeignKeyConstraint(["moderator_id"], ["person.id"], name=op.f("fk_work_table_moderator_id_person")),
        sa.ForeignKeyConstraint(["rapporteur_id"], ["person.id"], name=op.f("fk_work_table_rapporteur_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_table")),
    )
    op.create_index("ix_work_table_edition_id", "work_table", ["edition_id"])

    op.create_table(
        "session_outline",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title_es", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("after_minutes", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("work_table_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("minutes > 0 AND after_minutes >= 0", name=op.f("ck_session_outline_minutes")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_session_outline_edition_id_edition")),
        sa.ForeignKeyConstraint(
            ["work_table_id"], ["work_table.id"], name=op.f("fk_session_outline_work_table_id_work_table")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_outline")),
    )
    op.create_index("ix_session_outline_edition_id", "session_outline", ["edition_id"])
    op.create_index("ix_session_outline_work_table_id", "session_outline", ["work_table_id"])

    op.create_table(
        "annual_plan",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("decision_ref", sa.String(length=120), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["approved_by"], ["account.id"], name=op.f("fk_annual_plan_approved_by_account")),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_annual_plan")),
    )
    op.create_table(
        "checklist_item",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("words_es", sa.Text(), nullable=False),
        sa.Column("words_en", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["done_by"], ["account.id"], name=op.f("fk_checklist_item_done_by_account")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_checklist_item_edition_id_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_item")),
    )
    op.create_index("ix_checklist_item_edition_id", "checklist_item", ["edition_id"])

    op.create_table(
        "plan_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title_es", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("working_group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("quarter", sa.Integer(), nullable=True),
        sa.Column("events_planned", sa.Integer(), nullable=False),
        sa.Column("decision_ref", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("quarter IS NULL OR quarter BETWEEN 1 AND 4", name=op.f("ck_plan_entry_quarter")),
        sa.ForeignKeyConstraint(
            ["working_group_id"], ["working_group.id"], name=op.f("fk_plan_entry_working_group_id_working_group")
        ),
        sa.ForeignKeyConstraint(["year"], ["annual_plan.year"], name=op.f("fk_plan_entry_year_annual_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_entry")),
    )
    op.create_index("ix_plan_entry_year", "plan_entry", ["year"])

    op.create_table(
        "event_brief",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("concept_es", sa.Text(), nullable=False),
        sa.Column("concept_en", sa.Text(), nullable=False),
        sa.Column("objectives_es", sa.Text(), nullable=False),
        sa.Column("objectives_en", sa.Text(), nullable=False),
        sa.Column("institution_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("contact", sa.String(length=254), nullable=False),
        sa.Column("languages", sa.String(length=20), nullable=False),
        sa.Column("interpretation", sa.String(length=40), nullable=False),
        sa.Column("dial_in", sa.Text(), nullable=False),
        sa.Column("recording_url", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_brief_event_id_event")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_event_brief_institution_id_institution")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_event_brief")),
    )
    op.create_table(
        "event_funding",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("funding_source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_funding_event_id_event")),
        sa.ForeignKeyConstraint(
            ["funding_source_id"], ["funding_source.id"], name=op.f("fk_event_funding_funding_source_id_funding_source")
        ),
        sa.PrimaryKeyConstraint("event_id", "funding_source_id", name=op.f("pk_event_funding")),
    )
    op.create_index("ix_event_funding_funding_source_id", "event_funding", ["funding_source_id"])

    op.create_table(
        "event_quota",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("country_code", sa.String(length=2), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.CheckConstraint("places >= 0", name=op.f("ck_event_quota_places")),
        sa.ForeignKeyConstraint(["country_code"], ["country.code"], name=op.f("fk_event_quota_country_code_country")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_quota_event_id_event")),
        sa.PrimaryKeyConstraint("event_id", "country_code", name=op.f("pk_event_quota")),
    )
    op.create_table(
        "event_step",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_step_event_id_event")),
        sa.ForeignKeyConstraint(["taken_by"], ["account.id"], name=op.f("fk_event_step_taken_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_step")),
    )
    op.create_index("ix_event_step_event_id", "event_step", ["event_id"])

    op.create_table(
        "registration_consent",
        sa.Column("registration_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("version", sa.String(length=10), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_registration_consent_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("registration_id", "purpose", "version", name=op.f("pk_registration_consent")),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title_es", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("room", sa.String(length=120), nullable=False),
        sa.Column("notes_es", sa.Text(), nullable=False),
        sa.Column("notes_en", sa.Text(), nullable=False),
        sa.Column("work_table_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_session_span")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_session_event_id_event")),
        sa.ForeignKeyConstraint(["work_table_id"], ["work_table.id"], name=op.f("fk_session_work_table_id_work_table")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
    )
    op.create_index("ix_session_event_id", "session", ["event_id"])
    op.create_index("ix_session_work_table_id", "session", ["work_table_id"])

    op.create_table(
        "session_person",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_session_person_person_id_person")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_session_person_session_id_session"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", "person_id", name=op.f("pk_session_person")),
    )
    op.create_index("ix_session_person_person_id", "session_person", ["person_id"])

    # Columns are added without rebuilding tables: rebuilding one on SQLite would delete what refers to it.
    op.add_column("edition", sa.Column("decision_ref", sa.String(length=120), server_default="", nullable=False))
    add_reference("edition", "cloned_from", BIG, "edition")
    op.add_column("event", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("event", sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True))
    add_reference("event", "approved_by", BIG, "account")
    op.add_column("event", sa.Column("start_told_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("event", sa.Column("end_told_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("event", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    add_reference("event", "closed_by", BIG, "account")
    add_reference("event", "plan_entry_id", BIG, "plan_entry")
    op.add_column("event", sa.Column("decision_ref", sa.String(length=120), server_default="", nullable=False))
    op.add_column("event", sa.Column("registration_closes_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("event", sa.Column("needs_approval", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("event", sa.Column("country_quota", sa.Integer(), nullable=True))
    op.add_column("person", sa.Column("is_guest", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("person", sa.Column("organisation", sa.String(length=200), server_default="", nullable=False))
    op.add_column("registration", sa.Column("country_code", sa.String(length=2), server_default="", nullable=False))
    op.add_column("registration", sa.Column("origin", sa.String(length=12), server_default="self", nullable=False))
    op.add_column("registration", sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True))
    add_reference("registration", "decided_by", BIG, "account")
    op.add_column("registration", sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("registration", sa.Column("consent_version", sa.String(length=10), server_default="", nullable=False))
    op.add_column("registration", sa.Column("partstat", sa.String(length=14), server_default="", nullable=False))
    op.add_column("registration", sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("registration", sa.Column("check_in_code", sa.String(length=26), nullable=True))
    op.create_index("ix_event_plan_entry_id", "event", ["plan_entry_id"])
    op.create_index(
        "ix_registration_event_id_status_waiting_since", "registration", ["event_id", "status", "waiting_since"]
    )


BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def add_reference(table: str, column: str, kind: sa.types.TypeEngine, target: str) -> None:
    key = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}_{target}")
    op.add_column(table, sa.Column(column, kind, key, nullable=True), inline_references=True)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in ("registration", "event", "event_quota"):
            op.execute(f"DROP TRIGGER IF EXISTS {table}_places ON {table}")
            op.execute(f"DROP FUNCTION IF EXISTS {table}_places")
    op.drop_index("ix_registration_event_id_status_waiting_since", "registration")
    op.drop_index("ix_event_plan_entry_id", "event")
    for table, columns in (
        ("registration", ("decided_by",)),
        ("event", ("plan_entry_id", "closed_by", "approved_by")),
        ("edition", ("cloned_from",)),
    ):
        with op.batch_alter_table(table) as batch_op:
            for column in columns:
                batch_op.drop_column(column)
    for table, columns in (
        (
            "registration",
            (
                "check_in_code",
                "answered_at",
                "partstat",
                "consent_version",
                "decided_at",
                "waiting_since",
                "origin",
                "country_code",
            ),
        ),
        ("person", ("organisation", "is_guest")),
        (
            "event",
            (
                "country_quota",
                "needs_approval",
                "registration_closes_at",
                "decision_ref",
                "closed_at",
                "end_told_at",
                "start_told_at",
                "approved_at",
                "asked_at",
            ),
        ),
        ("edition", ("decision_ref",)),
    ):
        for column in columns:
            op.drop_column(table, column)
    for table in (
        "session_person",
        "session",
        "event_step",
        "registration_consent",
        "event_quota",
        "event_funding",
        "event_brief",
        "plan_entry",
        "checklist_item",
        "annual_plan",
        "session_outline",
        "work_table",
        "edition_funding",
        "funding_source",
    ):
        op.drop_table(table)
