"""The next edition from the last (R1): its structure without dates, people or donors, and its day
plan later.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.database import reading, transaction
from app.kernel.refusal import InvalidInput
from app.kernel.timespan import Timespan
from app.planning.arranging.rules.cycle import EditionTaken
from app.planning.arranging.services.planning import change_event, move_event, plan_event
from app.planning.cycles.rules import (
    CongressNotDated,
    CongressTooShort,
    NothingToLayOut,
    laid_out,
    outlined,
)
from app.planning.cycles.services.editions import clone_edition, lay_out_agenda
from app.planning.events.models import (
    ChecklistItem,
    Edition,
    EditionFunding,
    Event,
    EventLink,
    EventSession,
    SessionOutline,
    WorkTable,
)
from app.planning.events.values import DatePrecision
from tests.planning.cycles.editions import DAY, OPENING, a_held_congress, done, facts, rows, seen
from tests.planning.events.planning_builders import HOUR, NINE, a_congress, furnish

both_databases = pytest.mark.both_databases


@pytest.fixture
def world(app: Flask) -> Flask:
    with app.app_context(), transaction() as db:
        furnish(db)
    return app


@both_databases
def test_r1_a_clone_has_the_structure_and_no_dates_people_or_donors(world: Flask) -> None:
    a_held_congress(world)
    slug = done(world, clone_edition, slug="iii", label="VII")
    assert slug == "congress-vii"
    with world.app_context(), reading() as db:
        edition = db.scalars(select(Edition).where(Edition.slug == slug)).one()
        source = db.scalars(select(Edition).where(Edition.slug == "iii")).one()
        assert (edition.label, edition.cloned_from) == ("VII", source.id)
        assert (edition.starts_on, edition.ends_on, edition.place, edition.presidency_code) == (
            "",
            "",
            "",
            None,
        )
        tables = rows(db, WorkTable, slug)
        assert [(table.theme["es"], table.position) for table in tables] == [
            ("Mesa A", 1),
            ("Mesa B", 2),
        ]
        assert {(t.moderator_id, t.rapporteur_id, t.coordinator_country) for t in tables} == {
            (None, None, None)
        }
        items = rows(db, ChecklistItem, slug)
        assert [(item.words["es"], item.done_at) for item in items] == [
            ("Invitar", None),
            ("Intérpretes", None),
        ]
        assert rows_of_funding(db, edition.id) == []
        outline = [
            (one.kind, one.after_minutes, one.minutes, one.work_table_id)
            for one in rows(db, SessionOutline, slug)
        ]
        assert outline == [
            ("opening", 0, 60, None),
            ("work-table", 60, 120, tables[0].id),
            ("guidelines-review", 24 * 60, 60, None),
        ]
        congress = db.scalars(
            select(Event)
            .join(EventLink, EventLink.event_id == Event.id)
            .where(EventLink.edition_id == edition.id)
        ).one()
        assert (congress.kind, congress.status, congress.date_precision) == (
            "congress",
            "draft",
            "unknown",
        )
        assert (congress.starts_at, congress.ends_at) == (None, None)
        assert (
            db.scalars(select(EventSession).where(EventSession.event_id == congress.id)).all() == []
        )
    assert facts(world)[-4:] == ["EventPlanned", "EditionCloned", *["WorkPlanOpened"] * 2]


def rows_of_funding(db: Session, edition_id: int) -> list[int]:
    return list(
        db.scalars(
            select(EditionFunding.funding_source_id).where(EditionFunding.edition_id == edition_id)
        )
    )


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


def test_r1_the_congress_of_a_clone_is_dated_and_no_second_one_is_planned(world: Flask) -> None:
    a_held_congress(world)
    slug = done(world, clone_edition, slug="iii", label="VII")
    dated = a_congress(slug, datetime(2028, 3, 14, 13, tzinfo=NINE.tzinfo), days=1)
    with pytest.raises(EditionTaken):
        done(world, plan_event, draft=dated, publish=False)
    congress = seen(
        world,
        lambda db: db.scalars(select(Event.id).where(Event.date_precision == "unknown")).one(),
    )
    done(
        world,
        change_event,
        event_id=congress,
        draft=replace(dated, date_precision=DatePrecision.INSTANT),
    )


@both_databases
def test_r1_the_day_plan_is_laid_out_once_the_congress_has_its_hours(world: Flask) -> None:
    a_held_congress(world)
    slug = done(world, clone_edition, slug="iii", label="VII")
    with pytest.raises(CongressNotDated):
        done(world, lay_out_agenda, slug=slug)
    start = datetime(2028, 3, 14, 13, tzinfo=NINE.tzinfo)
    congress = seen(
        world,
        lambda db: db.scalars(select(Event.id).where(Event.date_precision == "unknown")).one(),
    )
    dated = a_congress(slug, start, days=1, timezone="America/Santo_Domingo")
    done(
        world,
        change_event,
        event_id=congress,
        draft=replace(dated, date_precision=DatePrecision.INSTANT),
    )
    with pytest.raises(CongressTooShort):
        done(world, lay_out_agenda, slug=slug)
    done(world, move_event, event_id=congress, span=Timespan(start, start + 2 * DAY))
    done(world, lay_out_agenda, slug=slug)
    found = seen(
        world,
        lambda db: [
            (one.kind, one.starts_at - start, one.ends_at - one.starts_at)
            for one in db.scalars(
                select(EventSession)
                .where(EventSession.event_id == congress)
                .order_by(EventSession.starts_at)
            )
        ],
    )
    assert found == [
        ("opening", timedelta(), HOUR),
        ("work-table", HOUR, 2 * HOUR),
        ("guidelines-review", DAY, HOUR),
    ]
    with pytest.raises(NothingToLayOut):
        done(world, lay_out_agenda, slug=slug)


def test_a_day_plan_keeps_the_hours_of_the_wall_over_a_change_of_clocks() -> None:
    """The second morning of a congress in New York over the night of 14 March 2027 is 23 hours
    later.
    """
    zone = ZoneInfo("America/New_York")
    start = datetime(2027, 3, 13, 14, tzinfo=NINE.tzinfo)
    second = datetime(2027, 3, 14, 13, tzinfo=NINE.tzinfo)
    [sitting] = outlined([("plenary", OPENING, None, second, second + HOUR)], start, zone)
    assert (sitting.after_minutes, sitting.minutes) == (24 * 60, 60)
    [(_one, span)] = laid_out([sitting], start, second + HOUR, zone)
    assert span == Timespan(second, second + HOUR)
