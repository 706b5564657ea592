"""Seats for tests: the delegate of Honduras, events that need her, her successor, and the cases
that arise.
"""

from datetime import date, datetime
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.people.directory.models import Appointment, Institution, Post
from app.people.directory.services.designations import designate
from app.people.directory.values import Office
from app.planning.arranging.services.planning import plan_event
from app.planning.events.models import EventPerson
from app.planning.events.values import EventKind, Participant, PersonRole
from app.planning.scheduling.models import ConflictCase
from tests.planning.events.planning_builders import HOUR, NINE, NOW, ORGANIZER, a_draft, furnish
from tests.support.following import let_follow

ANA, BERTA, CARLA = 1, 2, 3  # Ana is of Guatemala, the others of Honduras
HONDURAS = Office("HN", "protection")
SEAT = "delegate:protection:HN"
TODAY = date(2026, 11, 24)
THE_DAY = date(2027, 3, 9)


def with_a_delegate(app: Flask) -> None:
    """Honduras has its delegate: Berta, who like Carla holds a post there."""
    with app.app_context(), transaction() as db:
        furnish(db)
        place = Institution(
            country_code="HN", name=LocalizedText(es="Instituto", en="Institute"), kind="migration"
        )
        db.add(place)
        db.flush()
        for person in (BERTA, CARLA):
            post = Post(institution_id=place.id, title=LocalizedText(es="Puesto", en="Post"))
            db.add(post)
            db.flush()
            db.add(
                Appointment(
                    id=person, person_id=person, post_id=post.id, valid_from=date(2025, 1, 1)
                )
            )
        designate(
            db,
            actor=ORGANIZER,
            office=HONDURAS,
            person_id=BERTA,
            valid_from=TODAY,
            today=TODAY,
            now=NOW,
        )
    drain(app)


def drain(app: Flask) -> None:
    """Lets follow what follows in planning; letters, search and meetings have tests of their own."""
    let_follow(app, "events.")


def a_plan(
    app: Flask,
    *people: Participant,
    at: datetime = NINE,
    group: str = "protection",
    publish: bool = True,
    kind: EventKind = EventKind.WEBINAR,
    hours: int = 2,
) -> UUID:
    title = LocalizedText(es=f"Seminario de {group}", en=f"Webinar of {group}")
    groups = (group,) if group else ()
    draft = a_draft(
        title=title, kind=kind, span=Timespan(at, at + hours * HOUR), groups=groups, people=people
    )
    with app.app_context(), transaction() as db:
        return plan_event(db, actor=ORGANIZER, draft=draft, publish=publish, now=NOW)


def in_the_seat(person: int = BERTA) -> Participant:
    return Participant(person, PersonRole.DELEGATE, SEAT)


def two_events(app: Flask) -> tuple[UUID, UUID]:
    """The delegate is needed in one; Carla speaks in the other at the same hour, outside any
    working group.
    """
    return a_plan(app, in_the_seat()), a_plan(app, Participant(CARLA), group="", at=NINE + HOUR)


def new_delegate(app: Flask, person: int = CARLA, since: date = THE_DAY) -> None:
    with app.app_context(), transaction() as db:
        designate(
            db,
            actor=ORGANIZER,
            office=HONDURAS,
            person_id=person,
            valid_from=since,
            today=TODAY,
            now=NOW,
            replacing=True,
        )
    drain(app)


def people_of(app: Flask, event_id: UUID) -> list[tuple[int, str, str]]:
    with app.app_context(), reading() as db:
        rows = db.scalars(
            select(EventPerson)
            .where(EventPerson.event_id == event_id)
            .order_by(EventPerson.person_id)
        )
        return [(row.person_id, row.role, row.seat) for row in rows]


def cases(app: Flask) -> list[tuple[str, str, str, str]]:
    with app.app_context(), reading() as db:
        rows = db.scalars(select(ConflictCase).order_by(ConflictCase.id))
        return [(row.rule, row.party_key, row.cause, row.outcome or row.state) for row in rows]


def told(app: Flask, fact: str) -> int:
    with app.app_context(), reading() as db:
        return len(db.scalars(select(JournalEntry).where(JournalEntry.fact == fact)).all())


ONE_CASE = [("same-person", str(CARLA), "designation", "open")]
