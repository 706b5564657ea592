"""The rule in the database: alive after a migration, noticed when it is gone, back after
`ensure`.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask import Flask
from sqlalchemy import Connection, String, Table, text
from sqlalchemy.exc import IntegrityError

from app import wiring
from app.infra.database import transaction, writing_engine
from app.planning.scheduling import schema
from app.planning.scheduling.models import Claim
from app.planning.scheduling.schema import NO_OVERLAP, RuleIsDead, ensure_no_overlap, tripwire
from tests.planning.scheduling import rulings
from tests.planning.scheduling.builders import ANA, NOW, a_draft, minutes


@pytest.fixture
def connection(app: Flask) -> Iterator[Connection]:
    with app.app_context(), writing_engine().connect() as connection:
        yield connection
        connection.rollback()


def drop_rule(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        for name in schema.SQLITE:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
    else:
        connection.exec_driver_sql(f"ALTER TABLE claim DROP CONSTRAINT {NO_OVERLAP}")


def rows(connection: Connection) -> int:
    tables = ("resource", "engagement", "claim")
    return sum(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in tables)


@pytest.mark.both_databases
def test_a_migrated_database_has_the_rule_and_the_tripwire_leaves_nothing(
    connection: Connection,
) -> None:
    tripwire(connection)
    assert rows(connection) == 0


@pytest.mark.both_databases
def test_the_tripwire_notices_that_the_rule_is_gone(connection: Connection) -> None:
    drop_rule(connection)
    with pytest.raises(RuleIsDead, match="one minute"):
        tripwire(connection)
    assert rows(connection) == 0
    for _ in range(2):
        ensure_no_overlap(connection)
    tripwire(connection)


@pytest.mark.parametrize("lost", sorted(schema.SQLITE))
def test_one_lost_trigger_is_enough(connection: Connection, lost: str) -> None:
    connection.exec_driver_sql(f"DROP TRIGGER {lost}")
    with pytest.raises(RuleIsDead):
        tripwire(connection)


def test_a_rule_that_forbids_too_much_is_noticed(connection: Connection) -> None:
    name = f"{NO_OVERLAP}_insert"
    connection.exec_driver_sql(f"DROP TRIGGER {name}")
    broken = schema.SQLITE[name].replace(
        "other.ends_at > NEW.starts_at", "other.ends_at >= NEW.starts_at"
    )
    connection.exec_driver_sql(f"CREATE TRIGGER {name} {broken}")
    with pytest.raises(RuleIsDead, match="back to back"):
        tripwire(connection)


def test_a_batch_migration_loses_the_triggers_and_the_wired_rules_bring_them_back(
    connection: Connection,
) -> None:
    """Alembic copies the table and drops the old one, triggers and all; hence SCHEMA_RULES after
    every migration.
    """
    operations = Operations(MigrationContext.configure(connection))
    with operations.batch_alter_table("claim", recreate="always") as batch:
        batch.alter_column("enforced", existing_type=String(), nullable=False)
    with pytest.raises(RuleIsDead):
        tripwire(connection)
    for ensure in wiring.SCHEMA_RULES:
        ensure(connection)
    tripwire(connection)


@pytest.mark.both_databases
def test_nothing_is_done_before_the_table_exists(connection: Connection) -> None:
    """Nor is anything left behind that would be in the way of the rule when the table comes."""
    connection.exec_driver_sql("DROP TABLE claim")
    before = objects(connection)
    assert "engagement" in before
    assert "claim" not in before
    ensure_no_overlap(connection)
    assert objects(connection) == before


@pytest.mark.both_databases
def test_when_the_table_comes_so_does_the_rule(connection: Connection) -> None:
    connection.exec_driver_sql("DROP TABLE claim")
    ensure_no_overlap(connection)
    table: Table = Claim.__table__  # type: ignore[assignment]  # a Table, whatever the mapper calls it
    table.create(connection)
    with pytest.raises(RuleIsDead):
        tripwire(connection)
    ensure_no_overlap(connection)
    tripwire(connection)


def objects(connection: Connection) -> set[str]:
    """Names of what a schema holds beside columns: tables, indexes, triggers, constraints."""
    if connection.dialect.name == "sqlite":
        return set(connection.scalars(text("SELECT name FROM sqlite_master")))
    relations = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    return set(connection.scalars(text(f"{relations} UNION SELECT conname FROM pg_constraint")))


def claimed() -> None:
    with transaction() as db:
        rulings.claim(db, engagement=a_draft(when=minutes(0, 60)), parties=(ANA,), now=NOW)


@pytest.mark.parametrize(
    ("starts_at", "complaint"),
    [
        ("2026-12-10T00:00:00.000000", schema.BAD_INSTANT),
        ("2026-12-10 00:00:00", schema.BAD_INSTANT),
        ("2026-12-10 00:00:00.000000+00:00", schema.BAD_INSTANT),
        ("1796860800", schema.BAD_INSTANT),
        ("2026-12-10 00:30:00.000000", schema.NO_OVERLAP),
        ("2026-10-26 00:59:58.000000", schema.TOO_LONG),
    ],
)
def test_sqlite_takes_instants_in_the_one_form_that_compares(
    app: Flask, starts_at: str, complaint: str
) -> None:
    """Whoever writes past the application is held to it too."""
    with app.app_context():
        claimed()
        raw = (
            "INSERT INTO claim (engagement_id, resource_id, lane_lo, lane_hi, starts_at, ends_at, enforced) "
            "SELECT engagement_id, resource_id, lane_lo, lane_hi, :starts_at, :ends_at, 1 FROM claim"
        )
        with pytest.raises(IntegrityError, match=complaint), writing_engine().begin() as connection:
            connection.execute(
                text(raw), {"starts_at": starts_at, "ends_at": "2026-12-10 00:59:59.000000"}
            )


def test_replacing_a_row_does_not_slip_past(app: Flask) -> None:
    """SQLite's REPLACE deletes without a trigger; the row that takes the place is judged like any
    other.
    """
    with app.app_context():
        claimed()
        for verb in ("OR REPLACE", "OR IGNORE"):
            columns = "engagement_id, resource_id, lane_lo, lane_hi, starts_at, ends_at, enforced"
            raw = f"INSERT {verb} INTO claim ({columns}) SELECT {columns} FROM claim"
            with (
                pytest.raises(IntegrityError, match=NO_OVERLAP),
                writing_engine().begin() as connection,
            ):
                connection.execute(text(raw))


@pytest.mark.both_databases
def test_two_engagements_swap_their_hours_in_one_transaction(app: Flask) -> None:
    """Not enforced, moved, enforced again: nobody else can step between."""
    with app.app_context(), transaction() as db:
        for holder, when in (("event:a", minutes(0, 60)), ("event:b", minutes(60, 120))):
            rulings.claim(db, engagement=a_draft(holder, when=when), parties=(ANA,), now=NOW)
        first, second = db.query(Claim).order_by(Claim.starts_at)
        first.enforced = second.enforced = False
        db.flush()
        first.starts_at, second.starts_at = second.starts_at, first.starts_at
        first.ends_at, second.ends_at = second.ends_at, first.ends_at
        db.flush()
        first.enforced = second.enforced = True
        db.flush()
        second.ends_at += timedelta(minutes=1)
        with pytest.raises(IntegrityError, match=NO_OVERLAP):
            db.flush()
        db.rollback()


def test_the_insert_statement_of_the_application_writes_that_form(app: Flask) -> None:
    with app.app_context():
        claimed()
        with writing_engine().connect() as connection:
            stored = connection.exec_driver_sql("SELECT starts_at, ends_at FROM claim").one()
            assert tuple(stored) == ("2026-12-10 00:00:00.000000", "2026-12-10 01:00:00.000000")
