"""Planning: the calendar of record, the yearly cycle, events and who takes part."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002_planning"
down_revision = "0001_people"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXTS = sa.JSON().with_variant(JSONB(), "postgresql")
"""A text in each language, as an object of language to text."""


def upgrade() -> None:
    # scheduling
    op.create_table(
        "engagement",
        sa.Column("id", ID, nullable=False),
        sa.Column("holder", sa.String(80), nullable=False),
        sa.Column("title", TEXTS, nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("timezone", sa.String(40), nullable=False),
        sa.Column("is_confidential", sa.Boolean(), nullable=False),
        sa.Column("expires_at", INSTANT),
        sa.Column("nature", sa.String(10), server_default="event", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_engagement"),
        sa.UniqueConstraint("holder", name="uq_engagement_holder"),
    )
    op.create_index(
        "ix_engagement_expires_at",
        "engagement",
        ["expires_at"],
        sqlite_where=sa.text("expires_at IS NOT NULL"),
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )
    op.create_table(
        "group_pair",
        sa.Column("id", ID, nullable=False),
        sa.Column("first", sa.String(60), nullable=False),
        sa.Column("second", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_group_pair"),
        sa.UniqueConstraint("first", "second", name="uq_group_pair_first_second"),
        sa.CheckConstraint("first < second", name=op.f("ck_group_pair_pair_order")),
    )
    op.create_table(
        "resource",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("key", sa.String(130), nullable=False),
        sa.Column("label", TEXTS, nullable=False),
        sa.Column("capacity", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_resource"),
        sa.UniqueConstraint("kind", "key", name="uq_resource_kind_key"),
    )
    op.create_table(
        "claim",
        sa.Column("id", ID, nullable=False),
        sa.Column("engagement_id", ID, nullable=False),
        sa.Column("resource_id", ID, nullable=False),
        sa.Column("lane_lo", sa.BigInteger(), nullable=False),
        sa.Column("lane_hi", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("enforced", sa.Boolean(), nullable=False),
        sa.Column("part", sa.String(10), server_default="whole", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_claim"),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagement.id"],
            "fk_claim_engagement_id_engagement",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], "fk_claim_resource_id_resource"),
        sa.CheckConstraint("lane_hi > lane_lo", name=op.f("ck_claim_lanes")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_claim_span")),
    )
    op.create_index("ix_claim_engagement_id", "claim", ["engagement_id"])
    op.create_index(
        "ix_claim_resource_id_starts_at_ends_at", "claim", ["resource_id", "starts_at", "ends_at"]
    )
    op.create_table(
        "conflict_case",
        sa.Column("id", ID, nullable=False),
        sa.Column("holder", sa.String(80), nullable=False),
        sa.Column("against", sa.String(80), nullable=False),
        sa.Column("rule", sa.String(30), nullable=False),
        sa.Column("party_kind", sa.String(20), nullable=False),
        sa.Column("party_key", sa.String(130), nullable=False),
        sa.Column("party_label", TEXTS, nullable=False),
        sa.Column("cause", sa.String(30), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("closed_by", ID),
        sa.Column("closed_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_conflict_case"),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["account.id"], "fk_conflict_case_closed_by_account"
        ),
    )
    op.create_index("ix_conflict_case_against", "conflict_case", ["against"])
    op.create_index("ix_conflict_case_holder", "conflict_case", ["holder"])
    op.create_index("ix_conflict_case_state_opened_at", "conflict_case", ["state", "opened_at"])
    op.create_table(
        "override",
        sa.Column("id", ID, nullable=False),
        sa.Column("engagement_id", ID, nullable=False),
        sa.Column("rule", sa.String(30), nullable=False),
        sa.Column("against", sa.String(80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", ID),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_override"),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], "fk_override_decided_by_account"),
        sa.ForeignKeyConstraint(
            ["engagement_id"],
            ["engagement.id"],
            "fk_override_engagement_id_engagement",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "engagement_id", "rule", "against", name="uq_override_engagement_id_rule_against"
        ),
    )
    op.create_index("ix_override_against", "override", ["against"])
    op.create_table(
        "rule_setting",
        sa.Column("id", ID, nullable=False),
        sa.Column("rule", sa.String(30), nullable=False),
        sa.Column("severity", sa.String(10), nullable=False),
        sa.Column("threshold", sa.Integer()),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", ID),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rule_setting"),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], "fk_rule_setting_decided_by_account"
        ),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until > valid_from", name=op.f("ck_rule_setting_span")
        ),
    )
    op.create_index("ix_rule_setting_rule", "rule_setting", ["rule"])

    # calendars
    op.create_table(
        "calendar_source",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", TEXTS, nullable=False),
        sa.Column("person_id", ID),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.String(64), nullable=False),
        sa.Column("etag", sa.String(200), nullable=False),
        sa.Column("last_modified", sa.String(60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(300), nullable=False),
        sa.Column("created_by", ID),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("refreshed_at", INSTANT),
        sa.Column("next_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_source"),
        sa.ForeignKeyConstraint(
            ["created_by"], ["account.id"], "fk_calendar_source_created_by_account"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], "fk_calendar_source_person_id_person"
        ),
    )
    op.create_index("ix_calendar_source_next_at", "calendar_source", ["next_at"])
    op.create_index("ix_calendar_source_person_id", "calendar_source", ["person_id"])

    # holidays
    op.create_table(
        "country_holiday",
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("holiday_on", sa.Date(), nullable=False),
        sa.Column("name", TEXTS, nullable=False),
        sa.Column("source", sa.String(80), nullable=False),
        sa.Column("scope", sa.String(10), server_default="national", nullable=False),
        sa.Column("is_binding", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_observed", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("changed_by", ID),
        sa.Column("changed_at", INSTANT),
        sa.PrimaryKeyConstraint("country_code", "holiday_on", name="pk_country_holiday"),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["account.id"], "fk_country_holiday_changed_by_account"
        ),
        sa.ForeignKeyConstraint(
            ["country_code"], ["country.code"], "fk_country_holiday_country_code_country"
        ),
    )

    # events: editions
    op.create_table(
        "funding_source",
        sa.Column("id", ID, nullable=False),
        sa.Column("slug", sa.String(40), nullable=False),
        sa.Column("name", TEXTS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_funding_source"),
        sa.UniqueConstraint("slug", name="uq_funding_source_slug"),
    )
    op.create_table(
        "edition",
        sa.Column("id", ID, nullable=False),
        sa.Column("slug", sa.String(40), nullable=False),
        sa.Column("label", sa.String(20), nullable=False),
        sa.Column("theme", TEXTS, nullable=False),
        sa.Column("presidency_code", sa.String(2)),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("starts_on", sa.String(10), nullable=False),
        sa.Column("ends_on", sa.String(10), nullable=False),
        sa.Column("decision_ref", sa.String(120), server_default="", nullable=False),
        sa.Column("cloned_from", ID),
        sa.PrimaryKeyConstraint("id", name="pk_edition"),
        sa.ForeignKeyConstraint(["cloned_from"], ["edition.id"], "fk_edition_cloned_from_edition"),
        sa.ForeignKeyConstraint(
            ["presidency_code"], ["country.code"], "fk_edition_presidency_code_country"
        ),
        sa.UniqueConstraint("slug", name="uq_edition_slug"),
    )
    op.create_table(
        "edition_funding",
        sa.Column("edition_id", ID, nullable=False),
        sa.Column("funding_source_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("edition_id", "funding_source_id", name="pk_edition_funding"),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], "fk_edition_funding_edition_id_edition"
        ),
        sa.ForeignKeyConstraint(
            ["funding_source_id"],
            ["funding_source.id"],
            "fk_edition_funding_funding_source_id_funding_source",
        ),
    )
    op.create_index(
        "ix_edition_funding_funding_source_id", "edition_funding", ["funding_source_id"]
    )
    op.create_table(
        "work_table",
        sa.Column("id", ID, nullable=False),
        sa.Column("edition_id", ID, nullable=False),
        sa.Column("theme", TEXTS, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("coordinator_country", sa.String(2)),
        sa.Column("moderator_id", ID),
        sa.Column("rapporteur_id", ID),
        sa.PrimaryKeyConstraint("id", name="pk_work_table"),
        sa.ForeignKeyConstraint(
            ["coordinator_country"], ["country.code"], "fk_work_table_coordinator_country_country"
        ),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], "fk_work_table_edition_id_edition"),
        sa.ForeignKeyConstraint(
            ["moderator_id"], ["person.id"], "fk_work_table_moderator_id_person"
        ),
        sa.ForeignKeyConstraint(
            ["rapporteur_id"], ["person.id"], "fk_work_table_rapporteur_id_person"
        ),
    )
    op.create_index("ix_work_table_edition_id", "work_table", ["edition_id"])
    op.create_table(
        "annual_plan",
        sa.Column("year", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("decision_ref", sa.String(120), nullable=False),
        sa.Column("approved_at", INSTANT),
        sa.Column("approved_by", ID),
        sa.PrimaryKeyConstraint("year", name="pk_annual_plan"),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["account.id"], "fk_annual_plan_approved_by_account"
        ),
    )
    op.create_table(
        "checklist_item",
        sa.Column("id", ID, nullable=False),
        sa.Column("edition_id", ID, nullable=False),
        sa.Column("words", TEXTS, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("done_at", INSTANT),
        sa.Column("done_by", ID),
        sa.PrimaryKeyConstraint("id", name="pk_checklist_item"),
        sa.ForeignKeyConstraint(["done_by"], ["account.id"], "fk_checklist_item_done_by_account"),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], "fk_checklist_item_edition_id_edition"
        ),
    )
    op.create_index("ix_checklist_item_edition_id", "checklist_item", ["edition_id"])
    op.create_table(
        "session_outline",
        sa.Column("id", ID, nullable=False),
        sa.Column("edition_id", ID, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("title", TEXTS, nullable=False),
        sa.Column("after_minutes", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("work_table_id", ID),
        sa.PrimaryKeyConstraint("id", name="pk_session_outline"),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], "fk_session_outline_edition_id_edition"
        ),
        sa.ForeignKeyConstraint(
            ["work_table_id"], ["work_table.id"], "fk_session_outline_work_table_id_work_table"
        ),
        sa.CheckConstraint(
            "minutes > 0 AND after_minutes >= 0", name=op.f("ck_session_outline_minutes")
        ),
    )
    op.create_index("ix_session_outline_edition_id", "session_outline", ["edition_id"])
    op.create_index("ix_session_outline_work_table_id", "session_outline", ["work_table_id"])
    op.create_table(
        "plan_entry",
        sa.Column("id", ID, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("title", TEXTS, nullable=False),
        sa.Column("working_group_id", ID),
        sa.Column("quarter", sa.Integer()),
        sa.Column("events_planned", sa.Integer(), nullable=False),
        sa.Column("decision_ref", sa.String(120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plan_entry"),
        sa.ForeignKeyConstraint(
            ["working_group_id"],
            ["working_group.id"],
            "fk_plan_entry_working_group_id_working_group",
        ),
        sa.ForeignKeyConstraint(["year"], ["annual_plan.year"], "fk_plan_entry_year_annual_plan"),
        sa.CheckConstraint(
            "quarter IS NULL OR quarter BETWEEN 1 AND 4", name=op.f("ck_plan_entry_quarter")
        ),
    )
    op.create_index("ix_plan_entry_year", "plan_entry", ["year"])

    # events: planning
    op.create_table(
        "series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", TEXTS, nullable=False),
        sa.Column("recurrence", sa.String(200), nullable=False),
        sa.Column("timezone", sa.String(40), nullable=False),
        sa.Column("created_by", ID),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_series"),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], "fk_series_created_by_account"),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("title", TEXTS, nullable=False),
        sa.Column("summary", TEXTS, nullable=False),
        sa.Column("starts_at", INSTANT),
        sa.Column("ends_at", INSTANT),
        sa.Column("timezone", sa.String(40), nullable=False),
        sa.Column("wall_starts", sa.String(19), server_default="", nullable=False),
        sa.Column("wall_ends", sa.String(19), server_default="", nullable=False),
        sa.Column("tzdata_version", sa.String(10), nullable=False),
        sa.Column("is_all_day", sa.Boolean(), nullable=False),
        sa.Column("date_precision", sa.String(10), nullable=False),
        sa.Column("found_start", sa.String(10), nullable=False),
        sa.Column("found_end", sa.String(10), nullable=False),
        sa.Column("mode", sa.String(20), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("join_url", sa.String(500), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer()),
        sa.Column("licence", sa.String(60), server_default="", nullable=False),
        sa.Column("side_event_of", sa.Uuid()),
        sa.Column("series_id", sa.Uuid()),
        sa.Column("series_position", sa.Integer()),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("is_confidential", sa.Boolean(), nullable=False),
        sa.Column("created_by", ID),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("published_at", INSTANT),
        sa.Column("cancelled_at", INSTANT),
        sa.Column("asked_at", INSTANT),
        sa.Column("approved_at", INSTANT),
        sa.Column("approved_by", ID),
        sa.Column("start_told_at", INSTANT),
        sa.Column("end_told_at", INSTANT),
        sa.Column("closed_at", INSTANT),
        sa.Column("closed_by", ID),
        sa.Column("plan_entry_id", ID),
        sa.Column("decision_ref", sa.String(120), server_default="", nullable=False),
        sa.Column("registration_closes_at", INSTANT),
        sa.Column("needs_approval", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("country_quota", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.ForeignKeyConstraint(["approved_by"], ["account.id"], "fk_event_approved_by_account"),
        sa.ForeignKeyConstraint(["closed_by"], ["account.id"], "fk_event_closed_by_account"),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], "fk_event_created_by_account"),
        sa.ForeignKeyConstraint(
            ["plan_entry_id"], ["plan_entry.id"], "fk_event_plan_entry_id_plan_entry"
        ),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], "fk_event_series_id_series"),
        sa.ForeignKeyConstraint(["side_event_of"], ["event.id"], "fk_event_side_event_of_event"),
        sa.CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name=op.f("ck_event_span")),
    )
    op.create_index("ix_event_plan_entry_id", "event", ["plan_entry_id"])
    op.create_index("ix_event_series_id", "event", ["series_id"])
    op.create_index("ix_event_side_event_of", "event", ["side_event_of"])
    op.create_index("ix_event_starts_at", "event", ["starts_at"])
    op.create_index("ix_event_status_starts_at", "event", ["status", "starts_at"])
    op.create_table(
        "event_country",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "country_code", name="pk_event_country"),
        sa.ForeignKeyConstraint(
            ["country_code"], ["country.code"], "fk_event_country_country_code_country"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_event_country_event_id_event"),
    )
    op.create_index("ix_event_country_country_code", "event_country", ["country_code"])
    op.create_table(
        "event_group",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("working_group_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("event_id", "working_group_id", name="pk_event_group"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_event_group_event_id_event"),
        sa.ForeignKeyConstraint(
            ["working_group_id"],
            ["working_group.id"],
            "fk_event_group_working_group_id_working_group",
        ),
    )
    op.create_index("ix_event_group_working_group_id", "event_group", ["working_group_id"])
    op.create_table(
        "event_link",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", ID, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "edition_id", "role", name="pk_event_link"),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], "fk_event_link_edition_id_edition"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_event_link_event_id_event"),
    )
    op.create_table(
        "event_person",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("seat", sa.String(200), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("event_id", "person_id", name="pk_event_person"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_event_person_event_id_event"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_event_person_person_id_person"),
    )
    op.create_index("ix_event_person_person_id", "event_person", ["person_id"])

    # events: agenda
    op.create_table(
        "event_brief",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("concept", TEXTS, nullable=False),
        sa.Column("objectives", TEXTS, nullable=False),
        sa.Column("institution_id", ID),
        sa.Column("contact", sa.String(254), nullable=False),
        sa.Column("languages", sa.String(20), nullable=False),
        sa.Column("interpretation", sa.String(40), nullable=False),
        sa.Column("dial_in", sa.Text(), nullable=False),
        sa.Column("recording_url", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_event_brief"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_event_brief_event_id_event"),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], "fk_event_brief_institution_id_institution"
        ),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("title", TEXTS, nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("room", sa.String(120), nullable=False),
        sa.Column("notes", TEXTS, nullable=False),
        sa.Column("work_table_id", ID),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_session_event_id_event"),
        sa.ForeignKeyConstraint(
            ["work_table_id"], ["work_table.id"], "fk_session_work_table_id_work_table"
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_session_span")),
    )
    op.create_index("ix_session_event_id", "session", ["event_id"])
    op.create_index("ix_session_work_table_id", "session", ["work_table_id"])
    op.create_table(
        "session_person",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "person_id", name="pk_session_person"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_session_person_person_id_person"),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session.id"],
            "fk_session_person_session_id_session",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_session_person_person_id", "session_person", ["person_id"])

    # events: life
    op.create_table(
        "event_step",
        sa.Column("id", ID, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(10), nullable=False),
        sa.Column("taken_at", INSTANT, nullable=False),
        sa.Column("taken_by", ID),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event_step"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_event_step_event_id_event"),
        sa.ForeignKeyConstraint(["taken_by"], ["account.id"], "fk_event_step_taken_by_account"),
    )
    op.create_index("ix_event_step_event_id", "event_step", ["event_id"])

    # events: participation
    op.create_table(
        "attendance",
        sa.Column("id", ID, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("recorded_by", ID),
        sa.PrimaryKeyConstraint("id", name="pk_attendance"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_attendance_event_id_event"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_attendance_person_id_person"),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], "fk_attendance_recorded_by_account"
        ),
        sa.UniqueConstraint("event_id", "person_id", name="uq_attendance_event_id_person_id"),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_attendance_minutes")),
    )
    op.create_index("ix_attendance_person_id", "attendance", ["person_id"])
    op.create_table(
        "event_quota",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "country_code", name="pk_event_quota"),
        sa.ForeignKeyConstraint(
            ["country_code"], ["country.code"], "fk_event_quota_country_code_country"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_event_quota_event_id_event"),
        sa.CheckConstraint("places >= 0", name=op.f("ck_event_quota_places")),
    )
    op.create_table(
        "named_part",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", ID, nullable=False, autoincrement=False),
        sa.Column("roles", sa.String(60), server_default="", nullable=False),
        sa.Column("turns", sa.Integer(), server_default="0", nullable=False),
        sa.Column("partstat", sa.String(14), server_default="", nullable=False),
        sa.Column("answered_at", INSTANT),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("event_id", "person_id", name="pk_named_part"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_named_part_event_id_event"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_named_part_person_id_person"),
    )
    op.create_index("ix_named_part_person_id", "named_part", ["person_id"])
    op.create_table(
        "registration",
        sa.Column("id", ID, nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("country_code", sa.String(2), server_default="", nullable=False),
        sa.Column("origin", sa.String(12), server_default="self", nullable=False),
        sa.Column("waiting_since", INSTANT),
        sa.Column("decided_by", ID),
        sa.Column("decided_at", INSTANT),
        sa.Column("consent_version", sa.String(10), server_default="", nullable=False),
        sa.Column("partstat", sa.String(14), server_default="", nullable=False),
        sa.Column("answered_at", INSTANT),
        sa.Column("invitation_turns", sa.Integer(), server_default="0", nullable=False),
        sa.Column("check_in_code", sa.String(26)),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_registration"),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], "fk_registration_decided_by_account"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_registration_event_id_event"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_registration_person_id_person"),
        sa.UniqueConstraint("event_id", "person_id", name="uq_registration_event_id_person_id"),
    )
    op.create_index(
        "ix_registration_event_id_status_waiting_since",
        "registration",
        ["event_id", "status", "waiting_since"],
    )
    op.create_index("ix_registration_person_id", "registration", ["person_id"])
    op.create_table(
        "registration_consent",
        sa.Column("registration_id", ID, nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("version", sa.String(10), nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT),
        sa.PrimaryKeyConstraint(
            "registration_id", "purpose", "version", name="pk_registration_consent"
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            "fk_registration_consent_registration_id_registration",
            ondelete="CASCADE",
        ),
    )

    # seasons
    op.create_table(
        "season",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("timezone", sa.String(40), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("solver", sa.String(10), nullable=False),
        sa.Column("cost", sa.Integer()),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_by", ID),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("solved_at", INSTANT),
        sa.Column("accepted_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_season"),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], "fk_season_created_by_account"),
    )
    op.create_table(
        "season_wish",
        sa.Column("id", ID, nullable=False),
        sa.Column("season_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", TEXTS, nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("countries", sa.JSON(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("earliest", sa.Date()),
        sa.Column("latest", sa.Date()),
        sa.Column("spacing", sa.Integer(), nullable=False),
        sa.Column("proposed_at", INSTANT),
        sa.Column("chosen_at", INSTANT),
        sa.Column("pinned_event_id", sa.Uuid()),
        sa.Column("event_id", sa.Uuid()),
        sa.PrimaryKeyConstraint("id", name="pk_season_wish"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_season_wish_event_id_event"),
        sa.ForeignKeyConstraint(
            ["pinned_event_id"], ["event.id"], "fk_season_wish_pinned_event_id_event"
        ),
        sa.ForeignKeyConstraint(
            ["season_id"], ["season.id"], "fk_season_wish_season_id_season", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("season_id", "position", name="uq_season_wish_season_id_position"),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_season_wish_minutes")),
    )
    op.create_index("ix_season_wish_season_id", "season_wish", ["season_id"])

    # events: editions
    op.create_table(
        "event_funding",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("funding_source_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("event_id", "funding_source_id", name="pk_event_funding"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], "fk_event_funding_event_id_event"),
        sa.ForeignKeyConstraint(
            ["funding_source_id"],
            ["funding_source.id"],
            "fk_event_funding_funding_source_id_funding_source",
        ),
    )
    op.create_index("ix_event_funding_funding_source_id", "event_funding", ["funding_source_id"])


def downgrade() -> None:
    for table in (
        "event_funding",
        "season_wish",
        "season",
        "registration_consent",
        "registration",
        "named_part",
        "event_quota",
        "attendance",
        "event_step",
        "session_person",
        "session",
        "event_brief",
        "event_person",
        "event_link",
        "event_group",
        "event_country",
        "event",
        "series",
        "plan_entry",
        "session_outline",
        "checklist_item",
        "annual_plan",
        "work_table",
        "edition_funding",
        "edition",
        "funding_source",
        "country_holiday",
        "calendar_source",
        "rule_setting",
        "override",
        "conflict_case",
        "claim",
        "resource",
        "group_pair",
        "engagement",
    ):
        op.drop_table(table)
