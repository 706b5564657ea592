"""The region's matrix as a page: filters that stay in the address, likeness, follow-up, publishing,
and the sheet.
"""

import re

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.followup.matrix.models import MatrixRow
from app.followup.matrix.services import follow_up_rows
from app.followup.matrix.values import MigrationPhase, RowKind, RowSharing
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.sheets import rows_of
from app.kernel.actor import ANONYMOUS
from app.kernel.text import LocalizedText
from app.people.directory.models import FocalPoint
from app.planning.events.models import EventCountry
from tests.followup.agreements.world import NOW
from tests.followup.matrix.test_matrix import (
    AFTER,
    OF_GUATEMALA,
    a_fact,
    a_period,
    sent,
    two_alike,
    world,
)
from tests.planning.events.planning_builders import (
    FOCAL_POINT,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
    act_as,
)
from tests.planning.events.rows import counted_statements
from tests.support.actors import post

pytestmark = pytest.mark.at(AFTER)
OF_HONDURAS, OF_OTHER = "Ocotepeque abre los domingos", "Tecún Umán amplió."


@pytest.fixture
def published(app: Flask) -> int:
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        return two_alike(db)


@pytest.fixture
def over(app: Flask) -> int:
    """A period whose last day has passed, with what two countries sent; one row is held."""
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        world(db)
        period = a_period(db)
        held = a_fact(fact=LocalizedText(es="Informa Ana al 9988-7766."))
        own = a_fact(sharing=RowSharing.COUNTRY, fact=LocalizedText(es="Solo de Honduras."))
        sent(db, period, FOCAL_POINT, "HN", a_fact(), held, own)
        sent(db, period, OF_GUATEMALA, "GT", a_fact(fact=LocalizedText(es=OF_OTHER)))
        return period


def ids_of(app: Flask) -> list[int]:
    """The rows that are about nothing agreed."""
    with app.app_context(), reading() as db:
        new = select(MatrixRow.id).where(MatrixRow.agreement_id.is_(None))
        return list(db.scalars(new.order_by(MatrixRow.id)))


def test_r17_each_row_says_where_there_is_something_alike_and_leads_to_it(
    app: Flask, client: FlaskClient, published: int
) -> None:
    act_as(app, OFFICIAL)
    html = client.get("/matrix").text
    assert OF_HONDURAS in html
    assert "También en Guatemala" in html
    assert "También en Honduras" in html
    row = ids_of(app)[0]
    near = client.get(f"/matrix?period={published}&like={row}").text
    assert (OF_HONDURAS in near, OF_OTHER in near, "Mostrar todo" in near) == (True, True, True)


def test_r16_filters_stay_in_the_address(app: Flask, client: FlaskClient, published: int) -> None:
    act_as(app, ANONYMOUS)
    assert "Ningún renglón de este periodo está abierto a todas" in client.get("/matrix").text
    act_as(app, OFFICIAL)
    shown = client.get("/matrix?country=GT&section=III.1&kind=progress&phase=").text
    assert (OF_OTHER in shown, OF_HONDURAS in shown) == (True, False)
    assert 'value="GT" selected' in shown
    assert "country=GT" in shown.split('class="chips"')[1].split("</ul>")[0], "chips keep the rest"
    assert "No hay renglones aquí" in client.get("/matrix?kind=obstacle").text
    for odd in ("kind=x", "phase=9", "table=-1", "period=x&like=99999999999999999999", "page=-4"):
        assert client.get(f"/matrix?{odd}").status_code == 200


def test_r18_two_ticked_rows_become_a_draft_with_both_countries_invited(
    app: Flask, client: FlaskClient, published: int
) -> None:
    made = post(client, "/matrix/follow-up", row=[str(one) for one in ids_of(app)])
    assert (made.status_code, made.location.endswith("/edit")) == (303, True)
    event_id = made.location.split("/")[-2]
    assert "Seguimiento: Tecún Umán" in client.get(made.location).text
    with app.app_context(), reading() as db:
        invited = select(EventCountry.event_id, EventCountry.country_code)
        pairs = {(str(row[0]), row[1]) for row in db.execute(invited)}
    assert {code for event, code in pairs if event == event_id} == {"GT", "HN"}
    nothing = post(client, "/matrix/follow-up", period=published)
    assert (nothing.status_code, "Marque al menos un renglón" in nothing.text) == (409, True)


def test_who_has_not_sent_is_named_with_a_letter_to_them(app: Flask, client: FlaskClient) -> None:
    """The office's letter is to the focal points of that country, and no longer once it is sent."""
    act_as(app, ORGANIZER)
    with time_machine.travel(NOW, tick=False):
        with app.app_context(), transaction() as db:
            world(db)
            period = a_period(db)
            sent(db, period, OF_GUATEMALA, "GT", a_fact(fact=LocalizedText(es=OF_OTHER)))
            db.add(FocalPoint(country_code="HN", person_id=2, valid_from=NOW.date()))
        silent = client.get("/matrix").text.split('id="not-sent"')[1].split("</section>")[0]
        assert ("Honduras" in silent, "Guatemala" in silent) == (True, False)
        assert "0 de 2 respondidas" in silent
        (url,) = re.findall(r'href="(/letters/new[^"]*HN)"', silent)
        letter = client.get(url).text
        (chosen,) = re.findall(r'<input[^>]*value="matrix:HN"[^>]*>', letter)
        assert "checked" in chosen
        assert "matrix:GT" not in letter
        assert "Se puede escribir hasta el lunes, 30 de noviembre de 2026." in letter
        with app.app_context(), transaction() as db:
            sent(db, period, FOCAL_POINT, "HN", a_fact())
        assert "matrix:HN" not in client.get(url).text
        act_as(app, PRESIDENCY)
        assert 'id="not-sent"' not in client.get("/matrix").text


def test_rows_that_are_not_read_are_not_followed_up(app: Flask) -> None:
    """Drafts of a country are no rows of the region, not by their number either."""
    with app.app_context(), transaction() as db:
        world(db)
        period = a_period(db)
        sent(db, period, FOCAL_POINT, "HN", a_fact())
        last_ones = select(MatrixRow.country_code, func.max(MatrixRow.id)).group_by(
            MatrixRow.country_code
        )
        rows = {row[0]: row[1] for row in db.execute(last_ones)}
        assert set(rows) == {"GT", "HN"}
        event_id = follow_up_rows(db, actor=ORGANIZER, ids=frozenset(rows.values()), now=AFTER)
        invited = select(EventCountry.country_code).where(EventCountry.event_id == event_id)
        assert set(db.scalars(invited)) == {"HN"}


def test_only_the_secretariat_reads_and_publishes_what_is_sent(
    app: Flask, client: FlaskClient, over: int
) -> None:
    for who in (OFFICIAL, OF_GUATEMALA, FOCAL_POINT, PRESIDENCY):
        act_as(app, who)
        html = client.get(f"/matrix?period={over}").text
        assert ("Aún no hay nada publicado" in html, "Ocotepeque" in html) == (True, False)
        assert post(client, f"/matrix/periods/{over}/publication").status_code == 403
    act_as(app, ANONYMOUS)
    assert "Aún no hay nada publicado" in client.get("/matrix").text
    act_as(app, ORGANIZER)
    html = client.get("/matrix").text
    assert "Parece contener el teléfono de una persona." in html
    done = post(client, f"/matrix/periods/{over}/publication")
    assert done.status_code == 303
    again = post(client, f"/matrix/periods/{over}/publication")
    assert (again.status_code, "se publicó" in again.text) == (409, True)


def test_a_published_row_is_read_as_its_country_allowed_and_a_held_one_once_released(
    app: Flask, client: FlaskClient, over: int
) -> None:
    post(client, f"/matrix/periods/{over}/publication")
    held = ids_of(app)[1]
    expected = {
        OFFICIAL: (True, False, False),
        OF_GUATEMALA: (True, False, False),
        PRESIDENCY: (True, False, False),
        FOCAL_POINT: (True, False, True),
    }
    for who, reads in expected.items():
        act_as(app, who)
        html = client.get("/matrix").text
        assert (OF_OTHER in html, "9988-7766" in html, "Solo de Honduras" in html) == reads
        assert post(client, f"/matrix/rows/{held}/release").status_code == 403
    act_as(app, ORGANIZER)
    assert post(client, f"/matrix/rows/{held}/release", period=over).status_code == 303
    act_as(app, OFFICIAL)
    assert "9988-7766" in client.get("/matrix").text


def test_a_visitor_reads_what_is_published_for_everybody_and_nothing_else(
    app: Flask, client: FlaskClient
) -> None:
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        world(db)
        period = a_period(db)
        public = a_fact(sharing=RowSharing.PUBLIC, fact=LocalizedText(es="Para todas."))
        sent(db, period, FOCAL_POINT, "HN", public, a_fact(), a_fact(sharing=RowSharing.COUNTRY))
    act_as(app, ANONYMOUS)
    assert "Para todas." not in client.get("/matrix").text, "it is not published yet"
    act_as(app, ORGANIZER)
    post(client, f"/matrix/periods/{period}/publication")
    act_as(app, ANONYMOUS)
    html = client.get("/matrix").text
    assert ("Para todas." in html, OF_HONDURAS in html, "Descargar" in html) == (True, False, False)
    assert post(client, "/matrix/export").status_code == 401


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_the_filtered_rows_are_taken_along_and_that_is_recorded(
    app: Flask, client: FlaskClient, published: int, form: str
) -> None:
    act_as(app, OFFICIAL)
    answer = post(client, "/matrix/export", country="GT", kind="progress", format=form)
    assert answer.status_code == 200
    rows = rows_of(answer.data).rows
    assert rows[0][:3] == ("País", "Número del acuerdo", "Tipo")
    assert {row[0] for row in rows[1:] if len(row) > 5} == {"Guatemala"}
    assert OF_OTHER in {row[3] for row in rows if len(row) > 3}
    with app.app_context(), reading() as db:
        facts = select(JournalEntry.payload).where(JournalEntry.fact == "ExportMade")
        assert [one["kind"] for one in db.scalars(facts)] == ["matrix"]


def test_statements_do_not_grow_with_rows(app: Flask, client: FlaskClient) -> None:
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        world(db)
        period = a_period(db)
        sent(db, period, FOCAL_POINT, "HN", a_fact())
        sent(db, period, OF_GUATEMALA, "GT", a_fact())
    client.get("/matrix")
    with counted_statements(app) as few:
        client.get("/matrix")
    with app.app_context(), transaction() as db:
        for number in range(3):
            fact = a_fact(
                fact=LocalizedText(es=f"Hecho {number}."),
                kind=RowKind.CAMPAIGN,
                phase=MigrationPhase.TRANSIT,
            )
            with time_machine.travel(NOW, tick=False):
                sent(db, period, FOCAL_POINT, "HN", fact)
    with counted_statements(app) as many:
        client.get("/matrix")
    assert len(many) == len(few)
