"""Editions, their tables and their checklist by rules and services."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app.infra.database import transaction
from app.kernel.refusal import InvalidInput, NotAllowed
from app.kernel.text import LocalizedText
from app.planning.arranging.rules.cycle import EditionState, TableState, checklist
from app.planning.cycles.rules import TableInUse, is_partial_date, slug_of
from app.planning.cycles.services.editions import (
    add_item,
    change_edition,
    create_edition,
    remove_table,
    save_table,
)
from app.planning.cycles.services.plans import add_entry
from app.planning.events.models import WorkTable
from app.planning.events.values import EditionDraft, EntryDraft, TableDraft
from tests.planning.cycles.editions import DAY, OPENING, a_held_congress, done, facts, rows, seen
from tests.planning.events.planning_builders import CONVENOR, HOUR, NINE, furnish

both_databases = pytest.mark.both_databases


@pytest.fixture
def world(app: Flask) -> Flask:
    with app.app_context(), transaction() as db:
        furnish(db)
    return app


@both_databases
def test_an_edition_is_created_changed_and_refused_field_by_field(world: Flask) -> None:
    draft = EditionDraft(
        "VII",
        LocalizedText(es="Tema", en="Theme"),
        "BZ",
        "Belmopán",
        "2027-07",
        "2027-07-09",
        "Decisión 3",
    )
    slug = done(world, create_edition, draft=draft)
    done(world, change_edition, slug=slug, draft=draft)
    done(world, change_edition, slug=slug, draft=replace(draft, label="Séptimo", ends_on="2027"))
    assert facts(world) == ["EditionCreated", "EditionChanged"]
    wrong = EditionDraft(
        "iii", LocalizedText(es="x" * 301), "XX", starts_on="2027-13", ends_on="mañana"
    )
    with pytest.raises(InvalidInput) as refused:
        done(world, change_edition, slug=slug, draft=replace(wrong, label=""))
    assert set(refused.value.errors) == {"label", "theme_es", "starts_on", "ends_on"}
    with pytest.raises(InvalidInput) as refused:
        done(
            world,
            change_edition,
            slug=slug,
            draft=replace(draft, starts_on="2027-08", presidency="XX"),
        )
    assert set(refused.value.errors) == {"ends_on"}
    with pytest.raises(NotAllowed):
        done(world, create_edition, actor=CONVENOR, draft=draft)


@pytest.mark.parametrize("day", ["0001-01-01", "1989", "2101-01", "9999-12-31"])
def test_an_edition_is_of_a_year_that_can_be_meant(world: Flask, day: str) -> None:
    """Beyond, no calendar has a day after: such an edition could never be opened again."""
    with pytest.raises(InvalidInput) as refused:
        done(
            world,
            create_edition,
            draft=EditionDraft("VII", LocalizedText(es="Tema"), starts_on=day, ends_on=day),
        )
    assert set(refused.value.errors) == {"starts_on", "ends_on"}


def test_a_table_of_which_a_session_sits_is_not_removed(world: Flask) -> None:
    a_held_congress(world)
    table = seen(world, lambda db: rows(db, WorkTable, "iii")[0].id)
    with pytest.raises(TableInUse):
        done(world, remove_table, slug="iii", table_id=table)


def test_a_button_pressed_twice_adds_one_line_one_table_and_one_entry(world: Flask) -> None:
    words, table = (
        LocalizedText(es="Intérpretes"),
        TableDraft(LocalizedText(es="Mesa A"), 1, "HN", 1, 2),
    )
    entry = EntryDraft(LocalizedText(es="Seminarios"), group="protection", quarter=2)
    pressed: tuple[tuple[Any, dict[str, Any]], ...] = (
        (add_item, {"slug": "iv", "words": words}),
        (save_table, {"slug": "iv", "draft": table}),
        (add_entry, {"year": 2027, "draft": entry}),
    )
    for service, given in pressed:
        assert done(world, service, **given) == done(world, service, **given)
    assert facts(world) == [
        "ChecklistItemChanged",
        "WorkTableChanged",
        "WorkPlanOpened",
        "PlanEntryAdded",
    ]


def a_state(**changes: Any) -> EditionState:
    given: dict[str, Any] = {
        "are_days_known": True,
        "is_congress_planned": True,
        "starts_at": NINE,
        "preparatory_ends": (NINE - DAY,),
        "has_guidelines_review": True,
        "tables": (TableState(1, OPENING, True, True),),
        "texts": (OPENING,),
        "has_presidency": True,
        "is_decided": True,
    }
    return EditionState(**(given | changes))


@pytest.mark.parametrize(
    ("changes", "red"),
    [
        ({}, set()),
        ({"are_days_known": False, "starts_at": None}, {"dates", "preparatory"}),
        (
            {"is_congress_planned": False, "has_guidelines_review": False},
            {"congress", "guidelines-review"},
        ),
        ({"preparatory_ends": (NINE + HOUR,)}, {"preparatory"}),
        ({"tables": ()}, {"tables"}),
        ({"tables": (TableState(1, OPENING, True, False),)}, {"tables"}),
        ({"texts": (LocalizedText(es="Solo español"),)}, {"languages"}),
        ({"has_presidency": False, "is_decided": False}, {"presidency", "decision"}),
    ],
)
def test_r22_r29_the_checklist_says_what_is_red_and_why(
    changes: dict[str, Any], red: set[str]
) -> None:
    found = checklist(a_state(**changes))
    assert {check.key for check in found if not check.is_done} == red
    assert len(found) == 8


def test_checklist_names_the_tables_where_somebody_is_missing() -> None:
    tables = [TableState(1, OPENING, True, True), TableState(2, OPENING, True, False)]
    [said] = [one.reason for one in checklist(a_state(tables=tables)) if one.key == "tables"]
    assert said is not None
    assert said.params == {"tables": "2"}


def test_labels_become_slugs_and_dates_may_be_partial() -> None:
    assert [slug_of(label) for label in ("VII", "2027", "Séptimo Ñandú", "«»")] == [
        "congress-vii",
        "congress-2027",
        "congress-septimo-nandu",
        "",
    ]
    dates = ("2027", "2027-07", "2027-07-06", "2027-13", "27", "2027-07-", "²027")
    assert [text for text in dates if is_partial_date(text)] == ["2027", "2027-07", "2027-07-06"]
