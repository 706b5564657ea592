"""The annual plan (R3): what is held under it, beside it by decision, and who approves and changes
it.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from app.infra.database import transaction
from app.kernel.refusal import InvalidInput, NotAllowed
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.arranging.rules.plans import (
    EmptyPlan,
    EntryInUse,
    OnlyThePresidency,
    PlannedEntry,
    lack_of_plan,
)
from app.planning.arranging.services.planning import (
    change_event,
    move_event,
    plan_event,
    publish_event,
)
from app.planning.arranging.services.requests import approve_event, ask_approval
from app.planning.cycles.services.plans import add_entry, approve_plan, change_entry, remove_entry
from app.planning.events.models import AnnualPlan, Event, PlanEntry
from app.planning.events.values import EntryDraft
from tests.planning.cycles.editions import DAY, done, facts, lacking, plan, seen, status_of
from tests.planning.events.planning_builders import (
    HOUR,
    NINE,
    NOW,
    PRESIDENCY,
    a_congress,
    a_draft,
    furnish,
)

both_databases = pytest.mark.both_databases


@pytest.fixture
def world(app: Flask) -> Flask:
    with app.app_context(), transaction() as db:
        furnish(db)
    return app


def approved(app: Flask, year: int = 2027, **entry: Any) -> int:
    entry_id: int = done(
        app,
        add_entry,
        year=year,
        draft=EntryDraft(LocalizedText(es="Seminarios", en="Webinars"), **entry),
    )
    done(app, approve_plan, actor=PRESIDENCY, year=year, decision_ref="Decisión 7")
    return entry_id


@pytest.mark.parametrize(
    ("entry", "decision", "presides", "missing"),
    [
        (None, "", False, "plan-entry"),
        (PlannedEntry(2027), "", False, None),
        (PlannedEntry(2027, "protection"), "", False, None),
        (PlannedEntry(2027, "labour-migration"), "", False, "plan-entry"),
        (PlannedEntry(2026), "", False, "plan-entry"),
        (None, "Decisión 9", False, "presidency-approves"),
        (None, "Decisión 9", True, None),
        (PlannedEntry(2026), "Decisión 9", True, None),
        (None, "", True, "plan-entry"),
    ],
)
def test_r3_an_entry_of_the_year_and_group_or_a_decision_of_the_presidency(
    entry: PlannedEntry | None, decision: str, presides: bool, missing: str | None
) -> None:
    lack = lack_of_plan(
        2027, groups=("protection",), entry=entry, decision_ref=decision, is_presidencys=presides
    )
    assert (lack.rule if lack else None) == missing


def test_r3_without_an_approved_plan_nothing_is_asked(world: Flask) -> None:
    done(world, add_entry, year=2027, draft=EntryDraft(LocalizedText(es="Seminarios")))
    assert status_of(world, plan(world, a_draft(), publish=True)) == "published"


@both_databases
def test_r3_an_event_of_a_planned_year_is_held_under_an_entry(world: Flask) -> None:
    entry = approved(world, group="protection")
    assert lacking(world, plan_event, draft=a_draft(), publish=True) == ["plan-entry"]
    event = plan(world, a_draft(plan_entry_id=entry))
    done(world, publish_event, event_id=event)
    labour = a_draft(
        groups=("labour-migration",),
        plan_entry_id=entry,
        span=Timespan(NINE + DAY, NINE + DAY + HOUR),
    )
    assert lacking(world, plan_event, draft=labour, publish=True) == ["plan-entry"]


def test_r3_extraordinary_by_decision_needs_the_presidency(world: Flask) -> None:
    approved(world)
    draft = a_draft(decision_ref="Decisión 9")
    assert lacking(world, plan_event, draft=draft, publish=True) == ["presidency-approves"]
    event = plan(world, draft)
    with world.app_context(), transaction() as db:
        db.get_one(Event, event).approved_at = NOW
        db.get_one(Event, event).asked_at = NOW
    other = replace(draft, decision_ref="Decisión 11")
    assert lacking(world, change_event, event_id=event, draft=other, publish=True) == [
        "presidency-approves"
    ]
    done(world, publish_event, event_id=event)
    other = a_draft(decision_ref="Decisión 10", span=Timespan(NINE + DAY, NINE + DAY + HOUR))
    plan(world, other, publish=True, actor=PRESIDENCY)


def test_r3_an_approval_does_not_cover_a_decision_that_nobody_read(world: Flask) -> None:
    """Approved as the plan has it, then saved with a Decision of one's own: that is asked again."""
    entry = approved(world)
    event = plan(world, a_draft(plan_entry_id=entry))
    done(world, ask_approval, event_id=event)
    done(world, approve_event, actor=PRESIDENCY, event_id=event)
    done(world, change_event, event_id=event, draft=a_draft(decision_ref="Decisión 99"))
    assert lacking(world, publish_event, event_id=event) == ["presidency-approves"]
    done(world, approve_event, actor=PRESIDENCY, event_id=event)
    done(world, change_event, event_id=event, draft=a_draft(plan_entry_id=entry), publish=True)
    assert status_of(world, event) == "published"


def test_r3_the_year_is_that_of_the_events_own_clock(world: Flask) -> None:
    """20:00 on 31 December in Costa Rica is 2028 in UTC already."""
    approved(world, year=2028)
    eve = datetime(2028, 1, 1, 2, tzinfo=NINE.tzinfo)
    plan(world, a_draft(span=Timespan(eve, eve + HOUR)), publish=True)
    later = Timespan(eve + 5 * HOUR, eve + 6 * HOUR)
    assert lacking(world, plan_event, draft=a_draft(span=later), publish=True) == ["plan-entry"]


def test_r3_what_is_published_keeps_its_ground_and_is_asked_when_it_changes_year(
    world: Flask,
) -> None:
    event = plan(world, a_draft(), publish=True)
    approved(world)
    approved(world, year=2028)
    done(world, move_event, event_id=event, span=Timespan(NINE + DAY, NINE + DAY + HOUR))
    next_year = Timespan(NINE + 371 * DAY, NINE + 371 * DAY + HOUR)
    assert lacking(world, move_event, event_id=event, span=next_year) == ["plan-entry"]


def test_r3_and_r22_and_r29_are_said_in_one_refusal(world: Flask) -> None:
    approved(world)
    assert lacking(world, plan_event, draft=a_congress("iv", NINE), publish=True) == [
        "preparatory-webinar",
        "guidelines-review",
        "plan-entry",
    ]


def test_an_entry_that_does_not_exist_is_refused_at_its_field(world: Flask) -> None:
    with pytest.raises(InvalidInput) as refused:
        plan(world, a_draft(plan_entry_id=99))
    assert set(refused.value.errors) == {"plan_entry_id"}


def test_a_plan_is_approved_once_by_the_presidency_with_its_decision(world: Flask) -> None:
    with pytest.raises(EmptyPlan):
        done(world, approve_plan, actor=PRESIDENCY, year=2027, decision_ref="Decisión 7")
    done(world, add_entry, year=2027, draft=EntryDraft(LocalizedText(es="Seminarios")))
    with pytest.raises(NotAllowed):
        done(world, approve_plan, year=2027, decision_ref="Decisión 7")
    with pytest.raises(InvalidInput) as refused:
        done(world, approve_plan, actor=PRESIDENCY, year=2027, decision_ref="  ")
    assert set(refused.value.errors) == {"decision_ref"}
    assert done(world, approve_plan, actor=PRESIDENCY, year=2027, decision_ref="Decisión 7") is True
    assert (
        done(world, approve_plan, actor=PRESIDENCY, year=2027, decision_ref="Decisión 8") is False
    )
    assert seen(world, lambda db: db.get_one(AnnualPlan, 2027).decision_ref) == "Decisión 7"
    assert facts(world) == ["PlanEntryAdded", "PlanApproved"]


@both_databases
def test_an_approved_plan_takes_amendments_and_only_the_presidency_changes_it(world: Flask) -> None:
    entry = approved(world)
    changed = EntryDraft(LocalizedText(es="Talleres"), quarter=2)
    with pytest.raises(OnlyThePresidency):
        done(world, change_entry, year=2027, entry_id=entry, draft=changed)
    with pytest.raises(OnlyThePresidency):
        done(world, remove_entry, year=2027, entry_id=entry)
    done(world, change_entry, actor=PRESIDENCY, year=2027, entry_id=entry, draft=changed)
    with pytest.raises(InvalidInput) as refused:
        done(world, add_entry, year=2027, draft=EntryDraft(LocalizedText(es="Foro")))
    assert set(refused.value.errors) == {"decision_ref"}
    done(
        world,
        add_entry,
        year=2027,
        draft=EntryDraft(LocalizedText(es="Foro"), decision_ref="Decisión 12"),
    )
    assert facts(world) == ["PlanEntryAdded", "PlanApproved", "PlanEntryChanged", "PlanEntryAdded"]


def test_an_entry_under_which_something_is_held_stays(world: Flask) -> None:
    entry = done(world, add_entry, year=2027, draft=EntryDraft(LocalizedText(es="Seminarios")))
    plan(world, a_draft(plan_entry_id=entry))
    with pytest.raises(EntryInUse):
        done(world, remove_entry, year=2027, entry_id=entry)
    assert seen(world, lambda db: db.get(PlanEntry, entry)) is not None
