"""Who gives roles, and whose accounts somebody manages: nobody more than they hold."""

from datetime import date

import pytest

from app.kernel.actor import SYSTEM, Actor, EndedGrant, Grant, Role
from app.kernel.refusal import NotAllowed, NotFound
from app.people.identity import policy
from app.people.identity.values import AccountReach

OFFICIAL = Grant(Role.OFFICIAL, "HN")
OFFICE = Actor(account_id=5, grants=frozenset({Grant(Role.ORGANIZER)}))
PRESIDENCY = Actor(account_id=6, grants=frozenset({Grant(Role.PRESIDENCY, "DO")}))
FOCAL_POINT = Actor(account_id=7, grants=frozenset({Grant(Role.FOCAL_POINT, "HN")}))
NOWHERE = Actor(account_id=7, grants=frozenset({Grant(Role.FOCAL_POINT, "")}))
ENDED = EndedGrant(Role.FOCAL_POINT, "HN", date(2026, 11, 1), date(2026, 12, 31))
FORMER = Actor(account_id=8, outgoing=frozenset({ENDED})).as_reader()


@pytest.mark.parametrize(
    ("actor", "role", "scope", "grants"),
    [
        (OFFICE, Role.ORGANIZER, "", True),
        (SYSTEM, Role.AUTHOR, "", True),
        (FOCAL_POINT, Role.OFFICIAL, "HN", True),
        (FOCAL_POINT, Role.OFFICIAL, "GT", False),
        (FOCAL_POINT, Role.FOCAL_POINT, "HN", False),
        (NOWHERE, Role.OFFICIAL, "", False),
        (FORMER, Role.OFFICIAL, "HN", False),
        (PRESIDENCY, Role.OFFICIAL, "DO", False),
    ],
)
def test_nobody_gives_more_than_they_hold(
    actor: Actor, role: Role, scope: str, grants: bool
) -> None:
    assert policy.may_grant(actor, role, scope) is grants


@pytest.mark.parametrize(
    ("actor", "country", "grants", "refusal"),
    [
        (OFFICE, "", {Grant(Role.ORGANIZER)}, None),
        (FOCAL_POINT, "HN", {OFFICIAL}, None),
        (FOCAL_POINT, "HN", set(), None),
        (FOCAL_POINT, "HN", {OFFICIAL, Grant(Role.ORGANIZER)}, NotAllowed),
        (FOCAL_POINT, "HN", {Grant(Role.CONVENOR, "HN")}, NotAllowed),
        (FOCAL_POINT, "HN", {Grant(Role.OFFICIAL, "GT")}, NotAllowed),
        (FOCAL_POINT, "GT", {Grant(Role.OFFICIAL, "GT")}, NotFound),
        (FOCAL_POINT, "", set(), NotFound),
        (NOWHERE, "", set(), NotFound),
        (FORMER, "HN", {OFFICIAL}, NotAllowed),
        (PRESIDENCY, "DO", set(), NotAllowed),
    ],
)
def test_focal_point_manages_accounts_of_their_officials_and_no_others(
    actor: Actor, country: str, grants: set[Grant], refusal: type[Exception] | None
) -> None:
    reach = AccountReach(country, frozenset(grants))
    assert policy.may_manage(actor, reach) is (refusal is None)
    if refusal is None:
        policy.require_may_manage(actor, reach)
    else:
        with pytest.raises(refusal):
            policy.require_may_manage(actor, reach)


@pytest.mark.parametrize(
    ("actor", "leads"),
    [(SYSTEM, True), (OFFICE, True), (PRESIDENCY, True), (FOCAL_POINT, False), (FORMER, False)],
)
def test_office_and_presidency_lead_the_region(actor: Actor, leads: bool) -> None:
    assert policy.leads_the_region(actor) is leads
