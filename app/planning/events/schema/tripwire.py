"""Proves that the rule of places lives: tries to over-book in every way, and that what is lawful
passes.
"""

from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Executable, delete, insert, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from app.infra.schema import DeadRule
from app.kernel.text import LocalizedText
from app.people.directory.models import Country, Person
from app.planning.events.models import Event, EventQuota, Registration
from app.planning.events.schema.places import is_over_capacity, is_over_quota

NOON = datetime(2000, 1, 1, 12, tzinfo=UTC)
COUNTRIES = ("0A", "0B", "0C")
"""No country bears these codes (ISO 3166-1 has letters only)."""


class PlacesRuleIsDead(DeadRule):
    """The database would give more places than there are. The service must not start: run `flask db
    upgrade`.
    """


class PlacesTrial(NamedTuple):
    what: str
    attempt: Executable
    refused: bool


def places_tripwire(connection: Connection) -> None:
    """Within a savepoint that is rolled back; raises PlacesRuleIsDead. Takes a connection that may
    write.
    """
    savepoint = connection.begin_nested()
    try:
        for trial in _trials(connection, *_world(connection)):
            if _is_refused(connection, trial.attempt) != trial.refused:
                raise PlacesRuleIsDead(f"places on {connection.dialect.name}: {trial.what}")
    finally:
        savepoint.rollback()


def _world(connection: Connection) -> tuple[UUID, list[int]]:
    """An event of four places, one for each country but two for the second; one of each of the
    first two has a place and the third person waits for one. Returns the event and six people.
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
    connection.execute(_place(event, people[0], "0A"))
    connection.execute(_place(event, people[1], "0B"))
    connection.execute(_place(event, people[2], "0A", status="waiting"))
    return event, people


def _trials(connection: Connection, event: UUID, people: list[int]) -> tuple[PlacesTrial, ...]:
    """In this order, because what passes stays."""
    has, _second, waits, third, fourth, fifth = people
    mine = update(Registration).where(Registration.event_id == event, Registration.person_id == has)
    registration = update(Registration).where(
        Registration.event_id == event, Registration.person_id == waits
    )
    ours, quota = update(Event).where(Event.id == event), EventQuota.event_id == event
    return (
        PlacesTrial(
            "a second of a country that may have one", _place(event, third, "0A"), refused=True
        ),
        PlacesTrial(
            "from the line over the country's number",
            registration.values(status="registered"),
            refused=True,
        ),
        PlacesTrial(
            "in line for another country", registration.values(country_code="0B"), refused=False
        ),
        PlacesTrial(
            "a second of a country that may have two", _place(event, third, "0B"), refused=False
        ),
        PlacesTrial(
            "a third of a country that may have two",
            registration.values(status="registered"),
            refused=True,
        ),
        PlacesTrial(
            "with the place to a country that is full", mine.values(country_code="0B"), refused=True
        ),
        PlacesTrial(
            "with the place to an event that is full",
            mine.values(event_id=_event(connection, capacity=0)),
            refused=True,
        ),
        PlacesTrial("the fourth of four", _place(event, fourth, "0C"), refused=False),
        PlacesTrial("one more than there are places", _place(event, fifth, ""), refused=True),
        PlacesTrial("one more in line", _place(event, fifth, "", status="waiting"), refused=False),
        PlacesTrial(
            "from the line over the capacity",
            registration.values(status="registered", country_code=""),
            refused=True,
        ),
        PlacesTrial("fewer places than are taken", ours.values(capacity=3), refused=True),
        PlacesTrial(
            "fewer for each country than are taken", ours.values(country_quota=0), refused=True
        ),
        PlacesTrial(
            "fewer for one country than are taken",
            update(EventQuota).where(quota).values(places=1),
            refused=True,
        ),
        PlacesTrial(
            "a country's own number to another",
            update(EventQuota).where(quota).values(country_code="0C"),
            refused=True,
        ),
        PlacesTrial("a country's own number away", delete(EventQuota).where(quota), refused=True),
        PlacesTrial(
            "none for a country that has some",
            insert(EventQuota).values(event_id=event, country_code="0A", places=0),
            refused=True,
        ),
        PlacesTrial("more places", ours.values(capacity=5), refused=False),
        PlacesTrial(
            "and one more takes it",
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


def _place(event: UUID, person: int, country: str, status: str = "registered") -> Executable:
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
