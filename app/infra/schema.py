"""The schema as migrations describe it, and the rules that tables cannot express, put in place after each migration.

Both engines can lose such a rule without a word: a batch migration drops SQLite's triggers and autogenerate does not
see a missing exclusion constraint. So domains register `ensure` functions here (idempotent), and a tripwire proves
that the rules are alive.
"""

from typing import Any, Literal

from sqlalchemy import JSON, inspect
from sqlalchemy.engine import Connection

from app.infra.orm import UtcDateTime

APPEND_ONLY = ("journal_entry",)


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Migrations describe tables themselves, without importing our types."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        return "sa.JSON()"
    return False


def migration_options() -> dict[str, Any]:
    return {"render_as_batch": True, "compare_type": True, "render_item": render_item}


def ensure_append_only(connection: Connection) -> None:
    """Journal rows cannot be changed or deleted, whoever asks."""
    for table in APPEND_ONLY:
        forbid_changes(connection, table)


def forbid_changes(connection: Connection, table: str) -> None:
    """No UPDATE and no DELETE on a table, by trigger; `table` is one of ours, never input."""
    if not inspect(connection).has_table(table):
        return
    if connection.dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table}_append_only'); END"
            )
    else:
        connection.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table}_append_only'; END $$"
        )
        connection.exec_driver_sql(
            f"CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
        )
