"""Nominations: a focal point's own country, its own roster, its own places."""

import threading

import pytest
from flask import Flask

from app.infra.database import reading, transaction
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import NotFound
from app.participation.invitations.queries.nominations import asked_of, nominations_of
from app.participation.invitations.rules import (
    NominationOver,
    NotServing,
    SamePerson,
    TooManyNominated,
)
from app.participation.invitations.services.inviting import revoke
from app.participation.invitations.services.nominating import swap, withdraw
from app.participation.registrations.services.registering import register_person
from app.participation.registrations.values import Origin, Way
from tests.participation.invitations.world import (
    GT,
    HN,
    TODAY,
    a_roster,
    an_invitation,
    named,
    standing,
)
from tests.planning.events.rows import NOW, an_event

pytestmark = pytest.mark.at(NOW)


def asked(app: Flask, actor: Actor) -> list[int]:
    with app.app_context(), reading() as db:
        return [one.named for one in asked_of(db, actor=actor, now=NOW)]


@pytest.mark.both_databases
def test_nominees_take_the_countrys_places_and_the_rest_waits(app: Flask) -> None:
    event_id = an_event(app, country_quota=2)
    people = a_roster(app)
    an_invitation(app, event_id, Way.COUNTRY)
    assert len(named(app, event_id, people)) == 3
    assert [standing(app, event_id)[one] for one in people] == [
        "registered",
        "registered",
        "waiting",
    ]
    assert named(app, event_id, people) == (), "again creates none"
    with app.app_context(), reading() as db:
        page = nominations_of(db, actor=HN, event_id=event_id, country_code="HN", on=TODAY)
        assert [one.status for one in page.nominees] == ["registered", "registered", "waiting"]
        assert page.quota == 2


def test_r50_two_countries_nominate_and_neither_sees_the_other(app: Flask) -> None:
    event_id = an_event(app)
    ours, theirs = a_roster(app, "HN"), a_roster(app, "GT")
    an_invitation(app, event_id, Way.COUNTRY)
    an_invitation(app, event_id, Way.COUNTRY, country_code="GT")
    (mine,) = named(app, event_id, ours[:1])
    (other,) = named(app, event_id, theirs[:1], actor=GT, country="GT")
    with app.app_context(), reading() as db:
        page = nominations_of(db, actor=HN, event_id=event_id, country_code="HN", on=TODAY)
        assert [one.person_id for one in page.nominees] == ours[:1]
        assert not {row.person_id for row in page.roster.rows} & set(theirs)
        with pytest.raises(NotFound):
            nominations_of(db, actor=HN, event_id=event_id, country_code="GT", on=TODAY)
    with app.app_context(), transaction() as db:
        with pytest.raises(NotFound):
            withdraw(db, actor=HN, event_id=event_id, nomination_id=other, now=NOW)
        with pytest.raises(NotFound):
            swap(
                db,
                actor=GT,
                event_id=event_id,
                nomination_id=mine,
                person_id=theirs[1],
                today=TODAY,
                now=NOW,
            )
    with pytest.raises(NotServing):
        named(app, event_id, theirs[1:])


def test_only_who_was_asked_may_name_and_only_as_many(app: Flask) -> None:
    event_id, people = an_event(app), a_roster(app)
    with pytest.raises(NotFound):
        named(app, event_id, people[:1])
    an_invitation(app, event_id, Way.COUNTRY, places=2)
    assert asked(app, HN) == [0]
    with pytest.raises(TooManyNominated):
        named(app, event_id, people)
    named(app, event_id, people[:2])
    assert asked(app, HN) == [], "nothing is left to do"
    assert asked(app, GT) == []


def test_a_withdrawn_place_goes_to_the_first_in_line(app: Flask) -> None:
    event_id = an_event(app, country_quota=1)
    people = a_roster(app)
    an_invitation(app, event_id, Way.COUNTRY)
    made = named(app, event_id, people[:2])
    with app.app_context(), transaction() as db:
        assert withdraw(db, actor=HN, event_id=event_id, nomination_id=made[0], now=NOW)
    assert standing(app, event_id) == {people[0]: "cancelled", people[1]: "registered"}
    with app.app_context(), transaction() as db, pytest.raises(NominationOver):
        withdraw(db, actor=HN, event_id=event_id, nomination_id=made[0], now=NOW)


def test_a_swap_keeps_the_place_though_others_wait(app: Flask) -> None:
    event_id = an_event(app, capacity=1)
    ours, theirs = a_roster(app, "HN"), a_roster(app, "GT")
    an_invitation(app, event_id, Way.COUNTRY)
    an_invitation(app, event_id, Way.COUNTRY, country_code="GT")
    (mine,) = named(app, event_id, ours[:1])
    named(app, event_id, theirs[:1], actor=GT, country="GT")
    with app.app_context(), transaction() as db:
        with pytest.raises(SamePerson):
            swap(
                db,
                actor=HN,
                event_id=event_id,
                nomination_id=mine,
                person_id=ours[0],
                today=TODAY,
                now=NOW,
            )
        swap(
            db,
            actor=HN,
            event_id=event_id,
            nomination_id=mine,
            person_id=ours[1],
            today=TODAY,
            now=NOW,
        )
    assert standing(app, event_id) == {
        ours[0]: "cancelled",
        ours[1]: "registered",
        theirs[0]: "waiting",
    }


def test_a_place_that_somebody_took_herself_stays_hers(app: Flask) -> None:
    event_id, people = an_event(app), a_roster(app)
    an_invitation(app, event_id, Way.COUNTRY)
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
    made = named(app, event_id, people[:1])
    with app.app_context(), transaction() as db:
        assert not withdraw(db, actor=HN, event_id=event_id, nomination_id=made[0], now=NOW)
    assert standing(app, event_id) == {people[0]: "registered"}


def test_a_withdrawn_request_asks_no_more(app: Flask) -> None:
    event_id, people = an_event(app), a_roster(app)
    invitation = an_invitation(app, event_id, Way.COUNTRY)
    with app.app_context(), transaction() as db:
        revoke(db, actor=SYSTEM, event_id=event_id, invitation_id=invitation, now=NOW)
    with pytest.raises(NotFound):
        named(app, event_id, people[:1])


@pytest.mark.both_databases
def test_two_who_nominate_at_once_never_exceed_what_was_asked_for(app: Flask) -> None:
    event_id, people = an_event(app, country_quota=1), a_roster(app, people=4)
    an_invitation(app, event_id, Way.COUNTRY, places=2)
    start, refused = threading.Barrier(4), []

    def nominate(one: int) -> None:
        start.wait()
        try:
            named(app, event_id, [one])
        except TooManyNominated:
            refused.append(one)

    threads = [threading.Thread(target=nominate, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 2
    assert sorted(standing(app, event_id).values()) == ["registered", "waiting"]
