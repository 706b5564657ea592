"""The yearly cycle by rules and services: clone (R1), plan (R3), preparation (R22), review of the Guidelines (R29)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.events.models import (
    AnnualPlan,
    ChecklistItem,
    Edition,
    EditionFunding,
    Event,
    EventLink,
    EventSession,
    PlanEntry,
    SessionOutline,
    WorkTable,
)
from app.events.rules import OutOfOrder
from app.events.rules.congress import Cycle, EditionState, TableState, checklist, lacks_of_congress
from app.events.rules.editions import (
    CongressNotDated,
    CongressTooShort,
    NothingToLayOut,
    TableInUse,
    is_partial_date,
    slug_of,
)
from app.events.rules.outline import laid_out, outlined
from app.events.rules.plans import EmptyPlan, Entry, EntryInUse, OnlyThePresidency, lack_of_plan
from app.events.rules.publishing import NotReady
from app.events.services import cancel_event, change_event, move_event, plan_event, publish_event
from app.events.services.cloning import clone_edition, lay_out_agenda
from app.events.services.editions import add_item, change_edition, create_edition, remove_table, save_table, tick_item
from app.events.services.funding import add_source, set_edition_funding
from app.events.services.plans import add_entry, approve_plan, change_entry, remove_entry
from app.events.values import NO_TEXT, DatePrecision, EditionLink, EventDraft, EventKind, LinkRole
from app.events.values.editions import EditionDraft, EntryDraft, TableDraft
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import InvalidInput, NotAllowed
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from tests.events.planning_builders import (
    CONVENOR,
    HOUR,
    NINE,
    NOW,
    ORGANIZER,
    PRESIDENCY,
    a_congress,
    a_draft,
    furnish,
)

both_databases = pytest.mark.both_databases
DAY = timedelta(days=1)
SANTO_DOMINGO = ZoneInfo("America/Santo_Domingo")
PREPARES = (EditionLink("iv", LinkRole.PREPARATORY),)
OPENING, REVIEW = LocalizedText("Apertura", "Opening"), LocalizedText("Revisión", "Review")


@pytest.fixture
def world(app: Flask) -> Flask:
    with app.app_context(), transaction() as db:
        furnish(db)
    return app


def done(app: Flask, service: Any, *, actor: Actor = ORGANIZER, now: datetime = NOW, **given: Any) -> Any:
    with app.app_context(), transaction() as db:
        return service(db, actor=actor, now=now, **given)


def seen(app: Flask, work: Any) -> Any:
    with app.app_context(), reading() as db:
        return work(db)


def plan(app: Flask, draft: EventDraft, *, publish: bool = False, actor: Actor = ORGANIZER) -> UUID:
    event_id: UUID = done(app, plan_event, actor=actor, draft=draft, publish=publish)
    return event_id


def facts(app: Flask) -> list[str]:
    return list(seen(app, lambda db: db.scalars(select(JournalEntry.fact).order_by(JournalEntry.id)).all()))


def add_sitting(
    app: Flask, event_id: UUID, kind: str, title: LocalizedText, span: Timespan, *, table: int | None = None
) -> None:
    with app.app_context(), transaction() as db:
        db.add(EventSession(id=uuid4(), event_id=event_id, kind=kind, title=title, notes=NO_TEXT, work_table_id=table,
                            starts_at=span.starts_at, ends_at=span.ends_at))  # fmt: skip


def reviewed(app: Flask, event_id: UUID, starts_at: datetime) -> None:
    add_sitting(app, event_id, "guidelines-review", REVIEW, Timespan(starts_at + HOUR, starts_at + 2 * HOUR))


def lacking(app: Flask, service: Any, **given: Any) -> list[str]:
    with pytest.raises(NotReady) as refused:
        done(app, service, **given)
    return [lack.rule for lack in refused.value.lacks]


# R22 and R29: what a congress needs


@pytest.mark.parametrize(
    ("start", "ends", "reviewed", "missing"),
    [
        (NINE, (), False, ["preparatory-webinar", "guidelines-review"]),
        (NINE, (NINE,), False, ["guidelines-review"]),
        (NINE, (NINE + timedelta(seconds=1),), True, ["preparatory-webinar"]),
        (NINE, (NINE + DAY, NINE - DAY), True, []),
        (None, (NINE,), True, ["dates-of-congress", "preparatory-webinar"]),
    ],
)  # fmt: skip
def test_r22_r29_the_rule_names_everything_at_once(
    start: datetime | None, ends: tuple[datetime, ...], reviewed: bool, missing: list[str]
) -> None:
    found = lacks_of_congress(start, [Cycle("iv", "IV", ends)], has_guidelines_review=reviewed)
    assert [lack.rule for lack in found] == missing
    assert all(lack.edition == "iv" for lack in found)


def test_a_congress_of_no_edition_is_not_published(world: Flask) -> None:
    draft = a_draft(kind=EventKind.CONGRESS, groups=())
    assert lacking(world, plan_event, draft=draft, publish=True) == ["edition-of-congress"]


@both_databases
def test_r22_a_congress_waits_for_a_published_webinar_that_ends_before_it(world: Flask) -> None:
    congress = plan(world, a_congress("iv", NINE + 30 * DAY))
    reviewed(world, congress, NINE + 30 * DAY)
    webinar = plan(world, a_draft(links=PREPARES))
    assert lacking(world, publish_event, event_id=congress) == ["preparatory-webinar"]
    done(world, publish_event, event_id=webinar)
    done(world, cancel_event, event_id=webinar)
    assert lacking(world, publish_event, event_id=congress) == ["preparatory-webinar"]
    plan(world, a_draft(links=PREPARES, span=Timespan(NINE + DAY, NINE + DAY + HOUR)), publish=True)
    done(world, publish_event, event_id=congress)
    assert seen(world, lambda db: db.get_one(Event, congress).status) == "published"


def test_r22_what_prepares_another_edition_does_not_count(world: Flask) -> None:
    congress = plan(world, a_congress("iv", NINE + 30 * DAY))
    reviewed(world, congress, NINE + 30 * DAY)
    plan(world, a_draft(links=(EditionLink("iii", LinkRole.PREPARATORY),)), publish=True)
    assert lacking(world, publish_event, event_id=congress) == ["preparatory-webinar"]


def test_r29_a_congress_without_review_of_the_guidelines_is_not_published(world: Flask) -> None:
    plan(world, a_draft(links=PREPARES), publish=True)
    congress = plan(world, a_congress("iv", NINE + 30 * DAY))
    start = NINE + 30 * DAY
    add_sitting(world, congress, "plenary", OPENING, Timespan(start, start + HOUR))
    assert lacking(world, publish_event, event_id=congress) == ["guidelines-review"]
    reviewed(world, congress, start)
    done(world, publish_event, event_id=congress)


def test_r22_r29_no_way_round_by_changing_the_kind_or_the_edition(world: Flask) -> None:
    webinar = plan(world, a_draft(groups=()), publish=True)
    congress = a_congress("iv", NINE)
    assert lacking(world, change_event, event_id=webinar, draft=congress) == [
        "preparatory-webinar", "guidelines-review",
    ]  # fmt: skip
    agreed = plan(world, replace(congress, span=Timespan(NINE + DAY, NINE + 2 * DAY)), publish=True, actor=SYSTEM)
    retitled = a_congress("iv", NINE + DAY, days=1, place="Santo Domingo")
    done(world, change_event, event_id=agreed, draft=retitled)
    moved = replace(retitled, links=(EditionLink("iii", LinkRole.CONGRESS),))
    assert "preparatory-webinar" in lacking(world, change_event, event_id=agreed, draft=moved)


def status_of(app: Flask, event_id: UUID) -> str:
    with app.app_context(), reading() as db:
        return db.get_one(Event, event_id).status


def test_the_system_records_what_was_agreed_elsewhere(world: Flask) -> None:
    event = plan(world, a_congress("iv", NINE), publish=True, actor=SYSTEM)
    assert status_of(world, event) == "published"


# R3: the annual plan


def approved(app: Flask, year: int = 2027, **entry: Any) -> int:
    entry_id: int = done(app, add_entry, year=year, draft=EntryDraft(LocalizedText("Seminarios", "Webinars"), **entry))
    done(app, approve_plan, actor=PRESIDENCY, year=year, decision_ref="Decisión 7")
    return entry_id


@pytest.mark.parametrize(
    ("entry", "decision", "presides", "missing"),
    [
        (None, "", False, "plan-entry"),
        (Entry(2027), "", False, None),
        (Entry(2027, "protection"), "", False, None),
        (Entry(2027, "labour-migration"), "", False, "plan-entry"),
        (Entry(2026), "", False, "plan-entry"),
        (None, "Decisión 9", False, "presidency-approves"),
        (None, "Decisión 9", True, None),
        (Entry(2026), "Decisión 9", True, None),
        (None, "", True, "plan-entry"),
    ],
)  # fmt: skip
def test_r3_an_entry_of_the_year_and_group_or_a_decision_of_the_presidency(
    entry: Entry | None, decision: str, presides: bool, missing: str | None
) -> None:
    lack = lack_of_plan(2027, groups=("protection",), entry=entry, decision_ref=decision, is_presidencys=presides)
    assert (lack.rule if lack else None) == missing


def test_r3_without_an_approved_plan_nothing_is_asked(world: Flask) -> None:
    done(world, add_entry, year=2027, draft=EntryDraft(LocalizedText("Seminarios")))
    assert status_of(world, plan(world, a_draft(), publish=True)) == "published"


@both_databases
def test_r3_an_event_of_a_planned_year_is_held_under_an_entry(world: Flask) -> None:
    entry = approved(world, group="protection")
    assert lacking(world, plan_event, draft=a_draft(), publish=True) == ["plan-entry"]
    event = plan(world, a_draft(plan_entry_id=entry))
    done(world, publish_event, event_id=event)
    labour = a_draft(groups=("labour-migration",), plan_entry_id=entry, span=Timespan(NINE + DAY, NINE + DAY + HOUR))
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
    assert lacking(world, change_event, event_id=event, draft=other, publish=True) == ["presidency-approves"]
    done(world, publish_event, event_id=event)
    other = a_draft(decision_ref="Decisión 10", span=Timespan(NINE + DAY, NINE + DAY + HOUR))
    plan(world, other, publish=True, actor=PRESIDENCY)


def test_r3_the_year_is_that_of_the_events_own_clock(world: Flask) -> None:
    """20:00 on 31 December in Costa Rica is 2028 in UTC already."""
    approved(world, year=2028)
    eve = datetime(2028, 1, 1, 2, tzinfo=NINE.tzinfo)
    plan(world, a_draft(span=Timespan(eve, eve + HOUR)), publish=True)
    later = Timespan(eve + 5 * HOUR, eve + 6 * HOUR)
    assert lacking(world, plan_event, draft=a_draft(span=later), publish=True) == ["plan-entry"]


def test_r3_what_is_published_keeps_its_ground_and_is_asked_when_it_changes_year(world: Flask) -> None:
    event = plan(world, a_draft(), publish=True)
    approved(world)
    approved(world, year=2028)
    done(world, move_event, event_id=event, span=Timespan(NINE + DAY, NINE + DAY + HOUR))
    next_year = Timespan(NINE + 371 * DAY, NINE + 371 * DAY + HOUR)
    assert lacking(world, move_event, event_id=event, span=next_year) == ["plan-entry"]


def test_r3_and_r22_and_r29_are_said_in_one_refusal(world: Flask) -> None:
    approved(world)
    assert lacking(world, plan_event, draft=a_congress("iv", NINE), publish=True) == [
        "preparatory-webinar", "guidelines-review", "plan-entry",
    ]  # fmt: skip


def test_an_entry_that_does_not_exist_is_refused_at_its_field(world: Flask) -> None:
    with pytest.raises(InvalidInput) as refused:
        plan(world, a_draft(plan_entry_id=99))
    assert set(refused.value.errors) == {"plan_entry_id"}


def test_a_plan_is_approved_once_by_the_presidency_with_its_decision(world: Flask) -> None:
    with pytest.raises(EmptyPlan):
        done(world, approve_plan, actor=PRESIDENCY, year=2027, decision_ref="Decisión 7")
    done(world, add_entry, year=2027, draft=EntryDraft(LocalizedText("Seminarios")))
    with pytest.raises(NotAllowed):
        done(world, approve_plan, year=2027, decision_ref="Decisión 7")
    with pytest.raises(InvalidInput) as refused:
        done(world, approve_plan, actor=PRESIDENCY, year=2027, decision_ref="  ")
    assert set(refused.value.errors) == {"decision_ref"}
    assert done(world, approve_plan, actor=PRESIDENCY, year=2027, decision_ref="Decisión 7") is True
    assert done(world, approve_plan, actor=PRESIDENCY, year=2027, decision_ref="Decisión 8") is False
    assert seen(world, lambda db: db.get_one(AnnualPlan, 2027).decision_ref) == "Decisión 7"
    assert facts(world) == ["PlanEntryAdded", "PlanApproved"]


@both_databases
def test_an_approved_plan_takes_amendments_and_only_the_presidency_changes_it(world: Flask) -> None:
    entry = approved(world)
    changed = EntryDraft(LocalizedText("Talleres"), quarter=2)
    with pytest.raises(OnlyThePresidency):
        done(world, change_entry, year=2027, entry_id=entry, draft=changed)
    with pytest.raises(OnlyThePresidency):
        done(world, remove_entry, year=2027, entry_id=entry)
    done(world, change_entry, actor=PRESIDENCY, year=2027, entry_id=entry, draft=changed)
    with pytest.raises(InvalidInput) as refused:
        done(world, add_entry, year=2027, draft=EntryDraft(LocalizedText("Foro")))
    assert set(refused.value.errors) == {"decision_ref"}
    done(world, add_entry, year=2027, draft=EntryDraft(LocalizedText("Foro"), decision_ref="Decisión 12"))
    assert facts(world) == ["PlanEntryAdded", "PlanApproved", "PlanEntryChanged", "PlanEntryAdded"]


def test_an_entry_under_which_something_is_held_stays(world: Flask) -> None:
    entry = done(world, add_entry, year=2027, draft=EntryDraft(LocalizedText("Seminarios")))
    plan(world, a_draft(plan_entry_id=entry))
    with pytest.raises(EntryInUse):
        done(world, remove_entry, year=2027, entry_id=entry)
    assert seen(world, lambda db: db.get(PlanEntry, entry)) is not None


# R1: the next edition from the last


def a_held_congress(app: Flask) -> UUID:
    """Edition III: two tables with people, two lines of which one is ticked, a donor, a congress with a day plan."""
    table = done(app, save_table, slug="iii", draft=TableDraft(LocalizedText("Mesa A", "Table A"), 1, "HN", 1, 2))
    done(app, save_table, slug="iii", draft=TableDraft(LocalizedText("Mesa B", "Table B"), 2))
    ticked = done(app, add_item, slug="iii", words=LocalizedText("Invitar", "Invite"))
    done(app, tick_item, slug="iii", item_id=ticked, is_done=True)
    done(app, add_item, slug="iii", words=LocalizedText("Intérpretes", "Interpreters"))
    fund = done(app, add_source, name=LocalizedText("Fondo", "Fund"))
    done(app, set_edition_funding, slug="iii", sources=[fund])
    congress = plan(app, a_congress("iii", NINE, timezone="America/Santo_Domingo"), publish=True, actor=SYSTEM)
    add_sitting(app, congress, "opening", OPENING, Timespan(NINE, NINE + HOUR))
    add_sitting(
        app, congress, "work-table", LocalizedText("Mesa A"), Timespan(NINE + HOUR, NINE + 3 * HOUR), table=table
    )
    add_sitting(app, congress, "guidelines-review", REVIEW, Timespan(NINE + DAY, NINE + DAY + HOUR))
    return congress


def rows(db: Session, model: Any, slug: str) -> Sequence[Any]:
    edition = db.scalars(select(Edition).where(Edition.slug == slug)).one()
    return db.scalars(select(model).where(model.edition_id == edition.id).order_by(model.id)).all()


@both_databases
def test_r1_a_clone_has_the_structure_and_no_dates_people_or_donors(world: Flask) -> None:
    a_held_congress(world)
    slug = done(world, clone_edition, slug="iii", label="VII")
    assert slug == "congress-vii"
    with world.app_context(), reading() as db:
        edition = db.scalars(select(Edition).where(Edition.slug == slug)).one()
        source = db.scalars(select(Edition).where(Edition.slug == "iii")).one()
        assert (edition.label, edition.cloned_from) == ("VII", source.id)
        assert (edition.starts_on, edition.ends_on, edition.place, edition.presidency_code) == ("", "", "", None)
        tables = rows(db, WorkTable, slug)
        assert [(table.theme.es, table.position) for table in tables] == [("Mesa A", 1), ("Mesa B", 2)]
        assert {(t.moderator_id, t.rapporteur_id, t.coordinator_country) for t in tables} == {(None, None, None)}
        items = rows(db, ChecklistItem, slug)
        assert [(item.words.es, item.done_at) for item in items] == [("Invitar", None), ("Intérpretes", None)]
        assert rows_of_funding(db, edition.id) == []
        outline = [
            (one.kind, one.after_minutes, one.minutes, one.work_table_id) for one in rows(db, SessionOutline, slug)
        ]
        assert outline == [
            ("opening", 0, 60, None), ("work-table", 60, 120, tables[0].id), ("guidelines-review", 24 * 60, 60, None),
        ]  # fmt: skip
        congress = db.scalars(
            select(Event).join(EventLink, EventLink.event_id == Event.id).where(EventLink.edition_id == edition.id)
        ).one()
        assert (congress.kind, congress.status, congress.date_precision) == ("congress", "draft", "unknown")
        assert (congress.starts_at, congress.ends_at) == (None, None)
        assert db.scalars(select(EventSession).where(EventSession.event_id == congress.id)).all() == []
    assert facts(world)[-2:] == ["EventPlanned", "EditionCloned"]


def rows_of_funding(db: Session, edition_id: int) -> list[int]:
    return list(db.scalars(select(EditionFunding.funding_source_id).where(EditionFunding.edition_id == edition_id)))


@pytest.mark.parametrize("label", ["VII", "vii", "III", " iii ", "iv"])
def test_r1_the_same_label_twice_is_refused_at_the_field(world: Flask, label: str) -> None:
    done(world, clone_edition, slug="iii", label="VII")
    with pytest.raises(InvalidInput) as refused:
        done(world, clone_edition, slug="iii", label=label)
    assert set(refused.value.errors) == {"label"}


@pytest.mark.parametrize("label", ["", "  ", "«»", "x" * 21, "a\x00b"])
def test_r1_a_label_that_is_none_is_refused_at_the_field(world: Flask, label: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        done(world, clone_edition, slug="iii", label=label)
    assert set(refused.value.errors) == {"label"}


@both_databases
def test_r1_the_day_plan_is_laid_out_once_the_congress_has_its_hours(world: Flask) -> None:
    a_held_congress(world)
    slug = done(world, clone_edition, slug="iii", label="VII")
    with pytest.raises(CongressNotDated):
        done(world, lay_out_agenda, slug=slug)
    start = datetime(2028, 3, 14, 13, tzinfo=NINE.tzinfo)
    congress = seen(world, lambda db: db.scalars(select(Event.id).where(Event.date_precision == "unknown")).one())
    dated = a_congress(slug, start, days=1, timezone="America/Santo_Domingo")
    done(world, change_event, event_id=congress, draft=replace(dated, date_precision=DatePrecision.INSTANT))
    with pytest.raises(CongressTooShort):
        done(world, lay_out_agenda, slug=slug)
    done(world, move_event, event_id=congress, span=Timespan(start, start + 2 * DAY))
    done(world, lay_out_agenda, slug=slug)
    found = seen(world, lambda db: [
        (one.kind, one.starts_at - start, one.ends_at - one.starts_at)
        for one in db.scalars(select(EventSession).where(EventSession.event_id == congress)
                              .order_by(EventSession.starts_at))])  # fmt: skip
    assert found == [("opening", timedelta(), HOUR), ("work-table", HOUR, 2 * HOUR), ("guidelines-review", DAY, HOUR)]
    with pytest.raises(NothingToLayOut):
        done(world, lay_out_agenda, slug=slug)


def test_a_day_plan_keeps_the_hours_of_the_wall_over_a_change_of_clocks() -> None:
    """The second morning of a congress in New York over the night of 14 March 2027 is 23 hours later."""
    zone = ZoneInfo("America/New_York")
    start = datetime(2027, 3, 13, 14, tzinfo=NINE.tzinfo)
    second = datetime(2027, 3, 14, 13, tzinfo=NINE.tzinfo)
    [sitting] = outlined([("plenary", OPENING, None, second, second + HOUR)], start, zone)
    assert (sitting.after_minutes, sitting.minutes) == (24 * 60, 60)
    [(_one, span)] = laid_out([sitting], start, second + HOUR, zone)
    assert span == Timespan(second, second + HOUR)


# Editions, tables, checklist


@both_databases
def test_an_edition_is_created_changed_and_refused_field_by_field(world: Flask) -> None:
    draft = EditionDraft("VII", LocalizedText("Tema", "Theme"), "BZ", "Belmopán", "2027-07", "2027-07-09", "Decisión 3")
    slug = done(world, create_edition, draft=draft)
    done(world, change_edition, slug=slug, draft=draft)
    done(world, change_edition, slug=slug, draft=replace(draft, label="Séptimo", ends_on="2027"))
    assert facts(world) == ["EditionCreated", "EditionChanged"]
    wrong = EditionDraft("iii", LocalizedText("x" * 301), "XX", starts_on="2027-13", ends_on="mañana")
    with pytest.raises(InvalidInput) as refused:
        done(world, change_edition, slug=slug, draft=replace(wrong, label=""))
    assert set(refused.value.errors) == {"label", "theme_es", "starts_on", "ends_on"}
    with pytest.raises(InvalidInput) as refused:
        done(world, change_edition, slug=slug, draft=replace(draft, starts_on="2027-08", presidency="XX"))
    assert set(refused.value.errors) == {"ends_on"}
    with pytest.raises(NotAllowed):
        done(world, create_edition, actor=CONVENOR, draft=draft)


def test_a_table_of_which_a_session_sits_is_not_removed(world: Flask) -> None:
    a_held_congress(world)
    table = seen(world, lambda db: rows(db, WorkTable, "iii")[0].id)
    with pytest.raises(TableInUse):
        done(world, remove_table, slug="iii", table_id=table)


def a_state(**changes: Any) -> EditionState:
    given: dict[str, Any] = {
        "are_days_known": True, "is_congress_planned": True, "starts_at": NINE, "preparatory_ends": (NINE - DAY,),
        "has_guidelines_review": True, "tables": (TableState(OPENING, True, True),), "texts": (OPENING,),
        "has_presidency": True, "is_decided": True,
    }  # fmt: skip
    return EditionState(**(given | changes))


@pytest.mark.parametrize(
    ("changes", "red"),
    [
        ({}, set()),
        ({"are_days_known": False, "starts_at": None}, {"dates", "preparatory"}),
        ({"is_congress_planned": False, "has_guidelines_review": False}, {"congress", "guidelines-review"}),
        ({"preparatory_ends": (NINE + HOUR,)}, {"preparatory"}),
        ({"tables": ()}, {"tables"}),
        ({"tables": (TableState(OPENING, True, False),)}, {"tables"}),
        ({"texts": (LocalizedText("Solo español"),)}, {"languages"}),
        ({"has_presidency": False, "is_decided": False}, {"presidency", "decision"}),
    ],
)  # fmt: skip
def test_r22_r29_the_checklist_says_what_is_red_and_why(changes: dict[str, Any], red: set[str]) -> None:
    found = checklist(a_state(**changes))
    assert {check.key for check in found if not check.is_done} == red
    assert len(found) == 8


def test_labels_become_slugs_and_dates_may_be_partial() -> None:
    assert [slug_of(label) for label in ("VII", "2027", "Séptimo Ñandú", "«»")] == [
        "congress-vii", "congress-2027", "congress-septimo-nandu", "",
    ]  # fmt: skip
    dates = ("2027", "2027-07", "2027-07-06", "2027-13", "27", "2027-07-", "²027")
    assert [text for text in dates if is_partial_date(text)] == ["2027", "2027-07", "2027-07-06"]


def test_r45_stands_beside_r22(world: Flask) -> None:
    """A preparatory event after the congress is refused for itself, whatever else prepares it."""
    plan(world, a_congress("iv", NINE), publish=True, actor=SYSTEM)
    late = a_draft(links=PREPARES, span=Timespan(NINE + 3 * DAY, NINE + 3 * DAY + HOUR))
    with pytest.raises(OutOfOrder):
        plan(world, late, publish=True)
