"""More kinds of certificates than one, their correction and end by two people, notices before their
last day, and training taken elsewhere.

SQLite rebuilds `certificate` and `revocation`. A certificate is of one achievement from now on: that
of an enrolment is no longer alone, because a corrected one has the same enrolment.
"""

from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0050_life_of_certificates"
down_revision = "0049_last_valid_on"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
STANDS = sa.text("taken_back_at IS NULL")
CERTIFICATE = sa.table(
    "certificate",
    sa.column("id", ID),
    sa.column("code", sa.String()),
    sa.column("enrolment_id", sa.Uuid()),
    sa.column("achievement", sa.String()),
)


def upgrade() -> None:
    _certificates()
    with op.batch_alter_table("revocation") as table:
        table.add_column(sa.Column("proposed_by", ID))
        table.create_foreign_key(
            "fk_revocation_proposed_by_account", "account", ["proposed_by"], ["id"]
        )
        table.create_check_constraint(
            "by_two", "proposed_by IS NULL OR proposed_by <> revoked_by"
        )
    op.create_table(
        "revocation_proposal",
        sa.Column("certificate_id", ID, nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("proposed_by", ID, nullable=False),
        *_keys("revocation_proposal", certificate_id="certificate", proposed_by="account"),
        sa.PrimaryKeyConstraint("certificate_id", name="pk_revocation_proposal"),
    )
    op.create_table(
        "name_erasure",
        sa.Column("certificate_id", ID, nullable=False),
        sa.Column("name_hash", sa.String(64), nullable=False),
        sa.Column("erased_at", INSTANT, nullable=False),
        *_keys("name_erasure", certificate_id="certificate"),
        sa.PrimaryKeyConstraint("certificate_id", name="pk_name_erasure"),
    )
    op.create_table(
        "renewal_notice",
        sa.Column("certificate_id", ID, nullable=False),
        sa.Column("days", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("told_at", INSTANT, nullable=False),
        *_keys("renewal_notice", certificate_id="certificate"),
        sa.PrimaryKeyConstraint("certificate_id", "days", name="pk_renewal_notice"),
    )
    _recognised()


def downgrade() -> None:
    """Certificates of events, and those that correct another one, have no place in the schema of
    before: the downgrade fails where there are any, because what was issued is not thrown away.
    """
    for table in ("recognised_training", "renewal_notice", "name_erasure", "revocation_proposal"):
        op.drop_table(table)
    _lift_triggers()
    with op.batch_alter_table("revocation") as table:
        table.drop_constraint("by_two", type_="check")
        table.drop_constraint("fk_revocation_proposed_by_account", type_="foreignkey")
        table.drop_column("proposed_by")
    op.drop_index("ix_certificate_event_id", "certificate")
    op.drop_index("ix_certificate_enrolment_id", "certificate")
    with op.batch_alter_table("certificate") as table:
        for column, target in (("event_id", "event"), ("replaces_id", "certificate")):
            table.drop_constraint(f"fk_certificate_{column}_{target}", type_="foreignkey")
        for column in ("replaces_id", "achievement"):
            table.drop_constraint(f"uq_certificate_{column}", type_="unique")
        for column in ("event_id", "replaces_id", "achievement"):
            table.drop_column(column)
        table.create_unique_constraint("uq_certificate_enrolment_id", ["enrolment_id"])


def _certificates() -> None:
    _lift_triggers()
    op.add_column("certificate", sa.Column("achievement", sa.String(120)))
    op.add_column("certificate", sa.Column("event_id", sa.Uuid()))
    op.add_column("certificate", sa.Column("replaces_id", ID))
    _fill_achievements()
    with op.batch_alter_table("certificate") as table:
        table.alter_column("achievement", existing_type=sa.String(120), nullable=False)
        table.drop_constraint("uq_certificate_enrolment_id", type_="unique")
        table.create_unique_constraint("uq_certificate_achievement", ["achievement"])
        table.create_unique_constraint("uq_certificate_replaces_id", ["replaces_id"])
        table.create_foreign_key("fk_certificate_event_id_event", "event", ["event_id"], ["id"])
        table.create_foreign_key(
            "fk_certificate_replaces_id_certificate", "certificate", ["replaces_id"], ["id"]
        )
    op.create_index("ix_certificate_enrolment_id", "certificate", ["enrolment_id"])
    op.create_index("ix_certificate_event_id", "certificate", ["event_id"])


def _fill_achievements() -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.select(CERTIFICATE)).all():
        earned: UUID | None = row.enrolment_id
        achievement = f"certificate:{row.code}" if earned is None else f"enrolment:{earned}"
        connection.execute(
            sa.update(CERTIFICATE)
            .where(CERTIFICATE.c.id == row.id)
            .values(achievement=achievement)
        )


def _recognised() -> None:
    op.create_table(
        "recognised_training",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("country_code", sa.String(2), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("source_title", sa.String(200), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("hours", sa.String(8), nullable=False),
        sa.Column("file_key", sa.String(80), nullable=False),
        sa.Column("batch_id", sa.Uuid()),
        sa.Column("accepted_at", INSTANT, nullable=False),
        sa.Column("accepted_by", ID, nullable=False),
        sa.Column("taken_back_at", INSTANT),
        sa.Column("taken_back_by", ID),
        sa.Column("taken_back_reason", sa.String(300), nullable=False),
        *_keys(
            "recognised_training",
            person_id="person",
            course_id="course",
            accepted_by="account",
            taken_back_by="account",
        ),
        sa.ForeignKeyConstraint(
            ["country_code"],
            ["country.code"],
            name="fk_recognised_training_country_code_country",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recognised_training"),
    )
    op.create_index(
        "uq_recognised_training_stands",
        "recognised_training",
        ["person_id", "course_id", "completed_on"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )
    op.create_index(
        "ix_recognised_training_country_code", "recognised_training", ["country_code"]
    )


def _keys(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}_{target}")
        for column, target in targets.items()
    ]


def _lift_triggers() -> None:
    """Rows of certificates are written once, say triggers that name their columns. They are put back
    after the migration; SQLite's are all lifted before.
    """
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER IF EXISTS certificate_append_only ON certificate")
        op.execute("DROP FUNCTION IF EXISTS certificate_facts_append_only() CASCADE")
