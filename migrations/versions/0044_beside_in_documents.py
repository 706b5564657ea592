"""Glossary and sources of an edition are read from its document; their own tables go."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0044_beside_in_documents"
down_revision = "0043_draft_words"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXTS = sa.JSON().with_variant(JSONB(), "postgresql")
TABLES = ("glossary_term", "course_source")


def upgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP FUNCTION IF EXISTS {table}_append_only()")


def downgrade() -> None:
    term = op.create_table(
        "glossary_term",
        sa.Column("id", ID, nullable=False),
        sa.Column("module_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("term", TEXTS, nullable=False),
        sa.Column("meaning", TEXTS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_glossary_term"),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], "fk_glossary_term_module_id_module"),
        sa.UniqueConstraint("module_id", "position", name="uq_glossary_term_module_id_position"),
    )
    source = op.create_table(
        "course_source",
        sa.Column("id", ID, nullable=False),
        sa.Column("module_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("title", TEXTS, nullable=False),
        sa.Column("body", TEXTS, nullable=False),
        sa.Column("year", sa.Integer()),
        sa.Column("url", sa.String(300)),
        sa.Column("note", TEXTS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_course_source"),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], "fk_course_source_module_id_module"),
        sa.UniqueConstraint("module_id", "position", name="uq_course_source_module_id_position"),
    )
    connection = op.get_bind()
    for module_id, module in modules(connection):
        for position, given in enumerate(module.get("terms", ()), start=1):
            row = {"module_id": module_id, "position": position, **given}
            connection.execute(sa.insert(term), row)
        for position, given in enumerate(module.get("sources", ()), start=1):
            row = {"module_id": module_id, "position": position, **given}
            row |= {"year": given["year"] or None, "url": given["url"] or None}
            connection.execute(sa.insert(source), row)


def modules(connection: sa.Connection) -> list[tuple[int, dict[str, Any]]]:
    """Returns the id of each module with what its edition's document says of it."""
    document = sa.table("edition_document", sa.column("edition_id"), sa.column("content", sa.JSON()))
    module = sa.table("module", sa.column("id"), sa.column("edition_id"), sa.column("number"))
    ids = {(row.edition_id, row.number): row.id for row in connection.execute(sa.select(module))}
    return [
        (ids[row.edition_id, given["number"]], given)
        for row in connection.execute(sa.select(document)).all()
        for given in row.content["modules"]
    ]
