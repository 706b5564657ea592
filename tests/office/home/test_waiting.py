"""Home shows requests to decide, overdue agreements and vacant focal points to those who can act on
them.

Each number leads to a list that holds just as many.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.followup.agreements.models import Agreement, AgreementParty
from app.infra.database import transaction
from app.kernel.text import LocalizedText
from app.people.directory.models import FocalPoint
from tests.participation.attendance.held import uploaded, zoom
from tests.planning.events.rows import NOW, add_registration, an_event, counted_statements
from tests.support.actors import actor_of, sign_in
from tests.training.turnover.builders import an_institution, an_official

pytestmark = pytest.mark.at(NOW)

REPORT = zoom(("Ximena Ávila", "ximena@example.com", "9:00", "10:30"))


def to_see_to(client: FlaskClient, who: str) -> str:
    sign_in(client, who)
    return client.get("/").text.partition("<main")[2].partition("</main")[0]


def link_to(page: str, words: str) -> str:
    """The address of the task that says the words; its button leads to the same."""
    found = {
        a for a, text in re.findall(r'<h3><a href="([^"]*)">([^<]*)</a>', page) if words in text
    }
    [url] = found
    assert page.count(f'href="{url}"') == 2, "the sentence and its button"
    return str(url).replace("&amp;", "&")


def person_of(app: Flask, who: str) -> int:
    number = actor_of(app, who).person_id
    assert number is not None
    return number


def agreed(
    app: Flask, event_id: Any, number: int, country: str, *, due: date, status: str = "open"
) -> None:
    with app.app_context(), transaction() as db:
        row = Agreement(
            event_id=event_id,
            number=number,
            text=LocalizedText(es=f"Acuerdo {number}", en=""),
            verb="request",
            due=due,
            status=status,
            created_at=NOW,
            changed_at=NOW,
        )
        db.add(row)
        db.flush()
        db.add(
            AgreementParty(agreement_id=row.id, kind="country", key=country, country_code=country)
        )


def test_requests_are_shown_to_who_decides_them(app: Flask, client: FlaskClient) -> None:
    event_id = an_event(app, groups=["protection"])
    over = an_event(app, groups=["protection"], starts_at=NOW - timedelta(days=2), title="Ya pasó")
    for who in ("official-hn", "official-gt"):
        add_registration(app, event_id, person_of(app, who), status="pending")
    add_registration(app, over, person_of(app, "official-hn"), status="pending")
    for who in ("organizer", "presidency", "convenor-protection"):
        page = to_see_to(client, who)
        assert "Decidir 2 inscripciones" in page
        assert "Rutas de protección" in page
        assert page.count("Decidir 2 inscripciones</a>") == 1, "not for what is over"
        listed = client.get(link_to(page, "Decidir 2 inscripciones")).text
        assert "María José Ñáñez Güell" in listed
        assert "Óscar Solórzano de la O" in listed
    for who in ("convenor-labour", "official-hn", "focal-point-hn"):
        assert "inscripciones" not in to_see_to(client, who)


def test_overdue_agreements_are_counted_of_all_for_planners_and_of_one_country_for_its_focal_point(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app, starts_at=NOW - timedelta(days=200))
    yesterday = NOW.date() - timedelta(days=1)
    for number, country in enumerate(("HN", "HN", "GT"), start=1):
        agreed(app, event_id, number, country, due=yesterday)
    agreed(app, event_id, 4, "HN", due=NOW.date() + timedelta(days=1))
    agreed(app, event_id, 5, "HN", due=yesterday, status="done")
    page = to_see_to(client, "organizer")
    listed = client.get(link_to(page, "Pedir cuenta de 3 acuerdos")).text
    assert [f"Acuerdo {number}" in listed for number in (1, 2, 3, 4, 5)] == [
        True,
        True,
        True,
        False,
        False,
    ]
    page = to_see_to(client, "focal-point-hn")
    assert "Cumplir 1 acuerdo abierto de su país" in page
    listed = client.get(link_to(page, "Dar cuenta de 2 acuerdos vencidos de su país")).text
    assert [f"Acuerdo {number}" in listed for number in (1, 2, 3, 4, 5)] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert "acuerdo" not in to_see_to(client, "official-hn")


def test_countries_without_a_focal_point_are_shown_to_who_may_designate_one(
    app: Flask, client: FlaskClient
) -> None:
    person_id = person_of(app, "official-hn")
    terms = {
        "HN": (date(2026, 1, 1), None),
        "GT": (date(2026, 1, 1), date(2026, 11, 24)),
        "SV": (date(2027, 1, 1), None),
    }
    with app.app_context(), transaction() as db:
        for code, (since, until) in terms.items():
            db.add(
                FocalPoint(
                    person_id=person_id, country_code=code, valid_from=since, valid_until=until
                )
            )
    page = to_see_to(client, "organizer")
    found = link_to(page, "Designar 10 puntos focales")  # only Honduras has one today
    listed = client.get(found).text.partition("<table")[2]
    assert listed.count('<th scope="row">') == 10
    assert "Honduras" not in listed
    assert "Guatemala" in listed
    for who in ("presidency", "convenor-protection", "focal-point-hn", "official-hn"):
        assert "puntos focales" not in to_see_to(client, who)


def test_hour_of_a_task_is_that_of_the_fortnight_beside_it(app: Flask, client: FlaskClient) -> None:
    starts = datetime(2026, 12, 1, 19, 0, tzinfo=UTC)
    an_event(app, groups=["protection"], starts_at=starts)
    office = to_see_to(client, "organizer")
    assert "mar 1 dic, 13:00" in office
    assert "13:00 (" not in office, "the zone is said once"
    assert "mar 1 dic, 13:00 (Costa Rica, UTC−6)" in to_see_to(client, "presidency")


MOST_STATEMENTS = 30
"""The whole page of an organizer, with the one that finds out who asks."""


@pytest.mark.both_databases
def test_home_asks_as_often_for_many_as_for_one(app: Flask, client: FlaskClient) -> None:
    sign_in(client, "organizer")
    found = []
    for events in (1, 3):
        for number in range(events):
            event_id = an_event(app, title=f"Webinario {number}")
            add_registration(app, event_id, person_of(app, "official-hn"), status="pending")
        with counted_statements(app) as statements:
            assert client.get("/").status_code == 200
        found.append(len(statements))
    assert found[0] == found[1] <= MOST_STATEMENTS


def test_r80_home_the_event_and_its_closing_say_the_same_of_what_is_open(
    app: Flask, client: FlaskClient
) -> None:
    """Given two webinars that ended, one with a report that was not applied, and one of next week
    without a speaker, when home is opened, then each is a task, in the words of its own page.
    """
    before = NOW - timedelta(days=20)
    first, second = (
        an_event(app, starts_at=NOW - timedelta(days=days), published_at=before, title=title)
        for days, title in ((4, "Primero"), (2, "Segundo"))
    )
    soon = an_event(app, starts_at=NOW + timedelta(days=6), published_at=before, title="Pronto")
    report = uploaded(app, second, REPORT)
    page = to_see_to(client, "organizer")
    for event_id, title in ((first, "Primero"), (second, "Segundo")):
        assert link_to(page, f"Cerrar «{title}»") == f"/events/{event_id}/close"
    assert link_to(page, "Revisar el informe «informe.csv»") == f"/attendance-imports/{report}"
    assert link_to(page, "Nombrar a quien expone o modera") == f"/events/{soon}/edit#people_words"
    own = client.get(f"/events/{second}").text
    assert "Revisar el informe «informe.csv»" in own
    assert "Se envió un informe y no se aplicó" in own
    assert (
        "El informe «informe.csv» se envió y no se aplicó"
        in client.get(f"/events/{second}/close").text
    )
    assert "Nombrar a quien expone o modera" in client.get(f"/events/{soon}").text


def test_home_asks_to_close_neither_what_was_recorded_as_past_nor_what_is_closed(
    app: Flask, client: FlaskClient
) -> None:
    over = NOW - timedelta(days=2)
    an_event(app, starts_at=over, published_at=NOW, title="Anotado después")
    an_event(app, starts_at=over, published_at=over - timedelta(days=9), closed_at=NOW, title="Ya")
    assert "Cerrar «" not in to_see_to(client, "organizer")


def test_reminder_counts_the_countries_that_its_letter_reaches(
    app: Flask, client: FlaskClient
) -> None:
    """Two countries have officials to confirm; only one has a focal point to write to."""
    focal = person_of(app, "focal-point-hn")
    with app.app_context(), transaction() as db:
        for code in ("HN", "GT"):
            an_official(db, an_institution(db, code), confirmed_on=None)
        db.add(
            FocalPoint(
                person_id=focal,
                country_code="HN",
                valid_from=date(2024, 1, 1),
            )
        )
    page = to_see_to(client, "organizer")
    assert "Recordar a 1 país que confirme su personal" in page
    assert "Escribir a 1 persona" in page
    form = client.get(link_to(page, "Recordar a 1 país")).text
    [label] = re.findall(
        r'<input checked[^>]*value="unconfirmed"[^>]*>\s*<label[^>]*>([^<]*)', form
    )
    assert label.endswith(": 1")
