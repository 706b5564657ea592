"""A page that answers a form can be gone on with: its other forms and its languages lead on."""

import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.infra.database import reading
from app.people.directory.models import Country
from app.web.site import site
from tests.support.screen import Screen


def test_link_that_was_shown_still_works_after_going_on(screen: Screen) -> None:
    screen.open("/setup/people")
    screen.type("name-HN", "Dunia Zúñiga Mejía")
    screen.type("email-HN", "dunia@example.org")
    screen.press("Ver qué cartas se enviarán")
    screen.press("Escribir 1 invitación")
    screen.open("/setup/people")
    screen.press("Mostrar el enlace")
    link = re.search(r"/invited/[\w-]+", screen.html)
    assert link is not None
    screen.type("name-GT", "Héctor Argüello")
    screen.type("email-GT", "hector@example.org")
    screen.press("Ver qué cartas se enviarán")
    assert "hector@example.org" in screen.text
    guest = screen.client.application.test_client()
    assert guest.get(link[0]).status_code == 200


def test_refused_country_does_not_refuse_the_next_step(app: Flask, screen: Screen) -> None:
    screen.open("/setup/body")
    screen.type("code", "C")
    screen.press("Agregar el país")
    assert screen.status == 422
    screen.press("Guardar y seguir")
    assert screen.address.endswith("/setup/groups")
    with app.app_context(), reading() as db:
        assert db.scalar(select(func.count()).select_from(Country)) == 11


def test_answer_to_a_form_can_be_read_in_the_other_language(screen: Screen) -> None:
    screen.open("/setup/groups")
    screen.type("code", "T")
    screen.press("Agregar el grupo")
    screen.follow("EN")
    assert (screen.status, screen.address) == (200, "/setup/groups?lang=en")


def test_short_password_is_refused_in_the_first_round(client: FlaskClient, first: str) -> None:
    site(client.application).has_accounts = False
    screen = Screen(client).open(first)
    screen.type("full_name", "Laura Quesada")
    screen.type("email", "no es")
    screen.type("password", "corta")
    screen.press("Empezar")
    assert screen.status == 422
    assert {"#email", "#password"} <= {href for _words, href in screen.page.links}
