"""How new an attendee's invitation is: the event's SEQUENCE, and how often the registration was
cancelled and made again, whichever way.
"""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.infra.database import transaction
from app.kernel.actor import Actor, Grant, Role
from app.participation.registrations.rules import turned
from app.participation.registrations.services.deciding import (
    approve_registration,
    decline_registration,
    substitute,
)
from app.participation.registrations.services.erasing import erase_person
from app.participation.registrations.services.registering import cancel_registration
from app.participation.registrations.values import CapacityDraft, RegistrationStatus
from app.planning.events.rules.history import sequence_for
from tests.office.notifications.world import registration
from tests.participation.registrations.builders import asks, cancels, people_of, sets, statuses
from tests.planning.events.rows import NOW, an_event
from tests.support.actors import actor_of

S = RegistrationStatus
ORGANIZER = Actor(account_id=0, name="Organizadora", grants=frozenset({Grant(Role.ORGANIZER)}))


@pytest.mark.parametrize(
    ("path", "turns"),
    [
        ([S.REGISTERED], 0),
        ([S.WAITING, S.REGISTERED], 0),
        ([S.PENDING, S.DECLINED, S.WAITING, S.REGISTERED], 0),
        ([S.REGISTERED, S.CANCELLED], 1),
        ([S.REGISTERED, S.CANCELLED, S.CANCELLED], 1),
        ([S.REGISTERED, S.CANCELLED, S.REGISTERED], 2),
        ([S.REGISTERED, S.CANCELLED, S.WAITING, S.REGISTERED], 2),
        ([S.REGISTERED, S.CANCELLED, S.PENDING, S.DECLINED], 2),
        ([S.REGISTERED, S.CANCELLED, S.WAITING, S.CANCELLED, S.REGISTERED], 4),
    ],
)
def test_r57_an_invitation_is_turned_round_by_giving_back_and_by_asking_again(
    path: Sequence[RegistrationStatus], turns: int
) -> None:
    assert walk(path)[-1] == turns


def walk(path: Sequence[RegistrationStatus]) -> list[int]:
    found = [turned(0, None, path[0])]
    for was, becomes in pairwise(path):
        found.append(turned(found[-1], was, becomes))
    return found


@given(st.lists(st.tuples(st.sampled_from(S), st.integers(0, 2)), min_size=2, max_size=12))
def test_r57_the_sequence_never_falls_and_rises_whenever_the_invitation_is_turned_round(
    steps: list[tuple[RegistrationStatus, int]],
) -> None:
    """The event moves in between as often as it likes."""
    path, moves = [status for status, _ in steps], 0
    sequences = []
    for turns, (_, more) in zip(walk(path), steps, strict=True):
        moves += more
        sequences.append(sequence_for(moves, turns))
    assert sequences == sorted(sequences)
    for (before, was), (after, becomes) in pairwise(zip(sequences, path, strict=True)):
        assert after > before or (was is S.CANCELLED) == (becomes is S.CANCELLED)


@pytest.mark.both_databases
def test_r57_each_giving_back_and_each_coming_again_counts_once_and_for_her_alone(
    app: Flask,
) -> None:
    event_id, (hers, his) = an_event(app), people_of(app, ["HN", "GT"])
    for person in (hers, his):
        asks(app, event_id, person)
    found = []
    for act in (cancels, cancels, asks, asks, cancels):
        act(app, event_id, hers)
        found.append(turns_of(app, event_id, hers))
    assert found == [1, 1, 2, 2, 3]
    assert turns_of(app, event_id, his) == 0


def turns_of(app: Flask, event_id: UUID, person: int) -> int:
    return registration(app, event_id, person).invitation_turns


@pytest.mark.both_databases
def test_r57_who_moves_up_from_the_line_is_turned_round_by_nothing_but_her_own_coming_back(
    app: Flask,
) -> None:
    """By whoever leaves, and by more capacity."""
    event_id, (first, second, third) = an_event(app, capacity=1), people_of(app, ["HN", "GT", "CR"])
    asks(app, event_id, first)
    cancels(app, event_id, first)
    for person in (second, third, first):
        asks(app, event_id, person)
    cancels(app, event_id, second)
    assert sets(app, event_id, CapacityDraft(capacity=2)) == (first,)
    assert statuses(app, event_id) == {
        first: "registered",
        second: "cancelled",
        third: "registered",
    }
    assert [turns_of(app, event_id, person) for person in (first, second, third)] == [2, 1, 0]


def test_r57_whoever_cancels_it_counts_alike(app: Flask) -> None:
    event_id = an_event(app)
    by_organizer, erased = people_of(app, ["HN", "HN"])
    for person in (by_organizer, erased):
        asks(app, event_id, person)
    with app.app_context(), transaction() as db:
        cancel_registration(db, actor=ORGANIZER, event_id=event_id, person_id=by_organizer, now=NOW)
        erase_person(db, person_id=erased, now=NOW)
    assert [turns_of(app, event_id, person) for person in (by_organizer, erased)] == [1, 1]


def test_r57_one_for_another_turns_the_one_round_and_the_other_who_had_been_there_before(
    app: Flask,
) -> None:
    event_id, focal_point = an_event(app), actor_of(app, "focal-point-hn")
    leaving, coming, new = people_of(app, ["HN", "HN", "HN"])
    for person in (leaving, coming):
        asks(app, event_id, person)
    cancels(app, event_id, coming)
    for person, successor in ((leaving, coming), (coming, new)):
        with app.app_context(), transaction() as db:
            substitute(
                db,
                actor=focal_point,
                event_id=event_id,
                person_id=person,
                successor_id=successor,
                now=NOW + timedelta(hours=1),
            )
    assert statuses(app, event_id) == {leaving: "cancelled", coming: "cancelled", new: "registered"}
    assert [turns_of(app, event_id, person) for person in (leaving, coming, new)] == [1, 3, 0]


def test_r57_what_an_organizer_decides_turns_nobody_round(app: Flask) -> None:
    event_id, (hers,) = an_event(app, needs_approval=True), people_of(app, ["HN"])
    asks(app, event_id, hers)
    cancels(app, event_id, hers)
    asks(app, event_id, hers)
    with app.app_context(), transaction() as db:
        decline_registration(db, actor=ORGANIZER, event_id=event_id, person_id=hers, now=NOW)
        approve_registration(db, actor=ORGANIZER, event_id=event_id, person_id=hers, now=NOW)
    assert (statuses(app, event_id)[hers], turns_of(app, event_id, hers)) == ("registered", 2)
