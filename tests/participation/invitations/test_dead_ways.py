"""Ways in that are shut: a link that was withdrawn or has closed, a refusal, a closed meeting, an
erased person.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app.infra.database import transaction
from app.kernel.actor import SYSTEM
from app.participation.invitations.queries.guests import guest_of
from app.participation.invitations.rules import InvitationWithdrawn, LinkClosed
from app.participation.invitations.services.guests import cancel_guest, register_again
from app.participation.invitations.services.inviting import revoke
from app.participation.registrations.rules import DeclinedBefore, NothingToDecide, NotInvited
from app.participation.registrations.services.deciding import (
    approve_registration,
    decline_registration,
)
from app.participation.registrations.services.erasing import erase_person
from app.participation.registrations.services.registering import cancel_registration
from app.participation.registrations.values import (
    CONSENT_VERSION,
    REQUIRED_CONSENT,
    CapacityDraft,
    Origin,
    RegistrationStatus,
    Way,
)
from tests.participation.invitations.world import (
    a_guest_draft,
    a_roster,
    an_invitation,
    come,
    key_of,
    named,
    standing,
)
from tests.participation.registrations.builders import asks, people_of, sets
from tests.planning.events.rows import NOW, an_event
from tests.support.actors import csrf_token, sign_in

pytestmark = pytest.mark.at(NOW)
LATER = NOW + timedelta(days=2)


def who_gave_back(app: Flask, key: str) -> str:
    """A guest's own key, whose place is free again."""
    place = come(app, key)
    with app.app_context(), transaction() as db:
        assert cancel_guest(db, seat=guest_of(db, place.key, NOW), now=NOW)
    return place.key


def again(app: Flask, key: str) -> RegistrationStatus:
    with app.app_context(), transaction() as db:
        return register_again(
            db,
            seat=guest_of(db, key, NOW),
            consent_version=CONSENT_VERSION,
            purposes=REQUIRED_CONSENT,
            now=LATER,
        )


def a_withdrawal(app: Flask, event_id: UUID, invitation: int) -> None:
    with app.app_context(), transaction() as db:
        revoke(db, actor=SYSTEM, event_id=event_id, invitation_id=invitation, now=NOW)


def decided(app: Flask, event_id: UUID, person: int, decide: object) -> None:
    with app.app_context(), transaction() as db:
        decide(db, actor=SYSTEM, event_id=event_id, person_id=person, now=NOW)  # type: ignore[operator]  # a service


def test_nobody_comes_again_by_a_link_that_was_withdrawn_or_has_closed(app: Flask) -> None:
    event_id = an_event(app)
    closing = an_invitation(app, event_id, Way.LINK, closes_at=LATER)
    withdrawn = an_invitation(app, event_id, Way.LINK)
    first = who_gave_back(app, key_of(app, closing))
    with pytest.raises(LinkClosed):
        again(app, first)
    second = come(app, key_of(app, withdrawn), a_guest_draft(email="second@example.org"))
    a_withdrawal(app, event_id, withdrawn)
    assert again(app, second.key) == "registered", "who came by it stays"
    with app.app_context(), transaction() as db:
        cancel_guest(db, seat=guest_of(db, second.key, NOW), now=NOW)
    with pytest.raises(InvitationWithdrawn):
        again(app, second.key)


def test_her_page_says_so_and_has_no_button(app: Flask, client: FlaskClient) -> None:
    event_id = an_event(app)
    link = an_invitation(app, event_id, Way.LINK)
    mine = who_gave_back(app, key_of(app, link))
    button = f'action="/guest/{mine}/registration"'
    assert button in client.get(f"/guest/{mine}").text
    a_withdrawal(app, event_id, link)
    page = client.get(f"/guest/{mine}?lang=en").text
    assert button not in page
    assert "This invitation was withdrawn." in page


def test_who_had_come_by_a_dead_link_comes_by_another(app: Flask) -> None:
    """Her letter leads to her page, and there the new link counts."""
    event_id = an_event(app)
    dead, other = an_invitation(app, event_id, Way.LINK), an_invitation(app, event_id, Way.LINK)
    mine = who_gave_back(app, key_of(app, dead))
    a_withdrawal(app, event_id, dead)
    assert come(app, key_of(app, other)).key == "", "an address alone opens nothing"
    assert again(app, mine) == "registered"
    taken = come(app, key_of(app, other), a_guest_draft(email="stranger@example.org"))
    assert taken.is_new


def test_a_country_nominates_nobody_whom_the_organizers_did_not_accept(app: Flask) -> None:
    """Else she reads that she is expected, and takes one of the places that the country was asked
    for.
    """
    event_id, people = an_event(app), a_roster(app)
    sets(app, event_id, CapacityDraft(needs_approval=True))
    asks(app, event_id, people[0])
    decided(app, event_id, people[0], decline_registration)
    an_invitation(app, event_id, Way.COUNTRY)
    with pytest.raises(DeclinedBefore):
        named(app, event_id, people[:2])
    assert standing(app, event_id) == {people[0]: "declined"}


def test_nobody_gives_a_place_to_who_was_erased_meanwhile(app: Flask) -> None:
    event_id, (one,) = an_event(app), people_of(app, ["HN"])
    sets(app, event_id, CapacityDraft(needs_approval=True))
    asks(app, event_id, one)
    decided(app, event_id, one, decline_registration)
    with app.app_context(), transaction() as db:
        erase_person(db, person_id=one, now=NOW)
    with pytest.raises(NothingToDecide):
        decided(app, event_id, one, approve_registration)


def test_who_was_taken_out_of_a_closed_meeting_does_not_put_herself_back(app: Flask) -> None:
    event_id, (one,) = an_event(app, is_confidential=True), people_of(app, ["HN"])
    asks(app, event_id, one, origin=Origin.ORGANIZER, actor=SYSTEM, consent_version="")
    decided(app, event_id, one, cancel_registration)
    with pytest.raises(NotInvited):
        asks(app, event_id, one)
    assert standing(app, event_id) == {one: "cancelled"}


@pytest.mark.parametrize(("closes_on", "status"), [("2026-11-24", 422), ("2026-11-25", 303)])
def test_an_open_link_closes_by_the_day_of_the_event_and_not_of_whoever_makes_it(
    app: Flask, client: FlaskClient, closes_on: str, status: int
) -> None:
    """At 05:00 UTC it is still the 24th for an organizer in Costa Rica, and the 25th in Santo
    Domingo.
    """
    event_id = an_event(app, timezone="America/Santo_Domingo")
    with time_machine.travel(datetime(2026, 11, 25, 5, tzinfo=UTC), tick=False):
        sign_in(client, "organizer")
        form = {"way": "link", "class": "observer", "places": "5", "closes_on": closes_on}
        path = f"/events/{event_id}/invitations/new"
        assert (
            client.post(path, data={**form, "csrf_token": csrf_token(client)}).status_code == status
        )
