"""Who invites, asks for a correction and decides on requests for access."""

import pytest

from app.kernel.actor import ANONYMOUS, Actor, Grant, Role
from app.people.access import policy

OFFICE = Actor(account_id=5, person_id=8, grants=frozenset({Grant(Role.ORGANIZER)}))
FOCAL_POINT = Actor(account_id=6, person_id=9, grants=frozenset({Grant(Role.FOCAL_POINT, "HN")}))
NOWHERE = Actor(account_id=6, person_id=9, grants=frozenset({Grant(Role.FOCAL_POINT, "")}))
OFFICIAL = Actor(account_id=7, person_id=10, grants=frozenset({Grant(Role.OFFICIAL, "HN")}))


@pytest.mark.parametrize(
    ("actor", "invites"),
    [(OFFICE, True), (FOCAL_POINT, False), (OFFICIAL, False), (ANONYMOUS, False)],
)
def test_only_the_office_invites_by_name_and_address(actor: Actor, invites: bool) -> None:
    assert policy.may_invite(actor) is invites


@pytest.mark.parametrize(
    ("actor", "asks"),
    [(OFFICIAL, True), (Actor(account_id=7), False), (Actor(person_id=10), False)],
)
def test_correction_is_asked_for_by_a_person_who_is_signed_in(actor: Actor, asks: bool) -> None:
    assert policy.may_ask_correction(actor) is asks


@pytest.mark.parametrize(
    ("actor", "country", "decides"),
    [
        (OFFICE, "HN", True),
        (OFFICE, "", True),
        (FOCAL_POINT, "HN", True),
        (FOCAL_POINT, "GT", False),
        (NOWHERE, "", False),  # a request of no country waits for the office
        (OFFICIAL, "HN", False),
    ],
)
def test_request_is_decided_by_the_office_and_the_focal_point_of_its_country(
    actor: Actor, country: str, decides: bool
) -> None:
    assert policy.may_decide(actor, country) is decides
    assert policy.acts_on_requests(actor, country) is decides
