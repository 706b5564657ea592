"""Editions and funding on their pages, without scripts: what is typed is kept, what is missing
said.
"""

import re
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.infra.database import transaction
from app.kernel.actor import ANONYMOUS, SYSTEM, Actor
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.agenda.services import add_session
from app.planning.arranging.services.planning import change_event, plan_event
from app.planning.cycles.services.editions import (
    add_item,
    change_edition,
    clone_edition,
    save_table,
)
from app.planning.cycles.services.plans import add_entry
from app.planning.events.models import ChecklistItem, Edition, Event, EventSession, WorkTable
from app.planning.events.values import (
    NO_TEXT,
    DatePrecision,
    EditionDraft,
    EditionLink,
    EntryDraft,
    EventDraft,
    LinkRole,
    PersonRole,
    SessionDraft,
    SessionKind,
    SessionPart,
    TableDraft,
)
from tests.planning.cycles.editions import (
    DAY,
    PREPARES,
    a_held_congress,
    done,
    look,
    send,
    status_of,
)
from tests.planning.events.planning_builders import (
    CONVENOR,
    FOCAL_POINT,
    HOUR,
    NINE,
    OFFICIAL,
    ORGANIZER,
    a_congress,
    a_draft,
    act_as,
    furnished,
    typed,
)
from tests.planning.events.rows import counted_statements
from tests.support.actors import csrf_token

START = NINE + 30 * DAY


@pytest.fixture
def page(app: Flask, client: FlaskClient) -> FlaskClient:
    furnished(app)
    act_as(app, ORGANIZER)
    return client


def plan(app: Flask, draft: EventDraft, *, publish: bool = True, actor: Actor = ORGANIZER) -> UUID:
    event_id: UUID = done(app, plan_event, actor=actor, draft=draft, publish=publish)
    return event_id


def review(app: Flask, event_id: UUID) -> None:
    with app.app_context(), transaction() as db:
        db.add(
            EventSession(
                id=uuid4(),
                event_id=event_id,
                kind="guidelines-review",
                title=LocalizedText(es="Revisión"),
                notes=NO_TEXT,
                starts_at=START + HOUR,
                ends_at=START + 2 * HOUR,
            )
        )


# What the page says of itself agrees

OWN_DAYS = EditionDraft("IV", NO_TEXT, starts_on="2027-04-08", ends_on="2027-04-09")


def test_days_of_a_dated_congress_are_those_of_its_edition(app: Flask, page: FlaskClient) -> None:
    plan(app, a_congress("iv", START, days=1), actor=SYSTEM)
    shown = page.get("/editions/iv").text
    assert "8–9 de abril de 2027" in shown
    assert "Sin fecha conocida" not in shown
    assert "8–9 de abril de 2027" in page.get("/editions").text
    assert 'id="check-dates" class="is-done"' in shown


def test_dates_are_not_ticked_beside_a_congress_without_a_date(
    app: Flask, page: FlaskClient
) -> None:
    done(app, change_edition, slug="iv", draft=OWN_DAYS)
    assert 'id="check-dates" class="is-done"' in page.get("/editions/iv").text
    plan(
        app,
        replace(a_congress("iv", START), span=None, date_precision=DatePrecision.UNKNOWN),
        publish=False,
    )
    shown = page.get("/editions/iv").text
    assert "Sin fecha todavía" in shown
    assert 'id="check-dates" class="is-open"' in shown
    assert "El congreso todavía no tiene fecha" in shown


def test_sessions_with_moderators_are_not_asked_for_speakers_or_moderators(
    app: Flask, page: FlaskClient
) -> None:
    event_id = plan(app, a_congress("iv", START), actor=SYSTEM)
    table = done(app, save_table, slug="iv", draft=TableDraft(LocalizedText(es="Mesa A"), 1))
    roles = [SessionPart(1, PersonRole.MODERATOR), SessionPart(2, PersonRole.RAPPORTEUR)]
    session = SessionDraft(
        SessionKind.WORK_TABLE,
        LocalizedText(es="Mesa A"),
        Timespan(START, START + HOUR),
        work_table_id=table,
        people=tuple(roles),
    )
    pause = replace(session, kind=SessionKind.BREAK, work_table_id=None, people=())
    done(app, add_session, event_id=event_id, draft=session)
    done(app, add_session, event_id=event_id, draft=pause)
    event, edition = page.get(f"/events/{event_id}").text, page.get("/editions/iv").text
    assert "quienes exponen y moderan" not in event
    assert "Nombrar a quien expone o modera" not in event
    assert 'id="check-tables" class="is-done"' in edition
    assert "Ana Muñoz Peña" in edition
    unled = replace(pause, kind=SessionKind.PLENARY)
    done(app, add_session, event_id=event_id, draft=unled)
    assert "quienes exponen y moderan" in page.get(f"/events/{event_id}").text


# Who sees what


def test_an_edition_is_a_draft_until_an_event_of_it_is_published(
    app: Flask, page: FlaskClient
) -> None:
    act_as(app, ANONYMOUS)
    assert page.get("/editions/iv").status_code == 404
    assert "Aún no hay ninguna edición publicada" in page.get("/editions").text
    plan(app, a_congress("iv", START), actor=SYSTEM)
    assert page.get("/editions/iv").status_code == 200
    assert "/editions/iv" in page.get("/editions").text
    assert "/editions/iii" not in page.get("/editions").text


def test_a_confidential_event_publishes_no_edition(app: Flask, page: FlaskClient) -> None:
    plan(app, a_draft(links=PREPARES, is_confidential=True))
    act_as(app, OFFICIAL)
    assert page.get("/editions/iv").status_code == 404


@pytest.mark.parametrize(
    ("who", "checklist", "names"),
    [
        (ORGANIZER, True, True),
        (CONVENOR, True, True),
        (OFFICIAL, False, True),
        (ANONYMOUS, False, False),
    ],
)
def test_the_checklist_is_for_planners_and_names_for_who_is_signed_in(
    app: Flask, page: FlaskClient, who: Actor, checklist: bool, names: bool
) -> None:
    plan(app, a_congress("iv", START), actor=SYSTEM)
    done(app, save_table, slug="iv", draft=TableDraft(LocalizedText(es="Mesa A"), moderator_id=1))
    act_as(app, who)
    shown = page.get("/editions/iv").text
    assert ("Lista de control" in shown) is checklist
    assert ("Ana Muñoz Peña" in shown) is names
    assert ("Crear otra a partir de esta" in shown) is (who is ORGANIZER)


@pytest.mark.parametrize("slug", ["zz", "%F0%9F%91%A9", "x" * 500])
def test_no_such_edition(page: FlaskClient, slug: str) -> None:
    assert page.get(f"/editions/{slug}").status_code == 404
    assert page.get(f"/editions/{slug}/edit").status_code == 404


def test_the_list_and_the_page_cost_the_same_whatever_the_rows(
    app: Flask, page: FlaskClient
) -> None:
    def cost(path: str) -> int:
        with counted_statements(app) as found:
            assert page.get(path).status_code == 200
        return len(found)

    paths = ("/editions", "/editions/iv", "/annual-plans/2027")
    for number in range(3):
        at = NINE + number * DAY
        entry = done(
            app, add_entry, year=2027, draft=EntryDraft(LocalizedText(es=f"Serie {number}"))
        )
        plan(app, a_draft(links=PREPARES, plan_entry_id=entry, span=Timespan(at, at + HOUR)))
        done(
            app,
            save_table,
            slug="iv",
            draft=TableDraft(LocalizedText(es=f"Mesa {number}"), moderator_id=1),
        )
        done(app, add_item, slug="iv", words=LocalizedText(es=f"Línea {number}"))
        if number == 0:
            with_one = [cost(path) for path in paths]
    assert [cost(path) for path in paths] == with_one


# R22 and R29 on screen


def test_r22_r29_on_screen_the_checklist_is_red_publishing_is_refused_and_mended(
    app: Flask, page: FlaskClient
) -> None:
    congress = plan(app, a_congress("iv", START), publish=False)
    shown = page.get("/editions/iv").text
    for key in ("preparatory", "guidelines-review"):
        assert re.search(rf'id="check-{key}" class="is-open"', shown)
    refused = send(page, f"/events/{congress}/publish", f"/events/{congress}")
    assert refused.status_code == 409
    assert (
        "ningún evento preparatorio publicado de la edición IV termina antes de que empiece"
        in refused.text
    )
    assert "su agenda no tiene una sesión de revisión de los Lineamientos" in refused.text
    assert 'href="/editions/iv#checklist"' in refused.text
    assert status_of(app, congress) == "draft"
    plan(app, a_draft(links=PREPARES))
    review(app, congress)
    shown = page.get("/editions/iv").text
    for key in ("preparatory", "guidelines-review"):
        assert re.search(rf'id="check-{key}" class="is-done"', shown)
    assert send(page, f"/events/{congress}/publish", f"/events/{congress}").status_code == 303
    assert status_of(app, congress) == "published"


def test_r22_from_the_form_what_was_typed_is_kept(page: FlaskClient) -> None:
    answers = typed(
        kind="congress",
        congress_of="iv",
        groups=[],
        action="publish",
        place="Sala «Á»",
        on="2027-04-13",
    )
    refused = page.post("/events/plan", data={**answers, "csrf_token": csrf_token(page)})
    assert refused.status_code == 409
    assert "todavía no se puede publicar" in refused.text
    assert 'value="Sala «Á»"' in refused.text


# R1 on screen


def test_r1_on_screen_a_clone_asks_for_the_label_and_refuses_it_twice(
    app: Flask, page: FlaskClient
) -> None:
    done(
        app, save_table, slug="iii", draft=TableDraft(LocalizedText(es="Mesa «A»"), moderator_id=1)
    )
    done(app, add_item, slug="iii", words=LocalizedText(es="Invitar a las redes"))
    path = "/editions/iii/clone"
    empty = send(page, path, label="")
    assert (empty.status_code, "Escriba su nombre" in empty.text) == (422, True)
    answer = send(page, path, label="VII")
    assert (answer.status_code, answer.location) == (303, "/editions/congress-vii")
    shown = page.get(answer.location).text
    for words in (
        "Mesa «A»",
        "Invitar a las redes",
        "Edición III",
        "Sin fecha conocida",
        "Congreso, edición VII",
    ):
        assert words in shown
    assert "Ana Muñoz Peña" not in shown
    again = send(page, path, label="vii")
    assert again.status_code == 422
    assert "Ya existe una edición llamada «vii»" in again.text
    assert 'value="vii"' in again.text
    act_as(app, FOCAL_POINT)
    assert page.get(path).status_code == 403


def test_r1_on_screen_the_day_plan_is_offered_until_it_is_laid_out(
    app: Flask, page: FlaskClient
) -> None:
    a_held_congress(app)
    done(app, clone_edition, slug="iii", label="VII")
    path, button = "/editions/congress-vii", "/editions/congress-vii/agenda"
    assert button in page.get(path).text
    congress = look(app, select(Event.id).where(Event.date_precision == "unknown"))
    dated = a_congress("congress-vii", NINE + 365 * DAY, timezone="America/Santo_Domingo")
    done(app, change_event, event_id=congress, draft=dated)
    assert send(page, button, path).status_code == 303
    assert button not in page.get(path).text


# Keeping an edition


def test_an_edition_is_created_and_changed_and_its_dates_may_be_partial(
    app: Flask, page: FlaskClient
) -> None:
    bad = send(page, "/editions/new", label="VII", starts_on="julio", theme_es="Tema «Á»")
    assert bad.status_code == 422
    assert 'value="julio"' in bad.text
    assert "Tema «Á»" in bad.text
    assert (
        send(page, "/editions/new", label="VII", starts_on="2027-07", presidency="BZ").status_code
        == 303
    )
    shown = page.get("/editions/congress-vii").text
    assert "julio de 2027" in shown
    edited = send(
        page,
        "/editions/congress-vii/edit",
        label="VII",
        starts_on="2027-07-06",
        ends_on="2027-07-07",
    )
    assert edited.status_code == 303
    assert "6–7 de julio de 2027" in page.get("/editions/congress-vii").text


def test_a_table_finds_people_by_name_and_takes_only_those_found(
    app: Flask, page: FlaskClient
) -> None:
    new = "/editions/iv/tables/new"
    answers = {"theme_es": "Mesa «A»", "position": "1"}
    found = send(page, new, **answers, people_words="muñoz", action="find")
    assert found.status_code == 200
    assert '<option value="1">Ana Muñoz Peña</option>' in found.text
    assert 'value="Mesa «A»"' in found.text
    stranger = send(page, new, **answers, moderator="2", action="save")
    assert stranger.status_code == 422
    saved = send(
        page, new, **answers, people_words="muñoz", moderator="1", coordinator="HN", action="save"
    )
    assert saved.status_code == 303
    table = look(app, select(WorkTable.id).where(WorkTable.moderator_id == 1))
    kept = send(page, f"/editions/iv/tables/{table}", **answers, moderator="1", action="save")
    assert kept.status_code == 303
    assert page.get(f"/editions/iii/tables/{table}").status_code == 404
    removed = send(page, f"/editions/iv/tables/{table}/remove", f"/editions/iv/tables/{table}")
    assert removed.status_code == 303
    assert look(app, select(func.count()).select_from(WorkTable)) == 0


def test_lines_are_added_ticked_and_taken_off(app: Flask, page: FlaskClient) -> None:
    add, tick = "/editions/iv/checklist/new", "/editions/iv/checklist"
    empty = send(page, add, "/editions/iv")
    assert (empty.status_code, "Escriba qué hay que hacer" in empty.text) == (422, True)
    assert send(page, add, "/editions/iv", words_es="Reservar la sede").status_code == 303
    item = look(app, select(ChecklistItem.id))
    send(page, tick, "/editions/iv", tick=item)
    assert look(app, select(ChecklistItem.done_by)) == ORGANIZER.account_id
    send(page, tick, "/editions/iv", untick=item)
    assert look(app, select(ChecklistItem.done_at)) is None
    assert send(page, tick, "/editions/iv", remove="9" * 400).status_code == 303
    send(page, tick, "/editions/iv", remove=item)
    assert look(app, select(func.count()).select_from(ChecklistItem)) == 0


def test_who_pays_is_kept_for_editions_and_events_and_seen_by_everybody(
    app: Flask, page: FlaskClient
) -> None:
    event = plan(app, a_draft(links=PREPARES))
    add, funding = "/editions/iv/funding/sources", "/editions/iv/funding"
    assert send(page, add, funding, name_es="Fondo «Á»", name_en="Fund").status_code == 303
    twice = send(page, add, funding, name_es="Fondo «a»")
    assert (twice.status_code, "ya está en la lista" in twice.text) == (422, True)
    assert send(page, funding, sources=["fondo-a"]).status_code == 303
    assert send(page, funding, sources=["another"]).status_code == 422
    assert send(page, f"/events/{event}/funding", sources=["fondo-a"]).status_code == 303
    act_as(app, ANONYMOUS)
    for path in ("/editions/iv", f"/events/{event}"):
        assert "Fondo «Á»" in page.get(path).text


def test_an_event_links_to_the_editions_it_follows_up_and_prepares(
    app: Flask, page: FlaskClient
) -> None:
    links = (EditionLink("iii", LinkRole.FOLLOW_UP), *PREPARES)
    event = plan(app, a_draft(links=links))
    act_as(app, ANONYMOUS)
    shown = page.get(f"/events/{event}").text
    assert re.search(
        r'href="/editions/iii">Da seguimiento a la edición III</a> · <a href="/editions/iv">', shown
    )
    assert "Seminario de protección" in page.get("/editions/iii").text
    assert look(app, select(func.count()).select_from(Edition)) == 2
