"""Speakers, moderators and interpreters hear when they are named, moved, cancelled and taken out;
one letter each.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import icalendar
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.infra.journal import Delivery
from app.infra.platform import platform
from app.kernel.actor import SYSTEM
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.office.inbox.services import Received
from app.office.outbox.models import Message
from app.office.outbox.rules import OVERTAKEN
from app.planning.agenda.services import add_session, remove_session
from app.planning.arranging.services.planning import change_event, plan_event
from app.planning.arranging.services.steps import open_event
from app.planning.events.models import NamedPart
from app.planning.events.queries.references import draft_of
from app.planning.events.values import (
    EventDraft,
    EventKind,
    Participant,
    PersonRole,
    SessionDraft,
    SessionKind,
    SessionPart,
)
from tests.office.inbox.replies import any_reply
from tests.office.notifications.world import (
    HOUR,
    NOW,
    STARTS,
    Away,
    Letter,
    call_off,
    drain,
    give_back,
    letters,
    move,
    take_in,
    take_place,
    token_of,
    webinar,
    wish,
)
from tests.support.actors import actor_of

SPEAKER, MODERATOR, OTHER = "official-hn", "official-gt", "convenor-labour"


@pytest.fixture(autouse=True)
def hand() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as hand:
        yield hand


def person_of(app: Flask, who: str) -> int:
    person_id = actor_of(app, who).person_id
    assert person_id is not None
    return person_id


def planned(
    app: Flask, *people: tuple[str, PersonRole], publish: bool = True, starts: datetime = STARTS
) -> UUID:
    draft = EventDraft(
        EventKind.WEBINAR,
        LocalizedText(es="Señales de trata", en="Signs of trafficking"),
        Timespan(starts, starts + HOUR),
        people=tuple(Participant(person_of(app, who), role) for who, role in people),
    )
    organizer = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        return plan_event(db, actor=organizer, draft=draft, publish=publish, now=NOW)


def name(
    app: Flask, event_id: UUID, *people: tuple[str, PersonRole], publish: bool = False
) -> None:
    """Makes these the people of the event."""
    named = tuple(Participant(person_of(app, who), role) for who, role in people)
    organizer = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        before = draft_of(db, open_event(db, organizer, event_id))
        change_event(
            db,
            actor=organizer,
            event_id=event_id,
            draft=replace(before, people=named),
            now=NOW,
            publish=publish,
        )


def seat_in_agenda(app: Flask, event_id: UUID, who: str, role: PersonRole) -> UUID:
    part = SessionPart(person_of(app, who), role)
    session = SessionDraft(
        SessionKind.PANEL,
        LocalizedText(es="Panel"),
        Timespan(STARTS, STARTS + HOUR),
        people=(part,),
    )
    with app.app_context(), transaction() as db:
        return add_session(db, actor=SYSTEM, event_id=event_id, draft=session, now=NOW)


def asked(letter: Letter) -> tuple[str, int]:
    """Method and SEQUENCE of its invitation."""
    calendar: Any = icalendar.Calendar.from_ical(letter.calendar)
    [event] = calendar.events
    return str(calendar["METHOD"]), int(event["SEQUENCE"])


def subjects(app: Flask, who: str) -> list[str]:
    return [letter.subject.partition(":")[0] for letter in letters(app, who)]


@pytest.mark.both_databases
def test_speaker_gets_date_role_and_invitation_when_the_event_is_published(app: Flask) -> None:
    event_id = planned(app, (SPEAKER, PersonRole.SPEAKER), publish=False)
    assert letters(app, SPEAKER) == [], "a draft tells nobody"
    name(app, event_id, (SPEAKER, PersonRole.SPEAKER), publish=True)
    [letter] = letters(app, SPEAKER)
    assert letter.subject == "Usted está en el programa: Señales de trata"
    assert "Su participación: ponente." in letter.text
    assert "martes, 3 de agosto de 2027, 09:00–10:00 (Costa Rica, UTC−6)" in letter.text
    assert asked(letter) == ("REQUEST", 0)


def test_two_roles_and_a_registration_are_one_letter_each_time(app: Flask) -> None:
    event_id = planned(app, (SPEAKER, PersonRole.SPEAKER), publish=False)
    seat_in_agenda(app, event_id, SPEAKER, PersonRole.MODERATOR)
    name(app, event_id, (SPEAKER, PersonRole.SPEAKER), publish=True)
    [named] = letters(app, SPEAKER)
    assert "Su participación: ponente, moderación." in named.text
    take_place(app, SPEAKER, event_id)
    [_, registered] = letters(app, SPEAKER)
    assert "Usted figura en el programa. Su participación: ponente, moderación." in registered.text
    move(app, event_id, STARTS + timedelta(days=1))
    [_, _, moved] = letters(app, SPEAKER)
    assert moved.subject.startswith("Nueva fecha u hora")
    assert "Su participación: ponente, moderación." in moved.text
    assert "Su inscripción sigue en pie" in moved.text
    call_off(app, event_id)
    [_, _, _, cancelled] = letters(app, SPEAKER)
    assert asked(cancelled)[0] == "CANCEL"


def test_speaker_without_a_registration_hears_of_the_move_and_of_the_end(app: Flask) -> None:
    event_id = planned(app, (SPEAKER, PersonRole.INTERPRETER))
    drain(app)
    move(app, event_id, STARTS + timedelta(days=1))
    [_, moved] = letters(app, SPEAKER)
    assert "miércoles, 4 de agosto de 2027, 09:00–10:00 (Costa Rica, UTC−6)" in moved.text
    assert "En lugar de:\nmartes, 3 de agosto" in moved.text
    assert "Su participación: interpretación." in moved.text
    assert "inscripción" not in moved.text
    assert asked(moved) == ("REQUEST", 1)
    call_off(app, event_id)
    [_, _, cancelled] = letters(app, SPEAKER)
    assert "Su participación iba a ser: interpretación." in cancelled.text
    assert asked(cancelled) == ("CANCEL", 2)


def test_who_is_added_to_a_published_event_and_taken_out_again_is_told_of_both(app: Flask) -> None:
    event_id = planned(app, (SPEAKER, PersonRole.SPEAKER))
    name(app, event_id, (SPEAKER, PersonRole.SPEAKER), (MODERATOR, PersonRole.MODERATOR))
    assert subjects(app, MODERATOR) == ["Usted está en el programa"]
    name(app, event_id, (SPEAKER, PersonRole.SPEAKER))
    [_, taken] = letters(app, MODERATOR)
    assert taken.subject == "Ya no está en el programa: Señales de trata"
    assert asked(taken) == ("CANCEL", 1)
    name(app, event_id, (SPEAKER, PersonRole.SPEAKER), (MODERATOR, PersonRole.MODERATOR))
    assert asked(letters(app, MODERATOR)[-1]) == ("REQUEST", 2), (
        "newer than what its calendar has let go"
    )
    assert subjects(app, SPEAKER) == ["Usted está en el programa"], "whose part stays hears nothing"


def test_who_is_named_in_the_agenda_is_told_and_who_gets_another_role_too(app: Flask) -> None:
    event_id = planned(app)
    session = seat_in_agenda(app, event_id, SPEAKER, PersonRole.RAPPORTEUR)
    assert subjects(app, SPEAKER) == ["Usted está en el programa"]
    name(app, event_id, (SPEAKER, PersonRole.SPEAKER))
    [_, changed] = letters(app, SPEAKER)
    assert "es ahora: ponente, relatoría." in changed.text
    with app.app_context(), transaction() as db:
        remove_session(db, actor=SYSTEM, event_id=event_id, session_id=session, now=NOW)
    assert "es ahora: ponente." in letters(app, SPEAKER)[-1].text


def test_who_stays_registered_keeps_the_event_in_the_calendar_when_taken_out(app: Flask) -> None:
    event_id = planned(app, (SPEAKER, PersonRole.SPEAKER))
    take_place(app, SPEAKER, event_id)
    drain(app)
    name(app, event_id)
    taken = letters(app, SPEAKER)[-1]
    assert "Su inscripción sigue en pie." in taken.text
    assert taken.calendar == b""


def test_who_gives_a_place_back_and_keeps_a_part_keeps_the_invitation(app: Flask) -> None:
    event_id = planned(app, (SPEAKER, PersonRole.SPEAKER))
    take_place(app, SPEAKER, event_id)
    drain(app)
    give_back(app, SPEAKER, event_id)
    cancelled = letters(app, SPEAKER)[-1]
    assert cancelled.subject.startswith("Su inscripción quedó cancelada")
    assert "Usted figura en el programa. Su participación: ponente." in cancelled.text
    assert cancelled.calendar == b""


def test_letter_that_waits_is_overtaken_when_the_part_is_taken(
    app: Flask, hand: time_machine.Traveller
) -> None:
    event_id = planned(app, (MODERATOR, PersonRole.MODERATOR))
    server, platform(app).mailer = platform(app).mailer, Away()
    drain(app)
    name(app, event_id)
    drain(app)
    platform(app).mailer = server
    hand.shift(HOUR)
    assert subjects(app, MODERATOR) == ["Ya no está en el programa"]
    with app.app_context(), reading() as db:
        reasons = db.scalars(select(Message.given_up_reason).order_by(Message.id)).all()
        dead = db.scalars(select(Delivery.id).where(Delivery.state == "dead")).all()
    assert reasons == [OVERTAKEN, ""]
    assert not dead


def test_letter_about_a_place_that_waits_gives_way_to_one_that_says_both(
    app: Flask, hand: time_machine.Traveller
) -> None:
    event_id = planned(app)
    server, platform(app).mailer = platform(app).mailer, Away()
    take_place(app, SPEAKER, event_id)
    drain(app)
    name(app, event_id, (SPEAKER, PersonRole.SPEAKER))
    drain(app)
    platform(app).mailer = server
    hand.shift(HOUR)
    [letter] = letters(app, SPEAKER)
    assert letter.subject.startswith("Usted está en el programa")
    assert "Además, tiene su inscripción confirmada." in letter.text


def test_speaker_who_wants_no_calendar_messages_gets_none(app: Flask) -> None:
    wish(app, person_of(app, SPEAKER), calendar=False)
    planned(app, (SPEAKER, PersonRole.SPEAKER))
    [letter] = letters(app, SPEAKER)
    assert letter.calendar == b""


def test_who_is_named_in_what_is_over_is_not_written_to(
    app: Flask, hand: time_machine.Traveller
) -> None:
    event_id = webinar(app)
    drain(app)
    hand.move_to(STARTS + 2 * HOUR)
    seat_in_agenda(app, event_id, SPEAKER, PersonRole.SPEAKER)
    assert letters(app, SPEAKER) == []


def test_speaker_whose_calendar_declines_stays_named_and_the_organizer_hears_of_it(
    app: Flask,
) -> None:
    event_id = planned(app, (SPEAKER, PersonRole.SPEAKER))
    drain(app)
    person_id = person_of(app, SPEAKER)
    token = token_of(app, event_id, person_id)
    reply = any_reply(f"event-{event_id}@localhost", f"rsvp+{token}@example.org", "DECLINED", NOW)
    assert take_in(app, reply) is Received.NOTED
    assert take_in(app, reply) is Received.ALREADY_KNOWN
    [told] = letters(app, "organizer")
    assert told.subject == "María José Ñáñez Güell no podrá asistir: Señales de trata"
    with app.app_context(), reading() as db:
        part = db.get_one(NamedPart, (event_id, person_id))
        assert (part.roles, part.partstat) == ("speaker", "DECLINED")
