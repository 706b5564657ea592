"""Who issues, ends and fetches certificates."""

import pytest

from app.kernel.actor import ANONYMOUS, SYSTEM, Actor, Grant, Role
from app.training.certificates import policy

HOLDER = Actor(account_id=4, person_id=7)
GUEST = Actor(person_id=7)
"""The same person without being signed in."""
OTHER = Actor(account_id=5, person_id=8)
OFFICE = Actor(account_id=6, person_id=9, grants=frozenset({Grant(Role.ORGANIZER)}))
FOCAL_POINT = Actor(account_id=7, person_id=10, grants=frozenset({Grant(Role.FOCAL_POINT, "HN")}))
NOWHERE = Actor(account_id=7, person_id=10, grants=frozenset({Grant(Role.FOCAL_POINT, "")}))


@pytest.mark.parametrize(
    ("actor", "issues", "revokes", "downloads"),
    [
        (SYSTEM, True, True, False),
        (OFFICE, True, True, True),
        (HOLDER, True, False, True),
        (GUEST, False, False, False),
        (OTHER, False, False, False),
        (FOCAL_POINT, False, False, True),
        (NOWHERE, False, False, False),
        (ANONYMOUS, False, False, False),
    ],
)
def test_who_issues_revokes_and_downloads_a_certificate_of_honduras(
    actor: Actor, issues: bool, revokes: bool, downloads: bool
) -> None:
    assert policy.may_issue(actor, 7) is issues
    assert policy.may_revoke(actor) is revokes
    assert policy.may_download(actor, owner_id=7, country_code="HN") is downloads


@pytest.mark.parametrize("country", ["", None])
def test_certificate_of_no_country_is_on_nobodys_list(country: str | None) -> None:
    for actor in (OFFICE, FOCAL_POINT, NOWHERE):
        assert not policy.may_see_country(actor, country)
