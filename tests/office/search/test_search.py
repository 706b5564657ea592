"""Search (R76): what is typed finds what its reader may see, whatever the accents."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select, update

from app.infra.database import reading, transaction
from app.infra.platform import platform
from app.kernel.actor import Actor
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.office.search.models import SearchDocument
from app.office.search.queries.finding import found
from app.office.search.rules import folded, fts5_query, is_found, stored, tsquery, words_of
from app.office.search.services import rebuild
from app.office.search.values import HitKind
from app.planning.arranging.services.planning import cancel_event, change_event
from app.wiring.menus import CALLED, SEARCH_PAGES
from tests.planning.events.planning_builders import (
    CONVENOR,
    FOCAL_POINT,
    HOUR,
    LABOUR,
    NINE,
    NOW,
    OFFICIAL,
    ORGANIZER,
    a_draft,
    act_as,
    furnished,
    plan,
)
from tests.planning.events.rows import counted_statements

LATER = Timespan(NINE + 24 * HOUR, NINE + 26 * HOUR)
ODD = ("%22*%20OR", "a:b:c", "NEAR(", "%F0%9F%98%80abc", "x" * 5000, "-aaa", "'''")


@pytest.fixture(autouse=True)
def _world(app: Flask) -> Iterator[None]:
    furnished(app)
    with app.app_context():
        yield


def an_event(app: Flask, title: str, *, publish: bool = True, **changes: Any) -> Any:
    """Planned, and indexed by what follows from the fact."""
    event_id = plan(app, a_draft(title=LocalizedText(es=title), **changes), publish=publish)
    platform(app).jobs.drain()
    return event_id


def titles(
    actor: Actor, typed: str, kind: HitKind = HitKind.EVENT, now: datetime = NOW
) -> list[str]:
    with reading() as db:
        return [
            hit.title.in_("es")
            for hit in found(db, actor=actor, typed=typed, now=now).get(kind, ())
        ]


def test_words_are_folded_and_need_three_letters() -> None:
    assert folded("Migración de NIÑAS") == "migracion de ninas"
    assert words_of("Migración, ¡niñas!") == ("migracion", "ninas")
    assert words_of("a b") == ()
    assert words_of("'; DROP \" OR *") == ("drop", "or")
    assert stored("El  «día»\nde hoy") == "el dia de hoy"
    assert fts5_query(("mig", "or")) == '"mig"* AND "or"*'
    assert tsquery(("mig", "or")) == "mig:* & or:*"
    assert is_found(words_of("plan an"), "Plan anual")
    assert not is_found(words_of("plan b"), "Plan anual")


@pytest.mark.both_databases
def test_r76_three_letters_find_an_event_whatever_the_accents(app: Flask) -> None:
    an_event(app, "Atención a niñas migrantes")
    for typed in ("aten", "ATENCION", "niñas", "ninas migr", "migrantes atención"):
        assert titles(OFFICIAL, typed) == ["Atención a niñas migrantes"], typed
    for typed in ("at", "consular", "migrantes consular"):
        assert titles(OFFICIAL, typed) == [], typed


@pytest.mark.both_databases
def test_title_comes_before_text(app: Flask) -> None:
    an_event(app, "Otro asunto", summary=LocalizedText(es="Trata de personas"))
    an_event(app, "Indicios de trata", span=LATER)
    assert titles(OFFICIAL, "trata") == ["Indicios de trata", "Otro asunto"]


def test_what_is_to_come_is_found_before_what_is_over(app: Flask) -> None:
    an_event(app, "Congreso que terminó")
    an_event(app, "Prioridades", span=LATER, summary=LocalizedText(es="Antes del congreso"))
    assert titles(OFFICIAL, "congreso", now=LATER.starts_at - timedelta(hours=1)) == [
        "Prioridades",
        "Congreso que terminó",
    ]


@pytest.mark.both_databases
def test_r76_nobody_finds_what_they_may_not_see(app: Flask) -> None:
    an_event(app, "Borrador reservado", publish=False)
    an_event(app, "Reunión reservada", is_confidential=True, span=LATER)
    both = ["Borrador reservado", "Reunión reservada"]
    assert sorted(titles(ORGANIZER, "reservad")) == both
    assert sorted(titles(CONVENOR, "reservad")) == both
    assert titles(LABOUR, "reservad") == titles(OFFICIAL, "reservad") == []


def test_changed_words_are_found_and_old_ones_are_not(app: Flask) -> None:
    event_id = an_event(app, "Primer nombre")
    with transaction() as db:
        draft = a_draft(title=LocalizedText(es="Segundo nombre"))
        change_event(db, actor=ORGANIZER, event_id=event_id, draft=draft, now=NOW)
    platform(app).jobs.drain()
    assert titles(OFFICIAL, "primer") == []
    assert titles(OFFICIAL, "segundo") == ["Segundo nombre"]
    with transaction() as db:
        cancel_event(db, actor=ORGANIZER, event_id=event_id, now=NOW)
    assert titles(OFFICIAL, "segundo") == ["Segundo nombre"]  # it was announced


def test_words_changed_while_publishing_are_found(app: Flask) -> None:
    event_id = an_event(app, "Borrador viejo", publish=False)
    with transaction() as db:
        draft = a_draft(title=LocalizedText(es="Nombre publicado"))
        change_event(db, actor=ORGANIZER, event_id=event_id, draft=draft, now=NOW, publish=True)
    platform(app).jobs.drain()
    assert titles(OFFICIAL, "publicado") == ["Nombre publicado"]


@pytest.mark.both_databases
def test_nightly_comparison_mends_what_is_untrue(app: Flask) -> None:
    an_event(app, "Consulados móviles")
    with transaction() as db:
        rebuild(db)
        assert rebuild(db) == 0
        gone = {"kind": "material", "subject": "gone", "title": "gone", "body": ""}
        db.execute(insert(SearchDocument), [gone])
        db.execute(
            update(SearchDocument).where(SearchDocument.kind == "event").values(title="otra cosa")
        )
        assert rebuild(db) == 2
        assert rebuild(db) == 0
    assert titles(OFFICIAL, "consulados") == ["Consulados móviles"]
    assert titles(OFFICIAL, "otra cosa") == []


def test_people_are_found_by_who_may_read_their_names() -> None:
    kind = HitKind.PERSON
    assert titles(ORGANIZER, "munoz", kind) == ["Ana Muñoz Peña"]
    assert titles(ORGANIZER, "ana muñ", kind) == ["Ana Muñoz Peña"]
    assert titles(FOCAL_POINT, "muñoz", kind) == []  # of another country
    assert titles(FOCAL_POINT, "lópez", kind) == ["Berta López"]
    assert titles(OFFICIAL, "lopez", kind) == titles(CONVENOR, "lopez", kind) == []


def test_r76_page_says_what_was_found_and_where(app: Flask, client: FlaskClient) -> None:
    act_as(app, ORGANIZER)
    event_id = an_event(app, "Registro de llegada")
    page = client.get("/search?q=llegada")
    assert f'href="/events/{event_id}"' in page.text
    assert "(Costa Rica, UTC−6)" in page.text
    assert "Escriba al menos tres letras" in client.get("/search?q=ll").text
    assert "No se encontró nada" in client.get("/search?q=xyzxyz").text
    assert 'href="/events/plan"' in client.get("/search?q=planificar").text
    for odd in ODD:
        assert client.get(f"/search?q={odd}").status_code == 200, odd


@pytest.mark.parametrize(
    ("actor", "typed", "path"),
    [
        (ORGANIZER, "Zoom", "/meeting-connection"),
        (ORGANIZER, "contraseña", "/account"),
        (ORGANIZER, "importar", "/packages/import"),
        (FOCAL_POINT, "importar", "/countries/HN/officials/paste"),
        (ORGANIZER, "unir registros", "/merges"),
        (FOCAL_POINT, "duplicado", "/merges"),
        (OFFICIAL, "feriados", "/holidays"),
        (OFFICIAL, "respaldo", "/account/data"),
        (OFFICIAL, "corregir nombre", "/account/correction"),
        (OFFICIAL, "mi puesto", "/account/correction"),
        (FOCAL_POINT, "corregir nombre", "/countries/HN/roster"),
        (OFFICIAL, "merge records", ""),
        (OFFICIAL, "change password", "/account"),
    ],
)
def test_r76_pages_are_found_by_what_people_call_them(
    app: Flask, client: FlaskClient, actor: Actor, typed: str, path: str
) -> None:
    act_as(app, actor)
    page = client.get("/search", query_string={"q": typed}).text
    if path:
        assert f'<li><a href="{path}"' in page
    else:
        assert "No se encontró nada" in page


def test_every_word_that_finds_a_page_belongs_to_one_that_is_listed(app: Flask) -> None:
    listed = {page.endpoint for page in SEARCH_PAGES}
    assert set(CALLED) - listed == set()
    assert listed - set(app.view_functions) == set()


def test_count_of_statements_does_not_grow_with_what_is_found(app: Flask) -> None:
    an_event(app, "Seminario uno")

    def searched() -> int:
        with counted_statements(app) as statements, reading() as db:
            assert found(db, actor=ORGANIZER, typed="seminario", now=NOW)
        return len(statements)

    before = searched()
    for number in range(3):
        starts = NINE + (number + 1) * 24 * HOUR
        draft = a_draft(
            title=LocalizedText(es=f"Seminario {number}"), span=Timespan(starts, starts + HOUR)
        )
        plan(app, draft, publish=False)
    with transaction() as db:
        rebuild(db)
        assert (db.scalar(select(func.count()).select_from(SearchDocument)) or 0) >= 4
    assert searched() == before


def test_links_to_the_search_lead_into_its_field(client: FlaskClient, app: Flask) -> None:
    """The key and the link; test_keys types there in a browser."""
    act_as(app, ORGANIZER)
    shown = client.get("/search").text
    assert 'data-search="/search#q"' in shown
    assert 'class="search-link" href="/search#q"' in shown
    assert re.search(r'<input[^>]* id="q"', shown)
