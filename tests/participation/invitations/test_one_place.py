"""One mailbox, one place: who has an account and comes as a guest as well is one person at the
event.
"""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.infra.database import reading, transaction
from app.kernel.actor import SYSTEM
from app.office.outbox.models import Message
from app.participation.invitations.queries.guests import guest_of
from app.participation.invitations.rules import HasAnotherRegistration
from app.participation.invitations.services.guests import register_again
from app.participation.invitations.services.inviting import revoke
from app.participation.registrations.models import Guest, Registration
from app.participation.registrations.rules import NotInvited
from app.participation.registrations.services.deciding import substitute
from app.participation.registrations.values import (
    CONSENT_VERSION,
    REQUIRED_CONSENT,
    CapacityDraft,
    Origin,
    Way,
)
from app.people.directory.models import Person
from app.planning.events.models import Attendance
from tests.office.notifications.world import drain
from tests.participation.invitations.world import (
    HN,
    a_guest_draft,
    a_roster,
    an_invitation,
    come,
    key_of,
    named,
    standing,
)
from tests.participation.registrations.builders import (
    asks,
    cancels,
    people_of,
    sets,
    told,
    waiting_list,
)
from tests.planning.events.rows import NOW, STARTS, an_event
from tests.support.actors import actor_of, csrf_token

pytestmark = pytest.mark.at(NOW)
HERS = "official-hn@example.org"
FORM = {
    "name": "María José",
    "organisation": "",
    "country": "",
    "consent": "attendance-list",
    "consent_version": CONSENT_VERSION,
}


def an_official(app: Flask) -> int:
    return actor_of(app, "official-hn").person_id or 0


def an_open_link(app: Flask, event_id: UUID) -> str:
    return key_of(app, an_invitation(app, event_id, Way.LINK))


def guest_places(app: Flask, event_id: UUID) -> dict[str, str]:
    """How each guest stands, by address."""
    with app.app_context(), reading() as db:
        asked = select(Guest.email, Registration.status).join(
            Registration, Registration.person_id == Guest.person_id
        )
        return {row[0] or "": row[1] for row in db.execute(asked.where(Guest.event_id == event_id))}


@pytest.mark.parametrize("way", [Way.LINK, Way.GUEST])
@pytest.mark.parametrize("known_by", ["directory", "account"])
def test_a_guest_who_is_registered_already_takes_no_second_place(
    app: Flask, way: Way, known_by: str
) -> None:
    event_id, official = an_event(app), an_official(app)
    if known_by == "account":
        with app.app_context(), transaction() as db:
            db.execute(
                update(Person).where(Person.id == official).values(email="office@example.org")
            )
    asks(app, event_id, official)
    more: dict[str, Any] = {"email": HERS} if way is Way.GUEST else {}
    place = come(
        app,
        key_of(app, an_invitation(app, event_id, way, **more)),
        a_guest_draft(email=HERS.upper()),
    )
    assert (place.key, place.status, place.is_new) == ("", None, False)
    assert standing(app, event_id) == {official: "registered"}
    assert guest_places(app, event_id) == {}
    assert told(app, event_id)[-1] == ("GuestLinkAsked", official)


def test_her_mailbox_hears_of_her_place_and_who_typed_it_what_a_guest_would(
    app: Flask, client: FlaskClient
) -> None:
    """The same answer as for a guest's address, so that it tells nothing about accounts."""
    event_id = an_event(app)
    asks(app, event_id, an_official(app))
    link = an_open_link(app, event_id)
    come(app, link, a_guest_draft(email="guest@example.org"))

    def answer(email: str) -> str:
        form = {
            **FORM,
            "email": email,
            "csrf_token": csrf_token(client),
            "form_key": "of a stranger",
        }
        sent = client.post(f"/invitation/{link}", data=form)
        assert sent.status_code == 200
        return sent.text.replace(email, "")

    assert answer(HERS) == answer("guest@example.org")
    drain(app)
    with app.app_context(), reading() as db:
        letters = [
            one.body
            for one in db.scalars(
                select(Message).where(Message.recipient == HERS).order_by(Message.id)
            )
        ]
    assert f"/events/{event_id}" in letters[-1]
    assert "/guest/" not in letters[-1]
    assert "ya" in letters[-1]


def test_an_account_without_a_place_changes_nothing_for_a_guest(app: Flask) -> None:
    event_id, official = an_event(app), an_official(app)
    asks(app, event_id, official)
    cancels(app, event_id, official)
    assert come(app, an_open_link(app, event_id), a_guest_draft(email=HERS)).is_new


@pytest.mark.both_databases
def test_an_official_takes_over_the_place_she_has_as_a_guest_though_others_wait(app: Flask) -> None:
    event_id, official = an_event(app, capacity=1), an_official(app)
    (other,) = people_of(app, ["GT"])
    place = come(app, an_open_link(app, event_id), a_guest_draft(email=HERS))
    assert asks(app, event_id, other) == "waiting"
    assert asks(app, event_id, official) == "registered"
    assert guest_places(app, event_id) == {HERS: "cancelled"}
    assert (standing(app, event_id)[official], standing(app, event_id)[other]) == (
        "registered",
        "waiting",
    )
    facts = [fact for fact, _person in told(app, event_id)]
    assert facts[-3:] == ["GuestPlaceTakenOver", "ConsentGiven", "RegistrationMade"]
    assert "RegistrationCancelled" not in facts, "no letter says that her place is gone"
    with app.app_context(), reading() as db:
        seat = guest_of(db, place.key, NOW)
        turns = dict(
            db.execute(select(Registration.person_id, Registration.invitation_turns)).all()
        )
    assert turns[official] >= turns[seat.person_id], (
        "else her calendar would pass over the newer invitation"
    )
    with app.app_context(), transaction() as db, pytest.raises(HasAnotherRegistration):
        register_again(
            db, seat=seat, consent_version=CONSENT_VERSION, purposes=REQUIRED_CONSENT, now=NOW
        )
    assert come(app, an_open_link(app, event_id), a_guest_draft(email=HERS)).key == ""


def test_where_her_country_is_full_she_keeps_the_place_as_the_guest_had_it(app: Flask) -> None:
    event_id, official = an_event(app, country_quota=1), an_official(app)
    (other,) = people_of(app, ["HN"])
    asks(app, event_id, other)
    come(app, an_open_link(app, event_id), a_guest_draft(email=HERS))
    assert asks(app, event_id, official) == "registered"
    with app.app_context(), reading() as db:
        row = select(Registration.country_code).where(Registration.person_id == official)
        assert db.scalar(row) == ""


def test_her_turn_in_line_stays_her_turn(app: Flask) -> None:
    event_id, official = an_event(app, capacity=1), an_official(app)
    first, later = people_of(app, ["GT", "GT"])
    asks(app, event_id, first)
    come(app, an_open_link(app, event_id), a_guest_draft(email=HERS))
    asks(app, event_id, later, now=NOW + timedelta(hours=1))
    assert asks(app, event_id, official, now=NOW + timedelta(hours=2)) == "waiting"
    assert waiting_list(app, event_id) == [official, later]


def test_a_request_and_what_an_organizer_granted_are_taken_over_too(app: Flask) -> None:
    event_id, official = an_event(app), an_official(app)
    sets(app, event_id, CapacityDraft(needs_approval=True))
    come(app, an_open_link(app, event_id), a_guest_draft(email=HERS))
    assert asks(app, event_id, official) == "pending"
    assert guest_places(app, event_id) == {HERS: "cancelled"}


def test_who_is_nominated_or_written_in_is_one_person_too(app: Flask) -> None:
    event_id, people = an_event(app, capacity=2), a_roster(app)
    an_invitation(app, event_id, Way.COUNTRY)
    with app.app_context(), reading() as db:
        boxes = [db.get_one(Person, one).email for one in people]
    link = an_open_link(app, event_id)
    for box in boxes[:2]:
        come(app, link, a_guest_draft(email=box))
    named(app, event_id, people[:1])
    asks(app, event_id, people[1], origin=Origin.ORGANIZER, actor=SYSTEM, consent_version="")
    assert [standing(app, event_id)[one] for one in people[:2]] == ["registered", "registered"]
    assert set(guest_places(app, event_id).values()) == {"cancelled"}


def test_a_successor_who_has_a_place_as_a_guest_gives_that_one_back(app: Flask) -> None:
    event_id, people = an_event(app, capacity=2), a_roster(app)
    an_invitation(app, event_id, Way.COUNTRY)
    with app.app_context(), reading() as db:
        box = db.get_one(Person, people[1]).email
    named(app, event_id, people[:1])
    come(app, an_open_link(app, event_id), a_guest_draft(email=box))
    assert named(app, event_id, people[2:])
    assert standing(app, event_id)[people[2]] == "waiting"
    with app.app_context(), transaction() as db:
        substitute(
            db, actor=HN, event_id=event_id, person_id=people[0], successor_id=people[1], now=NOW
        )
    assert [standing(app, event_id)[one] for one in people] == [
        "cancelled",
        "registered",
        "registered",
    ]
    assert guest_places(app, event_id) == {box: "cancelled"}


def test_a_successor_who_takes_a_turn_in_line_keeps_the_place_she_has_as_a_guest(
    app: Flask,
) -> None:
    event_id, people = an_event(app, capacity=2), a_roster(app)
    an_invitation(app, event_id, Way.COUNTRY)
    with app.app_context(), reading() as db:
        box = db.get_one(Person, people[1]).email
    named(app, event_id, people[2:])
    come(app, an_open_link(app, event_id), a_guest_draft(email=box))
    named(app, event_id, people[:1])
    assert standing(app, event_id)[people[0]] == "waiting"
    with app.app_context(), transaction() as db:
        substitute(
            db, actor=HN, event_id=event_id, person_id=people[0], successor_id=people[1], now=NOW
        )
    assert [standing(app, event_id)[one] for one in people] == [
        "cancelled",
        "registered",
        "registered",
    ]


def test_who_was_let_in_at_the_door_as_a_guest_was_there_as_herself(app: Flask) -> None:
    event_id, official = an_event(app), an_official(app)
    place = come(app, an_open_link(app, event_id), a_guest_draft(email=HERS))
    with app.app_context(), transaction() as db:
        guest = guest_of(db, place.key, NOW).person_id
        db.add(
            Attendance(
                event_id=event_id, person_id=guest, minutes=0, source="check-in", recorded_at=NOW
            )
        )
    asks(app, event_id, official, now=STARTS - timedelta(minutes=5))
    with app.app_context(), reading() as db:
        assert list(db.scalars(select(Attendance.person_id))) == [official]


@pytest.mark.both_databases
def test_both_at_once_make_one_place(app: Flask) -> None:
    event_id, official = an_event(app), an_official(app)
    link, start = an_open_link(app, event_id), threading.Barrier(2)

    def at_once(act: Callable[[], object]) -> threading.Thread:
        def run() -> None:
            start.wait()
            act()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    threads = [
        at_once(lambda: asks(app, event_id, official)),
        at_once(lambda: come(app, link, a_guest_draft(email=HERS))),
    ]
    for thread in threads:
        thread.join(timeout=20)
    assert [one for one in standing(app, event_id).values() if one != "cancelled"] == ["registered"]
    assert standing(app, event_id)[official] == "registered"


def test_whose_mailbox_was_invited_or_has_a_place_may_register_as_herself(app: Flask) -> None:
    """The invitation of a guest names a mailbox, and this one is hers: nobody tells her that she is
    not invited.
    """
    event_id, other, official = an_event(app), an_event(app, title="Otro"), an_official(app)
    for one in (event_id, other):
        an_invitation(app, one, Way.COUNTRY, country_code="GT")
        with pytest.raises(NotInvited):
            asks(app, one, official)
    invitation = an_invitation(app, event_id, Way.GUEST, email=HERS)
    assert asks(app, event_id, official) == "registered"
    come(app, an_open_link(app, other), a_guest_draft(email=HERS))
    assert asks(app, other, official) == "registered"
    assert (guest_places(app, event_id), guest_places(app, other)) == ({}, {HERS: "cancelled"})
    with app.app_context(), transaction() as db:
        revoke(db, actor=SYSTEM, event_id=event_id, invitation_id=invitation, now=NOW)
    cancels(app, event_id, official)
    with pytest.raises(NotInvited):
        asks(app, event_id, official)
