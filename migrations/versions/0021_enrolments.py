"""Enrolling again: one open enrolment of a person and course, one certificate of each enrolment.

SQLite rebuilds both tables. Others refer to them, so `migrations/env.py` has foreign keys off and
checks them before anything is committed.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0021_enrolments"
down_revision = "0018_authoring"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
OPEN = sa.text("closed_at IS NULL")

ENROLMENT = sa.table(
    "enrolment",
    sa.column("id", sa.Uuid()),
    sa.column("person_id", ID),
    sa.column("edition_id", ID),
    sa.column("course_id", ID),
    sa.column("started_at", INSTANT),
    sa.column("closed_at", INSTANT),
)
EDITION = sa.table("course_edition", sa.column("id", ID), sa.column("course_id", ID))
COMPLETION = sa.table(
    "completion",
    sa.column("enrolment_id", sa.Uuid()),
    sa.column("module_id", ID),
    sa.column("decided_at", INSTANT),
)
CERTIFICATE = sa.table(
    "certificate",
    sa.column("id", ID),
    sa.column("person_id", ID),
    sa.column("course_edition_id", ID),
    sa.column("enrolment_id", sa.Uuid()),
)


def upgrade() -> None:
    op.add_column("enrolment", sa.Column("course_id", ID))
    op.add_column("enrolment", sa.Column("closed_at", INSTANT))
    op.add_column("enrolment", sa.Column("renews_id", sa.Uuid()))
    _fill_enrolments()
    with op.batch_alter_table("enrolment") as table:
        table.alter_column("course_id", existing_type=ID, nullable=False)
        table.drop_constraint("uq_enrolment_person_id_edition_id", type_="unique")
        table.create_foreign_key(
            "fk_enrolment_course_id_course", "course", ["course_id"], ["id"]
        )
        table.create_foreign_key(
            "fk_enrolment_renews_id_enrolment", "enrolment", ["renews_id"], ["id"]
        )
    op.create_index(
        "uq_enrolment_open",
        "enrolment",
        ["person_id", "course_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index(
        "ix_enrolment_person_id_edition_id", "enrolment", ["person_id", "edition_id"]
    )
    op.add_column("certificate", sa.Column("enrolment_id", sa.Uuid()))
    _fill_certificates()
    with op.batch_alter_table("certificate") as table:
        table.drop_constraint("uq_certificate_person_id_kind_course_edition_id", type_="unique")
        table.create_unique_constraint("uq_certificate_enrolment_id", ["enrolment_id"])
        table.create_foreign_key(
            "fk_certificate_enrolment_id_enrolment", "enrolment", ["enrolment_id"], ["id"]
        )


def downgrade() -> None:
    """Fails where somebody enrolled twice in one edition: what they did is not thrown away."""
    _lift_trigger()
    with op.batch_alter_table("certificate") as table:
        table.drop_constraint("fk_certificate_enrolment_id_enrolment", type_="foreignkey")
        table.drop_constraint("uq_certificate_enrolment_id", type_="unique")
        table.create_unique_constraint(
            "uq_certificate_person_id_kind_course_edition_id",
            ["person_id", "kind", "course_edition_id"],
        )
        table.drop_column("enrolment_id")
    op.drop_index("ix_enrolment_person_id_edition_id", "enrolment")
    op.drop_index("uq_enrolment_open", "enrolment")
    with op.batch_alter_table("enrolment") as table:
        table.drop_constraint("fk_enrolment_renews_id_enrolment", type_="foreignkey")
        table.drop_constraint("fk_enrolment_course_id_course", type_="foreignkey")
        table.create_unique_constraint(
            "uq_enrolment_person_id_edition_id", ["person_id", "edition_id"]
        )
        table.drop_column("renews_id")
        table.drop_column("closed_at")
        table.drop_column("course_id")


def _fill_enrolments() -> None:
    """A completed enrolment is closed. Of several open ones of a person and course, which only a
    merge of two records can have left, the one begun last stays open.
    """
    connection = op.get_bind()
    course: Any = sa.select(EDITION.c.course_id).where(EDITION.c.id == ENROLMENT.c.edition_id)
    done: Any = sa.select(COMPLETION.c.decided_at).where(
        COMPLETION.c.enrolment_id == ENROLMENT.c.id, COMPLETION.c.module_id.is_(None)
    )
    connection.execute(
        sa.update(ENROLMENT).values(
            course_id=course.scalar_subquery(), closed_at=done.scalar_subquery()
        )
    )
    later = ENROLMENT.alias("later")
    begun_later = sa.select(later.c.id).where(
        later.c.person_id == ENROLMENT.c.person_id,
        later.c.course_id == ENROLMENT.c.course_id,
        later.c.closed_at.is_(None),
        sa.tuple_(later.c.started_at, later.c.id) > sa.tuple_(ENROLMENT.c.started_at, ENROLMENT.c.id),
    )
    set_aside = connection.scalars(
        sa.select(ENROLMENT.c.id).where(ENROLMENT.c.closed_at.is_(None), begun_later.exists())
    ).all()
    for enrolment_id in set_aside:
        connection.execute(
            sa.update(ENROLMENT)
            .where(ENROLMENT.c.id == enrolment_id)
            .values(closed_at=ENROLMENT.c.started_at)
        )


def _fill_certificates() -> None:
    _lift_trigger()
    earned: Any = sa.select(ENROLMENT.c.id).where(
        ENROLMENT.c.person_id == CERTIFICATE.c.person_id,
        ENROLMENT.c.edition_id == CERTIFICATE.c.course_edition_id,
    )
    op.get_bind().execute(sa.update(CERTIFICATE).values(enrolment_id=earned.scalar_subquery()))


def _lift_trigger() -> None:
    """Rows of certificates are written once, says a trigger that names their columns. It is put
    back after the migration; SQLite's are all lifted before.
    """
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER IF EXISTS certificate_append_only ON certificate")
