"""Whom the letters of an event reached, by the rows of the outbox."""

from datetime import date, timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from app.infra import clock
from app.infra.database import reading, transaction
from app.office.progress.queries import work_of
from app.participation.invitations.tasks import ask_who_comes_into_office
from app.participation.registrations.values import Way
from app.people.directory.models import Person
from app.people.directory.services.designations import designate
from app.people.directory.values import Office
from app.people.identity.models import Account
from app.planning.events.values import CountryAsked, Unreached
from tests.office.progress.world import hand_over, in_office, invite_all, work_in
from tests.participation.invitations.test_inviting import letters
from tests.participation.invitations.world import an_invitation
from tests.planning.events.rows import NOW, add_registration, an_event, counted_statements
from tests.support.actors import actor_of
from tests.support.following import let_follow

pytestmark = pytest.mark.at(NOW)


def asked_in(app: Flask, event_id: UUID) -> dict[str, CountryAsked]:
    return {one.code: one for one in work_in(app, event_id).inviting.countries}


@pytest.mark.both_databases
def test_r80_country_is_reached_once_its_letter_was_handed_over(app: Flask) -> None:
    """Given eleven countries of which two have a focal point, when all are invited, then nobody is
    reached before a letter is handed over, and two are afterwards.
    """
    event_id = an_event(app)
    for code in ("HN", "GT"):
        in_office(app, code)
    invite_all(app, event_id)
    asked = asked_in(app, event_id)
    assert len(asked) == 11
    assert {asked[code].why for code in ("HN", "GT")} == {Unreached.WAITING}
    assert work_in(app, event_id).inviting.reached == 0
    hand_over(app)
    asked = asked_in(app, event_id)
    assert {code for code, one in asked.items() if one.why is None} == {"GT", "HN"}
    assert {one.why for one in asked.values()} == {None, Unreached.VACANT}
    assert work_in(app, event_id).inviting.reached == 2


def test_country_whose_letter_came_back_is_not_reached(app: Flask) -> None:
    event_id = an_event(app)
    in_office(app, "HN")
    invite_all(app, event_id)
    hand_over(app, returned=True)
    asked = asked_in(app, event_id)["HN"]
    assert (asked.why, asked.returned) == (Unreached.RETURNED, 1)


def test_vacancy_says_since_when_and_a_focal_point_without_an_address_is_no_vacancy(
    app: Flask,
) -> None:
    event_id = an_event(app)
    in_office(app, "GT", until=date(2026, 11, 3))
    person_id = in_office(app, "HN")
    with app.app_context(), transaction() as db:
        db.get_one(Person, person_id).email = ""
        db.execute(update(Account).where(Account.person_id == person_id).values(person_id=None))
    invite_all(app, event_id)
    asked = asked_in(app, event_id)
    assert (asked["GT"].why, asked["GT"].since) == (Unreached.VACANT, date(2026, 11, 3))
    assert asked["HN"].why is Unreached.NO_ADDRESS


def test_guest_whose_letter_waits_or_came_back_is_counted(app: Flask) -> None:
    event_id = an_event(app)
    an_invitation(app, event_id, Way.GUEST)
    let_follow(app, "notifications.on_invitation_sent")
    inviting = work_in(app, event_id).inviting
    assert (inviting.reached, inviting.waiting, inviting.returned) == (0, 1, 0)
    hand_over(app)
    inviting = work_in(app, event_id).inviting
    assert (inviting.reached, inviting.waiting, inviting.returned) == (1, 0, 0)
    hand_over(app, returned=True)
    inviting = work_in(app, event_id).inviting
    assert (inviting.reached, inviting.waiting, inviting.returned) == (0, 0, 1)


def test_letter_leaves_by_itself_when_a_focal_point_is_designated(app: Flask) -> None:
    event_id = an_event(app)
    invite_all(app, event_id)
    assert not letters(app)
    designated(app, clock.today())
    assert len(letters(app)) == 1
    with app.app_context():
        ask_who_comes_into_office()
    assert len(letters(app)) == 1, "who was designated only today has it"


def test_letter_leaves_on_the_first_day_of_who_was_designated_ahead(app: Flask) -> None:
    event_id = an_event(app)
    invite_all(app, event_id)
    first = clock.today() + timedelta(days=3)
    designated(app, first)
    assert not letters(app)
    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        with app.app_context():
            ask_who_comes_into_office()
            ask_who_comes_into_office()
        assert len(letters(app)) == 1


def designated(app: Flask, on: date) -> None:
    organizer, person_id = actor_of(app, "organizer"), actor_of(app, "official-hn").person_id or 0
    with app.app_context(), transaction() as db:
        designate(
            db,
            actor=organizer,
            office=Office("HN"),
            person_id=person_id,
            valid_from=on,
            today=clock.today(),
            now=clock.now(),
        )


@pytest.mark.both_databases
def test_work_of_many_events_takes_as_many_statements_as_of_one(app: Flask) -> None:
    found = []
    in_office(app, "HN")
    for number in range(3):
        event_id = an_event(app, title=f"Webinario {number}")
        invite_all(app, event_id)
        add_registration(app, event_id, actor_of(app, "official-hn").person_id or 0)
        found.append(event_id)
    counts = []
    for ids in (found[:1], found):
        with counted_statements(app) as statements, app.app_context(), reading() as db:
            work_of(db, ids)
        counts.append(len(statements))
    assert counts[0] == counts[1] == 7
