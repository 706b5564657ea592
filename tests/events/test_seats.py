"""Seats follow the office: a new delegate is at the event, a clash that arises opens a case, nothing is lost."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.directory.models import Appointment, Institution, Person, Post
from app.directory.services.designations import designate, end_designation
from app.directory.services.roster import end_appointment
from app.directory.values import EndReason, Holding, Office
from app.events.models import EventPerson
from app.events.queries.seats import seats_for
from app.events.rules.seats import Place, holder_on, parse, seated, vacant, written
from app.events.services import change_event, move_event, plan_event
from app.events.services.seats import fill_seats, replace_person
from app.events.values import EventKind, Participant, PersonRole
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.refusal import InvalidInput
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.scheduling.models import Claim, ConflictCase
from app.scheduling.rules import Clash
from tests.events.planning_builders import (
    CONVENOR,
    FOCAL_POINT,
    HOUR,
    NINE,
    NOW,
    ORGANIZER,
    a_draft,
    act_as,
    csrf_of,
    furnish,
    typed,
)  # fmt: skip

ANA, BERTA, CARLA = 1, 2, 3  # Ana is of Guatemala, the others of Honduras
HONDURAS = Office("HN", "protection")
SEAT = "delegate:protection:HN"
TODAY = date(2026, 11, 24)
THE_DAY = date(2027, 3, 9)

# Pure rules


def holding(person: int, start: date, end: date | None = None, office: Office = HONDURAS, number: int = 0) -> Holding:
    return Holding(number or person, office, person, start, end)


def test_seats_are_read_as_they_are_written() -> None:
    text = "delegate:labour-migration:HN delegate:protection:HN focal-point:HN"
    seats = parse(text)
    assert seats == (Office("HN"), Office("HN", "labour-migration"), Office("HN", "protection"))
    assert written(seats) == text
    assert parse("") == parse("focal-point: delegate:HN delegate::HN speaker:HN focal-point:a:b delegate:a:b:c") == ()


def test_who_holds_a_seat_on_a_day_is_the_latest_to_come() -> None:
    rows = [holding(BERTA, TODAY, THE_DAY), holding(CARLA, THE_DAY), holding(ANA, TODAY, None, Office("GT", "rcgm"))]
    assert holder_on(HONDURAS, THE_DAY - timedelta(days=1), rows) == BERTA
    assert holder_on(HONDURAS, THE_DAY, rows) == CARLA
    assert holder_on(HONDURAS, TODAY - timedelta(days=1), rows) is None
    assert holder_on(HONDURAS, THE_DAY, [*rows, holding(BERTA, THE_DAY, number=9)]) == BERTA


def test_a_vacant_seat_stays_with_whoever_had_it() -> None:
    places = (Place(BERTA, "delegate", (HONDURAS,)),)
    ended = [holding(BERTA, TODAY, THE_DAY)]
    assert seated(places, THE_DAY, ended) == places
    assert vacant(places, THE_DAY, ended) == places
    assert vacant(places, TODAY, ended) == ()


def test_nobody_is_there_twice() -> None:
    focal = Office("HN")
    both = [holding(CARLA, TODAY), holding(CARLA, TODAY, None, focal, 8)]
    two = (Place(ANA, "delegate", (HONDURAS,)), Place(BERTA, "host", (focal,)))
    assert seated(two, THE_DAY, both) == (Place(CARLA, "delegate", (focal, HONDURAS)),)
    in_person = (Place(BERTA, "delegate", (HONDURAS,)), Place(CARLA, "speaker"))
    assert seated(in_person, THE_DAY, both) == (Place(CARLA, "delegate"),)


def test_one_person_gives_up_one_of_two_seats() -> None:
    focal = Office("HN")
    places = (Place(BERTA, "delegate", (focal, HONDURAS)), Place(ANA, "speaker"))
    now = [holding(CARLA, TODAY), holding(BERTA, TODAY, None, focal)]
    expected = (Place(ANA, "speaker"), Place(BERTA, "delegate", (focal,)), Place(CARLA, "delegate", (HONDURAS,)))
    assert seated(places, THE_DAY, now) == expected
    assert seated(expected, THE_DAY, now) == expected


# With the calendar of record


@pytest.fixture
def world(app: Flask) -> Flask:
    with app.app_context(), transaction() as db:
        furnish(db)
        place = Institution(country_code="HN", name=LocalizedText("Instituto", "Institute"), kind="migration")
        db.add(place)
        db.flush()
        for person in (BERTA, CARLA):
            post = Post(institution_id=place.id, title=LocalizedText("Puesto", "Post"))
            db.add(post)
            db.flush()
            db.add(Appointment(id=person, person_id=person, post_id=post.id, valid_from=date(2025, 1, 1)))
        designate(db, actor=ORGANIZER, office=HONDURAS, person_id=BERTA, valid_from=TODAY, today=TODAY, now=NOW)
    drain(app)
    return app


def drain(app: Flask) -> None:
    with app.app_context():
        app.extensions["convoca_jobs"].drain()


def a_plan(app: Flask, *people: Participant, at: datetime = NINE, group: str = "protection", publish: bool = True,
           kind: EventKind = EventKind.WEBINAR, hours: int = 2) -> UUID:  # fmt: skip
    title = LocalizedText(f"Seminario de {group}", f"Webinar of {group}")
    groups = (group,) if group else ()
    draft = a_draft(title=title, kind=kind, span=Timespan(at, at + hours * HOUR), groups=groups, people=people)
    with app.app_context(), transaction() as db:
        return plan_event(db, actor=ORGANIZER, draft=draft, publish=publish, now=NOW)


def in_the_seat(person: int = BERTA) -> Participant:
    return Participant(person, PersonRole.DELEGATE, SEAT)


def two_events(app: Flask) -> tuple[UUID, UUID]:
    """The delegate is needed in one; Carla speaks in the other at the same hour, outside any working group."""
    return a_plan(app, in_the_seat()), a_plan(app, Participant(CARLA), group="", at=NINE + HOUR)


def new_delegate(app: Flask, person: int = CARLA, since: date = THE_DAY) -> None:
    with app.app_context(), transaction() as db:
        designate(db, actor=ORGANIZER, office=HONDURAS, person_id=person, valid_from=since, today=TODAY, now=NOW,
                  replacing=True)  # fmt: skip
    drain(app)


def people_of(app: Flask, event_id: UUID) -> list[tuple[int, str, str]]:
    with app.app_context(), reading() as db:
        rows = db.scalars(select(EventPerson).where(EventPerson.event_id == event_id).order_by(EventPerson.person_id))
        return [(row.person_id, row.role, row.seat) for row in rows]


def cases(app: Flask) -> list[tuple[str, str, str, str]]:
    with app.app_context(), reading() as db:
        rows = db.scalars(select(ConflictCase).order_by(ConflictCase.id))
        return [(row.rule, row.party_key, row.cause, row.outcome or row.state) for row in rows]


def told(app: Flask, fact: str) -> int:
    with app.app_context(), reading() as db:
        return len(db.scalars(select(JournalEntry).where(JournalEntry.fact == fact)).all())


ONE_CASE = [("same-person", str(CARLA), "designation", "open")]


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


@pytest.mark.both_databases
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


@pytest.mark.both_databases
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


@pytest.mark.both_databases
def test_another_change_at_the_same_event_opens_no_second_case(world: Flask) -> None:
    first = a_plan(world, in_the_seat(), Participant(ANA, PersonRole.HOST))
    a_plan(world, Participant(CARLA), group="", at=NINE + HOUR)
    new_delegate(world)
    with world.app_context(), transaction() as db:
        db.add(Person(id=4, full_name="Dora Paz", sort_key="dora paz", country_code="GT", timezone="America/Guatemala"))
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
                designate(db, actor=ORGANIZER, office=HONDURAS, person_id=CARLA, valid_from=THE_DAY, today=TODAY,
                          now=NOW, replacing=True)  # fmt: skip
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
        designate(db, actor=ORGANIZER, office=HONDURAS, person_id=CARLA, valid_from=THE_DAY, today=TODAY, now=NOW,
                  replacing=True)  # fmt: skip
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


@pytest.mark.both_databases
def test_a_seat_that_falls_vacant_waits_for_a_successor(world: Flask) -> None:
    event = a_plan(world, in_the_seat())
    with world.app_context(), transaction() as db:
        end_designation(db, actor=ORGANIZER, office=HONDURAS, on=THE_DAY, today=TODAY, now=NOW)
    drain(world)
    assert people_of(world, event)[0][0] == BERTA
    assert cases(world) == [("", str(BERTA), "left", "open")]
    new_delegate(world)
    assert cases(world) == [("", str(BERTA), "left", "replaced")]


@pytest.mark.both_databases
def test_somebody_needed_in_person_who_left_opens_a_case(world: Flask) -> None:
    event = a_plan(world, Participant(CARLA), in_the_seat())
    for person in (BERTA, CARLA):
        with world.app_context(), transaction() as db:
            end_appointment(db, actor=FOCAL_POINT, country_code="HN", appointment_id=person, reason=EndReason.LEFT,
                            on=TODAY, today=TODAY, now=NOW)  # fmt: skip
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
        db.add(Appointment(person_id=CARLA, post_id=db.scalars(select(Post.id)).first(), valid_from=TODAY))
        end_appointment(db, actor=FOCAL_POINT, country_code="HN", appointment_id=CARLA, reason=EndReason.MOVED,
                        on=TODAY, today=TODAY, now=NOW)  # fmt: skip
    drain(world)
    assert cases(world) == []


def test_editing_keeps_the_seat_and_what_stands_unsettled_does_not_stop_it(world: Flask) -> None:
    first, _second = two_events(world)
    new_delegate(world)
    people = (Participant(CARLA, PersonRole.DELEGATE, SEAT),)
    retitled = a_draft(title=LocalizedText("Otro título", "Another title"), people=people)
    with world.app_context(), transaction() as db:
        change_event(db, actor=ORGANIZER, event_id=first, draft=retitled, now=NOW)
    assert people_of(world, first) == [(CARLA, "delegate", SEAT)]
    assert cases(world) == ONE_CASE


def test_a_replacement_must_be_free_known_and_new(world: Flask) -> None:
    first, second = two_events(world)
    a_plan(world, Participant(ANA), group="", at=NINE)
    with world.app_context(), transaction() as db:
        with pytest.raises(Clash):
            replace_person(db, actor=ORGANIZER, event_id=second, leaving=CARLA, arriving=ANA, now=NOW)
        for nobody in (99, CARLA):
            with pytest.raises(InvalidInput) as refused:
                replace_person(db, actor=ORGANIZER, event_id=second, leaving=CARLA, arriving=nobody, now=NOW)
            assert set(refused.value.errors) == {"person"}
    assert people_of(world, first)[0][0] == BERTA


def test_the_planning_form_is_offered_the_seats_that_somebody_holds(world: Flask) -> None:
    with world.app_context(), transaction() as db:
        designate(db, actor=ORGANIZER, office=Office("GT"), person_id=ANA, valid_from=TODAY, today=TODAY, now=NOW)
        found = seats_for(db, groups=["protection", "labour-migration"], on=THE_DAY)
    assert [(choice.seat, choice.name) for choice in found] == [
        ("focal-point:GT", "Ana Muñoz Peña"), (SEAT, "Berta López"),
    ]  # fmt: skip


def test_a_convenor_replaces_only_in_her_own_groups_events(world: Flask) -> None:
    event = a_plan(world, Participant(CARLA))
    with world.app_context(), transaction() as db:
        replace_person(db, actor=CONVENOR, event_id=event, leaving=CARLA, arriving=ANA, now=NOW)
    assert people_of(world, event)[0][0] == ANA


def test_an_event_that_needs_the_delegates_of_its_group_gets_them_and_lets_them_go(world: Flask) -> None:
    """One tick: whoever sits for the invited countries, as holders of their seats; somebody in person stays so."""
    with world.app_context(), transaction() as db:
        ana = (Participant(ANA, PersonRole.MODERATOR),)
        event_id = plan_event(
            db, actor=ORGANIZER, draft=a_draft(people=ana, needs_delegates=True), publish=True, now=NOW
        )
    assert people_of(world, event_id) == [(ANA, "moderator", ""), (BERTA, "delegate", SEAT)]
    with world.app_context(), transaction() as db:
        change_event(db, actor=ORGANIZER, event_id=event_id, draft=a_draft(people=ana, needs_delegates=False), now=NOW)
    assert people_of(world, event_id) == [(ANA, "moderator", "")]
    with world.app_context(), transaction() as db:
        abroad = a_draft(people=ana, countries=("GT",), needs_delegates=True)
        change_event(db, actor=ORGANIZER, event_id=event_id, draft=abroad, now=NOW)
    assert people_of(world, event_id) == [(ANA, "moderator", "")]


def test_the_form_asks_for_the_delegates_and_keeps_them(world: Flask) -> None:
    act_as(world, ORGANIZER)
    client = world.test_client()
    given = typed(needs_delegates="y", action="publish", csrf_token=csrf_of(client, "/events/plan"))
    answer = client.post("/events/plan", data=given)
    assert answer.status_code == 303
    event_id = UUID(answer.location.rsplit("/", 1)[1])
    assert people_of(world, event_id) == [(BERTA, "delegate", SEAT)]
    page = client.get(f"/events/{event_id}/edit").text
    assert re.search(
        r'<input[^>]*name="needs_delegates"[^>]*checked|<input[^>]*checked[^>]*name="needs_delegates"', page
    )
    again = typed(
        needs_delegates="y", title_es="Otro nombre", action="save", csrf_token=csrf_of(client, "/events/plan")
    )
    assert client.post(f"/events/{event_id}/edit", data=again).status_code == 303
    assert people_of(world, event_id) == [(BERTA, "delegate", SEAT)]
    gone = typed(title_es="Otro nombre", action="save", csrf_token=csrf_of(client, "/events/plan"))
    assert client.post(f"/events/{event_id}/edit", data=gone).status_code == 303
    assert people_of(world, event_id) == []
