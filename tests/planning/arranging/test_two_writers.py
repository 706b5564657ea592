"""Two organizers at one form of an event, an edition or a plan: neither loses a word without being
told.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra.database import transaction
from app.kernel.refusal import InvalidInput
from app.kernel.seen import ChangedMeanwhile, mark_of
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.arranging.rules.plans import PlanChanged
from app.planning.arranging.services.planning import change_event
from app.planning.cycles.queries import edition_draft
from app.planning.cycles.services.editions import (
    add_source,
    change_edition,
    save_table,
    set_edition_funding,
    set_event_funding,
)
from app.planning.cycles.services.plans import add_entry, approve_plan, change_entry, remove_entry
from app.planning.events.queries.events import event_of
from app.planning.events.values import EditionDraft, EntryDraft, TableDraft
from app.web.locale import LANGUAGE_COOKIE
from tests.planning.agenda.agenda import a_session, added
from tests.planning.cycles.editions import done, facts, plan, seen
from tests.planning.events.planning_builders import (
    FOCAL_POINT,
    HOUR,
    NINE,
    NOW,
    ORGANIZER,
    PRESIDENCY,
    a_draft,
    act_as,
    furnished,
    typed,
)
from tests.planning.series.series import a_series
from tests.security.test_races import together
from tests.support.actors import csrf_token
from tests.support.two_writers import carried, second_is_told

ONE, OTHER = ["fondo-a"], ["fondo-b"]
Write = Callable[..., Any]
OTHER_TICKED = '<input checked id="sources-1"'


@pytest.fixture
def world(app: Flask) -> Flask:
    furnished(app)
    act_as(app, ORGANIZER)
    for name in ("Fondo A", "Fondo B"):
        done(app, add_source, name=LocalizedText(es=name))
    return app


def test_at_the_forms_of_an_edition_and_of_a_plan(world: Flask, client: FlaskClient) -> None:
    table = done(world, save_table, slug="iv", draft=TableDraft(LocalizedText(es="Mesa A"), 1))
    entry = done(world, add_entry, year=2027, draft=EntryDraft(LocalizedText(es="Foro")))
    label, position = {"label": "IV"}, {"position": "1", "action": "save"}
    second_is_told(
        client,
        "/editions/iv/edit",
        {**label, "place": "Belice"},
        {**label, "theme_es": "Otro «tema»"},
        "Otro «tema»",
    )
    second_is_told(
        client,
        f"/editions/iv/tables/{table}",
        {**position, "theme_es": "Mesa B"},
        {**position, "theme_es": "Mesa «C»"},
        "Mesa «C»",
    )
    second_is_told(
        client,
        f"/annual-plans/2027/entries/{entry}",
        {"title_es": "Foro", "events_planned": "2"},
        {"title_es": "Foro «A»", "events_planned": "1"},
        "Foro «A»",
    )
    second_is_told(
        client, "/editions/iv/funding", {"sources": ONE}, {"sources": OTHER}, OTHER_TICKED
    )


def test_at_the_forms_of_an_event(world: Flask, client: FlaskClient) -> None:
    event = plan(world, a_draft(span=Timespan(NINE, NINE + 4 * HOUR)))
    with world.app_context():
        session = added(event, a_session(1, 1))
    at = f"/events/{event}"
    hours = {
        "kind": "panel",
        "on": "2027-03-09",
        "start": "10:00",
        "end": "11:00",
        "action": "save",
    }
    second_is_told(client, f"{at}/funding", {"sources": ONE}, {"sources": OTHER}, OTHER_TICKED)
    second_is_told(
        client, f"{at}/brief", {"concept_es": "Una"}, {"concept_es": "Otra «nota»"}, "Otra «nota»"
    )
    second_is_told(
        client,
        f"{at}/agenda/{session}",
        {**hours, "title_es": "Una"},
        {**hours, "title_es": "«Otra»"},
        "«Otra»",
    )


def test_at_the_forms_of_when_and_for_how_many_an_event_is(
    world: Flask, client: FlaskClient
) -> None:
    at = f"/events/{plan(world, a_draft())}"
    second_is_told(
        client,
        f"{at}/edit",
        typed(action="save", place="Otra"),
        typed(action="save", place="Sala «Á»"),
        "Sala «Á»",
    )
    second_is_told(client, f"{at}/places", {"capacity": "40"}, {"capacity": "41"}, 'value="41"')
    second_is_told(
        client,
        f"{at}/move",
        {"on": "2027-03-10", "start": "09:00"},
        {"on": "2027-03-16", "start": "10:00"},
        'value="2027-03-16"',
    )


def test_whoever_sets_places_is_told_of_what_that_form_shows_and_of_nothing_else(
    world: Flask, client: FlaskClient
) -> None:
    event = plan(world, a_draft())
    path, closes = f"/events/{event}/places", {"closes_on": "2027-03-01", "closes_at": "17:00"}

    def saved(capacity: str, mark: str) -> int:
        data = {**closes, "capacity": capacity, "seen": mark, "csrf_token": csrf_token(client)}
        return client.post(path, data=data).status_code

    cases: tuple[tuple[dict[str, Any], int], ...] = (
        ({"place": "Belice"}, 303),
        ({"title": LocalizedText(es="Otro título")}, 303),
        ({"capacity": 90}, 409),
        ({"timezone": "America/Panama"}, 409),
    )
    for number, (changes, status) in enumerate(cases):
        mark = carried(client.get(path).text, "seen")
        draft = seen(world, lambda db: event_of(db, actor=ORGANIZER, event_id=event).as_draft())
        done(world, change_event, event_id=event, draft=replace(draft, **changes))
        assert saved(str(50 + number), mark) == status, changes


def test_at_the_form_of_a_series_and_of_a_holiday(world: Flask, client: FlaskClient) -> None:
    events = a_series(world)
    date = {
        "scope": "this",
        "title_es": "Una",
        "on": "2027-03-09",
        "start": "09:00",
        "end": "10:00",
        "action": "save",
    }
    second_is_told(
        client,
        f"/events/{events[2]}/series",
        date,
        {**date, "title_es": "«Otra»"},
        "«Otra»",
    )
    act_as(world, replace(FOCAL_POINT, grants=ORGANIZER.grants))
    second_is_told(
        client,
        "/countries/GT/holidays/2027-03-09",
        {"name_es": "Uno"},
        {"name_es": "«Otro»"},
        "«Otro»",
    )


def test_whoever_approves_a_plan_has_read_it_as_it_is(world: Flask, client: FlaskClient) -> None:
    path, foro = "/annual-plans/2027", EntryDraft(LocalizedText(es="Foro"))
    entry = done(world, add_entry, year=2027, draft=foro)
    act_as(world, PRESIDENCY)
    writes: tuple[tuple[Write, dict[str, Any]], ...] = (
        (add_entry, {"draft": replace(foro, quarter=2)}),
        (change_entry, {"entry_id": entry, "draft": replace(foro, events_planned=3)}),
        (remove_entry, {"entry_id": entry}),
    )
    for meanwhile, about in writes:
        answers = {"decision_ref": "Decisión «7»", "csrf_token": csrf_token(client)}
        mark = carried(client.get(path).text, "seen")
        done(world, meanwhile, year=2027, **about)
        for language, said in (("en", "so it is not approved"), ("es", "por eso no se aprobó")):
            client.set_cookie(LANGUAGE_COOKIE, language)
            refused = client.post(f"{path}/approve", data={**answers, "seen": mark})
            assert (refused.status_code, said in refused.text, "Decisión «7»" in refused.text) == (
                409,
                True,
                True,
            )
    for _press in range(2):
        data = {**answers, "seen": carried(refused.text, "seen")}
        assert client.post(f"{path}/approve", data=data).status_code == 303
    assert facts(world).count("PlanApproved") == 1


@pytest.mark.both_databases
def test_of_an_approval_and_an_entry_at_the_same_moment_one_gives_way(world: Flask) -> None:
    entry = EntryDraft(LocalizedText(es="Foro"))
    mark = mark_of(((done(world, add_entry, year=2027, draft=entry), entry),))

    def approving() -> object:
        with transaction() as db:
            return approve_plan(
                db, actor=PRESIDENCY, year=2027, decision_ref="Decisión 7", now=NOW, seen=mark
            )

    def adding() -> object:
        with transaction() as db:
            return add_entry(
                db, actor=ORGANIZER, year=2027, draft=replace(entry, quarter=2), now=NOW
            )

    results = together(world, [approving, adding])
    assert [isinstance(one, PlanChanged | InvalidInput) for one in results].count(True) == 1, (
        results
    )


def test_a_form_with_a_mistake_still_knows_what_its_writer_had_seen(
    world: Flask, client: FlaskClient
) -> None:
    """Else the mistake, once mended, would be saved over what somebody wrote meanwhile."""
    table = done(world, save_table, slug="iv", draft=TableDraft(LocalizedText(es="Mesa A"), 1))
    entry = done(world, add_entry, year=2027, draft=EntryDraft(LocalizedText(es="Foro")))
    for path, wrong in (
        ("/editions/iv/edit", {"label": "x" * 21}),
        (f"/editions/iv/tables/{table}", {"theme_es": "Mesa", "position": "x", "action": "save"}),
        (
            f"/editions/iv/tables/{table}",
            {"theme_es": "Mesa", "position": "1", "people_words": "a", "action": "find"},
        ),
        (f"/annual-plans/2027/entries/{entry}", {"title_es": "Foro", "events_planned": "x"}),
        ("/editions/iv/funding", {"sources": ["fondo-z"]}),
    ):
        answer = client.post(
            path, data={**wrong, "seen": "0123456789abcdef", "csrf_token": csrf_token(client)}
        )
        assert answer.status_code in (200, 422), path
        assert carried(answer.text, "seen") == "0123456789abcdef", path


@pytest.mark.both_databases
def test_of_two_who_save_at_the_same_moment_one_is_told(world: Flask) -> None:
    edition: EditionDraft = seen(world, lambda db: edition_draft(db, slug="iv"))
    table, entry = TableDraft(LocalizedText(es="Mesa A"), 1), EntryDraft(LocalizedText(es="Foro"))
    table_id, entry_id = (
        done(world, save_table, slug="iv", draft=table),
        done(world, add_entry, year=2027, draft=entry),
    )
    event = plan(world, a_draft())
    writes: tuple[tuple[Write, dict[str, Any], tuple[Any, Any], str], ...] = (
        (
            change_edition,
            {"slug": "iv"},
            (replace(edition, place="A"), replace(edition, place="B")),
            mark_of(edition),
        ),
        (
            save_table,
            {"slug": "iv", "table_id": table_id},
            (replace(table, position=2), replace(table, position=3)),
            mark_of(table),
        ),
        (
            change_entry,
            {"year": 2027, "entry_id": entry_id},
            (replace(entry, quarter=1), replace(entry, quarter=2)),
            mark_of(entry),
        ),
        (set_edition_funding, {"slug": "iv"}, (ONE, OTHER), mark_of(())),
        (set_event_funding, {"event_id": event}, (ONE, OTHER), mark_of(())),
    )
    known = len(facts(world))
    for service, about, both, mark in writes:

        def saving(
            value: Any, service: Write = service, about: Any = about, mark: str = mark
        ) -> Callable[[], object]:
            name = "sources" if isinstance(value, list) else "draft"

            def task() -> object:
                with transaction() as db:
                    return service(
                        db, actor=ORGANIZER, now=NOW, seen=mark, **{name: value}, **about
                    )

            return task

        results = together(world, [saving(value) for value in both])
        assert [type(one) for one in results].count(ChangedMeanwhile) == 1, (
            service.__name__,
            results,
        )
    assert len(facts(world)) == known + len(writes), "one of each two is on record"
