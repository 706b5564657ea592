"""Work plans of tables, the monitoring matrix, and the review of the Guidelines.

An activity of a plan is an agreement that a table wrote: SQLite rebuilds that table, because the
number of a paragraph is unique among what an event agreed, and that of an activity within its plan.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0045_followup"
down_revision = "0044_beside_in_documents"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TEXTS = sa.JSON().with_variant(JSONB(), "postgresql")
EMPTY, NO_LIST, NO_TEXT = "", sa.text("'[]'"), sa.text("'{}'")
OF_NO_PLAN, NOT_CLOSED = sa.text("plan_id IS NULL"), sa.text("closed_at IS NULL")

RULES_ON_AGREEMENTS = (
    "activity_added_late",
    "activity_locked",
    "activity_in_force",
    "activity_party_added_late",
    "activity_party_locked",
)
"""Triggers that look at columns which a downgrade takes away."""


def upgrade() -> None:
    _plans()
    _agreements()
    _fields()
    _matrix()
    _review()


def downgrade() -> None:
    """Activities have no place in a register that knows paragraphs only; they go with their plans."""
    for table in (
        "review_answer",
        "guidelines_review",
        "matrix_row",
        "matrix_period",
    ):
        op.drop_table(table)
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        for name in RULES_ON_AGREEMENTS:
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name}() CASCADE")
    of_plans = "SELECT id FROM agreement WHERE plan_id IS NOT NULL"
    for name in ("agreement_party", "agreement_review", "agreement_proposal"):
        connection.exec_driver_sql(f"DELETE FROM {name} WHERE agreement_id IN ({of_plans})")  # noqa: S608
    connection.exec_driver_sql("DELETE FROM agreement WHERE plan_id IS NOT NULL")
    for column in ("page", "summary"):
        op.drop_column("guideline_section", column)
    op.drop_column("guideline_version", "pdf_url")
    for column in ("theme", "sections"):
        op.drop_column("material", column)
    with op.batch_alter_table("event") as table:
        table.drop_constraint(op.f("ck_event_gender_marker"), type_="check")
        table.drop_column("partners")
        table.drop_column("gender_marker")
    for name in (
        "uq_agreement_event_id_number_letter",
        "uq_agreement_plan_id_number",
        "ix_agreement_funding_source_id",
        "ix_agreement_finding_id",
    ):
        op.drop_index(name, "agreement")
    with op.batch_alter_table("agreement") as table:
        for name in ("finding_id_finding", "funding_source_id_funding_source", "plan_id_work_plan"):
            table.drop_constraint(f"fk_agreement_{name}", type_="foreignkey")
        for name in ("gender_marker", "is_draft"):
            table.drop_constraint(op.f(f"ck_agreement_{name}"), type_="check")
        for name in (
            "finding_id",
            "partners",
            "funding_source_id",
            "gender_marker",
            "target",
            "indicator",
            "is_draft",
            "plan_id",
        ):
            table.drop_column(name)
        table.create_unique_constraint(
            "uq_agreement_event_id_number_letter", ["event_id", "number", "letter"]
        )
    op.drop_table("work_plan")
    op.drop_table("table_member")


def _plans() -> None:
    op.create_table(
        "table_member",
        sa.Column("id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_table_member"),
        _reference("table_member", "work_table_id", "work_table", ondelete="CASCADE"),
        _reference("table_member", "country_code", "country", kind=sa.String(2)),
        _reference("table_member", "institution_id", "institution"),
        sa.Column("sector", sa.String(20), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        _account("table_member", "added_by"),
        sa.UniqueConstraint(
            "work_table_id",
            "institution_id",
            name="uq_table_member_work_table_id_institution_id",
        ),
    )
    _index("table_member", "country_code", "institution_id")
    op.create_table(
        "work_plan",
        sa.Column("id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_work_plan"),
        _reference("work_plan", "work_table_id", "work_table", ondelete="CASCADE"),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("submitted_at", INSTANT),
        _account("work_plan", "submitted_by"),
        sa.Column("returned_at", INSTANT),
        _account("work_plan", "returned_by"),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("requests", sa.JSON(), nullable=False, server_default=NO_LIST),
        sa.Column("validated_at", INSTANT),
        _account("work_plan", "validated_by"),
        sa.Column("decision_ref", sa.String(120), nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.UniqueConstraint("work_table_id", name="uq_work_plan_work_table_id"),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'validated')", name=op.f("ck_work_plan_state")
        ),
        sa.CheckConstraint(
            "state = 'draft' OR submitted_at IS NOT NULL", name=op.f("ck_work_plan_submitted")
        ),
        sa.CheckConstraint(
            "state <> 'validated'"
            " OR (validated_at IS NOT NULL AND decision_ref <> '' AND text_hash <> '')",
            name=op.f("ck_work_plan_validated"),
        ),
    )


def _agreements() -> None:
    with op.batch_alter_table("agreement") as table:
        table.drop_constraint("uq_agreement_event_id_number_letter", type_="unique")
        table.add_column(sa.Column("plan_id", ID))
        table.add_column(
            sa.Column("is_draft", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.add_column(
            sa.Column("indicator", sa.String(200), nullable=False, server_default=EMPTY)
        )
        table.add_column(sa.Column("target", sa.String(120), nullable=False, server_default=EMPTY))
        table.add_column(sa.Column("gender_marker", sa.Integer()))
        table.add_column(sa.Column("funding_source_id", ID))
        table.add_column(sa.Column("partners", sa.JSON(), nullable=False, server_default=NO_LIST))
        table.add_column(sa.Column("finding_id", ID))
        table.create_foreign_key("fk_agreement_plan_id_work_plan", "work_plan", ["plan_id"], ["id"])
        table.create_foreign_key(
            "fk_agreement_funding_source_id_funding_source",
            "funding_source",
            ["funding_source_id"],
            ["id"],
        )
        table.create_foreign_key(
            "fk_agreement_finding_id_finding",
            "finding",
            ["finding_id"],
            ["id"],
            ondelete="SET NULL",
        )
        table.create_check_constraint(
            op.f("ck_agreement_gender_marker"), "gender_marker BETWEEN 0 AND 2"
        )
        table.create_check_constraint(
            op.f("ck_agreement_is_draft"), "plan_id IS NOT NULL OR NOT is_draft"
        )
    op.create_index(
        "uq_agreement_event_id_number_letter",
        "agreement",
        ["event_id", "number", "letter"],
        unique=True,
        sqlite_where=OF_NO_PLAN,
        postgresql_where=OF_NO_PLAN,
    )
    op.create_index("uq_agreement_plan_id_number", "agreement", ["plan_id", "number"], unique=True)
    _index("agreement", "funding_source_id", "finding_id")


def _fields() -> None:
    """Gender and partners of events, sections and theme of materials, the text of the Guidelines."""
    with op.batch_alter_table("event") as table:
        table.add_column(sa.Column("gender_marker", sa.Integer()))
        table.add_column(sa.Column("partners", sa.JSON(), nullable=False, server_default=NO_LIST))
        table.create_check_constraint(
            op.f("ck_event_gender_marker"), "gender_marker BETWEEN 0 AND 2"
        )
    op.add_column(
        "material", sa.Column("sections", sa.JSON(), nullable=False, server_default=NO_LIST)
    )
    op.add_column(
        "material", sa.Column("theme", sa.String(60), nullable=False, server_default=EMPTY)
    )
    op.add_column(
        "guideline_version",
        sa.Column("pdf_url", sa.String(500), nullable=False, server_default=EMPTY),
    )
    op.add_column(
        "guideline_section", sa.Column("summary", TEXTS, nullable=False, server_default=NO_TEXT)
    )
    op.add_column("guideline_section", sa.Column("page", sa.Integer()))


def _matrix() -> None:
    op.create_table(
        "matrix_period",
        sa.Column("id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_matrix_period"),
        _reference("matrix_period", "edition_id", "edition"),
        sa.Column("covers_from", sa.Date(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        _account("matrix_period", "opened_by"),
        sa.Column("closed_at", INSTANT),
        sa.Column("published_at", INSTANT),
        _account("matrix_period", "published_by"),
        sa.UniqueConstraint(
            "edition_id", "closes_on", name="uq_matrix_period_edition_id_closes_on"
        ),
        sa.CheckConstraint(
            "covers_from <= opens_on AND opens_on <= closes_on", name=op.f("ck_matrix_period_days")
        ),
        sa.CheckConstraint(
            "published_at IS NULL OR closed_at IS NOT NULL", name=op.f("ck_matrix_period_published")
        ),
    )
    op.create_table(
        "matrix_row",
        sa.Column("id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_matrix_row"),
        _reference("matrix_row", "period_id", "matrix_period"),
        _reference("matrix_row", "country_code", "country", kind=sa.String(2)),
        _reference("matrix_row", "agreement_id", "agreement", nullable=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("fact", TEXTS, nullable=False),
        sa.Column("section", sa.String(20), nullable=False),
        sa.Column("phase", sa.String(12), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("month", sa.Date()),
        sa.Column("evidence_url", sa.String(500), nullable=False),
        sa.Column("evidence_key", sa.String(70), nullable=False),
        sa.Column("evidence_name", sa.String(120), nullable=False),
        sa.Column("contact", sa.String(200), nullable=False),
        sa.Column("sharing", sa.String(10), nullable=False),
        sa.Column("instrument_type", sa.String(20), nullable=False),
        sa.Column("instrument_date", sa.Date()),
        sa.Column("is_practice", sa.Boolean(), nullable=False, server_default=sa.false()),
        _reference("matrix_row", "practice_id", "good_practice", kind=sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("held", sa.String(40), nullable=False),
        _account("matrix_row", "released_by"),
        _reference("matrix_row", "carried_from", "matrix_row", nullable=True),
        sa.Column("passed_to", sa.String(254), nullable=False),
        sa.Column("passed_at", INSTANT),
        sa.Column("passed_until", sa.Date()),
        sa.Column("pass_number", sa.Integer(), nullable=False),
        sa.Column("came_back_at", INSTANT),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        _account("matrix_row", "changed_by"),
        sa.Column("sent_at", INSTANT),
        sa.UniqueConstraint(
            "period_id",
            "country_code",
            "agreement_id",
            name="uq_matrix_row_period_id_country_code_agreement_id",
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'sent', 'published')", name=op.f("ck_matrix_row_state")
        ),
        sa.CheckConstraint(
            "sharing IN ('country', 'region', 'public')", name=op.f("ck_matrix_row_sharing")
        ),
        sa.CheckConstraint("state = 'draft' OR status <> ''", name=op.f("ck_matrix_row_answered")),
        sa.CheckConstraint(
            "state = 'draft' OR kind <> 'regulatory'"
            " OR (instrument_type <> '' AND instrument_date IS NOT NULL)",
            name=op.f("ck_matrix_row_instrument"),
        ),
        sa.CheckConstraint("state <> 'published' OR held = ''", name=op.f("ck_matrix_row_held")),
        sa.CheckConstraint(
            "evidence_url = '' OR evidence_key = ''", name=op.f("ck_matrix_row_link_or_file")
        ),
    )
    _index("matrix_row", "country_code", "agreement_id", "practice_id", "carried_from")
    op.create_index("ix_matrix_row_section_kind", "matrix_row", ["section", "kind"])


def _review() -> None:
    op.create_table(
        "guidelines_review",
        sa.Column("id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_guidelines_review"),
        _reference("guidelines_review", "guideline_version_id", "guideline_version"),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("opened_at", INSTANT),
        _account("guidelines_review", "opened_by"),
        sa.Column("answers_until", sa.Date()),
        sa.Column("challenges", sa.JSON(), nullable=False, server_default=NO_LIST),
        sa.Column("inputs", sa.JSON(), nullable=False, server_default=NO_LIST),
        sa.Column("closed_at", INSTANT),
        _account("guidelines_review", "closed_by"),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("decision_ref", sa.String(120), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False, server_default=NO_LIST),
        _reference("guidelines_review", "next_version_id", "guideline_version", nullable=True),
        sa.CheckConstraint(
            "closed_at IS NULL OR opened_at IS NOT NULL", name=op.f("ck_guidelines_review_opened")
        ),
        sa.CheckConstraint(
            "closed_at IS NULL OR outcome IN ('no-change', 'revise')",
            name=op.f("ck_guidelines_review_outcome"),
        ),
        sa.CheckConstraint(
            "closed_at IS NULL OR outcome <> 'revise' OR next_version_id IS NOT NULL",
            name=op.f("ck_guidelines_review_next_version"),
        ),
    )
    op.create_index(
        "uq_guidelines_review_not_closed",
        "guidelines_review",
        ["guideline_version_id"],
        unique=True,
        sqlite_where=NOT_CLOSED,
        postgresql_where=NOT_CLOSED,
    )
    op.create_table(
        "review_answer",
        sa.Column("id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review_answer"),
        _reference("review_answer", "review_id", "guidelines_review"),
        sa.Column("about", sa.String(10), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("proposal", sa.String(10), nullable=False),
        sa.Column("words", TEXTS, nullable=False),
        sa.Column("reason", TEXTS, nullable=False),
        _reference(
            "review_answer", "supports_id", "review_answer", nullable=True
        ),
        sa.Column("answered_at", INSTANT, nullable=False),
        _account("review_answer", "answered_by"),
        sa.UniqueConstraint(
            "review_id",
            "about",
            "key",
            "country_code",
            name="uq_review_answer_review_id_about_key_country_code",
        ),
        sa.CheckConstraint(
            "about IN ('challenge', 'section')", name=op.f("ck_review_answer_about")
        ),
        sa.CheckConstraint(
            "proposal IN ('', 'keep', 'reword', 'add')",
            name=op.f("ck_review_answer_proposal"),
        ),
        sa.CheckConstraint(
            "(about = 'section') = (proposal <> '')",
            name=op.f("ck_review_answer_proposal_of_section"),
        ),
    )
    _index("review_answer", "supports_id")


def _reference(
    table: str,
    column: str,
    other: str,
    *,
    kind: sa.types.TypeEngine[object] = ID,
    nullable: bool = False,
    ondelete: str | None = None,
) -> sa.Column[object]:
    target = f"{other}.code" if other == "country" else f"{other}.id"
    name = f"fk_{table}_{column}_{other}"
    return sa.Column(
        column, kind, sa.ForeignKey(target, name=name, ondelete=ondelete), nullable=nullable
    )


def _account(table: str, column: str) -> sa.Column[object]:
    return _reference(table, column, "account", nullable=True)


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])
