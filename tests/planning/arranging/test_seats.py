"""Seats follow the office: a new delegate is at the event, a clash that arises opens a case,
nothing is lost.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.kernel.timespan import Timespan
from app.people.directory.models import Appointment, Person, Post
from app.people.directory.services.designations import designate, end_designation
from app.people.directory.values import EndReason
from app.planning.arranging.services.planning import move_event, plan_event
from app.planning.arranging.services.seats import fill_seats, replace_person
from app.planning.events.values import EventKind, Participant, PersonRole
from app.planning.scheduling.models import Claim
from app.planning.scheduling.rules.refusals import Clash
from tests.planning.arranging.seats import (
    ANA,
    BERTA,
    CARLA,
    HONDURAS,
    ONE_CASE,
    SEAT,
    THE_DAY,
    TODAY,
    a_plan,
    cases,
    drain,
    in_the_seat,
    new_delegate,
    people_of,
    told,
    two_events,
    with_a_delegate,
)
from tests.planning.events.planning_builders import FOCAL_POINT, HOUR, NINE, NOW, ORGANIZER, a_draft
from tests.support.roster import end_appointment


@pytest.fixture
def world(app: Flask) -> Flask:
    with_a_delegate(app)
    return app


@pytest.mark.both_databases
def test_a_new_delegate_opens_a_case_and_nothing_is_lost(world: Flask) -> None:
    first, second = two_events(world)
    new_delegate(world)
    assert people_of(world, first) == [(CARLA, "delegate", SEAT)]
    assert people_of(world, second) == [(CARLA, "speaker", "")]
    assert cases(world) == ONE_CASE
    assert told(world, "EventCancelled") == told(world, "EventMoved") == 0


@pytest.mark.both_databases
def test_a_third_event_still_finds_no_hole(world: Flask) -> None:
    """The hour that only the overridden event covers is as closed as the one that both need."""
    two_events(world)
    new_delegate(world)
    for hour in (0, 1, 2):
        with pytest.raises(Clash):
            a_plan(world, Participant(CARLA), group="", at=NINE + hour * HOUR, hours=1)
    a_plan(world, Participant(CARLA), group="", at=NINE + 3 * HOUR, hours=1)
    with world.app_context(), reading() as db:
        assert db.scalars(select(Claim).where(Claim.part == "need")).all()


@pytest.mark.parametrize("which", [0, 1])
def test_moving_either_event_closes_the_case(world: Flask, which: int) -> None:
    event = two_events(world)[which]
    new_delegate(world)
    later = Timespan(NINE + 24 * HOUR, NINE + 26 * HOUR)
    with world.app_context(), transaction() as db:
        move_event(db, actor=ORGANIZER, event_id=event, span=later, now=NOW)
    assert cases(world) == [(*ONE_CASE[0][:3], "moved")]
    with pytest.raises(Clash):
        a_plan(world, Participant(CARLA), group="", at=NINE + HOUR, hours=1)


def test_somebody_else_in_the_role_closes_the_case(world: Flask) -> None:
    first, second = two_events(world)
    new_delegate(world)
    with world.app_context(), transaction() as db:
        replace_person(db, actor=ORGANIZER, event_id=second, leaving=CARLA, arriving=ANA, now=NOW)
        replace_person(db, actor=ORGANIZER, event_id=second, leaving=CARLA, arriving=ANA, now=NOW)
    assert people_of(world, second) == [(ANA, "speaker", "")]
    assert cases(world) == [(*ONE_CASE[0][:3], "replaced")]
    drain(world)
    assert people_of(world, first) == [(CARLA, "delegate", SEAT)]


@pytest.mark.both_databases
def test_handling_it_twice_opens_one_case(world: Flask) -> None:
    two_events(world)
    new_delegate(world)
    for _ in range(2):
        with world.app_context(), transaction() as db:
            fill_seats(db, seats=[HONDURAS], now=NOW)
    drain(world)
    assert cases(world) == ONE_CASE
    assert told(world, "ConflictCaseOpened") == 1


def test_another_change_at_the_same_event_opens_no_second_case(world: Flask) -> None:
    first = a_plan(world, in_the_seat(), Participant(ANA, PersonRole.HOST))
    a_plan(world, Participant(CARLA), group="", at=NINE + HOUR)
    new_delegate(world)
    with world.app_context(), transaction() as db:
        db.add(
            Person(
                id=4,
                full_name="Dora Paz",
                sort_key="dora paz",
                country_code="GT",
                timezone="America/Guatemala",
            )
        )
        db.flush()
        replace_person(db, actor=ORGANIZER, event_id=first, leaving=ANA, arriving=4, now=NOW)
    assert [person for person, *_ in people_of(world, first)] == [CARLA, 4]
    assert cases(world) == ONE_CASE


@pytest.mark.both_databases
def test_two_designations_at_once_open_one_case(world: Flask) -> None:
    two_events(world)

    def run(_: int) -> None:
        with world.app_context():
            with transaction() as db:
                designate(
                    db,
                    actor=ORGANIZER,
                    office=HONDURAS,
                    person_id=CARLA,
                    valid_from=THE_DAY,
                    today=TODAY,
                    now=NOW,
                    replacing=True,
                )
            with transaction() as db:
                fill_seats(db, seats=[HONDURAS], now=NOW)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(run, range(6)))
    drain(world)
    assert cases(world) == ONE_CASE
    assert told(world, "ConflictCaseOpened") == told(world, "DelegateEnded") == 1


def test_only_events_of_her_days_get_the_successor(world: Flask) -> None:
    before = a_plan(world, in_the_seat(), at=NINE - 24 * HOUR)
    after = a_plan(world, in_the_seat(), at=NINE + 7 * 24 * HOUR)
    new_delegate(world)
    assert people_of(world, before)[0][0] == BERTA
    assert people_of(world, after)[0][0] == CARLA
    assert cases(world) == []


def test_moved_to_her_days_it_gets_the_successor(world: Flask) -> None:
    event = a_plan(world, in_the_seat(), at=NINE - 24 * HOUR)
    new_delegate(world)
    with world.app_context(), transaction() as db:
        move_event(db, actor=ORGANIZER, event_id=event, span=Timespan(NINE, NINE + HOUR), now=NOW)
    drain(world)
    assert people_of(world, event) == [(CARLA, "delegate", SEAT)]


def test_a_draft_that_lapsed_holds_nothing_and_opens_no_case(world: Flask) -> None:
    event = a_plan(world, in_the_seat(), publish=False)
    with world.app_context(), transaction() as db:
        a_plan_of_carla = a_draft(groups=(), people=(Participant(CARLA),), kind=EventKind.MEETING)
        plan_event(db, actor=ORGANIZER, draft=a_plan_of_carla, publish=True, now=NOW)
        designate(
            db,
            actor=ORGANIZER,
            office=HONDURAS,
            person_id=CARLA,
            valid_from=THE_DAY,
            today=TODAY,
            now=NOW,
            replacing=True,
        )
        fill_seats(db, seats=[HONDURAS], now=NOW + timedelta(days=15))
    assert people_of(world, event)[0][0] == CARLA
    assert cases(world) == []


def test_what_is_over_keeps_who_was_there(world: Flask) -> None:
    event = a_plan(world, in_the_seat())
    new_delegate(world, since=TODAY + timedelta(days=1))
    with world.app_context(), transaction() as db:
        end_designation(db, actor=ORGANIZER, office=HONDURAS, on=THE_DAY, today=TODAY, now=NOW)
        fill_seats(db, seats=[HONDURAS], now=NINE + 3 * HOUR)
    assert people_of(world, event)[0][0] == CARLA
    assert cases(world) == []


def test_a_seat_that_falls_vacant_waits_for_a_successor(world: Flask) -> None:
    event = a_plan(world, in_the_seat())
    with world.app_context(), transaction() as db:
        end_designation(db, actor=ORGANIZER, office=HONDURAS, on=THE_DAY, today=TODAY, now=NOW)
    drain(world)
    assert people_of(world, event)[0][0] == BERTA
    assert cases(world) == [("", str(BERTA), "left", "open")]
    new_delegate(world)
    assert cases(world) == [("", str(BERTA), "left", "replaced")]


def test_somebody_needed_in_person_who_left_opens_a_case(world: Flask) -> None:
    event = a_plan(world, Participant(CARLA), in_the_seat())
    for person in (BERTA, CARLA):
        with world.app_context(), transaction() as db:
            end_appointment(
                db,
                actor=FOCAL_POINT,
                country_code="HN",
                appointment_id=person,
                reason=EndReason.LEFT,
                on=TODAY,
                today=TODAY,
                now=NOW,
            )
    drain(world)
    drain(world)
    assert cases(world) == [("", str(BERTA), "left", "open"), ("", str(CARLA), "left", "open")]
    assert [person for person, *_ in people_of(world, event)] == [BERTA, CARLA]
    with world.app_context(), transaction() as db:
        fill_seats(db, seats=[HONDURAS], now=NOW)
    assert [outcome for *_, outcome in cases(world)] == ["open", "open"]


def test_who_moved_to_another_post_still_serves(world: Flask) -> None:
    a_plan(world, Participant(CARLA))
    with world.app_context(), transaction() as db:
        db.add(
            Appointment(
                person_id=CARLA, post_id=db.scalars(select(Post.id)).first(), valid_from=TODAY
            )
        )
        end_appointment(
            db,
            actor=FOCAL_POINT,
            country_code="HN",
            appointment_id=CARLA,
            reason=EndReason.MOVED,
            on=TODAY,
            today=TODAY,
            now=NOW,
        )
    drain(world)
    assert cases(world) == []
