"""Places against a model that knows nothing of how they are kept: random sequences of asking,
giving back, more, fewer.

The model is a list of everybody who waits and brute force: after each step it looks from the front,
again and again, for the first who may register.
"""

from collections import Counter
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.infra.database import transaction
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import InvalidInput
from app.participation.registrations.rules import Capacity, CapacityLimits
from app.participation.registrations.services.deciding import set_capacity
from app.participation.registrations.services.registering import cancel_registration, register
from app.participation.registrations.values import CONSENT_VERSION, CapacityDraft
from tests.participation.registrations.builders import people_of, statuses, waiting_list
from tests.planning.events.rows import NOW, an_event
from tests.support.brute_force import BruteForce, CountryOf

COUNTRIES = ("HN", "GT", "CR", "")
PEOPLE = 9
few = st.one_of(st.none(), st.integers(0, 4))
limits = st.builds(
    CapacityLimits,
    capacity=few,
    country_quota=few,
    quotas=st.dictionaries(st.sampled_from(COUNTRIES[:3]), st.integers(0, 3)),
)
steps = st.one_of(
    st.tuples(st.just("ask"), st.integers(0, PEOPLE - 1)),
    st.tuples(st.just("back"), st.integers(0, PEOPLE - 1)),
    st.tuples(st.just("limits"), limits),
)


def take(model: BruteForce, step: str, what: object) -> bool:
    """Whether the step is possible."""
    if isinstance(what, CapacityLimits):
        return model.set_limits(what)
    (model.ask if step == "ask" else model.give_back)(int(str(what)))
    return True


def counted(limits: CapacityLimits, countries: CountryOf, people: list[int]) -> Capacity:
    return Capacity(limits, Counter(countries[one] for one in people), Counter())


everybody = st.permutations([("ask", person) for person in range(PEOPLE)])
"""A waiting list to begin with: without one, nothing that comes later has an order to keep."""


@settings(max_examples=300)
@given(first=limits, began=everybody, then=st.lists(steps, min_size=1, max_size=25))
def test_the_rules_agree_with_brute_force(
    first: CapacityLimits, began: list[tuple[str, object]], then: list[tuple[str, object]]
) -> None:
    """As the services use them: registered or waiting, and after each change whoever may
    have one.
    """
    countries = {person: COUNTRIES[person % len(COUNTRIES)] for person in range(PEOPLE)}
    model, now = BruteForce(countries, first), first
    placed, waiting = list[int](), list[int]()
    for step, what in [*began, *then]:
        is_possible = take(model, step, what)
        if step == "limits":
            assert isinstance(what, CapacityLimits)
            try:
                counted(what, countries, placed).require_enough()
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
            person, capacity = int(str(what)), counted(now, countries, placed)
            (placed if capacity.is_free_for(countries[person]) else waiting).append(person)
        capacity = counted(now, countries, placed)
        for person in capacity.promoted([(one, countries[one]) for one in waiting]):
            waiting.remove(person)
            placed.append(person)
        assert (placed, waiting) == (model.placed, model.waiting)


@given(
    limits,
    st.dictionaries(st.sampled_from(COUNTRIES), st.integers(0, 5)),
    st.sampled_from(COUNTRIES),
)
def test_a_country_may_register_while_its_quota_and_the_capacity_last(
    now: CapacityLimits, registered: dict[str, int], country: str
) -> None:
    capacity = Capacity(now, Counter(registered), Counter())
    total = now.capacity is None or sum(registered.values()) < now.capacity
    quota = now.quotas.get(country, now.country_quota) if country else None
    assert capacity.is_free_for(country) == (
        total and (quota is None or registered.get(country, 0) < quota)
    )


@pytest.fixture
def people(app: Flask) -> Iterator[list[int]]:
    with time_machine.travel(NOW, tick=False):
        yield people_of(app, [COUNTRIES[number % len(COUNTRIES)] for number in range(PEOPLE)])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=limits, began=everybody, then=st.lists(steps, min_size=3, max_size=8))
def test_the_services_agree_with_brute_force(
    app: Flask,
    people: list[int],
    first: CapacityLimits,
    began: list[tuple[str, object]],
    then: list[tuple[str, object]],
) -> None:
    countries = {person: COUNTRIES[number % len(COUNTRIES)] for number, person in enumerate(people)}
    event_id, model = an_event(app), BruteForce(countries, CapacityLimits())
    for step, what in [("limits", first), *began, *then]:
        person = people[int(str(what))] if step != "limits" else 0
        is_possible = take(model, step, person or what)
        with app.app_context():
            try:
                with transaction() as db:
                    if isinstance(what, CapacityLimits):
                        draft = CapacityDraft(what.capacity, what.country_quota, what.quotas)
                        set_capacity(db, actor=SYSTEM, event_id=event_id, draft=draft, now=NOW)
                    elif step == "ask":
                        register(
                            db,
                            actor=Actor(person_id=person),
                            event_id=event_id,
                            consent_version=CONSENT_VERSION,
                            now=NOW,
                        )
                    else:
                        cancel_registration(
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
    known = statuses(app, event_id)
    assert {one for one, status in known.items() if status == "registered"} == set(model.placed)
    assert waiting_list(app, event_id) == model.waiting
