"""The step of institutions at the screen: line by line, before anything is written."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra.database import reading
from app.office.setup.services import LONGEST_DRAFT
from app.people.directory.models import Institution
from tests.support.kept import checked_in, shown_again
from tests.support.screen import Screen

PATH = "/setup/institutions"
DOUBTFUL = (
    "Instituto Nacional de Migración; México\nDir. Gral. de Migración y Extranjería\n"
    "Cancillería; Salvador"
)


def names(app: Flask) -> list[tuple[str, str]]:
    with app.app_context(), reading() as db:
        rows = db.scalars(select(Institution).order_by(Institution.id))
        return [(row.country_code, row.name["es"]) for row in rows]


def look(screen: Screen, lines: str) -> None:
    screen.open(PATH)
    screen.type("lines", lines)
    screen.press("Ver lo que se entendió")


def test_r61_save_after_an_answer_saves_and_what_waits_stays_on_the_home_page(
    app: Flask, screen: Screen
) -> None:
    look(screen, DOUBTFUL + "\nOficina; Lemuria")
    assert "2 listas" in screen.text
    assert names(app) == []
    screen.press("Costa Rica", within="place-")
    assert "3 listas" in screen.text
    screen.press("Guardar 3 y seguir")
    assert screen.address.endswith("/setup/address")
    assert "3 instituciones" in screen.text
    assert "1 línea espera una respuesta" in screen.text
    assert [code for code, _name in names(app)] == ["MX", "CR", "SV"]
    assert "Revisar 1 institución pegada" in screen.open("/").text
    assert screen.open(PATH).value_of("lines") == "Oficina; Lemuria"


def test_what_was_pasted_and_answered_is_still_there_tomorrow(app: Flask, screen: Screen) -> None:
    look(screen, DOUBTFUL)
    screen.press("Costa Rica", within="place-")
    screen.press("Omitir este paso")
    assert "Revisar 3 instituciones pegadas" in screen.open("/").text
    screen.open(PATH)
    assert screen.value_of("lines").splitlines() == DOUBTFUL.splitlines()
    screen.press("Guardar 3 y seguir")
    assert len(names(app)) == 3
    assert "pegada" not in screen.open("/").text


def test_every_line_is_shown_with_what_happens_before_it_is_saved(
    app: Flask, screen: Screen
) -> None:
    """Without scripts nothing was shown yet: the first press shows it, the second saves."""
    screen.open(PATH)
    screen.type("lines", "Registro Civil; HN\nCancillería; SV")
    screen.press("Seguir")
    assert names(app) == []
    assert "Todavía no se guardó nada" in screen.text
    screen.press("Guardar 2 y seguir")
    assert len(names(app)) == 2


def test_page_that_shows_the_lines_can_be_read_in_english(screen: Screen) -> None:
    look(screen, DOUBTFUL)
    screen.follow("EN")
    assert (screen.status, screen.address) == (200, f"{PATH}?lang=en")
    assert "2 ready" in screen.text
    assert screen.value_of("lines").splitlines() == DOUBTFUL.splitlines()


@pytest.mark.parametrize("button", ["Leer el archivo", "Seguir"])
def test_uploaded_file_is_shown_and_then_saved(app: Flask, screen: Screen, button: str) -> None:
    screen.open(PATH)
    screen.upload("file", "Institución,País\nCancillería,El Salvador\n".encode(), "lista.csv")
    screen.press(button)
    assert names(app) == []
    assert "1 lista" in screen.text
    screen.press("Guardar 1 y seguir")
    assert names(app) == [("SV", "Cancillería")]


def test_two_loose_names_of_one_body_are_joined_with_one_answer(app: Flask, screen: Screen) -> None:
    look(screen, "Casa de la Mujer; CR\nCasa de la mujér")
    screen.press("Costa Rica", within="place-")
    screen.press("Unir las dos")
    assert "por revisar" not in screen.text
    assert "1 línea no agrega nada" in screen.text
    screen.press("Guardar 1 y seguir")
    assert names(app) == [("CR", "Casa de la Mujer")]


def test_letters_that_stand_for_a_name_make_no_second_record(app: Flask, screen: Screen) -> None:
    look(screen, "INM Honduras")
    screen.press("Sí, es esa")
    screen.press("Guardar 1 y seguir")
    look(screen, "INM (Honduras)\nInst. Nac. de Migración; HN")
    screen.press("Sí, es esa")
    screen.press("Unir las dos")
    screen.press("Seguir")
    assert names(app) == [("HN", "Instituto Nacional de Migración")]


@pytest.mark.parametrize(
    "garbage",
    [
        "https://example.org/lista; HN",
        "<b>Cancillería</b>; HN",
        "Ana López; ana@example.org; HN",
        '=HYPERLINK("http://example.org","x"); HN',
    ],
)
def test_garbage_is_asked_about_and_left_out(app: Flask, screen: Screen, garbage: str) -> None:
    look(screen, f"{garbage}\nCancillería; SV")
    assert "1 por revisar" in screen.text
    screen.press("Dejar fuera", within="out-")
    assert "por revisar" not in screen.text
    assert "1 línea queda fuera" in screen.text
    screen.press("Guardar 1 y seguir")
    assert names(app) == [("SV", "Cancillería")]
    assert screen.open(PATH).value_of("lines") == ""


def test_answer_can_be_taken_back_and_a_ready_line_left_out(app: Flask, screen: Screen) -> None:
    look(screen, "Cancillería; SV")
    screen.press("Dejar fuera")
    assert "1 línea queda fuera" in screen.text
    screen.press("Incluirla")
    assert "1 lista" in screen.text
    screen.press("Guardar 1 y seguir")
    assert names(app) == [("SV", "Cancillería")]


def test_country_chosen_in_the_list_counts_with_any_button(app: Flask, screen: Screen) -> None:
    look(screen, "Oficina; Lemuria")
    name = next(one.name for one in screen.page.controls if one.name.startswith("pick-"))
    screen.type(name, "PA")
    screen.press("Seguir")
    assert names(app) == []
    assert "1 lista" in screen.text
    screen.press("Guardar 1 y seguir")
    assert names(app) == [("PA", "Oficina")]


def test_lines_of_a_colleagues_page_stay(screen: Screen) -> None:
    look(screen, "Dirección sin país\nOficina; Atlántida")
    screen.press("Seguir")
    other = Screen(screen.client)
    screen.open(PATH)
    look(other, "Consejo de otra página")
    other.press("Seguir")
    screen.type("lines", "Oficina; Atlántida")
    screen.press("Ver lo que se entendió")
    screen.press("Seguir")
    lines = screen.open(PATH).value_of("lines").splitlines()
    assert sorted(lines) == ["Consejo de otra página", "Oficina; Atlántida"]


def test_too_many_lines_are_refused_and_kept(screen: Screen) -> None:
    many = "\n".join(f"Oficina {number}; HN" for number in range(501))
    look(screen, many)
    assert screen.status == 422
    assert len(screen.value_of("lines").splitlines()) == 501


def test_what_is_too_long_to_be_kept_is_not_said_to_be_saved(app: Flask, screen: Screen) -> None:
    look(screen, DOUBTFUL)
    assert "Todo se guarda" in screen.text
    longest = ";".join(["Instituto Nacional de Migración", "México", "x" * LONGEST_DRAFT])
    look(screen, longest)
    assert "demasiado largo para conservarlo hasta mañana" in screen.text
    assert "Lo último que escribió no está guardado" in screen.text
    assert "Todo se guarda" not in screen.text
    assert screen.value_of("lines") == longest
    screen.open(PATH)
    assert screen.value_of("lines").splitlines() == DOUBTFUL.splitlines()
    assert "Todo se guarda" in screen.text


@pytest.mark.parametrize("step", ["people", "colleagues", "presidency"])
def test_row_that_is_too_long_to_be_kept_is_not_said_to_be_saved(screen: Screen, step: str) -> None:
    screen.open(f"/setup/{step}")
    name = {"people": "name-HN", "colleagues": "name-1", "presidency": "name-holder"}[step]
    screen.type(name, "x" * (LONGEST_DRAFT + 1))
    screen.type(name.replace("name", "email"), "no es")
    screen.press("Ver qué cartas se enviarán")
    assert screen.status == 422
    assert "demasiado largo para conservarlo hasta mañana" in screen.text
    assert "Todo se guarda" not in screen.text


def test_lines_and_answers_that_came_too_late_are_shown_again(
    organizer: FlaskClient, screen: Screen
) -> None:
    look(screen, "Oficina de Migración")
    [key] = re.findall(r'name="pick-([0-9a-f]{12})"', organizer.get(PATH).text)
    typed = {"lines": "Oficina de Migración\nOtra; Panamá", f"pick-{key}": "CR"}
    html = shown_again(organizer, PATH, PATH, typed)
    assert "Otra; Panamá</textarea>" in html
    assert f'name="place-{key}" value="CR"' in html


def test_suggestions_ticked_in_a_form_that_came_too_late_are_shown_ticked(
    organizer: FlaskClient,
) -> None:
    offered = checked_in(organizer.get(PATH).text)
    places = [one.removeprefix("place-") for one in offered[:2]]
    html = shown_again(organizer, PATH, f"{PATH}/suggested", {"place": places})
    assert len(offered) > len(places)
    assert checked_in(html) == offered[:2]
