"""A country's matrix in the browser of its focal point: prefilled, saved row by row, sent, opened
again; and nobody else's.
"""

import re
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.followup.matrix.models import MatrixRow
from app.followup.matrix.services import pass_row
from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.actor import Actor
from app.kernel.text import LocalizedText
from app.web.locale import LANGUAGE_COOKIE
from tests.followup.agreements.world import NOW
from tests.followup.matrix.test_matrix import OF_GUATEMALA, a_period, new, world
from tests.planning.events.planning_builders import (
    CONVENOR,
    FOCAL_POINT,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
    act_as,
)
from tests.planning.events.rows import counted_statements
from tests.support.actors import csrf_token
from tests.support.pdfs import a_pdf
from tests.support.two_writers import CHANGED, carried

pytestmark = pytest.mark.at(NOW)
PAGE = "/countries/HN/matrix"
HTMX = {"HX-Request": "true", "HX-Current-URL": f"http://localhost{PAGE}"}
MOST_BYTES = 40_000
A_FACT = {
    "kind": "progress",
    "fact": "Danlí publicó su ruta de referencia en abril.",
    "section": "III.5",
    "status": "done",
    "contact": "Jefatura regional, Danlí",
    "evidence_url": "https://example.org/ruta",
    "sharing": "region",
    "phase": "transit",
}


@pytest.fixture
def period(app: Flask) -> int:
    act_as(app, FOCAL_POINT)
    with app.app_context(), transaction() as db:
        world(db)
        return a_period(db)


@pytest.fixture
def client(app: Flask, client: FlaskClient) -> FlaskClient:
    client.set_cookie(LANGUAGE_COOKIE, "es")
    return client


def rows_of(app: Flask, country: str = "HN") -> list[MatrixRow]:
    with app.app_context(), reading() as db:
        asked = select(MatrixRow).where(MatrixRow.country_code == country).order_by(MatrixRow.id)
        return list(db.scalars(asked))


def send(client: FlaskClient, path: str, *, headers: Any = None, **data: Any) -> Any:
    return client.post(path, data={"csrf_token": csrf_token(client), **data}, headers=headers or {})


def answer(client: FlaskClient, row: MatrixRow, **data: Any) -> Any:
    given = {"status": "advanced", "fact": "Ocotepeque abre los domingos desde marzo."}
    return send(client, f"/matrix/rows/{row.id}", **(given | data))


def test_r14_a_focal_point_finds_what_is_open_and_saves_a_draft(
    app: Flask, client: FlaskClient, period: int
) -> None:
    """Given an open period, when she opens the matrix, then she sees her rows only and saves."""
    html = client.get(PAGE).text
    assert "0 de 2 respondidas" in html
    assert "lunes, 30 de noviembre de 2026, fin del día en Costa Rica, UTC−6" in html
    assert html.count('class="matrix-row ') == 2
    assert "Confirmar 2 sin cambio" in html
    first, second = rows_of(app)
    assert answer(client, first).location == f"{PAGE}#row-{first.id}"
    assert "1 de 2 respondidas" in client.get(PAGE).text
    said = answer(client, second, status="no-change", fact="", headers=HTMX)
    assert said.status_code == 200
    assert "2 de 2 respondidas" in said.text
    assert "Guardado hoy" in said.text
    assert "<html" not in said.text
    assert [row.status for row in rows_of(app)] == ["advanced", "no-change"]
    assert [row.status for row in rows_of(app, "GT")] == [""]


def test_what_is_proposed_is_no_answer_until_it_is_pressed(
    app: Flask, client: FlaskClient, period: int
) -> None:
    assert "checked" not in client.get(PAGE).text.split("facts")[0]
    refused = send(client, f"{PAGE}/sending")
    assert refused.status_code == 409
    assert "Renglones sin responder: 2" in refused.text
    assert send(client, f"{PAGE}/unchanged").status_code == 303
    assert {row.status for row in rows_of(app)} == {"no-change"}
    assert "Confirmar" not in client.get(PAGE).text


def test_r15_a_regulation_without_its_instrument_is_kept_and_not_sent(
    app: Flask, client: FlaskClient, period: int
) -> None:
    send(client, f"{PAGE}/unchanged")
    made = send(client, f"{PAGE}/facts", **(A_FACT | {"kind": "regulatory"}))
    assert made.location == f"{PAGE}#facts"
    html = client.get(PAGE).text
    assert "Diga qué clase de instrumento es." in html
    refused = send(client, f"{PAGE}/sending")
    assert refused.status_code == 409
    assert "A un renglón le falta algo: Danlí publicó" in refused.text
    row = rows_of(app)[-1]
    whole = {"kind": "regulatory", "instrument_type": "decree", "instrument_date": "2026-10-01"}
    assert send(client, f"{PAGE}/facts", row=row.id, **(A_FACT | whole)).status_code == 303
    assert send(client, f"{PAGE}/sending").status_code == 303
    assert {row.state for row in rows_of(app)} == {"sent"}


@pytest.mark.parametrize(
    ("fact", "why"),
    [
        ("Se entregó el pasaporte E123456 en la frontera.", "el número de un documento"),
        ("Llamar al 9988-7766 para la ruta.", "el teléfono de una persona"),
        ("Se cerró el caso de María Pérez.", "el nombre de una persona"),
    ],
)
def test_r16_what_names_a_person_is_held_with_a_sentence_and_not_lost(
    app: Flask, client: FlaskClient, period: int, fact: str, why: str
) -> None:
    said = send(client, f"{PAGE}/facts", headers=HTMX, **(A_FACT | {"fact": fact}))
    assert said.status_code == 200
    assert "Retenido para revisión" in said.text
    assert why in said.text
    assert rows_of(app)[-1].fact["es"] == fact
    assert why in client.get(PAGE).text


def test_r16_each_kind_is_taken_and_comes_back_in_the_form(
    app: Flask, client: FlaskClient, period: int
) -> None:
    kinds = ("good-practice", "success-story", "research", "campaign", "information-day")
    for kind in kinds:
        send(client, f"{PAGE}/facts", **(A_FACT | {"kind": kind, "fact": f"Se publicó {kind}."}))
    facts = rows_of(app)[2:]
    assert [row.kind for row in facts] == list(kinds)
    html = client.get(f"{PAGE}?row={facts[2].id}").text
    assert re.search(r'<input checked[^>]*name="kind"[^>]*value="research"', html)
    assert "Se publicó research.</textarea>" in html
    assert 'selected value="III.5"' in html


def test_a_new_fact_that_saves_itself_is_one_row(
    app: Flask, client: FlaskClient, period: int
) -> None:
    """The first save answers with the number of the row, which the next one carries."""
    nothing = send(client, f"{PAGE}/facts", headers=HTMX, **(A_FACT | {"fact": ""}))
    assert (nothing.status_code, len(rows_of(app))) == (200, 2)
    said = send(client, f"{PAGE}/facts", headers=HTMX, **(A_FACT | {"fact": "Danlí"}))
    row, seen = carried(said.text, "row"), carried(said.text, "seen")
    send(client, f"{PAGE}/facts", headers=HTMX, row=row, seen=seen, **A_FACT)
    assert [row.fact["es"] for row in rows_of(app)[2:]] == [A_FACT["fact"]]


def test_two_at_one_row_lose_nothing(app: Flask, client: FlaskClient, period: int) -> None:
    first = rows_of(app)[0]
    seen = carried(client.get(PAGE).text, "seen")
    answer(client, first, seen=seen, fact="Lo de ella.")
    told = answer(client, first, seen=seen, fact="Lo de él.")
    assert told.status_code == 409
    assert CHANGED["es"] in told.text
    assert "Lo de él.</textarea>" in told.text
    assert rows_of(app)[0].fact["es"] == "Lo de ella."


def test_a_row_that_saves_itself_never_replaces_what_somebody_else_saved(
    app: Flask, client: FlaskClient, period: int
) -> None:
    first = rows_of(app)[0]
    seen = carried(client.get(PAGE).text, "seen")
    answer(client, first, seen=seen, fact="Lo de ella.")
    for letters in ("Lo de", "Lo de él."):
        told = answer(client, first, headers=HTMX, seen=seen, fact=letters)
        assert told.status_code == 409
        assert CHANGED["es"] in told.text
        assert 'name="seen"' not in told.text, "with the new mark the next letter would replace it"
    assert rows_of(app)[0].fact["es"] == "Lo de ella."
    pressed = answer(client, first, seen=seen, fact="Lo de él.")
    assert pressed.status_code == 409
    form = pressed.text.partition(f'action="/matrix/rows/{first.id}"')[2].partition("<input")[0]
    assert "hx-post" not in form, "its writer has both before them and presses the button"


def test_what_is_wrong_stands_at_its_field_and_is_kept(
    app: Flask, client: FlaskClient, period: int
) -> None:
    row = rows_of(app)[0]
    refused = answer(client, row, evidence_url="C:/foto", fact="á" * 301)
    assert refused.status_code == 422
    assert f'href="#fact-{row.id}"' in refused.text
    assert "á" * 301 in refused.text
    refused = answer(client, row, evidence_url="C:/foto")
    assert f'href="#evidence_url-{row.id}"' in refused.text
    refused = send(client, f"{PAGE}/facts", **(A_FACT | {"instrument_date": "mañana"}))
    assert (refused.status_code, 'value="mañana"' in refused.text) == (422, True)
    refused = send(client, f"{PAGE}/facts", **(A_FACT | {"fact": " "}))
    assert (refused.status_code, 'href="#fact"' in refused.text) == (422, True)
    assert {row.status for row in rows_of(app)} == {""}


def test_a_file_proves_a_row_and_its_country_reads_it(
    app: Flask, client: FlaskClient, period: int
) -> None:
    row = rows_of(app)[0]
    path = f"/matrix/rows/{row.id}/evidence"
    wrong = send(client, path, evidence_file=(BytesIO(b"MZ"), "ruta.exe"))
    assert wrong.status_code == 422
    assert send(client, path).status_code == 422
    done = send(client, path, evidence_file=(BytesIO(a_pdf()), "Circular ñ.pdf"))
    assert done.status_code == 303
    assert "Circular ñ.pdf" in client.get(PAGE).text + client.get(done.location).text
    assert client.get(path).data == a_pdf()
    act_as(app, OF_GUATEMALA)
    assert client.get(path).status_code == 404


def test_what_was_sent_is_opened_again_until_the_period_closes(
    app: Flask, client: FlaskClient, period: int
) -> None:
    send(client, f"{PAGE}/unchanged")
    send(client, f"{PAGE}/sending")
    row = rows_of(app)[0]
    assert "está enviada" in client.get(PAGE).text
    assert answer(client, row).status_code == 409
    opened = send(client, f"/matrix/rows/{row.id}/reopening")
    assert opened.status_code == 303
    assert answer(client, row).status_code == 303
    assert "está enviada" not in client.get(PAGE).text
    with time_machine.travel("2026-12-02T15:00:00Z", tick=False):
        html = client.get(PAGE).text
        assert "Ya no se escribe en ella" in html
        assert '<form method="post" action="/matrix' not in html
        assert answer(client, row).status_code == 409
        assert send(client, f"{PAGE}/facts", **A_FACT).status_code == 409


def test_a_late_country_finds_its_words_and_its_facts_again(
    app: Flask, client: FlaskClient, period: int
) -> None:
    answer(client, rows_of(app)[0])
    send(client, f"{PAGE}/facts", **A_FACT)
    later = date(2027, 5, 31)
    with time_machine.travel("2027-05-10T15:00:00Z", tick=False):
        with app.app_context(), transaction() as db:
            a_period(db, closes_on=later, now=clock.now())
        html = client.get(PAGE).text
        assert "0 de 2 respondidas" in html
        assert "<q>Ocotepeque abre los domingos desde marzo.</q>" in html
        assert A_FACT["fact"] in html
        assert "viene del periodo anterior" in html
        assert client.get(f"{PAGE}?period={period}").status_code == 200


def test_who_reads_a_row_is_chosen_row_by_row(app: Flask, client: FlaskClient, period: int) -> None:
    first, second = rows_of(app)
    answer(client, first, sharing="country")
    answer(client, first, fact="Ocotepeque abre dos domingos.")
    answer(client, second, sharing="nobody")
    assert [row.sharing for row in rows_of(app)] == ["country", "region"]
    assert rows_of(app)[1].status == "", "what is not offered is refused whole"


def test_a_good_practice_is_one_tick_and_asks_for_its_contact(
    app: Flask, client: FlaskClient, period: int
) -> None:
    row = rows_of(app)[0]
    said = answer(client, row, is_practice="y", headers=HTMX)
    assert "Nombre el cargo al que se pregunta" in said.text
    said = answer(client, row, is_practice="y", contact="Jefatura consular", headers=HTMX)
    assert "Nombre el cargo" not in said.text
    assert rows_of(app)[0].is_practice


@pytest.mark.parametrize(
    ("who", "answers"),
    [
        (FOCAL_POINT, (200, 303)),
        (OF_GUATEMALA, (404, 404)),
        (ORGANIZER, (403, 403)),
        (PRESIDENCY, (403, 403)),
        (CONVENOR, (403, 403)),
        (OFFICIAL, (403, 403)),
    ],
)
def test_a_country_sees_its_own_and_no_other(
    app: Flask, client: FlaskClient, period: int, who: Actor, answers: tuple[int, int]
) -> None:
    reads, writes = answers
    row = rows_of(app)[0]
    act_as(app, who)
    assert client.get(PAGE).status_code == reads
    assert answer(client, row).status_code == writes
    assert send(client, f"{PAGE}/facts", **A_FACT).status_code == writes
    assert send(client, f"{PAGE}/unchanged").status_code == writes
    assert send(client, f"{PAGE}/sending").status_code == writes


def test_two_countries_never_read_each_others_drafts(
    app: Flask, client: FlaskClient, period: int
) -> None:
    send(client, f"{PAGE}/facts", **A_FACT)
    answer(client, rows_of(app)[0])
    act_as(app, OF_GUATEMALA)
    html = client.get("/countries/GT/matrix").text
    assert "0 de 1 respondidas" in html
    for word in ("ruta de referencia", "abre los domingos", "example.org"):
        assert word not in html
    own = rows_of(app)[-1]
    for path in ("", "/removal", "/reopening", "/passing", "/return", "/evidence"):
        assert send(client, f"/matrix/rows/{own.id}{path}", to="x@example.org").status_code == 404
    assert send(client, "/countries/GT/matrix/facts", row=own.id, **A_FACT).status_code == 404


def test_a_row_that_is_out_shows_where_and_until_when(
    app: Flask, client: FlaskClient, period: int
) -> None:
    row = rows_of(app)[0]
    with app.app_context(), transaction() as db:
        pass_row(db, actor=FOCAL_POINT, row_id=row.id, to="consular@example.org", now=NOW)
    html = client.get(PAGE).text
    assert "consular@example.org, enlace hasta el 30 nov" in html
    assert "Confirmar 1 sin cambio" in html
    assert send(client, f"/matrix/rows/{row.id}/return").status_code == 303
    assert "consular@example.org" not in client.get(PAGE).text


def test_the_page_is_light_and_asks_the_same_of_one_row_and_of_many(
    app: Flask, client: FlaskClient, period: int
) -> None:
    client.get(PAGE)
    with counted_statements(app) as few:
        client.get(PAGE)
    with app.app_context(), transaction() as db:
        for number in range(5):
            new(db, period, fact=LocalizedText(es=f"Se abrió la oficina {number}."))
    with counted_statements(app) as many:
        html = client.get(PAGE).text
    assert len(many) == len(few)
    assert len(html.encode()) < MOST_BYTES


def test_before_any_period_the_page_says_what_comes(app: Flask, client: FlaskClient) -> None:
    act_as(app, FOCAL_POINT)
    with app.app_context(), transaction() as db:
        world(db)
    html = client.get(PAGE).text
    assert "Todavía no se ha abierto ningún periodo" in html
    assert send(client, f"{PAGE}/unchanged").status_code == 409
