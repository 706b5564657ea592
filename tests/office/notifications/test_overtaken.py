"""What waited for a mail server is looked at once more before it leaves: nobody is told what is no
longer so.
"""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.platform import platform
from app.kernel.timespan import Timespan
from app.office.notifications.tasks.reminders import remind
from app.office.outbox.models import Message
from app.participation.registrations.services.registering import cancel_registration
from app.people.directory.models import Person
from app.planning.arranging.services.planning import cancel_event, move_event
from app.planning.events.models import Event
from tests.office.notifications.world import (
    HOUR,
    NOW,
    STARTS,
    Away,
    drain,
    letters,
    take_place,
    webinar,
    webinar_of,
    wish,
)
from tests.planning.events.rows import change_event_row
from tests.support.actors import actor_of, sign_in

DAY = timedelta(days=1)
HER = "official-hn"


@pytest.fixture
def planned(app: Flask) -> UUID:
    """She is registered and knows it."""
    with time_machine.travel(NOW, tick=False):
        return webinar_of(app, HER)


def go_round(app: Flask, at: datetime) -> None:
    with time_machine.travel(at, tick=False), app.app_context():
        assert remind() == 1


def heard(app: Flask, at: datetime) -> list[str]:
    """What left by then, but for the first letter."""
    with time_machine.travel(at, tick=False):
        return [letter.subject for letter in letters(app, HER)[1:]]


def give_back(app: Flask, event_id: UUID) -> None:
    with app.app_context(), transaction() as db:
        cancel_registration(db, actor=actor_of(app, HER), event_id=event_id, now=clock.now())


def wishes_none(app: Flask, _event_id: UUID) -> None:
    person = actor_of(app, HER).person_id
    assert person is not None
    wish(app, person, week=False, day=False, hour=False)


def elsewhere(app: Flask, event_id: UUID) -> None:
    change_event_row(app, event_id, starts_at=STARTS + DAY, ends_at=STARTS + DAY + HOUR)


def off(app: Flask, event_id: UUID) -> None:
    change_event_row(app, event_id, status="cancelled")


@pytest.mark.parametrize("change", [give_back, wishes_none, elsewhere, off])
def test_a_reminder_of_what_has_changed_while_it_waited_is_not_sent(
    app: Flask, client: FlaskClient, planned: UUID, change: object
) -> None:
    assert callable(change)
    go_round(app, STARTS - DAY)
    with time_machine.travel(STARTS - DAY + HOUR, tick=False):
        change(app, planned)
    assert not any(
        "Señales" in subject and "Mañana" in subject
        for subject in heard(app, STARTS - DAY + 2 * HOUR)
    )
    sign_in(client, "organizer")
    assert (
        "No se envió: ya no había nada que recordar." in client.get("/messages?show=given-up").text
    )


def test_once_it_has_begun_nobody_is_told_that_it_begins_soon(app: Flask, planned: UUID) -> None:
    go_round(app, STARTS - HOUR)
    assert heard(app, STARTS) == []


def test_a_reminder_that_waited_over_midnight_counts_days_anew(app: Flask, planned: UUID) -> None:
    go_round(app, STARTS - DAY)
    assert heard(app, STARTS - timedelta(hours=3)) == ["Hoy: Señales de trata"]
    with app.app_context(), reading() as db:
        assert "Hoy: Señales de trata" in set(db.scalars(select(Message.subject)))


def test_of_two_reminders_that_waited_the_later_one_is_sent(app: Flask, planned: UUID) -> None:
    go_round(app, STARTS - DAY)
    go_round(app, STARTS - HOUR)
    assert heard(app, STARTS - HOUR / 2) == ["Empieza pronto: Señales de trata"]


def test_a_letter_is_not_sent_after_the_one_that_overtook_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """She asked for the place while the server was away, and it came back when the event had moved:
    an invitation to the old time would come last, and stand.
    """
    jobs = platform(app).jobs
    server = platform(app).mailer
    with time_machine.travel(NOW, tick=False) as hand:
        event_id = webinar(app)
        take_place(app, HER, event_id)
        platform(app).mailer = Away()
        drain(app)
        later = Timespan(STARTS + DAY, STARTS + DAY + HOUR)
        with app.app_context(), transaction() as db:
            move_event(db, actor=actor_of(app, "organizer"), event_id=event_id, span=later, now=NOW)
        platform(app).mailer = server
        with app.app_context():
            jobs.drain()
        hand.shift(HOUR)
        [only] = letters(app, HER)
    assert only.subject.startswith("Nueva fecha u hora")
    assert b"METHOD:REQUEST" in only.calendar


def test_what_is_cancelled_before_its_letters_are_written_invites_nobody(app: Flask) -> None:
    with time_machine.travel(NOW, tick=False):
        event_id, organizer = webinar(app), actor_of(app, "organizer")
        take_place(app, HER, event_id)
        drain(app)
        take_place(app, "official-gt", event_id)
        later = Timespan(STARTS + DAY, STARTS + DAY + HOUR)
        with app.app_context(), transaction() as db:
            move_event(db, actor=organizer, event_id=event_id, span=later, now=NOW)
            cancel_event(db, actor=organizer, event_id=event_id, now=NOW)
            assert db.get_one(Event, event_id).sequence == 2
        hers, his = letters(app, HER), letters(app, "official-gt")
    assert [letter.subject for letter in (*hers, *his)] == [
        "Inscripción confirmada: Señales de trata",
        *["Cancelado: Señales de trata"] * 2,
    ]
    assert b"METHOD:CANCEL" in hers[1].calendar
    assert his[0].calendar == b"", "nothing was ever in his calendar"


def test_what_is_put_into_words_anew_is_said_to_be_in_their_language(
    app: Flask, planned: UUID
) -> None:
    """She chose English while it waited: a voice that reads it aloud goes by what the letter says
    it is.
    """
    go_round(app, STARTS - DAY)
    person = actor_of(app, HER).person_id
    with app.app_context(), transaction() as db:
        db.get_one(Person, person).language = "en"
    with time_machine.travel(STARTS - DAY + HOUR, tick=False):
        [_, letter] = letters(app, HER)
    assert letter.subject == "Tomorrow: Signs of trafficking"
    assert letter.mail["Content-Language"] == "en"
    assert '<html lang="en"' in letter.page
