"""Whose data who may see, take along and have erased."""

from datetime import date

import pytest

from app.kernel.actor import ANONYMOUS, SYSTEM, Actor, EndedGrant, Grant, Role
from app.kernel.refusal import NotAllowed
from app.office.privacy import policy

PERSON = Actor(account_id=4, person_id=7)
MACHINE = Actor(account_id=4)
"""An account without a person, such as that of a program."""
GUEST = Actor(person_id=7)
"""A person without an account, who comes by a link."""
OFFICE = Actor(account_id=5, person_id=8, grants=frozenset({Grant(Role.ORGANIZER)}))
FORMER = Actor(
    account_id=6,
    person_id=9,
    outgoing=frozenset({EndedGrant(Role.ORGANIZER, "", date(2026, 11, 1), date(2026, 12, 31))}),
)


@pytest.mark.parametrize(
    ("actor", "sees"),
    [(PERSON, True), (OFFICE, True), (MACHINE, False), (GUEST, False), (ANONYMOUS, False)],
)
def test_own_data_are_for_people_who_are_signed_in(actor: Actor, sees: bool) -> None:
    assert policy.may_see_own(actor) is sees
    if sees:
        assert policy.require_person(actor) == actor.person_id
    else:
        with pytest.raises(NotAllowed):
            policy.require_person(actor)


@pytest.mark.parametrize(
    ("actor", "handles"),
    [
        (PERSON, True),
        (GUEST, False),
        (MACHINE, False),
        (OFFICE, True),
        (SYSTEM, True),
        (FORMER, False),
        (FORMER.as_reader(), False),  # reads on, and erases nobody
    ],
)
def test_data_are_handled_by_their_person_and_the_office_of_today(
    actor: Actor, handles: bool
) -> None:
    assert policy.may_handle(actor, 7) is handles
    assert policy.may_handle(OFFICE, 8)
    assert not policy.may_handle(PERSON, 8)
    if not handles:
        with pytest.raises(NotAllowed):
            policy.require_may_handle(actor, 7)
