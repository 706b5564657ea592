"""Two people at once, by threads that start together, on both databases: what must happen once
happens once.
"""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import Actor, Role
from app.kernel.refusal import Refusal
from app.kernel.text import LocalizedText
from app.participation.registrations.models import Registration
from app.participation.registrations.services.registering import Registered, register
from app.participation.registrations.values import CONSENT_VERSION
from app.people.directory.models import Appointment, Institution, Person, Post
from app.people.directory.values import EndReason
from app.planning.events.models import Event
from tests.support.actors import actor_of, an_account
from tests.support.roster import end_appointment

pytestmark = pytest.mark.both_databases
AT_ONCE = 30
PLACES = 5


def together(app: Flask, tasks: Sequence[Callable[[], object]]) -> list[object]:
    """Runs each task in a thread of its own, all let go at the same moment; a refusal is a
    result.
    """
    gate, results = threading.Barrier(len(tasks)), [object()] * len(tasks)

    def run(number: int, task: Callable[[], object]) -> None:
        with app.app_context():
            gate.wait(timeout=20)
            try:
                results[number] = task()
            except Refusal as refusal:
                results[number] = refusal
            except BaseException as broken:  # told by the assertion, not lost with the thread
                results[number] = broken

    threads = [
        threading.Thread(target=run, args=(number, task)) for number, task in enumerate(tasks)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=40)
    assert not any(thread.is_alive() for thread in threads)
    return results


def a_webinar(app: Flask, capacity: int | None) -> UUID:
    now = clock.now()
    with app.app_context(), transaction() as db:
        event = Event(
            kind="webinar",
            status="published",
            title=LocalizedText(es="Una"),
            summary=LocalizedText(),
            starts_at=now + timedelta(days=9),
            ends_at=now + timedelta(days=9, hours=1),
            capacity=capacity,
            timezone="America/Costa_Rica",
            created_at=now,
            changed_at=now,
            published_at=now,
        )
        db.add(event)
        db.flush()
        return event.id


def registering(actor: Actor, event_id: UUID) -> Callable[[], object]:
    def task() -> object:
        with transaction() as db:
            return register(
                db, actor=actor, event_id=event_id, consent_version=CONSENT_VERSION, now=clock.now()
            )

    return task


def kinds(results: Sequence[object]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


def told(app: Flask, kind: str) -> int:
    with app.app_context(), reading() as db:
        return db.scalar(select(func.count()).where(JournalEntry.fact == kind)) or 0


def places_of(app: Flask, event_id: UUID) -> int:
    with app.app_context(), reading() as db:
        placed = (Registration.event_id == event_id, Registration.status == "registered")
        return db.scalar(select(func.count(Registration.id)).where(*placed)) or 0


def standings(results: Sequence[object]) -> Counter[str]:
    return Counter(
        result.status if isinstance(result, Registered) else repr(result) for result in results
    )


def test_thirty_who_want_five_places_get_five(app: Flask) -> None:
    event = a_webinar(app, PLACES)
    people = [f"race{number}@example.org" for number in range(AT_ONCE)]
    for email in people:
        an_account(app, email, roles=[(Role.OFFICIAL, "HN")], country="HN")
    results = together(app, [registering(actor_of(app, email), event) for email in people])
    assert standings(results) == {"registered": PLACES, "waiting": AT_ONCE - PLACES}, results
    assert places_of(app, event) == PLACES
    assert told(app, "RegistrationMade") == PLACES
    assert told(app, "RegistrationWaiting") == AT_ONCE - PLACES


def test_who_presses_eight_times_at_once_holds_one_place(app: Flask) -> None:
    event = a_webinar(app, None)
    her = actor_of(app, "official-hn")
    results = together(app, [registering(her, event)] * 8)
    assert Counter(isinstance(result, Registered) and result.is_new for result in results) == {
        True: 1,
        False: 7,
    }
    assert places_of(app, event) == 1
    assert told(app, "RegistrationMade") == 1


def an_appointment(app: Flask) -> int:
    with app.app_context(), transaction() as db:
        institution = Institution(country_code="HN", kind="other", name=LocalizedText(es="Una"))
        person = Person(
            full_name="Una Persona",
            sort_key="una",
            country_code="HN",
            timezone="America/Tegucigalpa",
        )
        db.add_all([institution, person])
        db.flush()
        post = Post(institution_id=institution.id, title=LocalizedText(es="Puesto"))
        db.add(post)
        db.flush()
        row = Appointment(
            person_id=person.id, post_id=post.id, valid_from=clock.today() - timedelta(days=400)
        )
        db.add(row)
        db.flush()
        return row.id


def ending(
    actor: Actor, appointment_id: int, reason: EndReason, days_ago: int
) -> Callable[[], object]:
    def task() -> object:
        today = clock.today()
        with transaction() as db:
            return end_appointment(
                db,
                actor=actor,
                country_code="HN",
                appointment_id=appointment_id,
                reason=reason,
                on=today - timedelta(days=days_ago),
                today=today,
                now=clock.now(),
            )

    return task


def test_two_focal_points_who_end_the_same_appointment_tell_it_once(app: Flask) -> None:
    first = actor_of(app, "focal-point-hn")
    an_account(app, "second@example.org", roles=[(Role.FOCAL_POINT, "HN")], country="HN")
    second, held = actor_of(app, "second@example.org"), an_appointment(app)
    results = together(app, [ending(actor, held, EndReason.LEFT, 3) for actor in (first, second)])
    assert Counter(results) == {True: 1, False: 1}
    assert told(app, "AppointmentEnded") == 1


def test_of_two_different_ends_at_once_one_stands_and_the_other_hears_of_it(app: Flask) -> None:
    her = actor_of(app, "focal-point-hn")
    held = an_appointment(app)
    results = together(
        app, [ending(her, held, EndReason.LEFT, 3), ending(her, held, EndReason.MOVED, 5)]
    )
    assert kinds(results) == {"bool": 1, "AlreadyEnded": 1}, results
    assert told(app, "AppointmentEnded") == 1
    with app.app_context(), reading() as db:
        row = db.get_one(Appointment, held)
    won = (EndReason.LEFT, 3) if results[0] is True else (EndReason.MOVED, 5)
    assert (row.end_reason, row.valid_until) == (won[0], clock.today() - timedelta(days=won[1]))
