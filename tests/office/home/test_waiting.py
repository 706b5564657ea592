"""Home shows requests to decide, overdue agreements and vacant focal points to those who can act on
them.

Each number leads to a list that holds just as many.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app.followup.agreements.models import Agreement, AgreementParty
from app.infra.database import transaction
from app.kernel.text import LocalizedText
from app.people.directory.models import FocalPoint
from tests.planning.events.rows import NOW, add_registration, an_event, counted_statements
from tests.support.actors import actor_of, sign_in


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


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
    assert listed.count('<tr><th scope="row">') == 10
    assert "Honduras" not in listed
    assert "Guatemala" in listed
    for who in ("presidency", "convenor-protection", "focal-point-hn", "official-hn"):
        assert "puntos focales" not in to_see_to(client, who)


@pytest.mark.both_databases
def test_home_asks_as_often_for_many_as_for_none(app: Flask, client: FlaskClient) -> None:
    sign_in(client, "organizer")
    found = []
    for events in (0, 3):
        for number in range(events):
            event_id = an_event(app, title=f"Webinario {number}")
            add_registration(app, event_id, person_of(app, "official-hn"), status="pending")
        with counted_statements(app) as statements:
            assert client.get("/").status_code == 200
        found.append(len(statements))
    assert found[0] == found[1]
