"""A letter that is written late, or waits long, says what is so when it leaves, whatever it is
about.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from app.infra.database import reading, transaction
from app.infra.journal import Delivery
from app.infra.platform import platform
from app.kernel.actor import SYSTEM
from app.kernel.timespan import Timespan
from app.office.outbox.models import Message
from app.office.outbox.rules import NOT_SO_ANY_MORE
from app.participation.invitations.services.inviting import revoke
from app.participation.registrations.services.deciding import (
    approve_registration,
    decline_registration,
)
from app.participation.registrations.services.registering import register_person
from app.participation.registrations.values import Origin, Way
from app.people.directory.models import FocalPoint, Membership, WorkingGroup
from app.people.identity.services.sign_in import request_sign_in_link
from app.planning.arranging.services.planning import cancel_event, move_event
from app.planning.arranging.services.steps import tell_time
from tests.office.notifications.world import HOUR, Away, drain, letters, take_place
from tests.participation.invitations.world import ENDS, TODAY, a_roster, an_invitation, named
from tests.planning.events.rows import NOW, STARTS, an_event
from tests.support.actors import actor_of

HER = "official-hn"


@pytest.fixture(autouse=True)
def hand() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as hand:
        yield hand


@pytest.fixture
def back(app: Flask, hand: time_machine.Traveller) -> Iterator[Callable[[], None]]:
    """The mail server is away until this is called."""
    server, platform(app).mailer = platform(app).mailer, Away()

    def is_back() -> None:
        drain(app)
        platform(app).mailer = server
        hand.shift(HOUR)

    yield is_back
    platform(app).mailer = server


def held_up(app: Flask, handler: str) -> None:
    """Its first try failed, so that it comes after what happened later."""
    with app.app_context(), transaction() as db:
        late = update(Delivery).where(
            Delivery.handler == f"notifications.{handler}", Delivery.state == "pending"
        )
        db.execute(late.values(next_at=NOW + timedelta(seconds=30)))


def subjects(app: Flask, hand: time_machine.Traveller) -> list[str]:
    drain(app)
    hand.shift(timedelta(minutes=1))
    return [letter.subject.partition(":")[0] for letter in letters(app)]


def decide(app: Flask, event_id: UUID, person: int, decision: Callable[..., object]) -> None:
    organizer = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        decision(db, actor=organizer, event_id=event_id, person_id=person, now=NOW)


def test_a_request_that_is_decided_already_is_not_confirmed_after_the_decision(
    app: Flask, hand: time_machine.Traveller
) -> None:
    event_id = an_event(app, needs_approval=True)
    person = take_place(app, HER, event_id)
    held_up(app, "on_registration_pending")
    decide(app, event_id, person, approve_registration)
    assert subjects(app, hand) == ["Tiene cupo"]


def test_nor_is_somebody_refused_who_was_taken_after_all(
    app: Flask, hand: time_machine.Traveller
) -> None:
    event_id = an_event(app, needs_approval=True)
    person = take_place(app, HER, event_id)
    drain(app)
    decide(app, event_id, person, decline_registration)
    held_up(app, "on_registration_declined")
    decide(app, event_id, person, approve_registration)
    assert subjects(app, hand) == ["Recibimos su solicitud", "Tiene cupo"]


def move(app: Flask, event_id: UUID) -> None:
    organizer, to = (
        actor_of(app, "organizer"),
        Timespan(STARTS + timedelta(days=1), ENDS + timedelta(days=1)),
    )
    with app.app_context(), transaction() as db:
        move_event(db, actor=organizer, event_id=event_id, span=to, now=NOW)


def call_off(app: Flask, event_id: UUID) -> None:
    organizer = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        cancel_event(db, actor=organizer, event_id=event_id, now=NOW)


@pytest.fixture
def people(app: Flask) -> list[int]:
    """A focal point, and a group with a member: she has an account, the other is of her country."""
    focal, others = actor_of(app, "focal-point-hn").person_id or 0, a_roster(app)
    with app.app_context(), transaction() as db:
        group = db.scalars(select(WorkingGroup).where(WorkingGroup.slug == "protection")).one()
        db.add(FocalPoint(person_id=focal, country_code="HN", valid_from=TODAY))
        db.add(Membership(working_group_id=group.id, person_id=others[0], valid_from=TODAY))
    return others


@pytest.fixture
def event_id(app: Flask, people: list[int]) -> UUID:
    """The tenth of December."""
    return an_event(app)


def invite_by(app: Flask, event_id: UUID, way: Way) -> int:
    return an_invitation(app, event_id, way, group="protection" if way is Way.GROUP else "")


WAYS = pytest.mark.parametrize("way", [Way.GUEST, Way.COUNTRY, Way.GROUP])


@WAYS
def test_nobody_is_invited_to_what_is_off_before_the_letter_is_written(
    app: Flask, event_id: UUID, way: Way
) -> None:
    invite_by(app, event_id, way)
    call_off(app, event_id)
    assert letters(app) == []


@WAYS
def test_an_invitation_that_waited_names_the_day_that_it_is_now(
    app: Flask, event_id: UUID, back: Callable[[], None], way: Way
) -> None:
    """Who is not in the list yet gets no letter about a move."""
    invite_by(app, event_id, way)
    drain(app)
    move(app, event_id)
    back()
    [letter] = letters(app)
    assert "viernes, 11 de diciembre de 2026" in letter.text
    assert "10 de diciembre" not in letter.text


@pytest.mark.parametrize(
    ("way", "end"), [(Way.GUEST, "off"), (Way.GROUP, "over"), (Way.COUNTRY, "revoked")]
)
def test_an_invitation_that_waited_till_there_was_nothing_to_come_to_is_not_sent(  # noqa: PLR0917
    app: Flask,
    hand: time_machine.Traveller,
    event_id: UUID,
    back: Callable[[], None],
    way: Way,
    end: str,
) -> None:
    invitation = invite_by(app, event_id, way)
    drain(app)
    if end == "off":
        call_off(app, event_id)
    if end == "over":
        hand.move_to(ENDS, tick=False)
    if end == "revoked":
        with app.app_context(), transaction() as db:
            revoke(db, actor=SYSTEM, event_id=event_id, invitation_id=invitation, now=NOW)
    back()
    assert letters(app) == []
    with app.app_context(), reading() as db:
        assert list(db.scalars(select(Message.given_up_reason))) == [NOT_SO_ANY_MORE]


def test_who_has_a_place_and_is_nominated_reads_the_day_that_it_is_now(
    app: Flask, event_id: UUID, people: list[int], back: Callable[[], None]
) -> None:
    with app.app_context(), transaction() as db:
        register_person(
            db,
            actor=SYSTEM,
            event_id=event_id,
            person_id=people[0],
            origin=Origin.ORGANIZER,
            consent_version="",
            now=NOW,
        )
    invite_by(app, event_id, Way.COUNTRY)
    named(app, event_id, people[:1])
    drain(app)
    move(app, event_id)
    back()
    [nominated] = [letter for letter in letters(app) if letter.subject.startswith("Su país")]
    assert "viernes, 11 de diciembre de 2026" in nominated.text


def test_nobody_is_thanked_for_what_was_called_off_though_its_hour_is_over(
    app: Flask, hand: time_machine.Traveller, event_id: UUID
) -> None:
    take_place(app, HER, event_id)
    drain(app)
    hand.move_to(ENDS, tick=False)
    with app.app_context(), transaction() as db:
        assert tell_time(db, now=ENDS).ended == 1
    call_off(app, event_id)
    assert subjects(app, hand) == ["Inscripción confirmada", "Cancelado"]


@pytest.mark.parametrize(("minutes", "left"), [(14, ["Su enlace para ingresar"]), (15, [])])
def test_a_link_to_sign_in_leaves_while_it_works_and_not_after(
    app: Flask, hand: time_machine.Traveller, minutes: int, left: list[str]
) -> None:
    server, platform(app).mailer = platform(app).mailer, Away()
    actor_of(app, HER)
    with app.app_context(), transaction() as db:
        request_sign_in_link(db, email=f"{HER}@example.org", now=NOW)
    drain(app)
    platform(app).mailer = server
    hand.shift(timedelta(minutes=minutes))
    assert [letter.subject for letter in letters(app)] == left
