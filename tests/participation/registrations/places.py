"""For tests of places: people, who has what, and a database without the rule."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import Connection, select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import SYSTEM, Actor
from app.participation.registrations.services.limits import set_places
from app.participation.registrations.services.registration import cancel_place, register_person
from app.people.directory.models import Person
from app.people.directory.services.reference import seed_reference
from app.planning.events.models import Registration
from app.planning.events.schema.places import POSTGRESQL, SQLITE
from app.planning.events.values.places import CONSENT_VERSION, Origin, PlacesDraft
from tests.planning.events.rows import NOW


def places_rule_dropped(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        for name in SQLITE:
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
    else:
        for table in POSTGRESQL:
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_places ON {table}")


def people_of(app: Flask, countries: Sequence[str]) -> list[int]:
    """New people of the countries in the order given ("" for none); their ids."""
    with app.app_context(), transaction() as db:
        seed_reference(db)
        people = [
            Person(
                full_name=f"Persona {n}",
                sort_key=f"persona {n:05}",
                country_code=code or None,
                timezone="UTC",
            )
            for n, code in enumerate(countries)
        ]
        db.add_all(people)
        db.flush()
        return [person.id for person in people]


def standing(app: Flask, event_id: UUID) -> dict[int, str]:
    """Every registration of the event: how it stands, by person."""
    with app.app_context(), reading() as db:
        asked = select(Registration.person_id, Registration.status).where(
            Registration.event_id == event_id
        )
        return {row.person_id: row.status for row in db.execute(asked)}


def line(app: Flask, event_id: UUID) -> list[int]:
    """Who waits, in order."""
    with app.app_context(), reading() as db:
        waiting = (Registration.event_id == event_id, Registration.status == "waiting")
        asked = select(Registration.person_id).where(*waiting)
        return list(db.scalars(asked.order_by(Registration.waiting_since, Registration.id)))


def told(app: Flask, event_id: UUID) -> list[tuple[str, int]]:
    """The facts about places in the order of the journal: name and person."""
    with app.app_context(), reading() as db:
        entries = db.scalars(
            select(JournalEntry)
            .where(JournalEntry.subject_id == str(event_id))
            .order_by(JournalEntry.id)
        )
        return [
            (entry.fact, entry.payload["person_id"])
            for entry in entries
            if "person_id" in entry.payload
        ]


def asks(app: Flask, event_id: UUID, person: int, **changes: Any) -> str:
    """The person's own registration; how it stands then."""
    asked: dict[str, Any] = {
        "actor": Actor(person_id=person),
        "origin": Origin.SELF,
        "now": NOW,
        "consent_version": CONSENT_VERSION,
        **changes,
    }
    with app.app_context(), transaction() as db:
        return register_person(db, event_id=event_id, person_id=person, **asked).status


def gives_back(app: Flask, event_id: UUID, person: int) -> bool:
    with app.app_context(), transaction() as db:
        return cancel_place(
            db, actor=Actor(person_id=person), event_id=event_id, person_id=person, now=NOW
        )


def sets(app: Flask, event_id: UUID, draft: PlacesDraft, actor: Actor = SYSTEM) -> tuple[int, ...]:
    with app.app_context(), transaction() as db:
        return set_places(db, actor=actor, event_id=event_id, draft=draft, now=NOW)
