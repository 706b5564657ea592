"""The schema as migrations describe it, and the rules that tables cannot express, put in place
after each migration.

Both engines can lose such a rule without a word: a batch migration drops SQLite's triggers and
autogenerate does not see a missing exclusion constraint. So domains register `ensure` functions
here (idempotent), and a tripwire proves that the rules are alive.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import JSON, Executable, delete, insert, inspect, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from app.infra.journal import JournalEntry
from app.infra.orm import UtcDateTime

APPEND_ONLY = ("journal_entry",)
MARK = "record_mark"
QUEUE_TABLES = "huey_"  # the job queue's own, when it lives in PostgreSQL


class DeadRule(RuntimeError):
    """The database would accept what it must refuse. Domains raise it from their tripwires; nothing
    may start then.
    """


class BrokenReference(RuntimeError):
    """A migration left rows that refer to nothing. It is undone as a whole."""


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Migrations describe tables themselves, without importing our types."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        return "sa.JSON()"
    return False


def migration_options() -> dict[str, Any]:
    return {
        "render_as_batch": True,
        "compare_type": True,
        "render_item": render_item,
        "include_name": _is_ours,
    }


def _is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Returns False for what models do not describe.

    Those are the tables of the job queue, and the full text that app/office/search/schema.py keeps.
    """
    others = {
        "table": (QUEUE_TABLES, "search_index"),
        "column": ("search_words",),
        "index": ("search_words",),
    }
    return not (name or "").startswith(others.get(kind, ()))


def lift_triggers(connection: Connection) -> None:
    """Drops every trigger before a migration, on SQLite.

    SQLite reads every trigger again at each rename and refuses what it cannot follow. The `ensure`
    functions put them back, in the same transaction.
    """
    if connection.dialect.name == "sqlite":
        for (name,) in connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')


@contextmanager
def free_references(connection: Connection) -> Iterator[None]:
    """Stops SQLite from following foreign keys while the block lasts.

    A table that others refer to is rebuilt under another name, and dropping the old one would count
    as deleting its rows. The setting cannot change within a transaction, so it is set before one
    begins, on the driver's own connection. `require_references` asks before the commit whether all
    still hold.
    """
    raw: Any = connection.connection.driver_connection
    if connection.dialect.name != "sqlite":
        yield
        return
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.rollback()  # the setting would not change within what a failure left open
        raw.execute("PRAGMA foreign_keys=ON")


def require_references(connection: Connection) -> None:
    """Raises BrokenReference if a row refers to one that is not there; PostgreSQL always knows."""
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        tables = ", ".join(sorted({f"{row[0]} -> {row[2]}" for row in broken}))
        raise BrokenReference(f"{len(broken)} rows refer to rows that are gone: {tables}")


def ensure_append_only(connection: Connection) -> None:
    """Makes the database refuse to change or delete rows of the journal and public keys, whoever
    asks; only the end of a key may be written, and once the mark of an entry that has none.
    """
    for table in APPEND_ONLY:
        forbid_changes(connection, table, but=(MARK,))
        forbid_new_marks(connection, table)
    forbid_changes(connection, "issuer_key", but=("ends_at", "withdrawn_at", MARK))
    forbid_new_marks(connection, "issuer_key")


def forbid_changes(connection: Connection, table: str, *, but: Sequence[str] = ()) -> None:
    """Makes the database refuse UPDATE and DELETE on a table, by trigger.

    `table` is one of ours, never input. `but`: columns that may change all the same.
    """
    if not inspect(connection).has_table(table):
        return
    changing = "UPDATE"
    names = [column["name"] for column in inspect(connection).get_columns(table)]
    if set(but) & set(names):
        changing = "UPDATE OF " + ", ".join(f'"{name}"' for name in names if name not in but)
    if connection.dialect.name == "sqlite":
        for verb, when in (("update", changing), ("delete", "DELETE")):
            connection.exec_driver_sql(
                f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {when} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table}_append_only'); END"
            )
    else:
        connection.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table}_append_only'; END $$"
        )
        connection.exec_driver_sql(
            f"CREATE OR REPLACE TRIGGER {table}_append_only BEFORE {changing} OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
        )


def forbid_new_marks(connection: Connection, table: str) -> None:
    """Makes the database refuse to change the mark of a row; one without is given its mark once."""
    if not inspect(connection).has_table(table):
        return
    columns = {column["name"] for column in inspect(connection).get_columns(table)}
    if MARK in columns:  # not in a schema of before 2026.12
        forbid_where(
            connection,
            table,
            name=f"{table}_mark_append_only",
            when=f"OLD.{MARK} IS NOT NULL",
            verbs=(f"UPDATE OF {MARK}",),
        )


def forbid_where(
    connection: Connection, table: str, *, name: str, when: str, verbs: tuple[str, ...]
) -> None:
    """Makes the database refuse INSERT, UPDATE, DELETE or "UPDATE OF a, b" of some rows, by trigger.

    `when` is a condition over OLD and NEW that both engines understand; it may look into other
    tables. What is refused is an IntegrityError that holds `name`. All texts are ours, never input.
    """
    if not inspect(connection).has_table(table):
        return
    if connection.dialect.name == "sqlite":
        for number, verb in enumerate(verbs):
            connection.exec_driver_sql(
                f"CREATE TRIGGER IF NOT EXISTS {name}_{number} BEFORE {verb} ON {table} "
                f"WHEN {when} BEGIN SELECT RAISE(ABORT, '{name}'); END"
            )
        return
    connection.exec_driver_sql(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {when} THEN RAISE EXCEPTION '{name}' USING ERRCODE = 'integrity_constraint_violation'; "
        "END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    for number, verb in enumerate(verbs):
        connection.exec_driver_sql(
            f"CREATE OR REPLACE TRIGGER {name}_{number} BEFORE {verb} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()"
        )


def journal_tripwire(connection: Connection) -> None:
    """Tries to change and to delete a journal entry, within a savepoint that is rolled back."""
    savepoint = connection.begin_nested()
    entry = insert(JournalEntry).values(
        at=datetime(2000, 1, 1, tzinfo=UTC),
        fact="Tripwire",
        subject_kind="tripwire",
        subject_id="",
        payload={},
    )
    key = connection.execute(entry).inserted_primary_key
    mine = JournalEntry.id == (key[0] if key else 0)
    for attempt in (
        update(JournalEntry).where(mine).values(fact="Changed"),
        delete(JournalEntry).where(mine),
    ):
        if not _is_refused(connection, attempt):
            raise DeadRule(f"the journal on {connection.dialect.name} can be changed")
    savepoint.rollback()


def _is_refused(connection: Connection, attempt: Executable) -> bool:
    try:
        with connection.begin_nested():
            connection.execute(attempt)
    except DBAPIError as error:
        return "append_only" in str(error.orig)
    return False
