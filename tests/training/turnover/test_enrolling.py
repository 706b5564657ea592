"""A focal point enrols officials of the country who have no certificate, from the country's page."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import Actor
from app.people.directory.models import Appointment
from app.training.learning.models import Enrolment
from app.web.site import site
from tests.support.actors import sign_in
from tests.support.kept import shown_again
from tests.training.turnover.builders import (
    ORGANIZER,
    PRESIDENCY,
    TODAY,
    a_staff,
    an_edition,
    an_institution,
    an_official,
    focal_point,
)

pytestmark = pytest.mark.usefixtures("day_of_figures")


@pytest.fixture
def people(app: Flask) -> list[int]:
    """The persons of a staff of five in Honduras, the first two of them certified."""
    with app.app_context(), transaction() as db:
        found = a_staff(db, serving=5, certified=2, name="Hondurita")
        return [db.get_one(Appointment, one).person_id for one in found]


def as_reader(app: Flask, actor: Actor) -> None:
    site(app).load_actor = lambda: actor


def enrolled(app: Flask) -> tuple[set[int], int]:
    """Who is enrolled, and how many facts say that a focal point did it."""
    told = select(JournalEntry.id).where(JournalEntry.fact == "OfficialEnrolled")
    with app.app_context(), reading() as db:
        return set(db.scalars(select(Enrolment.person_id))), len(db.scalars(told).all())


def test_ticked_officials_without_a_certificate_are_enrolled_once(
    app: Flask, client: FlaskClient, people: list[int]
) -> None:
    as_reader(app, focal_point("HN"))
    page = client.get("/countries/HN").text
    assert f'name="person" value="{people[4]}"' in page
    assert f'name="person" value="{people[0]}"' not in page
    ticked = {"person": [str(one) for one in (*people[1:4], 999999)] + ["x"]}
    for _press in range(2):
        assert client.post("/countries/HN/enrolments", data=ticked).status_code == 303
    assert enrolled(app) == ({people[2], people[3]}, 2)
    page = client.get("/countries/HN").text
    assert f'name="person" value="{people[2]}"' not in page
    assert "lleva el curso" in page


def test_nobody_ticked_is_said_and_others_find_no_country(
    app: Flask, client: FlaskClient, people: list[int]
) -> None:
    as_reader(app, focal_point("HN"))
    client.post("/countries/HN/enrolments")
    assert "Marque a quién inscribe." in client.get("/countries/HN").text
    ticked = {"person": str(people[3])}
    as_reader(app, focal_point("GT"))
    assert client.post("/countries/HN/enrolments", data=ticked).status_code == 404
    for other in (ORGANIZER, PRESIDENCY):
        as_reader(app, other)
        assert client.post("/countries/HN/enrolments", data=ticked).status_code in (403, 404)
    assert enrolled(app) == (set(), 0)


def test_heading_and_button_count_the_same_people(app: Flask, client: FlaskClient) -> None:
    """Seven newcomers, of whom the page shows five: the button that says seven enrols seven."""
    since = TODAY - timedelta(days=20)
    with app.app_context(), transaction() as db:
        home = an_institution(db)
        an_edition(db)
        new = {an_official(db, home, since=since)[1] for _ in range(7)}
    as_reader(app, focal_point("HN"))
    page = client.get("/countries/HN?lang=es").text
    assert "Inscribir a 7 personas recién llegadas" in page
    assert 'name="list" value="newcomers">Inscribir a 7<' in page
    assert 'name="person"' not in page, "no ticks that the number would not mean"
    whole = client.get("/countries/HN/lists/newcomers?lang=es").text
    assert whole.count('name="person"') == 7
    assert "Inscribir a quienes marque" in whole
    client.post("/countries/HN/enrolments", data={"list": "newcomers"})
    assert enrolled(app) == (new, 7)
    assert "7 personas inscritas" in client.get("/countries/HN?lang=es").text


def test_ticks_that_came_too_late_are_shown_ticked(
    app: Flask, client: FlaskClient, people: list[int]
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    sign_in(client, "focal-point-hn")
    html = shown_again(client, "/countries/HN", "/countries/HN/enrolments", {"person": people[3]})
    assert re.findall(r'name="person" value="(\d+)" checked', html) == [str(people[3])]
    assert f'name="person" value="{people[4]}"' in html


@pytest.mark.usefixtures("people")
def test_answers_of_the_roster_that_came_too_late_are_shown_given(
    app: Flask, client: FlaskClient
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    sign_in(client, "focal-point-hn")
    path = "/countries/HN/roster"
    row = re.findall(r'id="row-(\d+)"', client.get(path).text)[-1]
    typed = {f"row-{row}": "other", f"what-{row}": "left", f"on-{row}": "2026-11-01"}
    html = shown_again(client, path, path, typed)
    assert f'name="what-{row}" value="left" checked' in html
    assert f'name="on-{row}" value="2026-11-01"' in html
    assert html.count('value="left" checked') == 1
