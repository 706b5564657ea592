"""The library: the materials of all events, by kind, section, theme and language."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.text import LocalizedText
from app.participation.materials.models import Material
from app.participation.materials.queries import library, materials_on_section
from app.participation.materials.services import (
    add_material,
    copy_materials,
    withdraw_material,
)
from app.participation.materials.values import (
    LibraryFilters,
    MaterialDraft,
    MaterialKind,
    Visibility,
)
from app.people.directory.models import Person
from app.training.library.models import GuidelineSection, GuidelineVersion
from tests.participation.materials.test_materials import sent
from tests.planning.events.rows import NOW, add_registration, an_event, counted_statements
from tests.support.actors import actor_of, csrf_token, sign_in

pytestmark = pytest.mark.at(NOW)
TITLE = re.compile(r'<h2 class="h4 m-0"><a [^>]*>([^<]+)</a>')


def put(app: Flask, event_id: UUID, title: str, **changes: Any) -> UUID:
    given: dict[str, Any] = {
        "kind": MaterialKind.FACT_SHEET,
        "title": LocalizedText(es=title, en=title),
        "language": "es",
        "visibility": Visibility.PUBLIC,
        "url": "https://example.org/" + "-".join(title.split()),
    }
    organizer = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        return add_material(
            db,
            actor=organizer,
            event_id=event_id,
            draft=MaterialDraft(**(given | changes)),
            file_key="",
            now=NOW,
        )


def titles(client: FlaskClient, query: str = "") -> set[str]:
    answer = client.get(f"/library{query}")
    assert answer.status_code == 200
    return set(TITLE.findall(answer.text))


def the_guidelines(app: Flask) -> None:
    with app.app_context(), transaction() as db:
        version = GuidelineVersion(
            label="2019", title=LocalizedText(es="L"), source_note=LocalizedText()
        )
        db.add(version)
        db.flush()
        db.add_all(
            GuidelineSection(
                guideline_version_id=version.id,
                code=code,
                position=position,
                title=LocalizedText(es=f"Título {code}", en=f"Title {code}"),
            )
            for position, code in enumerate(("III.1", "III.10"), start=1)
        )


@pytest.mark.both_databases
def test_the_library_is_narrowed_by_kind_section_theme_and_language(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app)
    put(app, event_id, "Ficha", sections=("III.1",), theme="Consulados")
    put(app, event_id, "Estudio", kind=MaterialKind.RESEARCH, sections=("III.10",), language="en")
    put(app, event_id, "Ruta", kind=MaterialKind.TOOL, language="es en", theme="Refugios")
    for query, expected in (
        ("", {"Ficha", "Estudio", "Ruta"}),
        ("?kind=research", {"Estudio"}),
        ("?section=III.1", {"Ficha"}),
        ("?section=III.10", {"Estudio"}),
        ("?theme=Refugios", {"Ruta"}),
        ("?language=en", {"Estudio", "Ruta"}),
        ("?kind=tool&language=es", {"Ruta"}),
        ("?section=III%25", set()),
        ("?kind=poem&language=xx&page=99", {"Ficha", "Estudio", "Ruta"}),
    ):
        assert titles(client, query) == expected, query
    page = client.get("/library?theme=Refugios").text
    assert "<option selected>Refugios</option>" in page
    assert "<option>Consulados</option>" in page


def test_the_library_holds_what_its_reader_may_open(app: Flask, client: FlaskClient) -> None:
    """Each visibility, as rules.may_read says for one material; drafts and confidential meetings
    show nothing.
    """
    event_id = an_event(app, groups=["protection"])
    for visibility in Visibility:
        put(app, event_id, visibility.value.title(), visibility=visibility)
    hidden = an_event(app, is_confidential=True)
    put(app, hidden, "Reservado")
    put(app, an_event(app, published_at=None, status="draft"), "Borrador")
    assert titles(client) == {"Public"}
    for persona, expected in (
        ("official-hn", {"Public", "Members"}),
        ("convenor-labour", {"Public", "Members"}),
        ("convenor-protection", {"Public", "Members", "Group"}),
        ("organizer", {"Public", "Members", "Group", "Reservado", "Borrador"}),
    ):
        sign_in(client, persona)
        assert titles(client) == expected, persona
    add_registration(app, event_id, actor_of(app, "official-gt").person_id or 0)
    sign_in(client, "official-gt")
    assert titles(client) == {"Public", "Members", "Group"}
    with app.app_context(), reading() as db:
        names = db.scalars(select(Person.full_name).where(Person.country_code == "HN")).all()
    page = client.get("/library").text
    assert not [name for name in names if name in page], "the library names nobody"


@pytest.mark.both_databases
def test_a_material_that_several_events_handed_out_stands_once(
    app: Flask, client: FlaskClient
) -> None:
    organizer = actor_of(app, "organizer")
    first, second, hidden = an_event(app), an_event(app), an_event(app, is_confidential=True)
    put(app, first, "Ficha", sections=("III.1",))
    put(app, first, "Ficha", kind=MaterialKind.TOOL)
    with app.app_context(), transaction() as db:
        for number, event_id in enumerate((second, hidden), start=1):
            later = NOW + timedelta(days=number)
            copy_materials(db, actor=organizer, source_id=first, event_id=event_id, now=later)
    page = client.get("/library?section=III.1").text
    assert TITLE.findall(page) == ["Ficha"]
    assert "1 material<" in page
    assert "De 2 eventos" in page, "without the confidential one"
    assert all(f"/events/{event_id}/materials#" in page for event_id in (first, second))
    assert str(hidden) not in page
    assert "2 materiales<" in client.get("/library").text
    with app.app_context(), reading() as db:
        (only,) = materials_on_section(db, actor=organizer, section="III.1", today=NOW.date())
    assert [copy.event_id for copy in only.copies] == [hidden, second, first]


def test_what_was_withdrawn_leaves_the_library(app: Flask, client: FlaskClient) -> None:
    material = put(app, an_event(app), "Ficha", sections=("III.1",))
    organizer = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        db.get_one(Material, material).withdrawn_at = NOW
        db.flush()
        found = materials_on_section(db, actor=organizer, section="III.1", today=NOW.date())
    assert titles(client) == set()
    assert found == ()
    assert "No hay materiales aquí" in client.get("/library").text


def test_the_form_asks_for_sections_and_theme(app: Flask, client: FlaskClient) -> None:
    the_guidelines(app)
    sign_in(client, "organizer")
    event_id = an_event(app)
    assert "III.10 Título III.10" in client.get(f"/events/{event_id}/materials").text
    answer = sent(client, event_id, theme="  Sala  de espera ", sections=["III.1", "III.10"])
    assert answer.status_code == 303, answer.text
    page = client.get("/library?section=III.10&theme=Sala+de+espera").text
    assert 'href="/guidelines/sections/III.1">III.1 Título III.1</a>' in page
    shown = client.get(f"/events/{event_id}/materials").text
    assert "Sala de espera" in shown


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"theme": "x" * 61}, "Escriba el tema en un máximo de 60 letras."),
        ({"sections": ["IX.9"]}, "Elija de la lista."),
    ],
)
def test_bad_sections_and_themes_get_a_sentence(
    app: Flask, client: FlaskClient, changes: dict[str, Any], sentence: str
) -> None:
    the_guidelines(app)
    sign_in(client, "organizer")
    refused = sent(client, an_event(app), **changes)
    assert refused.status_code == 422
    assert sentence in refused.text
    assert "Presentación" in refused.text, "what was typed is kept"
    assert titles(client) == set()


def test_a_copied_event_keeps_sections_and_theme(app: Flask) -> None:
    source, copy = an_event(app), an_event(app)
    put(app, source, "Ficha", sections=("III.1",), theme="Consulados")
    organizer = actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        copy_materials(db, actor=organizer, source_id=source, event_id=copy, now=NOW)
        found = library(
            db, actor=organizer, filters=LibraryFilters(section="III.1"), today=NOW.date()
        )
    assert {one.event_id for item in found.items for one in item.copies} == {source, copy}
    assert found.themes == ("Consulados",)


def test_the_library_asks_the_database_as_often_for_one_as_for_thirty(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app)
    put(app, event_id, "Ficha 0", sections=("III.1",))
    sign_in(client, "official-hn")
    client.get("/library")
    with counted_statements(app) as few:
        client.get("/library")
    for number in range(1, 30):
        put(app, event_id, f"Ficha {number}", sections=("III.1",))
    with counted_statements(app) as many:
        page = client.get("/library").text
    assert len(many) == len(few)
    assert "1–25 de 30" in page
    assert "/library?page=2" in page
    assert len(page.encode()) < 40_000


def changed(client: FlaskClient, material_id: UUID, **changes: Any) -> Any:
    """Sends the form of a material's details as it was shown, but for the changes."""
    page = client.get(f"/materials/{material_id}/description")
    assert page.status_code == 200
    seen = re.search(r'name="seen"[^>]* value="(\w+)"', page.text)
    assert seen is not None
    form = {
        "kind": "fact-sheet",
        "title_es": "Ficha",
        "title_en": "Ficha",
        "language": "es",
        "visibility": "public",
        "session": "",
        "theme": "Consulados",
        "sections": ["III.1"],
        "seen": seen[1],
        "csrf_token": csrf_token(client),
    }
    return client.post(f"/materials/{material_id}/description", data={**form, **changes})


@pytest.mark.both_databases
def test_who_runs_the_event_changes_the_details_and_the_library_finds_it_by_the_new_ones(
    app: Flask, client: FlaskClient
) -> None:
    the_guidelines(app)
    material = put(app, an_event(app), "Ficha", sections=("III.1",), theme="Consulados")
    sign_in(client, "organizer")
    page = client.get(f"/materials/{material}/description").text
    assert re.findall(r'<input checked [^>]*name="sections"[^>]* value="([^"]*)"', page) == [
        "III.1"
    ]
    answer = changed(
        client,
        material,
        kind="tool",
        title_es="Ruta",
        title_en="Route",
        language="es en",
        theme="Refugios",
        sections=["III.10"],
    )
    assert (answer.status_code, answer.location.partition("#")[2]) == (303, f"material-{material}")
    for query, expected in (
        ("?kind=fact-sheet", set()),
        ("?kind=tool", {"Ruta"}),
        ("?section=III.1", set()),
        ("?section=III.10", {"Ruta"}),
        ("?theme=Consulados", set()),
        ("?theme=Refugios", {"Ruta"}),
        ("?language=en", {"Ruta"}),
    ):
        assert titles(client, query) == expected, query
    assert ">Consulados</option>" not in client.get("/library").text
    with app.app_context(), reading() as db:
        row = db.get_one(Material, material)
        assert row.url == "https://example.org/Ficha", "the link stays"
        facts = db.scalars(select(JournalEntry).where(JournalEntry.fact == "MaterialChanged"))
        assert [one.payload["visibility"] for one in facts] == ["public"]


def test_details_that_changed_meanwhile_or_lack_a_title_are_not_saved(
    app: Flask, client: FlaskClient
) -> None:
    the_guidelines(app)
    material = put(app, an_event(app), "Ficha", sections=("III.1",), theme="Consulados")
    sign_in(client, "organizer")
    late = changed(client, material, seen="0" * 16, title_es="Otra")
    assert late.status_code == 409
    assert "Otra persona cambió esto" in late.text
    assert changed(client, material, title_es="", title_en="").status_code == 422
    assert titles(client) == {"Ficha"}


def test_what_an_event_without_recording_hands_out_does_not_become_one(
    app: Flask, client: FlaskClient
) -> None:
    material = put(app, an_event(app, is_unrecorded=True), "Ficha")
    sign_in(client, "organizer")
    assert changed(client, material, sections=[], kind="recording").status_code == 422
    assert changed(client, material, sections=[], kind="tool").status_code == 303


def test_a_section_that_todays_guidelines_lack_is_kept(app: Flask, client: FlaskClient) -> None:
    the_guidelines(app)
    material = put(app, an_event(app), "Ficha", sections=("IX.9",))
    sign_in(client, "organizer")
    answer = changed(client, material, sections=["IX.9", "III.1"])
    assert answer.status_code == 303
    with app.app_context(), reading() as db:
        assert set(db.get_one(Material, material).sections) == {"IX.9", "III.1"}


def test_details_are_changed_by_who_runs_the_event_alone_and_not_after_withdrawal(
    app: Flask, client: FlaskClient
) -> None:
    organizer = actor_of(app, "organizer")
    material = put(app, an_event(app), "Ficha")
    path = f"/materials/{material}/description"
    sign_in(client, "official-hn")
    assert client.get(path).status_code == 403
    data = {"csrf_token": csrf_token(client), "title_es": "Mía", "kind": "tool"}
    assert client.post(path, data=data).status_code == 403
    assert "Cambiar sus datos" not in client.get("/library").text
    with app.app_context(), transaction() as db:
        withdraw_material(db, actor=organizer, material_id=material, now=NOW)
    sign_in(client, "organizer")
    assert client.get(path).status_code == 404
