"""For tests of capacity: people, their statuses, and a database without the triggers."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import Connection, select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import SYSTEM, Actor
from app.participation.registrations.models import Registration
from app.participation.registrations.schema import POSTGRESQL, SQLITE
from app.participation.registrations.services.deciding import set_capacity
from app.participation.registrations.services.registering import (
    cancel_registration,
    register_person,
)
from app.participation.registrations.values import CONSENT_VERSION, CapacityDraft, Origin
from app.people.directory.models import Person
from app.people.directory.services.reference import seed_reference
from tests.planning.events.rows import NOW


def capacity_rule_dropped(connection: Connection) -> None:
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


def statuses(app: Flask, event_id: UUID) -> dict[int, str]:
    """Returns the status of every registration of the event, by person."""
    with app.app_context(), reading() as db:
        asked = select(Registration.person_id, Registration.status).where(
            Registration.event_id == event_id
        )
        return {row.person_id: row.status for row in db.execute(asked)}


def waiting_list(app: Flask, event_id: UUID) -> list[int]:
    """Who waits, in order."""
    with app.app_context(), reading() as db:
        waiting = (Registration.event_id == event_id, Registration.status == "waiting")
        asked = select(Registration.person_id).where(*waiting)
        return list(db.scalars(asked.order_by(Registration.waiting_since, Registration.id)))


def told(app: Flask, event_id: UUID) -> list[tuple[str, int]]:
    """Returns the facts about people in the order of the journal: name and person."""
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
    """Registers the person in their own name and returns the status."""
    asked: dict[str, Any] = {
        "actor": Actor(person_id=person),
        "origin": Origin.SELF,
        "now": NOW,
        "consent_version": CONSENT_VERSION,
        **changes,
    }
    with app.app_context(), transaction() as db:
        return register_person(db, event_id=event_id, person_id=person, **asked).status


def cancels(app: Flask, event_id: UUID, person: int) -> bool:
    with app.app_context(), transaction() as db:
        return cancel_registration(
            db, actor=Actor(person_id=person), event_id=event_id, person_id=person, now=NOW
        )


def sets(
    app: Flask, event_id: UUID, draft: CapacityDraft, actor: Actor = SYSTEM
) -> tuple[int, ...]:
    with app.app_context(), transaction() as db:
        return set_capacity(db, actor=actor, event_id=event_id, draft=draft, now=NOW)
