"""The triggers on capacity: alive after a migration, noticed when it is gone,
whatever program writes.
"""

import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Connection, insert, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from app import create_app
from app.infra.database import writing_engine
from app.infra.server import check_rules
from app.participation.registrations.models import EventQuota, Registration
from app.participation.registrations.schema import (
    OVER_CAPACITY,
    OVER_QUOTA,
    POSTGRESQL,
    SQLITE,
    WRONG_ISOLATION,
    CapacityRuleIsDead,
    capacity_tripwire,
    ensure_capacity,
)
from app.planning.events.models import Event
from tests.participation.registrations.builders import capacity_rule_dropped, people_of
from tests.planning.events.rows import NOW, an_event
from tests.support import databases
from tests.support.lifetime import close_app

TABLES = ("registration", "event", "event_quota", "person", "country")


@pytest.fixture
def connection(app: Flask) -> Iterator[Connection]:
    with app.app_context(), writing_engine().connect() as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def postgresql_app(tmp_path: Path) -> Iterator[Flask]:
    with databases.postgresql_copy() as url:
        app = create_app(databases.settings_for(url, tmp_path / "var"))
        yield app
        close_app(app)


def rows(connection: Connection) -> list[int | None]:
    return [connection.scalar(text(f"SELECT count(*) FROM {table}")) for table in TABLES]


def a_row(
    event_id: UUID, person: int, country: str = "", status: str = "registered"
) -> dict[str, object]:
    return {
        "event_id": event_id,
        "person_id": person,
        "country_code": country,
        "status": status,
        "created_at": NOW,
        "changed_at": NOW,
    }


@pytest.mark.both_databases
def test_a_migrated_database_has_the_rule_and_the_tripwire_leaves_nothing(
    connection: Connection,
) -> None:
    before = rows(connection)
    capacity_tripwire(connection)
    assert rows(connection) == before


@pytest.mark.both_databases
def test_the_tripwire_notices_that_the_rule_is_gone_and_an_upgrade_puts_it_back(app: Flask) -> None:
    with app.app_context():
        with writing_engine().begin() as connection:
            capacity_rule_dropped(connection)
        with pytest.raises(CapacityRuleIsDead, match="a second of a country with a quota of one"):
            check_rules(app)
        upgrade()
        check_rules(app)


@pytest.mark.parametrize("lost", sorted(SQLITE))
def test_one_lost_trigger_is_enough_on_sqlite(connection: Connection, lost: str) -> None:
    connection.exec_driver_sql(f"DROP TRIGGER {lost}")
    with pytest.raises(CapacityRuleIsDead):
        capacity_tripwire(connection)
    ensure_capacity(connection)
    capacity_tripwire(connection)


@pytest.mark.parametrize("lost", sorted(POSTGRESQL))
def test_one_lost_trigger_is_enough_on_postgresql(postgresql_app: Flask, lost: str) -> None:
    with postgresql_app.app_context(), writing_engine().connect() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER {lost}_places ON {lost}")
        with pytest.raises(CapacityRuleIsDead):
            capacity_tripwire(connection)
        ensure_capacity(connection)
        capacity_tripwire(connection)
        connection.rollback()


def test_a_rule_that_forbids_too_much_is_noticed(connection: Connection) -> None:
    name = "registration_places_insert"
    connection.exec_driver_sql(f"DROP TRIGGER {name}")
    broken = SQLITE[name].replace(">= (SELECT capacity", "+ 1 >= (SELECT capacity")
    connection.exec_driver_sql(f"CREATE TRIGGER {name} {broken}")
    with pytest.raises(CapacityRuleIsDead, match="the fourth of four"):
        capacity_tripwire(connection)


@pytest.mark.both_databases
def test_many_rows_in_one_statement_are_counted_one_by_one(app: Flask) -> None:
    event_id, people = an_event(app, capacity=3), people_of(app, ["HN"] * 4)
    with app.app_context():
        together = insert(Registration).values([a_row(event_id, person) for person in people])
        with (
            pytest.raises(IntegrityError, match=OVER_CAPACITY),
            writing_engine().begin() as connection,
        ):
            connection.execute(together)
        with writing_engine().begin() as connection:
            for person in people[:3]:
                connection.execute(
                    insert(Registration).values(a_row(event_id, person, status="waiting"))
                )
            connection.execute(update(Registration).values(status="registered"))
        with (
            pytest.raises(IntegrityError, match=OVER_CAPACITY),
            writing_engine().begin() as connection,
        ):
            connection.execute(update(Event).where(Event.id == event_id).values(capacity=2))


@pytest.mark.both_databases
def test_registered_row_may_change_in_all_else_although_it_is_full(app: Flask) -> None:
    event_id, people = an_event(app, capacity=1, country_quota=1), people_of(app, ["HN"])
    with app.app_context(), writing_engine().begin() as connection:
        connection.execute(insert(Registration).values(a_row(event_id, people[0], "HN")))
        connection.execute(update(Registration).values(partstat="ACCEPTED", status="registered"))
        connection.execute(update(Event).values(place="Sala 1"))
    with app.app_context(), writing_engine().connect() as connection:
        assert connection.scalar(text("SELECT partstat FROM registration")) == "ACCEPTED"


@pytest.mark.both_databases
@pytest.mark.parametrize("limit", ["capacity", "quota"])
def test_programs_that_know_nothing_of_the_rule_race_and_never_over_book(
    app: Flask, limit: str
) -> None:
    """Bare inserts by many connections at the same moment, without a lock of their own."""
    limits = {"capacity": 3} if limit == "capacity" else {"country_quota": 3}
    event_id, people = (
        an_event(app, capacity=limits.get("capacity"), country_quota=limits.get("country_quota")),
        people_of(app, ["HN"] * 12),
    )
    assert racing(app, event_id, people) == 3


@pytest.mark.both_databases
def test_without_the_rule_the_same_race_over_books(app: Flask) -> None:
    event_id, people = an_event(app, capacity=3), people_of(app, ["HN"] * 12)
    with app.app_context(), writing_engine().begin() as connection:
        capacity_rule_dropped(connection)
    assert racing(app, event_id, people) == 12


def racing(app: Flask, event_id: UUID, people: list[int]) -> int:
    """Returns how many were registered."""
    start, refused = threading.Barrier(len(people)), []

    def take(person: int) -> None:
        with app.app_context():
            start.wait(timeout=20)
            try:
                with writing_engine().begin() as connection:
                    connection.execute(insert(Registration).values(a_row(event_id, person, "HN")))
            except IntegrityError as error:
                refused.append(str(error.orig))

    threads = [threading.Thread(target=take, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=40)
    assert all(OVER_CAPACITY in words or OVER_QUOTA in words for words in refused)
    with app.app_context(), writing_engine().connect() as connection:
        placed = (
            connection.scalar(text("SELECT count(*) FROM registration WHERE status = 'registered'"))
            or 0
        )
    assert placed + len(refused) == len(people)
    return placed


def test_an_older_snapshot_may_not_count(postgresql_app: Flask) -> None:
    """Under REPEATABLE READ the lock is had and the other's row is not seen: such a writer is
    refused.
    """
    event_id, people = an_event(postgresql_app, capacity=5), people_of(postgresql_app, ["HN"])
    with postgresql_app.app_context():
        for level in ("REPEATABLE READ", "SERIALIZABLE"):
            with writing_engine().begin() as connection:
                connection.exec_driver_sql(f"SET TRANSACTION ISOLATION LEVEL {level}")
                with pytest.raises(IntegrityError, match=WRONG_ISOLATION):
                    connection.execute(insert(Registration).values(a_row(event_id, people[0])))


def test_lowering_waits_for_a_registration_in_progress(postgresql_app: Flask) -> None:
    """The capacity of one writer meets the uncommitted registration of another: one of them waits, and
    then is refused.
    """
    event_id, people = an_event(postgresql_app, capacity=2), people_of(postgresql_app, ["HN"] * 2)
    with (
        postgresql_app.app_context(),
        writing_engine().connect() as taking,
        writing_engine().connect() as lowering,
    ):
        taking.execute(insert(Registration).values([a_row(event_id, person) for person in people]))
        lowering.exec_driver_sql("SET lock_timeout = '200ms'")
        with pytest.raises(OperationalError):
            lowering.execute(update(Event).values(capacity=1))
        lowering.rollback()
        taking.commit()
        with pytest.raises(IntegrityError, match=OVER_CAPACITY):
            lowering.execute(update(Event).values(capacity=1))
        lowering.rollback()
        lowering.execute(update(Registration).values(country_code="HN"))
        with pytest.raises(IntegrityError, match=OVER_QUOTA):
            lowering.execute(
                insert(EventQuota).values(event_id=event_id, country_code="HN", places=1)
            )
