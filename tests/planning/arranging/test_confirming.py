"""Timely and limited: what the rule book counts is confirmed with a reason by whoever may, or is
not published.
"""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from time_machine import travel

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotAllowed
from app.kernel.timespan import Timespan
from app.planning.arranging.rules.soundness import NotSwappable
from app.planning.arranging.services.planning import (
    change_event,
    move_event,
    plan_event,
    publish_event,
    swap_events,
)
from app.planning.events.queries.events import event_of
from app.planning.events.values import (
    EventDraft,
    EventStatus,
    Mode,
)
from app.planning.scheduling.models import Override, Resource
from app.planning.scheduling.rules.refusals import Clash
from app.planning.scheduling.values import Finding, OverrideAsked, Rule
from tests.planning.events.planning_builders import (
    CONVENOR,
    HOUR,
    NINE,
    NOW,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
    a_congress,
    a_draft,
    act_as,
    asked,
    furnish,
    people,
    planner_of,
    typed,
)
from tests.planning.events.rows import counted_statements
from tests.support.actors import csrf_token

REASON = "The Vice-Ministers asked for it at their last meeting."
DAY = timedelta(days=1)
NINE_WORKING_DAYS_BEFORE = datetime.fromisoformat("2027-02-24T15:00:00+00:00")
both = pytest.mark.both_databases


@pytest.fixture(autouse=True)
def _world(app: Flask) -> None:
    with app.app_context(), transaction() as db:
        furnish(db, limits=True)


def at(days: int, **changes: Any) -> EventDraft:
    return a_draft(span=Timespan(NINE + days * DAY, NINE + days * DAY + HOUR), **changes)


def plan(
    app: Flask,
    draft: EventDraft,
    *,
    who: Actor = ORGANIZER,
    publish: bool = True,
    now: datetime = NOW,
    overrides: tuple[OverrideAsked, ...] = (),
) -> UUID:
    with app.app_context(), transaction() as db:
        actor = planner_of(draft, who)
        return plan_event(
            db, actor=actor, draft=draft, publish=publish, now=now, overrides=overrides
        )


def refused(app: Flask, draft: EventDraft, **how: Any) -> tuple[Finding, ...]:
    with pytest.raises(Clash) as refusal:
        plan(app, draft, **how)
    return refusal.value.findings


def confirming(*rules: Rule, against: str = "", reason: str = REASON) -> tuple[OverrideAsked, ...]:
    return tuple(OverrideAsked(rule, against, reason) for rule in rules)


def facts(app: Flask, event_id: UUID) -> list[str]:
    with app.app_context(), reading() as db:
        about = select(JournalEntry.fact).where(JournalEntry.subject_id == str(event_id))
        return list(db.scalars(about.order_by(JournalEntry.id)))


def test_r37_nine_days_notice_need_the_presidency_and_a_reason_that_stays_on_record(
    app: Flask,
) -> None:
    late: dict[str, Any] = {"now": NINE_WORKING_DAYS_BEFORE}
    [finding] = refused(app, at(0), **late)
    assert (finding.rule, finding.count, finding.limit) == (Rule.NOTICE, 9, 15)
    notice = confirming(Rule.NOTICE)
    with pytest.raises(NotAllowed):
        plan(app, at(0), overrides=notice, **late)
    with pytest.raises(InvalidInput) as short:
        plan(app, at(0), who=PRESIDENCY, overrides=confirming(Rule.NOTICE, reason="urgent"), **late)
    assert set(short.value.errors) == {"override_reason"}
    event_id = plan(app, at(0), who=PRESIDENCY, overrides=notice, **late)
    assert facts(app, event_id) == ["RuleOverridden", "EventPlanned", "EventPublished"]
    with app.app_context(), reading() as db:
        override = db.scalars(select(Override)).one()
        assert (override.rule, override.reason, override.decided_by) == (
            "minimum-notice",
            REASON,
            2,
        )


@both
def test_r38_a_fourth_in_the_month_is_refused_with_the_three_named(app: Flask) -> None:
    three = [plan(app, at(days)) for days in (-7, 0, 7)]
    [finding] = refused(app, at(14))
    assert (finding.rule, finding.limit, finding.count) == (Rule.GROUP_MONTH, 3, 4)
    assert [other.holder for other in finding.others] == [f"event:{event_id}" for event_id in three]
    plan(app, at(14, groups=("labour-migration",)))
    plan(app, at(28))


def test_r38_a_second_in_the_week_may_be_drafted_but_not_published(app: Flask) -> None:
    plan(app, at(0))
    draft = plan(app, at(1), publish=False)
    with app.app_context(), pytest.raises(Clash), transaction() as db:
        publish_event(db, actor=ORGANIZER, event_id=draft, now=NOW)
    with app.app_context(), transaction() as db:
        publish_event(
            db, actor=PRESIDENCY, event_id=draft, now=NOW, overrides=confirming(Rule.GROUP_WEEK)
        )
        assert event_of(db, actor=ORGANIZER, event_id=draft).status is EventStatus.PUBLISHED


def test_who_travels_needs_twice_the_notice(app: Flask) -> None:
    [finding] = refused(app, at(0, mode=Mode.IN_PERSON), now=NINE_WORKING_DAYS_BEFORE - 14 * DAY)
    assert (finding.rule, finding.limit) == (Rule.NOTICE, 30)


def test_words_may_change_without_asking_again(app: Flask) -> None:
    plan(app, at(0))
    second = plan(app, at(1), who=PRESIDENCY, overrides=confirming(Rule.GROUP_WEEK))
    with app.app_context(), transaction() as db:
        draft = event_of(db, actor=CONVENOR, event_id=second).as_draft()
        change_event(
            db,
            actor=CONVENOR,
            event_id=second,
            now=NOW,
            draft=EventDraft(**{**vars(draft), "capacity": 30}),
        )
    with app.app_context(), pytest.raises(Clash), transaction() as db:
        move_event(
            db,
            actor=ORGANIZER,
            event_id=second,
            span=Timespan(NINE + 2 * DAY, NINE + 2 * DAY + HOUR),
            now=NOW,
        )


@both
def test_only_the_presidency_lets_two_groups_meet_at_once(app: Flask) -> None:
    first = plan(app, at(0))
    beside = confirming(Rule.CROSS_GROUP, against=f"event:{first}")
    labour = at(0, groups=("labour-migration",))
    refused(app, labour)
    with pytest.raises(NotAllowed):
        plan(app, labour, overrides=beside)
    plan(app, labour, who=PRESIDENCY, overrides=beside)
    assert len(refused(app, at(0, groups=("border-management",)))) == 2


def test_a_side_event_takes_place_during_its_congress(app: Flask) -> None:
    congress = plan(app, a_congress("iii", NINE - HOUR))
    refused(app, at(0))
    side = plan(app, at(0, side_event_of=congress))
    with app.app_context(), reading() as db:
        assert event_of(db, actor=ORGANIZER, event_id=side).side_event_of == congress
    with pytest.raises(InvalidInput) as nonsense:
        plan(app, at(1, side_event_of=side))
    assert set(nonsense.value.errors) == {"side_event_of"}


def test_a_licence_that_is_full_refuses_the_next(app: Flask) -> None:
    with app.app_context(), transaction() as db:
        db.add(Resource(kind="licence", key="zoom-500", label=at(0).title, capacity=1))
    plan(app, at(0, licence="zoom-500", groups=()))
    [finding] = refused(app, at(0, licence="zoom-500", groups=()))
    assert (finding.rule, finding.limit) == (Rule.LICENCE, 1)
    with pytest.raises(InvalidInput):
        plan(app, at(3, licence="teams"))


@both
def test_two_events_change_places_as_one_act(app: Flask) -> None:
    first = plan(app, at(0, people=people(1)))
    second = plan(app, at(7, people=people(1)))
    with app.app_context(), transaction() as db:
        swap_events(db, actor=ORGANIZER, first=first, second=second, now=NOW)
        spans = [event_of(db, actor=ORGANIZER, event_id=one).span for one in (first, second)]
        assert [span and span.starts_at for span in spans] == [NINE + 7 * DAY, NINE]
        assert [
            event_of(db, actor=ORGANIZER, event_id=one).sequence for one in (first, second)
        ] == [1, 1]
        with pytest.raises(NotSwappable):
            swap_events(db, actor=ORGANIZER, first=first, second=first, now=NOW)
    assert facts(app, first).count("EventMoved") == 1


def test_a_swap_that_is_refused_leaves_both_where_they_were(app: Flask) -> None:
    long = plan(app, a_draft(span=Timespan(NINE, NINE + 3 * HOUR), people=people(1)))
    short = plan(app, at(7, groups=("labour-migration",)))
    plan(
        app,
        a_draft(
            span=Timespan(NINE + 7 * DAY + 2 * HOUR, NINE + 7 * DAY + 3 * HOUR),
            groups=(),
            people=people(1),
        ),
    )
    with app.app_context(), pytest.raises(Clash), transaction() as db:
        swap_events(db, actor=ORGANIZER, first=long, second=short, now=NOW)
    with app.app_context(), reading() as db:
        starts = [event_of(db, actor=ORGANIZER, event_id=one).starts_at for one in (long, short)]
        assert starts == [NINE, NINE + 7 * DAY]
    assert len(refused(app, at(0, groups=(), people=people(1)))) == 1


def test_api_swaps_the_times_of_two_events(app: Flask, client: FlaskClient) -> None:
    act_as(app, ORGANIZER)
    first, second = plan(app, at(0)), plan(app, at(7))
    with travel(NOW, tick=False):
        answer = client.post(f"/api/v1/events/{first}/swap", json={"other": str(second)})
        assert answer.status_code == 200
        assert answer.json is not None
        assert answer.json["starts_at"] == "2027-03-16T09:00:00-06:00"
        assert client.post(f"/api/v1/events/{first}/swap", json={"other": "x"}).status_code == 422


def test_the_api_says_who_may_confirm_and_takes_the_reason(app: Flask, client: FlaskClient) -> None:
    act_as(app, ORGANIZER)
    with travel(NINE_WORKING_DAYS_BEFORE, tick=False):
        said = client.post("/api/v1/events", json=asked())
        assert said.status_code == 409
        assert said.json is not None
        [finding] = said.json["findings"]
        assert (finding["rule"], finding["approver"], finding["may_override"]) == (
            "minimum-notice",
            "presidency",
            False,
        )
        assert "9" in finding["sentence"]["en"]
        assert "15" in finding["sentence"]["es"]
        assert said.json["free_slots"]
        override = {"rule": finding["rule"], "against": finding["against"], "reason": REASON}
        assert client.post("/api/v1/events", json=asked(overrides=[override])).status_code == 403
        act_as(app, PRESIDENCY)
        assert (
            client.post(
                "/api/v1/events", json=asked(overrides=[{**override, "reason": "x"}])
            ).status_code
            == 422
        )
        assert client.post("/api/v1/events", json=asked(overrides=[override])).status_code == 201


def test_on_screen_the_presidency_ticks_says_why_and_publishes(
    app: Flask, client: FlaskClient
) -> None:
    plan(app, at(0))
    act_as(app, ORGANIZER)
    with travel(NOW, tick=False):
        given = typed(on="2027-03-11", action="publish", csrf_token=csrf_token(client))
        seen = client.post("/events/plan", data=given)
        assert seen.status_code == 409
        assert 'name="confirm"' not in seen.text
        assert 'name="slot"' in seen.text
        assert 'id="ask"' in seen.text, "what to do when none of the free times will do"
        act_as(app, PRESIDENCY)
        given["csrf_token"] = csrf_token(client)
        offered = client.post("/events/plan", data=given)
        assert offered.status_code == 409
        assert 'id="ask"' not in offered.text
        [box] = re.findall(r'name="confirm" value="([^"]+)"', offered.text)
        assert box == "group-week"
        short = client.post(
            "/events/plan", data={**given, "confirm": box, "override_reason": "because"}
        )
        assert short.status_code == 422
        assert "al menos 15" in short.text
        assert (
            client.post(
                "/events/plan", data={**given, "confirm": box, "override_reason": REASON}
            ).status_code
            == 303
        )


def test_an_event_says_to_its_planners_what_was_confirmed_why_and_by_whom(
    app: Flask, client: FlaskClient
) -> None:
    first = plan(app, at(0))
    beside = confirming(Rule.CROSS_GROUP, against=f"event:{first}")
    second = plan(
        app,
        at(0, groups=("labour-migration",), countries=("HN",)),
        who=PRESIDENCY,
        overrides=beside,
    )
    act_as(app, ORGANIZER)
    seen = client.get(f"/events/{second}").text
    assert REASON in seen
    assert "Así quedó confirmado" in seen
    assert "Honduras" in seen
    on_the_other = client.get(f"/events/{first}").text
    assert REASON in on_the_other
    assert "se confirmó para el otro evento" in on_the_other
    act_as(app, OFFICIAL)
    assert REASON not in client.get(f"/events/{first}").text
    assert REASON not in client.get(f"/events/{second}").text


def test_override_against_no_other_event_names_none(app: Flask, client: FlaskClient) -> None:
    notice = confirming(Rule.NOTICE)
    event_id = plan(app, at(0), who=PRESIDENCY, overrides=notice, now=NINE_WORKING_DAYS_BEFORE)
    act_as(app, ORGANIZER)
    seen = client.get(f"/events/{event_id}").text
    assert "Antelación mínima" in seen
    assert "None" not in seen


def test_reason_for_a_confidential_event_is_not_told_beside_the_other(
    app: Flask, client: FlaskClient
) -> None:
    first = plan(app, at(0))
    beside = confirming(Rule.CROSS_GROUP, against=f"event:{first}")
    hidden = at(0, groups=("labour-migration",), is_confidential=True)
    plan(app, hidden, who=PRESIDENCY, overrides=beside)
    act_as(app, CONVENOR)
    seen = client.get(f"/events/{first}").text
    assert "otra reunión" in seen
    assert REASON not in seen


def test_publishing_reads_the_rule_book_once(app: Flask) -> None:
    with counted_statements(app) as statements:
        plan(app, at(0))
    assert sum("FROM rule_setting" in statement for statement in statements) == 1
