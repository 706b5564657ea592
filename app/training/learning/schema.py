"""Triggers: published content never changes, and what a learner did is never deleted."""

from sqlalchemy import inspect
from sqlalchemy.engine import Connection

from app.infra.schema import forbid_changes

WRITTEN_ONCE = (
    "course_edition",
    "edition_document",
    "module",
    "objective",
    "unit",
    "unit_rendition",
    "item",
    "item_option",
    "vignette",
    "lesson_check",
    "course_figure",
    "course_video",
    "objective_change",
    "completion",
    "learning_event",
)
KEPT = ("enrolment", "unit_progress", "attempt", "attempt_item")


def ensure_immutable(connection: Connection) -> None:
    """Forbids UPDATE and DELETE of content, completions and events, and DELETE of progress and
    attempts.
    """
    for table in WRITTEN_ONCE:
        forbid_changes(connection, table)
    for table in KEPT:
        _forbid_deletion(connection, table)


def _forbid_deletion(connection: Connection, table: str) -> None:
    """Creates the trigger. `table` is the name of one of our tables and never input."""
    if not inspect(connection).has_table(table):
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_delete BEFORE DELETE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table}_kept'); END"
        )
        return
    connection.exec_driver_sql(
        f"CREATE OR REPLACE FUNCTION {table}_kept() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table}_kept'; END $$"
    )
    connection.exec_driver_sql(
        f"CREATE OR REPLACE TRIGGER {table}_kept BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_kept()"
    )
