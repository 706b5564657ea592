"""Who may register by herself: whoever an event invites in one of its ways, or everybody where it
invites nobody.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.kernel.actor import SYSTEM
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.participation.invitations.services.inviting import erase_person, revoke
from app.participation.invitations.services.nominating import swap, withdraw
from app.participation.registrations.models import Registration
from app.participation.registrations.rules import NamedByCountry, NotInvited
from app.participation.registrations.services.registering import register_person
from app.participation.registrations.values import CONSENT_VERSION, Origin, Way
from app.people.directory.models import Appointment, Membership, WorkingGroup
from app.planning.events.models import EventCountry, EventSession, SessionPerson
from tests.participation.invitations.world import (
    HN,
    TODAY,
    a_roster,
    an_invitation,
    named,
    standing,
)
from tests.participation.registrations.builders import asks, cancels, people_of
from tests.planning.events.rows import NOW, STARTS, an_event
from tests.support.actors import actor_of, bearer, csrf_token, sign_in
from tests.training.turnover.builders import an_institution, an_official

pytestmark = pytest.mark.at(NOW)


def for_countries(app: Flask, codes: Sequence[str], **more: Any) -> UUID:
    event_id = an_event(app, **more)
    with app.app_context(), transaction() as db:
        db.add_all(EventCountry(event_id=event_id, country_code=code) for code in codes)
    return event_id


def withdrawn(app: Flask, event_id: UUID, invitation_id: int) -> None:
    with app.app_context(), transaction() as db:
        revoke(db, actor=SYSTEM, event_id=event_id, invitation_id=invitation_id, now=NOW)


def origin_of(app: Flask, event_id: UUID, person_id: int) -> str | None:
    with app.app_context(), reading() as db:
        return db.scalar(
            select(Registration.origin).where(
                Registration.event_id == event_id, Registration.person_id == person_id
            )
        )


@pytest.mark.both_databases
def test_an_event_for_some_countries_is_for_their_officials(app: Flask) -> None:
    event_id = for_countries(app, ["HN", "SV"])
    ours, theirs, nobodys = people_of(app, ["HN", "GT", ""])
    assert asks(app, event_id, ours) == "registered"
    for one in (theirs, nobodys):
        with pytest.raises(NotInvited):
            asks(app, event_id, one)
    assert standing(app, event_id) == {ours: "registered"}


def test_an_event_that_names_nobody_is_for_everybody_and_keys_for_guests_close_nothing(
    app: Flask,
) -> None:
    event_id = an_event(app)
    one, other = people_of(app, ["HN", "GT"])
    assert asks(app, event_id, one) == "registered"
    an_invitation(app, event_id, Way.GUEST)
    an_invitation(app, event_id, Way.LINK)
    assert asks(app, event_id, other) == "registered"


def test_who_is_invited_by_name_institution_or_group_may_come_and_nobody_else(app: Flask) -> None:
    event_id = an_event(app)
    by_name, stranger, by_group = people_of(app, ["HN", "HN", "GT"])
    with app.app_context(), transaction() as db:
        house = an_institution(db, "HN")
        serving, left = an_official(db, house)[1], an_official(db, house)[1]
        db.scalars(
            select(Appointment).where(Appointment.person_id == left)
        ).one().valid_until = TODAY
        group = db.scalars(select(WorkingGroup).where(WorkingGroup.slug == "protection")).one()
        db.add(
            Membership(person_id=by_group, working_group_id=group.id, valid_from=date(2025, 1, 1))
        )
    an_invitation(app, event_id, Way.PERSON, person_id=by_name)
    an_invitation(app, event_id, Way.INSTITUTION, institution_id=house)
    an_invitation(app, event_id, Way.GROUP, group="protection")
    for one in (by_name, serving, by_group):
        assert asks(app, event_id, one) == "registered"
    for one in (stranger, left):
        with pytest.raises(NotInvited):
            asks(app, event_id, one)


def test_a_country_that_was_asked_for_names_sends_whom_it_names(app: Flask) -> None:
    event_id, people = for_countries(app, ["HN"]), a_roster(app)
    an_invitation(app, event_id, Way.COUNTRY, places=1)
    with pytest.raises(NamedByCountry):
        asks(app, event_id, people[1])
    named(app, event_id, people[:1])
    cancels(app, event_id, people[0])
    assert asks(app, event_id, people[0]) == "registered"
    assert asks(app, for_countries(app, ["HN"]), people[1]) == "registered", (
        "of another event nothing is asked"
    )


def test_a_nominee_who_comes_back_by_herself_is_still_whom_her_country_named(app: Flask) -> None:
    """Else her place would stay when she is withdrawn, and the country would have one more than it
    was asked for.
    """
    event_id, people = an_event(app), a_roster(app)
    an_invitation(app, event_id, Way.COUNTRY, places=1)
    (first,) = named(app, event_id, people[:1])
    cancels(app, event_id, people[0])
    asks(app, event_id, people[0])
    assert origin_of(app, event_id, people[0]) == Origin.NOMINATION
    with app.app_context(), transaction() as db:
        assert withdraw(db, actor=HN, event_id=event_id, nomination_id=first, now=NOW)
    named(app, event_id, people[1:2])
    assert standing(app, event_id) == {people[0]: "cancelled", people[1]: "registered"}


def test_what_is_withdrawn_invites_nobody(app: Flask) -> None:
    event_id, people = for_countries(app, ["SV"]), a_roster(app)
    by_name, request = (
        an_invitation(app, event_id, Way.PERSON, person_id=people[1]),
        an_invitation(app, event_id, Way.COUNTRY),
    )
    named(app, event_id, people[:1])
    withdrawn(app, event_id, by_name)
    withdrawn(app, event_id, request)
    assert standing(app, event_id) == {people[0]: "registered"}, "who is registered stays"
    cancels(app, event_id, people[0])
    for one in people[:2]:
        with pytest.raises(NotInvited):
            asks(app, event_id, one)


def test_a_country_that_is_asked_no_more_swaps_nobody(app: Flask) -> None:
    event_id, people = an_event(app), a_roster(app)
    request = an_invitation(app, event_id, Way.COUNTRY)
    (nomination,) = named(app, event_id, people[:1])
    withdrawn(app, event_id, request)
    with app.app_context(), transaction() as db, pytest.raises(NotFound):
        swap(
            db,
            actor=HN,
            event_id=event_id,
            nomination_id=nomination,
            person_id=people[1],
            today=TODAY,
            now=NOW,
        )


def test_the_last_invitation_withdrawn_opens_the_event_and_the_last_one_erased_does_not(
    app: Flask,
) -> None:
    """Withdrawing is an organizer's decision; that a person is forgotten is none about who may
    come.
    """
    event_id, (invited, other) = an_event(app), people_of(app, ["HN", "GT"])
    invitation = an_invitation(app, event_id, Way.PERSON, person_id=invited)
    with app.app_context(), transaction() as db:
        erase_person(db, person_id=invited, now=NOW)
    with pytest.raises(NotInvited):
        asks(app, event_id, other)
    opened = an_event(app)
    invitation = an_invitation(app, opened, Way.PERSON, person_id=invited)
    withdrawn(app, opened, invitation)
    assert asks(app, opened, other) == "registered"


def test_who_is_needed_who_has_a_part_and_who_runs_it_register_all_the_same(app: Flask) -> None:
    speaker, moderator = people_of(app, ["GT", "GT"])
    event_id = for_countries(app, ["HN"], people=[speaker])
    with app.app_context(), transaction() as db:
        nothing = LocalizedText()
        session = EventSession(
            event_id=event_id,
            kind="panel",
            title=LocalizedText(es="Panel", en="Panel"),
            notes=nothing,
            starts_at=STARTS,
            ends_at=STARTS.replace(hour=16),
        )
        db.add(session)
        db.flush()
        db.add(SessionPerson(session_id=session.id, person_id=moderator, role="moderator"))
    assert asks(app, event_id, speaker) == asks(app, event_id, moderator) == "registered"
    organizer = actor_of(app, "organizer")
    assert asks(app, event_id, organizer.person_id or 0, actor=organizer) == "registered"


def test_an_organizer_writes_anybody_in_and_who_stood_there_before_stays(app: Flask) -> None:
    event_id, (one, other) = an_event(app), people_of(app, ["GT", "GT"])
    asks(app, event_id, one)
    with app.app_context(), transaction() as db:
        db.add(EventCountry(event_id=event_id, country_code="HN"))
    assert asks(app, event_id, one) == "registered", "a second press finds her place"
    with app.app_context(), transaction() as db:
        register_person(
            db,
            actor=SYSTEM,
            event_id=event_id,
            person_id=other,
            origin=Origin.ORGANIZER,
            consent_version="",
            now=NOW,
        )
    assert standing(app, event_id) == {one: "registered", other: "registered"}


@pytest.mark.parametrize(
    ("lang", "said"), [("es", "escriba a la secretaría"), ("en", "write to the secretariat")]
)
def test_the_page_says_so_and_has_no_button(
    app: Flask, client: FlaskClient, lang: str, said: str
) -> None:
    event_id = for_countries(app, ["HN"])
    sign_in(client, "official-gt")
    page = client.get(f"/events/{event_id}?lang={lang}").text
    assert said in page
    assert f'action="/events/{event_id}/registrations"' not in page
    assert 'href="#registration"' not in page
    agreed = {
        "consent": "attendance-list",
        "consent_version": CONSENT_VERSION,
        "csrf_token": csrf_token(client),
    }
    refused = client.post(f"/events/{event_id}/registrations?lang={lang}", data=agreed)
    assert refused.status_code == 403
    assert said in refused.text
    sign_in(client, "official-hn")
    assert f'action="/events/{event_id}/registrations"' in client.get(f"/events/{event_id}").text


def test_a_program_reads_the_same_and_whom_to_ask(app: Flask, client: FlaskClient) -> None:
    event_id = an_event(app)
    an_invitation(app, event_id, Way.COUNTRY)
    path, agreed = f"/api/v1/events/{event_id}/registrations", {"consent_version": CONSENT_VERSION}
    hers = client.post(path, headers=bearer(app, "official-hn"), json=agreed)
    assert (hers.status_code, hers.json and hers.json["title"]) == (403, "named-by-country")
    assert "punto focal" in (hers.json or {})["sentence"]["es"]
    assert "focal point" in (hers.json or {})["sentence"]["en"]
    other = client.post(path, headers=bearer(app, "official-gt"), json=agreed)
    assert (other.status_code, other.json and other.json["title"]) == (403, "not-invited")


def test_the_organizer_reads_who_may_register(app: Flask, client: FlaskClient) -> None:
    event_id = for_countries(app, ["HN"])
    sign_in(client, "organizer")
    path = f"/events/{event_id}/invitations?lang=en"
    assert (
        "Officials of the countries that the event names may register themselves: Honduras"
        in client.get(path).text
    )
    an_invitation(app, event_id, Way.COUNTRY, country_code="GT")
    assert "Only those invited here or nominated may register themselves" in client.get(path).text
