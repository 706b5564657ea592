"""Proves that the triggers on capacity and quotas work: tries every way to register too many, and
that what is allowed passes.
"""

from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Executable, delete, insert, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from app.infra.schema import DeadRule
from app.kernel.text import LocalizedText
from app.participation.registrations.models import EventQuota, Registration
from app.participation.registrations.schema.capacity import is_over_capacity, is_over_quota
from app.people.directory.models import Country, Person
from app.planning.events.models import Event

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
