"""Who plans an event keeps, fills and replaces its seats."""

import re
from uuid import UUID

import pytest
from flask import Flask

from app.infra.database import transaction
from app.kernel.refusal import InvalidInput
from app.kernel.text import LocalizedText
from app.people.directory.services.designations import designate
from app.people.directory.values import Office
from app.planning.arranging.queries.seats import seats_of
from app.planning.arranging.services.planning import change_event, plan_event
from app.planning.arranging.services.seats import replace_person
from app.planning.events.values import Participant, PersonRole
from app.planning.scheduling.rules.refusals import Clash
from tests.planning.arranging.seats import (
    ANA,
    BERTA,
    CARLA,
    ONE_CASE,
    SEAT,
    THE_DAY,
    TODAY,
    a_plan,
    cases,
    new_delegate,
    people_of,
    two_events,
    with_a_delegate,
)
from tests.planning.events.planning_builders import (
    CONVENOR,
    NINE,
    NOW,
    ORGANIZER,
    a_draft,
    act_as,
    typed,
)
from tests.support.actors import csrf_token


@pytest.fixture
def world(app: Flask) -> Flask:
    with_a_delegate(app)
    return app


def test_editing_keeps_the_seat_and_what_stands_unsettled_does_not_stop_it(world: Flask) -> None:
    first, _second = two_events(world)
    new_delegate(world)
    people = (Participant(CARLA, PersonRole.DELEGATE, SEAT),)
    retitled = a_draft(title=LocalizedText(es="Otro título", en="Another title"), people=people)
    with world.app_context(), transaction() as db:
        change_event(db, actor=ORGANIZER, event_id=first, draft=retitled, now=NOW)
    assert people_of(world, first) == [(CARLA, "delegate", SEAT)]
    assert cases(world) == ONE_CASE


def test_a_replacement_must_be_free_known_and_new(world: Flask) -> None:
    first, second = two_events(world)
    a_plan(world, Participant(ANA), group="", at=NINE)
    with world.app_context(), transaction() as db:
        with pytest.raises(Clash):
            replace_person(
                db, actor=ORGANIZER, event_id=second, leaving=CARLA, arriving=ANA, now=NOW
            )
        for nobody in (99, CARLA):
            with pytest.raises(InvalidInput) as refused:
                replace_person(
                    db, actor=ORGANIZER, event_id=second, leaving=CARLA, arriving=nobody, now=NOW
                )
            assert set(refused.value.errors) == {"person"}
    assert people_of(world, first)[0][0] == BERTA


def test_the_planning_form_is_offered_the_seats_that_somebody_holds(world: Flask) -> None:
    with world.app_context(), transaction() as db:
        designate(
            db,
            actor=ORGANIZER,
            office=Office("GT"),
            person_id=ANA,
            valid_from=TODAY,
            today=TODAY,
            now=NOW,
        )
        found = seats_of(db, groups=["protection", "labour-migration"]).on(THE_DAY)
    assert [(choice.seat, choice.name) for choice in found] == [
        ("focal-point:GT", "Ana Muñoz Peña"),
        (SEAT, "Berta López"),
    ]


def test_a_convenor_replaces_only_in_her_own_groups_events(world: Flask) -> None:
    event = a_plan(world, Participant(CARLA))
    with world.app_context(), transaction() as db:
        replace_person(db, actor=CONVENOR, event_id=event, leaving=CARLA, arriving=ANA, now=NOW)
    assert people_of(world, event)[0][0] == ANA


def test_an_event_that_needs_the_delegates_of_its_group_gets_them_and_lets_them_go(
    world: Flask,
) -> None:
    """One tick: whoever sits for the invited countries, as holders of their seats; somebody in
    person stays so.
    """
    with world.app_context(), transaction() as db:
        ana = (Participant(ANA, PersonRole.MODERATOR),)
        event_id = plan_event(
            db,
            actor=ORGANIZER,
            draft=a_draft(people=ana, needs_delegates=True),
            publish=True,
            now=NOW,
        )
    assert people_of(world, event_id) == [(ANA, "moderator", ""), (BERTA, "delegate", SEAT)]
    with world.app_context(), transaction() as db:
        change_event(
            db,
            actor=ORGANIZER,
            event_id=event_id,
            draft=a_draft(people=ana, needs_delegates=False),
            now=NOW,
        )
    assert people_of(world, event_id) == [(ANA, "moderator", "")]
    with world.app_context(), transaction() as db:
        abroad = a_draft(people=ana, countries=("GT",), needs_delegates=True)
        change_event(db, actor=ORGANIZER, event_id=event_id, draft=abroad, now=NOW)
    assert people_of(world, event_id) == [(ANA, "moderator", "")]


def test_the_form_asks_for_the_delegates_and_keeps_them(world: Flask) -> None:
    act_as(world, ORGANIZER)
    client = world.test_client()
    given = typed(needs_delegates="y", action="publish", csrf_token=csrf_token(client))
    answer = client.post("/events/plan", data=given)
    assert answer.status_code == 303
    event_id = UUID(answer.location.rsplit("/", 1)[1])
    assert people_of(world, event_id) == [(BERTA, "delegate", SEAT)]
    page = client.get(f"/events/{event_id}/edit").text
    assert re.search(
        r'<input[^>]*name="needs_delegates"[^>]*checked|<input[^>]*checked[^>]*name="needs_delegates"',
        page,
    )
    again = typed(
        needs_delegates="y",
        title_es="Otro nombre",
        action="save",
        csrf_token=csrf_token(client),
    )
    assert client.post(f"/events/{event_id}/edit", data=again).status_code == 303
    assert people_of(world, event_id) == [(BERTA, "delegate", SEAT)]
    gone = typed(title_es="Otro nombre", action="save", csrf_token=csrf_token(client))
    assert client.post(f"/events/{event_id}/edit", data=gone).status_code == 303
    assert people_of(world, event_id) == []
