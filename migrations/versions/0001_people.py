"""People: the journal, the directory and identity."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001_people"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXTS = sa.JSON().with_variant(JSONB(), "postgresql")
"""A text in each language, as an object of language to text."""


def upgrade() -> None:
    # the journal, and forms that were sent
    op.create_table(
        "journal_entry",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor_account_id", ID),
        sa.Column("fact", sa.String(80), nullable=False),
        sa.Column("subject_kind", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.String(64), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_journal_entry"),
    )
    op.create_index("ix_journal_entry_at", "journal_entry", ["at", "id"])
    op.create_index("ix_journal_entry_fact", "journal_entry", ["fact"])
    op.create_index("ix_journal_entry_subject", "journal_entry", ["subject_kind", "subject_id"])
    op.create_table(
        "sent_form",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("made_id", sa.String(64), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_sent_form"),
    )
    op.create_index("ix_sent_form_sent_at", "sent_form", ["sent_at"])
    op.create_table(
        "delivery",
        sa.Column("id", ID, nullable=False),
        sa.Column("entry_id", ID, nullable=False),
        sa.Column("handler", sa.String(80), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", INSTANT, nullable=False),
        sa.Column("done_at", INSTANT),
        sa.Column("error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["journal_entry.id"], "fk_delivery_entry_id_journal_entry"
        ),
    )
    op.create_index(
        "ix_delivery_pending",
        "delivery",
        ["next_at"],
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "uq_delivery_entry_id_handler", "delivery", ["entry_id", "handler"], unique=True
    )

    # directory
    op.create_table(
        "country",
        sa.Column("code", sa.String(2), nullable=False),
        sa.Column("name", TEXTS, nullable=False),
        sa.Column("timezone", sa.String(40), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_country"),
    )
    op.create_table(
        "working_group",
        sa.Column("id", ID, nullable=False),
        sa.Column("slug", sa.String(60), nullable=False),
        sa.Column("code", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", TEXTS, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_working_group"),
        sa.UniqueConstraint("slug", name="uq_working_group_slug"),
    )
    op.create_table(
        "institution",
        sa.Column("id", ID, nullable=False),
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("name", TEXTS, nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_institution"),
        sa.ForeignKeyConstraint(
            ["country_code"], ["country.code"], "fk_institution_country_code_country"
        ),
    )
    op.create_index("ix_institution_country_code", "institution", ["country_code"])
    op.create_table(
        "person",
        sa.Column("id", ID, nullable=False),
        sa.Column("full_name", sa.String(200), nullable=False),
        sa.Column("sort_key", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("country_code", sa.String(2)),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("timezone", sa.String(40), nullable=False),
        sa.Column("sex", sa.String(1), nullable=False),
        sa.Column("is_guest", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("organisation", sa.String(200), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.ForeignKeyConstraint(
            ["country_code"], ["country.code"], "fk_person_country_code_country"
        ),
    )
    op.create_index("ix_person_country_code", "person", ["country_code"])
    op.create_index("ix_person_email", "person", ["email"])
    op.create_index("ix_person_sort_key", "person", ["sort_key"])
    op.create_table(
        "presidency_term",
        sa.Column("id", ID, nullable=False),
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_presidency_term"),
        sa.ForeignKeyConstraint(
            ["country_code"], ["country.code"], "fk_presidency_term_country_code_country"
        ),
        sa.UniqueConstraint("valid_from", name="uq_presidency_term_valid_from"),
    )
    op.create_table(
        "focal_point",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_focal_point"),
        sa.ForeignKeyConstraint(
            ["country_code"], ["country.code"], "fk_focal_point_country_code_country"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_focal_point_person_id_person"),
    )
    op.create_index("ix_focal_point_country_code", "focal_point", ["country_code"])
    op.create_index("ix_focal_point_person_id", "focal_point", ["person_id"])
    op.create_table(
        "held_newcomer",
        sa.Column("id", ID, nullable=False),
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("full_name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("institution_id", ID, nullable=False),
        sa.Column("post_title", sa.String(200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_held_newcomer"),
        sa.ForeignKeyConstraint(
            ["country_code"], ["country.code"], "fk_held_newcomer_country_code_country"
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], "fk_held_newcomer_institution_id_institution"
        ),
        sa.UniqueConstraint(
            "country_code",
            "email",
            "full_name",
            name="uq_held_newcomer_country_code_email_full_name",
        ),
    )
    op.create_table(
        "membership",
        sa.Column("id", ID, nullable=False),
        sa.Column("working_group_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_membership"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_membership_person_id_person"),
        sa.ForeignKeyConstraint(
            ["working_group_id"],
            ["working_group.id"],
            "fk_membership_working_group_id_working_group",
        ),
        sa.UniqueConstraint(
            "working_group_id",
            "person_id",
            "valid_from",
            name="uq_membership_working_group_id_person_id_valid_from",
        ),
    )
    op.create_index("ix_membership_person_id", "membership", ["person_id"])
    op.create_index("ix_membership_working_group_id", "membership", ["working_group_id"])
    op.create_table(
        "post",
        sa.Column("id", ID, nullable=False),
        sa.Column("institution_id", ID, nullable=False),
        sa.Column("title", TEXTS, nullable=False),
        sa.Column("is_target", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_post"),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], "fk_post_institution_id_institution"
        ),
    )
    op.create_index("ix_post_institution_id", "post", ["institution_id"])
    op.create_table(
        "appointment",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("post_id", ID, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date()),
        sa.Column("end_reason", sa.String(20), nullable=False),
        sa.Column("confirmed_on", sa.Date()),
        sa.Column("doubted_on", sa.Date()),
        sa.Column("end_recorded_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_appointment"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_appointment_person_id_person"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], "fk_appointment_post_id_post"),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= valid_from", name=op.f("ck_appointment_span")
        ),
    )
    op.create_index("ix_appointment_open", "appointment", ["post_id", "valid_from", "valid_until"])
    op.create_index("ix_appointment_person_id", "appointment", ["person_id"])

    # identity
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_attempt"),
    )
    op.create_index("ix_sign_in_attempt_key", "sign_in_attempt", ["key"])
    op.create_table(
        "account",
        sa.Column("id", ID, nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("person_id", ID),
        sa.Column("password", sa.String(255)),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("confirmation", sa.String(10), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], "fk_account_person_id_person"),
        sa.UniqueConstraint("email", name="uq_account_email"),
        sa.UniqueConstraint("fs_uniquifier", name="uq_account_fs_uniquifier"),
        sa.UniqueConstraint("person_id", name="uq_account_person_id"),
    )
    op.create_table(
        "api_token",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT),
        sa.Column("revoked_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], "fk_api_token_account_id_account"),
        sa.UniqueConstraint("token_sha256", name="uq_api_token_token_sha256"),
    )
    op.create_index("ix_api_token_account_id", "api_token", ["account_id"])
    op.create_table(
        "feed_token",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_feed_token"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], "fk_feed_token_account_id_account"),
        sa.UniqueConstraint("token_sha256", name="uq_feed_token_token_sha256"),
    )
    op.create_index("ix_feed_token_account_id", "feed_token", ["account_id"])
    op.create_table(
        "kept_form",
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("page", sa.String(500), nullable=False),
        sa.Column("action", sa.String(500), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("had_files", sa.Boolean(), nullable=False),
        sa.Column("kept_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_kept_form"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], "fk_kept_form_account_id_account"),
    )
    op.create_index("ix_kept_form_account_id", "kept_form", ["account_id"])
    op.create_index("ix_kept_form_expires_at", "kept_form", ["expires_at"])
    op.create_table(
        "role_grant",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("scope", sa.String(60), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_role_grant"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], "fk_role_grant_account_id_account"),
    )
    op.create_index("ix_role_grant_account_id", "role_grant", ["account_id"])
    op.create_table(
        "sign_in",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("key_sha256", sa.String(64), nullable=False),
        sa.Column("way", sa.String(10), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], "fk_sign_in_account_id_account"),
        sa.UniqueConstraint("key_sha256", name="uq_sign_in_key_sha256"),
    )
    op.create_index("ix_sign_in_account_id", "sign_in", ["account_id"])
    op.create_table(
        "sign_in_link",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_link"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], "fk_sign_in_link_account_id_account"
        ),
        sa.UniqueConstraint("token_sha256", name="uq_sign_in_link_token_sha256"),
    )
    op.create_index("ix_sign_in_link_account_id", "sign_in_link", ["account_id"])


def downgrade() -> None:
    for table in (
        "sign_in_link",
        "sign_in",
        "role_grant",
        "kept_form",
        "feed_token",
        "api_token",
        "account",
        "sign_in_attempt",
        "appointment",
        "post",
        "membership",
        "held_newcomer",
        "focal_point",
        "presidency_term",
        "person",
        "institution",
        "working_group",
        "country",
        "delivery",
        "sent_form",
        "journal_entry",
    ):
        op.drop_table(table)
