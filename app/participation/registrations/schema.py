"""Triggers that refuse a registration over the capacity of its event or over its country's quota.

PostgreSQL: triggers that first lock the event's row and then count, so that two programs count one
after the other; that holds under READ COMMITTED only (an older snapshot would not see the other's
row), so whoever writes under another level is refused. SQLite: triggers alone, because its writers
are alone. All three sides are watched: registrations, the event's capacity and quota,
and the quotas of single countries.
"""

from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Executable, delete, insert, inspect, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from app.infra.schema import DeadRule
from app.kernel.text import LocalizedText
from app.participation.registrations.models import EventQuota, Registration
from app.people.directory.models import Country, Person
from app.planning.events.models import Event

OVER_CAPACITY = "registration_over_capacity"
OVER_QUOTA = "registration_over_quota"
WRONG_ISOLATION = "registration_wants_read_committed"

TAKEN = "SELECT count(*) FROM registration AS r WHERE r.status = 'registered' AND r.event_id = "
SQLITE_TAKING = f"""
BEGIN
    SELECT RAISE(ABORT, '{OVER_CAPACITY}')
    WHERE ({TAKEN} NEW.event_id {{but_itself}}) >= (SELECT capacity FROM event WHERE id = NEW.event_id);
    SELECT RAISE(ABORT, '{OVER_QUOTA}')
    WHERE NEW.country_code <> ''
      AND ({TAKEN} NEW.event_id AND r.country_code = NEW.country_code {{but_itself}}) >= coalesce(
          (SELECT places FROM event_quota WHERE event_id = NEW.event_id AND country_code = NEW.country_code),
          (SELECT country_quota FROM event WHERE id = NEW.event_id));
END
"""  # noqa: S608 - made of our own constants only
SQLITE_LOWERING = f"""
BEGIN
    SELECT RAISE(ABORT, '{OVER_CAPACITY}') WHERE ({TAKEN} NEW.id) > NEW.capacity;
    SELECT RAISE(ABORT, '{OVER_QUOTA}')
    WHERE EXISTS (
        SELECT 1 FROM registration AS r
        WHERE r.event_id = NEW.id AND r.status = 'registered' AND r.country_code <> ''
        GROUP BY r.country_code
        HAVING count(*) > coalesce(
            (SELECT places FROM event_quota WHERE event_id = NEW.id AND country_code = r.country_code),
            NEW.country_quota));
END
"""  # noqa: S608 - as above
SQLITE_QUOTA = f"""
BEGIN
    SELECT RAISE(ABORT, '{OVER_QUOTA}')
    WHERE ({TAKEN} {{row}}.event_id AND r.country_code = {{row}}.country_code) > {{places}};
END
"""
OF_ALL = "(SELECT country_quota FROM event WHERE id = OLD.event_id)"
SQLITE = {
    "registration_places_insert": "BEFORE INSERT ON registration WHEN NEW.status = 'registered'"
    + SQLITE_TAKING.format(but_itself=""),
    "registration_places_update": "BEFORE UPDATE ON registration WHEN NEW.status = 'registered'"
    " AND (OLD.status <> 'registered' OR OLD.event_id <> NEW.event_id OR OLD.country_code <> NEW.country_code)"
    + SQLITE_TAKING.format(but_itself="AND r.id <> OLD.id"),
    "event_places_update": "BEFORE UPDATE OF capacity, country_quota ON event WHEN NEW.capacity IS NOT OLD.capacity"
    " OR NEW.country_quota IS NOT OLD.country_quota" + SQLITE_LOWERING,
    "event_quota_insert": "BEFORE INSERT ON event_quota"
    + SQLITE_QUOTA.format(row="NEW", places="NEW.places"),
    "event_quota_update": "BEFORE UPDATE ON event_quota"
    + SQLITE_QUOTA.format(row="NEW", places="NEW.places"),
    "event_quota_elsewhere": "BEFORE UPDATE ON event_quota"
    " WHEN OLD.event_id <> NEW.event_id OR OLD.country_code <> NEW.country_code"
    + SQLITE_QUOTA.format(row="OLD", places=OF_ALL),
    "event_quota_delete": "BEFORE DELETE ON event_quota"
    + SQLITE_QUOTA.format(row="OLD", places=OF_ALL),
}

COUNT = "SELECT count(*) FROM registration WHERE status = 'registered' AND event_id ="
REQUIRE_LEVEL = f"""
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION '{WRONG_ISOLATION}' USING ERRCODE = 'check_violation';
    END IF;
"""
# The lock is the weakest that excludes itself: rows that merely refer to the event need not wait.
POSTGRESQL_TAKING = f"""
DECLARE places integer; quota integer; taken integer;
BEGIN
    IF NEW.status <> 'registered' THEN RETURN NEW; END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.status = 'registered' AND OLD.event_id = NEW.event_id AND OLD.country_code = NEW.country_code THEN
            RETURN NEW;
        END IF;
    END IF;
    {REQUIRE_LEVEL}
    SELECT capacity, country_quota INTO places, quota FROM event WHERE id = NEW.event_id FOR NO KEY UPDATE;
    IF places IS NOT NULL THEN
        {COUNT} NEW.event_id AND id <> NEW.id INTO taken;
        IF taken >= places THEN RAISE EXCEPTION '{OVER_CAPACITY}' USING ERRCODE = 'check_violation'; END IF;
    END IF;
    quota := coalesce(
        (SELECT q.places FROM event_quota AS q WHERE q.event_id = NEW.event_id AND q.country_code = NEW.country_code),
        quota);
    IF NEW.country_code <> '' AND quota IS NOT NULL THEN
        {COUNT} NEW.event_id AND id <> NEW.id AND country_code = NEW.country_code INTO taken;
        IF taken >= quota THEN RAISE EXCEPTION '{OVER_QUOTA}' USING ERRCODE = 'check_violation'; END IF;
    END IF;
    RETURN NEW;
END"""  # noqa: S608 - as above
POSTGRESQL_LOWERING = f"""
BEGIN
    IF NEW.capacity IS NOT DISTINCT FROM OLD.capacity AND NEW.country_quota IS NOT DISTINCT FROM OLD.country_quota THEN
        RETURN NEW;
    END IF;
    {REQUIRE_LEVEL}
    IF ({COUNT} NEW.id) > NEW.capacity THEN
        RAISE EXCEPTION '{OVER_CAPACITY}' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM registration AS r LEFT JOIN event_quota AS q USING (event_id, country_code)
        WHERE r.event_id = NEW.id AND r.status = 'registered' AND r.country_code <> ''
        GROUP BY r.country_code, q.places HAVING count(*) > coalesce(q.places, NEW.country_quota)
    ) THEN
        RAISE EXCEPTION '{OVER_QUOTA}' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END"""  # noqa: S608 - as above
POSTGRESQL_QUOTA = f"""
DECLARE allowed integer; is_left boolean := TG_OP = 'DELETE';
BEGIN
    {REQUIRE_LEVEL}
    IF TG_OP = 'UPDATE' THEN
        is_left := OLD.event_id <> NEW.event_id OR OLD.country_code <> NEW.country_code;
    END IF;
    IF is_left THEN
        SELECT country_quota INTO allowed FROM event WHERE id = OLD.event_id FOR NO KEY UPDATE;
        IF ({COUNT} OLD.event_id AND country_code = OLD.country_code) > allowed THEN
            RAISE EXCEPTION '{OVER_QUOTA}' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    PERFORM 1 FROM event WHERE id = NEW.event_id FOR NO KEY UPDATE;
    IF ({COUNT} NEW.event_id AND country_code = NEW.country_code) > NEW.places THEN
        RAISE EXCEPTION '{OVER_QUOTA}' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END"""  # noqa: S608 - as above
POSTGRESQL = {
    "registration": ("INSERT OR UPDATE", POSTGRESQL_TAKING),
    "event": ("UPDATE", POSTGRESQL_LOWERING),
    "event_quota": ("INSERT OR UPDATE OR DELETE", POSTGRESQL_QUOTA),
}


def ensure_capacity(connection: Connection) -> None:
    """Writes the triggers afresh, in case their text changed. What stands already is not looked
    at.
    """
    if not inspect(connection).has_table("event_quota"):
        return
    if connection.dialect.name == "sqlite":
        for name, trigger in SQLITE.items():
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
            connection.exec_driver_sql(f"CREATE TRIGGER {name} {trigger}")
        return
    for table, (verbs, body) in POSTGRESQL.items():
        connection.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION {table}_places() RETURNS trigger LANGUAGE plpgsql VOLATILE AS $${body}$$"
        )
        connection.exec_driver_sql(
            f"CREATE OR REPLACE TRIGGER {table}_places BEFORE {verbs} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_places()"
        )


def is_over_capacity(error: IntegrityError) -> bool:
    return OVER_CAPACITY in str(error.orig)


def is_over_quota(error: IntegrityError) -> bool:
    return OVER_QUOTA in str(error.orig)


# Proves that the triggers on capacity and quotas work: tries every way to register too many, and
# that what is allowed passes.

NOON = datetime(2000, 1, 1, 12, tzinfo=UTC)
COUNTRIES = ("0A", "0B", "0C")
"""No country bears these codes (ISO 3166-1 has letters only)."""


class CapacityRuleIsDead(DeadRule):
    """The database would register more people than the capacity. The service must not start: run
    `flask db upgrade`.
    """


class CapacityTrial(NamedTuple):
    what: str
    attempt: Executable
    refused: bool


def capacity_tripwire(connection: Connection) -> None:
    """Tries all of it within a savepoint that is rolled back; raises CapacityRuleIsDead. Takes a
    connection that may write.
    """
    savepoint = connection.begin_nested()
    try:
        for trial in _trials(connection, *_world(connection)):
            if _is_refused(connection, trial.attempt) != trial.refused:
                raise CapacityRuleIsDead(f"capacity on {connection.dialect.name}: {trial.what}")
    finally:
        savepoint.rollback()


def _world(connection: Connection) -> tuple[UUID, list[int]]:
    """Makes an event with a capacity of four, and a quota of one for each country but two for the
    second; one person of each of the first two is registered and a third person waits. Returns the
    event and six people.
    """
    countries = [
        {"code": code, "name": LocalizedText(es=code), "timezone": "UTC"} for code in COUNTRIES
    ]
    connection.execute(insert(Country), countries)
    people = [
        _added(connection, insert(Person).values(full_name="", sort_key="", timezone="UTC"))
        for _ in range(6)
    ]
    event = _event(connection, capacity=4, country_quota=1)
    connection.execute(insert(EventQuota).values(event_id=event, country_code="0B", places=2))
    connection.execute(_registered(event, people[0], "0A"))
    connection.execute(_registered(event, people[1], "0B"))
    connection.execute(_registered(event, people[2], "0A", status="waiting"))
    return event, people


def _trials(connection: Connection, event: UUID, people: list[int]) -> tuple[CapacityTrial, ...]:
    """Returns the trials in the order in which they are to be made, because what passes stays."""
    has, _second, waits, third, fourth, fifth = people
    registered = update(Registration).where(
        Registration.event_id == event, Registration.person_id == has
    )
    registration = update(Registration).where(
        Registration.event_id == event, Registration.person_id == waits
    )
    event_row, quota = update(Event).where(Event.id == event), EventQuota.event_id == event
    return (
        CapacityTrial(
            "a second of a country with a quota of one",
            _registered(event, third, "0A"),
            refused=True,
        ),
        CapacityTrial(
            "promoted over the country's quota",
            registration.values(status="registered"),
            refused=True,
        ),
        CapacityTrial(
            "waiting for another country", registration.values(country_code="0B"), refused=False
        ),
        CapacityTrial(
            "a second of a country with a quota of two",
            _registered(event, third, "0B"),
            refused=False,
        ),
        CapacityTrial(
            "a third of a country with a quota of two",
            registration.values(status="registered"),
            refused=True,
        ),
        CapacityTrial(
            "a registration moved to a country that is full",
            registered.values(country_code="0B"),
            refused=True,
        ),
        CapacityTrial(
            "a registration moved to an event that is full",
            registered.values(event_id=_event(connection, capacity=0)),
            refused=True,
        ),
        CapacityTrial("the fourth of four", _registered(event, fourth, "0C"), refused=False),
        CapacityTrial("one more than the capacity", _registered(event, fifth, ""), refused=True),
        CapacityTrial(
            "one more who waits", _registered(event, fifth, "", status="waiting"), refused=False
        ),
        CapacityTrial(
            "promoted over the capacity",
            registration.values(status="registered", country_code=""),
            refused=True,
        ),
        CapacityTrial(
            "a capacity below those registered", event_row.values(capacity=3), refused=True
        ),
        CapacityTrial(
            "a quota below those registered", event_row.values(country_quota=0), refused=True
        ),
        CapacityTrial(
            "a country's own quota below those registered",
            update(EventQuota).where(quota).values(places=1),
            refused=True,
        ),
        CapacityTrial(
            "a country's own quota moved to another",
            update(EventQuota).where(quota).values(country_code="0C"),
            refused=True,
        ),
        CapacityTrial(
            "a country's own quota removed", delete(EventQuota).where(quota), refused=True
        ),
        CapacityTrial(
            "a quota of none for a country with registrations",
            insert(EventQuota).values(event_id=event, country_code="0A", places=0),
            refused=True,
        ),
        CapacityTrial("a higher capacity", event_row.values(capacity=5), refused=False),
        CapacityTrial(
            "and one more is registered",
            registration.values(status="registered", country_code=""),
            refused=False,
        ),
    )


def _event(connection: Connection, **limits: int) -> UUID:
    event = uuid4()
    values = {
        "id": event,
        "kind": "webinar",
        "timezone": "UTC",
        "created_at": NOON,
        "changed_at": NOON,
        **limits,
    }
    texts = {"title": LocalizedText(), "summary": LocalizedText()}
    connection.execute(insert(Event).values(**values, **texts))
    return event


def _registered(event: UUID, person: int, country: str, status: str = "registered") -> Executable:
    return insert(Registration).values(
        event_id=event,
        person_id=person,
        status=status,
        country_code=country,
        created_at=NOON,
        changed_at=NOON,
    )


def _added(connection: Connection, statement: Any) -> int:
    key = connection.execute(statement).inserted_primary_key
    return int(key[0]) if key else 0


def _is_refused(connection: Connection, attempt: Executable) -> bool:
    try:
        with connection.begin_nested():
            connection.execute(attempt)
    except IntegrityError as error:
        if not (is_over_capacity(error) or is_over_quota(error)):
            raise
        return True
    return False
