"""Every letter about a place and an event's way, in both languages: said to whom it concerns, and
to them alone.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from app.infra import journal
from app.infra.database import transaction
from app.infra.platform import platform
from app.kernel.actor import SYSTEM
from app.kernel.fact import Fact
from app.kernel.text import Language, LocalizedText
from app.kernel.timespan import Timespan
from app.office.notifications.values import EventNotice, Recipient, RegistrationState
from app.office.notifications.wording.letters import about_registration, compose, one_line
from app.office.outbox.values import Letter
from app.participation.registrations.facts import RegistrationDeclined, RegistrationPending
from app.participation.registrations.models import Registration
from app.participation.registrations.values import Origin, RegistrationStatus
from app.participation.speakers.facts import SpeakerAnswered
from app.participation.speakers.values import SpeakerState
from app.planning.arranging.services.planning import cancel_event, take_back_cancellation
from app.planning.events.facts import ApprovalAsked, EventApproved, EventEnded, EventReturned
from app.planning.events.models import Attendance
from app.training.refreshers.facts import RefresherPaused
from tests.office.notifications.world import HOUR, NOW, Away, drain, letters, take_place, webinar
from tests.planning.events.rows import add_registration
from tests.support.actors import actor_of

pytestmark = pytest.mark.at(NOW + HOUR)
STARTS = datetime(2026, 12, 10, 15, tzinfo=UTC)
PAGE = "https://convoca.example.org/events/x"
EVENT = EventNotice(
    UUID(int=1),
    LocalizedText(es="Rutas", en="Routes"),
    Timespan(STARTS, STARTS + timedelta(hours=1)),
    "America/Costa_Rica",
    "",
    0,
)
SUBJECTS = {
    "place-given": ("Tiene cupo: Rutas", "You have a place: Routes"),
    "waiting": ("Está en lista de espera: Rutas", "You are on the waiting list: Routes"),
    "pending": ("Recibimos su solicitud: Rutas", "Your request is received: Routes"),
    "declined": ("Esta vez no hay cupo: Rutas", "No place this time: Routes"),
    "registration-cancelled": (
        "Su inscripción quedó cancelada: Rutas",
        "You are no longer registered: Routes",
    ),
    "ended-with-thanks": ("Gracias por participar: Rutas", "Thank you for taking part: Routes"),
    "approval-asked": ("Se pide su autorización: Rutas", "Your authorization is requested: Routes"),
    "approved": ("Autorizado: Rutas", "Authorized: Routes"),
    "returned": ("Devuelta: Rutas", "Returned: Routes"),
}


def written(kind: str, language: Language, origin: Origin = Origin.SELF) -> Letter:
    to = Recipient(5, "María José Ñáñez", "nanez@example.org", language, "America/Santo_Domingo")
    place = RegistrationState(to, RegistrationStatus.REGISTERED, STARTS, origin)
    extra: dict[str, Any] = {
        "calendar_url": f"{PAGE}.ics",
        "position": 3,
        "reason": "",
        "until": "",
        "note": one_line("Falta la\n agenda."),
        **dict.fromkeys(("is_move", "is_moved", "is_request"), False),
    }
    return compose(kind, to, **about_registration(place, EVENT), url=PAGE, **extra)


@pytest.mark.parametrize("name", SUBJECTS)
def test_each_letter_speaks_both_languages_and_leads_to_its_page(name: str) -> None:
    for language, subject in zip(("es", "en"), SUBJECTS[name], strict=True):
        letter = written(name, "es" if language == "es" else "en")
        assert letter.subject == subject
        assert PAGE in letter.body
        assert (
            "Hola, María José Ñáñez:" if language == "es" else "Hello, María José Ñáñez:"
        ) in letter.body
        assert "%(" not in letter.body


@pytest.mark.parametrize("name", ["registered", "waiting", "pending"])
@pytest.mark.parametrize(
    ("language", "words"), [("es", "punto focal le designó"), ("en", "focal point nominated")]
)
def test_who_was_nominated_reads_by_whom(name: str, language: Language, words: str) -> None:
    nominated = "pending-nomination" if name == "pending" else name
    assert words in written(nominated, language, Origin.NOMINATION).body
    assert words not in written(name, language).body


def test_a_returned_event_comes_with_the_presidency_s_own_words() -> None:
    assert "Lo que debe cambiar: Falta la agenda." in written("returned", "es").body


def happen(app: Flask, fact: Fact) -> None:
    with app.app_context(), transaction() as db:
        journal.record(db, fact, actor=SYSTEM, now=NOW)


def told(app: Flask) -> list[tuple[str, str]]:
    return [
        (letter.to.partition("@")[0], letter.subject.partition(":")[0]) for letter in letters(app)
    ]


def test_the_presidency_is_asked_and_whoever_planned_it_hears_the_answer(app: Flask) -> None:
    for who in ("presidency", "organizer", "official-hn"):
        actor_of(app, who)
    event_id = webinar(app)
    for fact in (ApprovalAsked(event_id), EventApproved(event_id), EventReturned(event_id)):
        happen(app, fact)
    assert told(app) == [
        ("presidency", "Se pide su autorización"),
        ("organizer", "Autorizado"),
        ("organizer", "Devuelta"),
    ]


def test_after_the_end_those_with_a_place_hear_of_it_once_and_who_was_there_is_thanked(
    app: Flask,
) -> None:
    event_id = webinar(app, capacity=2)
    people = [
        take_place(app, who, event_id) for who in ("official-hn", "official-gt", "focal-point-hn")
    ]
    with app.app_context(), transaction() as db:
        for person, minutes in zip(people, (60, 0), strict=False):
            db.add(
                Attendance(
                    event_id=event_id,
                    person_id=person,
                    minutes=minutes,
                    source="manual",
                    recorded_at=NOW,
                )
            )
    happen(app, EventEnded(event_id))
    ended = {
        who: subject
        for who, subject in told(app)
        if subject in ("Gracias por participar", "Ha concluido")
    }
    assert ended == {"official-hn": "Gracias por participar", "official-gt": "Ha concluido"}


def test_letter_after_the_end_is_true_when_it_leaves(app: Flask) -> None:
    """It waited for the mail server; meanwhile the attendance was written down."""
    event_id = webinar(app)
    person = take_place(app, "official-hn", event_id)
    letters(app)
    server, platform(app).mailer = platform(app).mailer, Away()
    with time_machine.travel(NOW, tick=False) as hand:
        happen(app, EventEnded(event_id))
        drain(app)
        with app.app_context(), transaction() as db:
            db.add(
                Attendance(
                    event_id=event_id,
                    person_id=person,
                    minutes=60,
                    source="manual",
                    recorded_at=NOW,
                )
            )
        platform(app).mailer = server
        hand.shift(HOUR)
        assert letters(app)[-1].subject.startswith("Gracias por participar")


@pytest.mark.parametrize(
    ("fact", "subject"),
    [
        (RegistrationPending, "Recibimos su solicitud"),
        (RegistrationDeclined, "Esta vez no hay cupo"),
    ],
)
def test_who_asked_hears_that_it_is_asked_and_that_it_is_refused(
    app: Flask, fact: type[RegistrationPending], subject: str
) -> None:
    event_id, person = webinar(app), actor_of(app, "official-hn").person_id
    assert person is not None
    add_registration(
        app, event_id, person, status="pending" if fact is RegistrationPending else "declined"
    )
    happen(app, fact(event_id, person))
    [letter] = letters(app)
    assert letter.subject.startswith(subject)
    assert letter.calendar == b""


def test_who_was_nominated_hears_that_the_organizers_decide(app: Flask) -> None:
    event_id, person = webinar(app), actor_of(app, "official-hn").person_id
    assert person is not None
    add_registration(app, event_id, person, status="pending")
    with app.app_context(), transaction() as db:
        db.execute(update(Registration).values(origin=Origin.NOMINATION))
    happen(app, RegistrationPending(event_id, person))
    [letter] = letters(app, "official-hn")
    assert "Su punto focal le designó para «Señales de trata»" in letter.text


def test_whoever_planned_it_hears_that_a_speaker_declined(app: Flask) -> None:
    event_id, person = webinar(app), actor_of(app, "official-hn").person_id
    assert person is not None
    happen(app, SpeakerAnswered(event_id, person, SpeakerState.CONFIRMED))
    happen(app, SpeakerAnswered(event_id, person, SpeakerState.DECLINED))
    [letter] = letters(app)
    assert (letter.to, letter.subject) == (
        "organizer@example.org",
        "Un ponente declinó: Señales de trata",
    )
    assert "María José Ñáñez Güell no será ponente en «Señales de trata»." in letter.text


def test_who_left_three_refreshers_alone_hears_that_they_pause(app: Flask) -> None:
    person = actor_of(app, "official-hn").person_id
    assert person is not None
    happen(app, RefresherPaused(person))
    [letter] = letters(app)
    assert letter.subject == "Sus repasos están en pausa"
    assert "/refreshers/choice/" in letter.text
    assert "/refreshers/choice/" in letter.mail["List-Unsubscribe"]


def test_reason_of_a_cancellation_stands_in_its_letter_and_taking_it_back_is_told(
    app: Flask,
) -> None:
    event_id = webinar(app)
    take_place(app, "official-hn", event_id)
    organizer = actor_of(app, "organizer")
    reason = "Quien exponía enfermó esta mañana."
    with app.app_context(), transaction() as db:
        cancel_event(db, actor=organizer, event_id=event_id, now=NOW, reason=reason)
    [cancelled] = [one for one in letters(app, "official-hn") if "Cancelado" in one.subject]
    assert f"El motivo: {reason}" in cancelled.text
    with app.app_context(), transaction() as db:
        take_back_cancellation(db, actor=organizer, event_id=event_id, now=NOW)
    assert "Sí se realiza" in letters(app, "official-hn")[-1].subject
