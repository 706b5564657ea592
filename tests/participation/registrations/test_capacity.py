"""Registering, waiting and cancelling: by the services, on both databases where a lock
matters.
"""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.infra.database import reading
from app.infra.journal import JournalEntry
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound
from app.participation.registrations.values import CapacityDraft, Origin
from tests.participation.registrations.builders import (
    asks,
    cancels,
    people_of,
    sets,
    statuses,
    told,
    waiting_list,
)
from tests.planning.events.rows import NOW, STARTS, an_event, change_event_row
from tests.support.actors import actor_of

pytestmark = pytest.mark.at(NOW)


@pytest.mark.both_databases
def test_cancelling_promotes_the_first_who_may_register(app: Flask) -> None:
    """Two places, one for each country: the first in line waits for her country, the second gets
    it.
    """
    event_id = an_event(app, capacity=2, country_quota=1)
    hn, gt, hn_waits, cr_waits, gt_waits = people_of(app, ["HN", "GT", "HN", "CR", "GT"])
    assert [asks(app, event_id, person) for person in (hn, gt, hn_waits, cr_waits, gt_waits)] == [
        "registered",
        "registered",
        "waiting",
        "waiting",
        "waiting",
    ]
    assert cancels(app, event_id, gt)
    assert statuses(app, event_id)[cr_waits] == "registered"
    assert waiting_list(app, event_id) == [hn_waits, gt_waits]
    assert cancels(app, event_id, cr_waits)
    assert waiting_list(app, event_id) == [hn_waits]
    assert cancels(app, event_id, hn)
    assert statuses(app, event_id)[hn_waits] == "registered"
    assert [person for fact, person in told(app, event_id) if fact == "PlaceGiven"] == [
        cr_waits,
        gt_waits,
        hn_waits,
    ]


@pytest.mark.both_databases
def test_more_capacity_promotes_at_once_and_in_order(app: Flask) -> None:
    event_id = an_event(app, capacity=1, country_quota=1)
    people = people_of(app, ["HN", "HN", "GT", "HN", "GT", ""])
    for person in people:
        asks(app, event_id, person)
    assert waiting_list(app, event_id) == people[1:]
    assert sets(app, event_id, CapacityDraft(capacity=4, country_quota=1)) == (people[2], people[5])
    assert sets(app, event_id, CapacityDraft(capacity=4, country_quota=1, quotas={"HN": 2})) == (
        people[1],
    )
    assert sets(app, event_id, CapacityDraft(capacity=4)) == ()
    assert sets(app, event_id, CapacityDraft()) == (people[3], people[4])
    assert waiting_list(app, event_id) == []


def test_long_waiting_list_of_a_full_country_does_not_stop_those_after_it(app: Flask) -> None:
    event_id = an_event(app, capacity=1, country_quota=1)
    people = people_of(app, ["HN", *["HN"] * 5, "GT", "CR"])
    for person in people:
        asks(app, event_id, person)
    assert sets(app, event_id, CapacityDraft(capacity=3, country_quota=1)) == (people[6], people[7])
    assert waiting_list(app, event_id) == people[1:6]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("draft", "field", "params"),
    [
        (CapacityDraft(capacity=2), "capacity", {"taken": 3}),
        (CapacityDraft(country_quota=1), "country_quota", {"country": "HN", "taken": 2}),
        (
            CapacityDraft(country_quota=5, quotas={"HN": 0}),
            "quota_HN",
            {"country": "HN", "taken": 2},
        ),
        (CapacityDraft(closes_at=STARTS + timedelta(minutes=1)), "closes_on", {}),
    ],
)
def test_fewer_than_are_taken_is_refused_at_the_field_with_the_number(
    app: Flask, draft: CapacityDraft, field: str, params: dict[str, object]
) -> None:
    event_id = an_event(app, capacity=3)
    for person in people_of(app, ["HN", "HN", "GT"]):
        asks(app, event_id, person)
    with pytest.raises(InvalidInput) as refused:
        sets(app, event_id, draft)
    assert {name: dict(sentence.params) for name, sentence in refused.value.errors.items()} == {
        field: params
    }
    assert sorted(statuses(app, event_id).values()) == ["registered"] * 3


def test_quotas_change_in_any_direction_in_one_step(app: Flask) -> None:
    """Whatever the order of writing, no step on the way breaks the rule of the database."""
    event_id = an_event(app, country_quota=3)
    for person in people_of(app, ["HN", "HN", "HN", "GT"]):
        asks(app, event_id, person)
    for draft in (
        CapacityDraft(country_quota=1, quotas={"HN": 3}),
        CapacityDraft(country_quota=3),
        CapacityDraft(capacity=4, country_quota=0, quotas={"HN": 3, "GT": 1}),
        CapacityDraft(capacity=4),
    ):
        assert sets(app, event_id, draft) == ()
    facts = [fact for fact in facts_of(app, event_id) if fact == "PlacesChanged"]
    assert len(facts) == 4
    sets(app, event_id, CapacityDraft(capacity=4))
    assert [fact for fact in facts_of(app, event_id) if fact == "PlacesChanged"] == facts


def facts_of(app: Flask, event_id: UUID) -> list[str]:
    with app.app_context(), reading() as db:
        asked = select(JournalEntry.fact).where(JournalEntry.subject_id == str(event_id))
        return list(db.scalars(asked.order_by(JournalEntry.id)))


def test_only_who_runs_the_event_sets_its_capacity(app: Flask) -> None:
    event_id = an_event(app, groups=["protection"])
    for who in ("official-hn", "focal-point-hn", "convenor-labour"):
        with pytest.raises(NotAllowed):
            sets(app, event_id, CapacityDraft(capacity=1), actor_of(app, who))
    for who in ("organizer", "presidency", "convenor-protection"):
        sets(app, event_id, CapacityDraft(capacity=len(who)), actor_of(app, who))
    with pytest.raises(NotFound):
        sets(app, event_id, CapacityDraft(quotas={"ZZ": 1}))


def test_nobody_registers_ahead_of_the_waiting_list(app: Flask) -> None:
    """Capacity that another program added goes to those who wait: the next who asks waits too."""
    event_id = an_event(app, capacity=1)
    first, waits, late = people_of(app, ["HN", "GT", "CR"])
    assert [asks(app, event_id, person) for person in (first, waits)] == ["registered", "waiting"]
    change_event_row(app, event_id, capacity=2)
    assert asks(app, event_id, late) == "waiting"
    assert statuses(app, event_id)[waits] == "registered"


def test_the_order_is_that_of_the_journal_whatever_the_clocks_say(app: Flask) -> None:
    event_id = an_event(app, capacity=0)
    people = people_of(app, ["HN"] * 4)
    for person, ahead in zip(people, (5, -30, 0, -60), strict=True):
        asks(app, event_id, person, now=NOW + timedelta(seconds=ahead))
    assert (
        waiting_list(app, event_id)
        == people
        == [person for fact, person in told(app, event_id) if "Waiting" in fact]
    )
    cancels(app, event_id, people[0])
    asks(app, event_id, people[0])
    assert waiting_list(app, event_id) == [*people[1:], people[0]], "who comes back waits last"


def test_guests_and_international_organisations_count_for_no_country(app: Flask) -> None:
    event_id = an_event(app, country_quota=0)
    official, guest, nobody = people_of(app, ["HN", "HN", ""])
    assert asks(app, event_id, official) == "waiting"
    assert asks(app, event_id, guest, origin=Origin.GUEST) == "registered"
    assert asks(app, event_id, nobody) == "registered"
