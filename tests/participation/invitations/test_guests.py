"""Guests: by link, without an account, for one event; once each; and gone after it."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import SYSTEM, Actor, Grant, Role
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound
from app.participation.invitations.queries.guests import guest_of, guest_page, invitation_by_key
from app.participation.invitations.rules import InvitationWithdrawn, LinkDead, LinkFull, read_lines
from app.participation.invitations.services.guests import cancel_guest, register_again
from app.participation.invitations.services.inviting import revoke, send_again
from app.participation.registrations.models import Guest, Invitation, Registration
from app.participation.registrations.services.registering import register_person
from app.participation.registrations.values import CONSENT_VERSION, REQUIRED_CONSENT, Origin, Way
from app.people.directory.models import Person
from app.people.identity.models import Account
from app.planning.arranging.queries.planning import people_choices
from app.planning.events.queries.events import event_of
from tests.participation.invitations.world import (
    ENDS,
    a_guest_draft,
    an_invitation,
    come,
    key_of,
    standing,
)
from tests.planning.events.rows import NOW, an_event, change_event_row

pytestmark = pytest.mark.at(NOW)
ORGANIZER = Actor(account_id=1, grants=frozenset({Grant(Role.ORGANIZER)}))
WEEK = timedelta(days=7)


def counted(app: Flask, column: object) -> int:
    with app.app_context(), reading() as db:
        return db.scalar(select(func.count(column))) or 0  # type: ignore[arg-type]  # a column of any table


def test_r23_a_special_guest_registers_by_link_without_an_account_and_sees_that_event_only(
    app: Flask,
) -> None:
    event_id, other = an_event(app), an_event(app, title="Otro", is_confidential=True)
    place = come(app, key_of(app, an_invitation(app, event_id, Way.GUEST)))
    assert (place.status, place.is_new) == ("registered", True)
    assert counted(app, Account.id) == 0
    with app.app_context(), reading() as db:
        seat = guest_of(db, place.key, NOW)
        assert (seat.event_id, seat.actor.account_id, seat.actor.signed_in, seat.actor.grants) == (
            event_id,
            0,
            False,
            frozenset(),
        )
        page = guest_page(db, seat)
        assert page.registration is not None
        assert page.registration.is_registered
        with pytest.raises(NotFound):
            event_of(db, actor=seat.actor, event_id=other)
        guest = db.get_one(Person, seat.person_id)
        assert (guest.is_guest, guest.full_name, guest.organisation) == (
            True,
            "Rigoberta Ñanduy Pérez",
            "Red de Mujeres Ñ",
        )


def test_r23_the_link_dies_after_the_event(app: Flask) -> None:
    event_id = an_event(app)
    invitation = an_invitation(app, event_id, Way.LINK)
    key = key_of(app, invitation)
    place = come(app, key)
    with app.app_context(), reading() as db:
        assert not guest_of(db, place.key, ENDS - timedelta(seconds=1)).is_over
        assert guest_of(db, place.key, ENDS).is_over
        with pytest.raises(LinkDead):
            guest_of(db, place.key, ENDS + WEEK)
        with pytest.raises(NotFound):
            guest_of(db, place.key[:-1] + "x", NOW)
    with pytest.raises(LinkDead):
        come(app, key, a_guest_draft(email="late@example.org"), now=ENDS)
    change_event_row(app, event_id, ends_at=ENDS + 3 * WEEK)
    with app.app_context(), reading() as db:
        assert not guest_of(db, place.key, ENDS + WEEK).is_over, (
            "the link follows an event that moved"
        )


def test_the_same_form_or_the_same_mailbox_is_the_same_guest(app: Flask) -> None:
    event_id = an_event(app)
    key = key_of(app, an_invitation(app, event_id, Way.LINK))
    first = come(app, key, a_guest_draft(form="this form"))
    again = come(app, key, a_guest_draft(form="this form"))
    assert (again.key, again.is_new) == (first.key, False)
    stranger = come(app, key, a_guest_draft(name="Otra", email="RIGOBERTA@example.org"))
    assert (stranger.key, stranger.status, stranger.is_new) == ("", None, False), (
        "an address alone opens nothing"
    )
    assert counted(app, Guest.person_id) == counted(app, Registration.id) == 1
    with app.app_context(), reading() as db:
        told = (
            select(JournalEntry.fact)
            .where(JournalEntry.fact.like("Guest%"))
            .order_by(JournalEntry.id)
        )
        assert list(db.scalars(told)) == ["GuestRegistered", "GuestLinkAsked"]
    personal = key_of(app, an_invitation(app, event_id, Way.GUEST))
    assert come(app, personal, a_guest_draft(form="x")).key == "", (
        "a personal link for who came by the open one"
    )


def test_who_came_by_her_own_invitation_comes_back_by_it(app: Flask) -> None:
    event_id = an_event(app)
    key = key_of(app, an_invitation(app, event_id, Way.GUEST))
    first, again = come(app, key), come(app, key, a_guest_draft(email="elsewhere@example.org"))
    assert (first.key, again.is_new) == (again.key, False)
    with app.app_context(), reading() as db:
        assert list(db.scalars(select(Guest.email))) == ["rigoberta@example.org"], (
            "the invitation's address stands"
        )


def test_an_open_link_has_its_number_of_places_and_the_database_keeps_it(app: Flask) -> None:
    event_id = an_event(app)
    invitation = an_invitation(app, event_id, Way.LINK, places=1)
    come(app, key_of(app, invitation))
    with pytest.raises(LinkFull):
        come(app, key_of(app, invitation), a_guest_draft(email="second@example.org"))
    with pytest.raises(IntegrityError, match="places"), app.app_context(), transaction() as db:
        db.get_one(Invitation, invitation).taken = 2


def test_a_place_of_a_link_that_is_given_back_is_somebody_elses(app: Flask) -> None:
    event_id = an_event(app)
    key = key_of(app, an_invitation(app, event_id, Way.LINK, places=1))
    first = come(app, key)
    with app.app_context(), transaction() as db:
        assert cancel_guest(db, seat=guest_of(db, first.key, NOW), now=NOW)
    with app.app_context(), reading() as db:
        assert invitation_by_key(db, key).taken == 0
    assert come(app, key, a_guest_draft(email="second@example.org")).status == "registered"
    with app.app_context(), reading() as db:
        seat = guest_of(db, first.key, NOW)
    with pytest.raises(LinkFull), app.app_context(), transaction() as db:
        register_again(
            db, seat=seat, consent_version=CONSENT_VERSION, purposes=REQUIRED_CONSENT, now=NOW
        )


def test_a_guest_waits_in_line_gives_back_and_comes_again(app: Flask) -> None:
    event_id = an_event(app, capacity=1)
    key = key_of(app, an_invitation(app, event_id, Way.LINK))
    first, second = come(app, key), come(app, key, a_guest_draft(email="second@example.org"))
    assert (first.status, second.status) == ("registered", "waiting")
    with app.app_context(), reading() as db:
        page = guest_page(db, guest_of(db, second.key, NOW))
        assert page.registration is not None
        assert page.registration.position == 1
    with app.app_context(), transaction() as db:
        assert cancel_guest(db, seat=guest_of(db, first.key, NOW), now=NOW)
    assert sorted(standing(app, event_id).values()) == ["cancelled", "registered"]
    with app.app_context(), transaction() as db:
        seat = guest_of(db, first.key, NOW)
        again = register_again(
            db, seat=seat, consent_version=CONSENT_VERSION, purposes=REQUIRED_CONSENT, now=NOW
        )
        assert again == "waiting"
    with app.app_context(), reading() as db:
        assert guest_page(db, guest_of(db, second.key, NOW)).registration is not None


@pytest.mark.parametrize("name", ["Ana\u202eéroL", "Ana\x07", "Ana\u200b"])
def test_a_name_that_cannot_be_printed_is_refused_at_its_field(app: Flask, name: str) -> None:
    """What turns a line around would show another name on the lists of organizers."""
    key = key_of(app, an_invitation(app, an_event(app), Way.LINK))
    with pytest.raises(InvalidInput) as refused:
        come(app, key, a_guest_draft(name=name))
    assert set(refused.value.errors) == {"name"}
    assert [line.number for line in read_lines(f"{name}; Red; ana@example.org; es").bad] == [1]


def test_guest_without_consent_is_refused_and_not_recorded(app: Flask) -> None:
    event_id = an_event(app)
    key = key_of(app, an_invitation(app, event_id, Way.GUEST))
    with pytest.raises(InvalidInput) as refused:
        come(app, key, consent="")
    assert "consent" in refused.value.errors
    assert counted(app, Person.id) == counted(app, Guest.person_id) == 0


def test_withdrawing_ends_a_personal_link_and_frees_the_place(app: Flask) -> None:
    event_id = an_event(app)
    invitation = an_invitation(app, event_id, Way.GUEST)
    place = come(app, key_of(app, invitation))
    with app.app_context(), transaction() as db:
        revoke(db, actor=ORGANIZER, event_id=event_id, invitation_id=invitation, now=NOW)
    assert list(standing(app, event_id).values()) == ["cancelled"]
    with app.app_context(), reading() as db, pytest.raises(InvitationWithdrawn):
        guest_of(db, place.key, NOW)
    with pytest.raises(InvitationWithdrawn):
        come(app, key_of(app, invitation))


def test_who_is_invited_again_after_a_withdrawal_comes_by_her_new_invitation(app: Flask) -> None:
    event_id = an_event(app)
    first = an_invitation(app, event_id, Way.GUEST)
    before = come(app, key_of(app, first))
    with app.app_context(), transaction() as db:
        revoke(db, actor=ORGANIZER, event_id=event_id, invitation_id=first, now=NOW)
    again = come(app, key_of(app, an_invitation(app, event_id, Way.GUEST)))
    assert (again.key, again.status, again.is_new) == (before.key, "registered", False)
    with app.app_context(), reading() as db:
        assert guest_of(db, again.key, NOW).event_id == event_id


@pytest.mark.both_databases
def test_who_registers_while_her_invitation_is_withdrawn_keeps_no_place(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    event_id = an_event(app)
    invitation = an_invitation(app, event_id, Way.GUEST)
    key = key_of(app, invitation)
    is_inside, is_withdrawn = threading.Event(), threading.Event()

    def withdraw() -> None:
        is_inside.wait(timeout=20)
        with app.app_context(), transaction() as db:
            revoke(db, actor=ORGANIZER, event_id=event_id, invitation_id=invitation, now=NOW)
        is_withdrawn.set()

    def pause(_draft: object) -> None:
        is_inside.set()
        is_withdrawn.wait(timeout=0.3)

    monkeypatch.setattr("app.participation.invitations.services.guests._require_sound", pause)
    thread = threading.Thread(target=withdraw)
    thread.start()
    come(app, key)
    thread.join(timeout=20)
    assert is_withdrawn.is_set()
    assert list(standing(app, event_id).values()) == ["cancelled"]


def test_sending_again_is_a_new_key_and_the_old_one_is_unknown(app: Flask) -> None:
    event_id = an_event(app)
    invitation = an_invitation(app, event_id, Way.GUEST)
    old = key_of(app, invitation)
    with app.app_context(), transaction() as db:
        send_again(db, actor=SYSTEM, event_id=event_id, invitation_id=invitation, now=NOW)
    with pytest.raises(NotFound):
        come(app, old)
    assert come(app, key_of(app, invitation)).is_new


def test_only_hashes_and_random_bits_are_stored(app: Flask) -> None:
    event_id = an_event(app)
    invitation = an_invitation(app, event_id, Way.GUEST)
    key = key_of(app, invitation)
    place = come(app, key)
    with app.app_context(), reading() as db:
        rows = [*db.execute(select(Invitation.__table__)), *db.execute(select(Guest.__table__))]
        journal = [str(entry.payload) for entry in db.scalars(select(JournalEntry))]
    for secret in (key, place.key):
        assert not [row for row in rows if secret in map(str, row)]
        assert not [payload for payload in journal if secret in payload]


def test_nobody_finds_a_guest_by_the_search_of_planning(app: Flask) -> None:
    come(app, key_of(app, an_invitation(app, an_event(app), Way.GUEST)))
    with app.app_context(), reading() as db:
        assert (
            people_choices(db, actor=ORGANIZER, chosen=(), words="Rigoberta", now=NOW).people == ()
        )


def test_a_guest_registers_nobody_else_and_at_nothing_else(app: Flask) -> None:
    event_id, other = an_event(app), an_event(app, title="Otro")
    place = come(app, key_of(app, an_invitation(app, event_id, Way.GUEST)))
    with app.app_context(), reading() as db:
        seat = guest_of(db, place.key, NOW)
    somebody = come(
        app,
        key_of(app, an_invitation(app, other, Way.GUEST, email="b@example.org")),
        a_guest_draft(email="b@example.org"),
    )
    with app.app_context(), reading() as db:
        b = guest_of(db, somebody.key, NOW).person_id
    with app.app_context(), transaction() as db, pytest.raises(NotAllowed):
        register_person(
            db,
            actor=seat.actor,
            event_id=event_id,
            person_id=b,
            origin=Origin.GUEST,
            consent_version=CONSENT_VERSION,
            now=NOW,
        )


@pytest.mark.both_databases
def test_two_clicks_at_once_make_one_guest_and_one_registration(app: Flask) -> None:
    event_id = an_event(app, capacity=3)
    key = key_of(app, an_invitation(app, event_id, Way.LINK, places=3))
    start, found = threading.Barrier(4), []

    def click() -> None:
        start.wait()
        found.append(come(app, key, a_guest_draft(form="one form")).key)

    threads = [threading.Thread(target=click) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    assert list(standing(app, event_id).values()) == ["registered"]
    assert counted(app, Person.id) == 1
    with app.app_context(), reading() as db:
        assert db.scalar(select(Invitation.taken)) == 1
