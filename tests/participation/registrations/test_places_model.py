"""Places against a model that knows nothing of how they are kept: random sequences of asking,
giving back, more, fewer.

The model is a list of everybody in line and brute force: after each step it looks from the front,
again and again, for the first who may have a place.
"""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.infra.database import transaction
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import InvalidInput
from app.participation.registrations.services.limits import set_places
from app.participation.registrations.services.registration import cancel_place, register
from app.planning.events.rules.places import (
    PlaceLimits,
    free,
    full_countries,
    has_room,
    promoted,
    require_enough,
)
from app.planning.events.values.places import CONSENT_VERSION, PlacesDraft
from tests.participation.registrations.places import line, people_of, standing
from tests.planning.events.rows import NOW, an_event
from tests.support.brute_force import BruteForce, CountryOf

COUNTRIES = ("HN", "GT", "CR", "")
PEOPLE = 9
few = st.one_of(st.none(), st.integers(0, 4))
limits = st.builds(
    PlaceLimits,
    capacity=few,
    per_country=few,
    exceptions=st.dictionaries(st.sampled_from(COUNTRIES[:3]), st.integers(0, 3)),
)
steps = st.one_of(
    st.tuples(st.just("ask"), st.integers(0, PEOPLE - 1)),
    st.tuples(st.just("back"), st.integers(0, PEOPLE - 1)),
    st.tuples(st.just("limits"), limits),
)


def take(model: BruteForce, step: str, what: object) -> bool:
    """Whether the step is possible."""
    if isinstance(what, PlaceLimits):
        return model.set_limits(what)
    (model.ask if step == "ask" else model.give_back)(int(str(what)))
    return True


def counted(countries: CountryOf, people: list[int]) -> dict[str, int]:
    return {
        code: sum(countries[one] == code for one in people)
        for code in {countries[one] for one in people}
    }


everybody = st.permutations([("ask", person) for person in range(PEOPLE)])
"""A line to begin with: without one, nothing that comes later has an order to keep."""


@settings(max_examples=300)
@given(first=limits, began=everybody, then=st.lists(steps, min_size=1, max_size=25))
def test_the_rules_agree_with_brute_force(
    first: PlaceLimits, began: list[tuple[str, object]], then: list[tuple[str, object]]
) -> None:
    """As the services use them: a place or the end of the line, and after each change whoever may
    have one.
    """
    countries = {person: COUNTRIES[person % len(COUNTRIES)] for person in range(PEOPLE)}
    model, now = BruteForce(countries, first), first
    placed, waiting = list[int](), list[int]()
    for step, what in [*began, *then]:
        is_possible = take(model, step, what)
        if step == "limits":
            assert isinstance(what, PlaceLimits)
            try:
                require_enough(what, counted(countries, placed))
            except InvalidInput:
                assert not is_possible
                continue
            assert is_possible
            now = what
        elif step == "back":
            placed, waiting = (
                [one for one in placed if one != what],
                [one for one in waiting if one != what],
            )
        elif what not in placed and what not in waiting:
            person, taken = int(str(what)), counted(countries, placed)
            (placed if has_room(now, taken, countries[person]) else waiting).append(person)
        taken = counted(countries, placed)
        for person in promoted(now, taken, [(one, countries[one]) for one in waiting]):
            waiting.remove(person)
            placed.append(person)
        assert (placed, waiting) == (model.placed, model.waiting)


@given(
    limits,
    st.dictionaries(st.sampled_from(COUNTRIES), st.integers(0, 5)),
    st.sampled_from(COUNTRIES),
)
def test_a_full_country_has_no_room_and_another_has_while_places_are_free(
    now: PlaceLimits, taken: dict[str, int], country: str
) -> None:
    is_full = country in full_countries(now, taken, [country])
    assert has_room(now, taken, country) == (not is_full and free(now, taken) != 0)


@pytest.fixture
def people(app: Flask) -> Iterator[list[int]]:
    with time_machine.travel(NOW, tick=False):
        yield people_of(app, [COUNTRIES[number % len(COUNTRIES)] for number in range(PEOPLE)])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=limits, began=everybody, then=st.lists(steps, min_size=3, max_size=8))
def test_the_services_agree_with_brute_force(
    app: Flask,
    people: list[int],
    first: PlaceLimits,
    began: list[tuple[str, object]],
    then: list[tuple[str, object]],
) -> None:
    countries = {person: COUNTRIES[number % len(COUNTRIES)] for number, person in enumerate(people)}
    event_id, model = an_event(app), BruteForce(countries, PlaceLimits())
    for step, what in [("limits", first), *began, *then]:
        person = people[int(str(what))] if step != "limits" else 0
        is_possible = take(model, step, person or what)
        with app.app_context():
            try:
                with transaction() as db:
                    if isinstance(what, PlaceLimits):
                        draft = PlacesDraft(what.capacity, what.per_country, what.exceptions)
                        set_places(db, actor=SYSTEM, event_id=event_id, draft=draft, now=NOW)
                    elif step == "ask":
                        her = Actor(person_id=person)
                        register(
                            db,
                            actor=her,
                            event_id=event_id,
                            consent_version=CONSENT_VERSION,
                            now=NOW,
                        )
                    else:
                        cancel_place(
                            db,
                            actor=Actor(person_id=person),
                            event_id=event_id,
                            person_id=person,
                            now=NOW,
                        )
            except InvalidInput:
                assert not is_possible
            else:
                assert is_possible
    stand = standing(app, event_id)
    assert {one for one, status in stand.items() if status == "registered"} == set(model.placed)
    assert line(app, event_id) == model.waiting
