"""R61 as one person walks it who mistypes something on every step."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.fetching import Fetched
from app.office.demo.services.reference import load_reference
from app.office.setup import exports
from app.office.setup.cli import first_lines
from app.people.directory.models import Institution
from app.training.learning.models import Enrolment
from tests.office.notifications.world import drain
from tests.office.setup.first_day import ME
from tests.support import apps
from tests.support.lifetime import close_app
from tests.support.mailboxes import ADDRESS, MailSink, taking_mail, unconnected
from tests.support.screen import Screen

MOST_PRESSES = 45


@pytest.fixture
def empty(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An installation as the start leaves it, without an address and without a mail server."""
    app = apps.made(unconnected(database_url, (tmp_path / "var").resolve()))
    with app.app_context(), transaction() as db:
        load_reference(db, now=clock.now())
    yield app
    close_app(app)


def wrong(screen: Screen, words: str, *, within: str = "") -> None:
    """A press that is refused at its field, with a sentence, and costs nothing typed."""
    screen.press(words, within=within)
    assert 400 <= screen.status < 500, screen.text[:400]


def right(screen: Screen, words: str, *, within: str = "") -> None:
    screen.press(words, within=within)
    assert screen.status == 200, screen.text[:400]


def office_is_set_up(screen: Screen, sink: MailSink) -> None:
    screen.type("full_name", ME["full_name"])
    screen.type("email", "laura")
    screen.type("password", "corta")
    wrong(screen, "Empezar")
    assert {"#email", "#password"} <= {href for _words, href in screen.page.links}
    screen.type("email", ME["email"])
    screen.type("password", ME["password"])
    right(screen, "Empezar")
    screen.type("code", "C")
    wrong(screen, "Agregar el país")
    right(screen, "Guardar y seguir")
    screen.type("code", "T")
    wrong(screen, "Agregar el grupo")
    right(screen, "Guardar y seguir")
    right(screen, "Aceptarlas y seguir")
    screen.type(
        "lines",
        "Instituto Nacional de Migración; Honduras\nINM Honduras\nCancilleria\n"
        "Ana López; ana@example.org; HN\nhttps://example.org",
    )
    right(screen, "Ver lo que se entendió")
    right(screen, "Sí, es esa")
    right(screen, "Dejar fuera", within="out-")
    right(screen, "Dejar fuera", within="out-")
    right(screen, "Guardar 1 y seguir")
    assert "espera" in screen.text
    screen.type("address", "no es una dirección")
    wrong(screen, "", within="setup/address")
    screen.type("address", ADDRESS)
    right(screen, "", within="setup/address")
    assert screen.address.endswith("/setup/mail")
    for port in ("1", str(sink.port)):
        screen.type("host", "127.0.0.1")
        screen.type("port", port)
        screen.type("security", "none")
        screen.type("sender", "convoca@example.org")
        screen.press("", within="setup/mail/test")
        assert bool(sink.taken) is (port != "1")
    right(screen, "Seguir")
    screen.type("name-1", "Rosa Méndez Solís")
    screen.type("email-1", "rosa@")
    wrong(screen, "Ver qué cartas")
    screen.type("email-1", "rosa@example.org")
    right(screen, "Ver qué cartas")
    right(screen, "Enviar 1")
    screen.type("name-HN", "Dunia Zúñiga Mejía")
    screen.type("email-HN", ME["email"])
    right(screen, "Ver qué cartas")
    wrong(screen, "Enviar 1")
    screen.type("email-HN", "dunia@example.org")
    right(screen, "Ver qué cartas")
    right(screen, "Enviar 1")
    screen.type("country", "GT")
    screen.type("name-holder", "Ana Pineda")
    screen.type("email-holder", "ana@")
    wrong(screen, "Ver qué cartas")
    screen.type("email-holder", "ana@example.org")
    right(screen, "Ver qué cartas")
    right(screen, "Enviar 1")


def webinar_is_published(screen: Screen) -> None:
    right(screen, "", within="webinar/leave")
    on = clock.today() + timedelta(days=35)
    on += timedelta(days=(2 - on.weekday()) % 7)
    screen.type("title_es", "Primer webinario")
    screen.type("on", f"{on:%Y-%m-%d}")
    screen.type("start", "10:00")
    screen.tick("groups", "protection")
    right(screen, "Publicar")


def come_in(app: Flask, sink: MailSink, address: str) -> Screen:
    """By the link of the letter that somebody got."""
    to = [
        body
        for mail, body in zip(sink.taken, sink.bodies(), strict=True)
        if address in str(mail["To"])
    ]
    link = re.search(r"/invited/[\w-]+", to[-1])
    assert link is not None
    assert f"{ADDRESS}{link[0]}" in to[-1], "the link leads to the public address"
    screen = Screen(app.test_client()).open(link[0])
    right(screen, "Aceptar")
    right(screen, "Sí")
    return screen


def answer_what_is_asked(screen: Screen) -> None:
    """Takes the first answer of each question that has none yet; each is a press."""
    radios = [one for one in screen.page.controls if one.attributes.get("type") == "radio"]
    chosen = {one.name for one in radios if "checked" in one.attributes}
    for one in reversed(radios):
        if one.name not in chosen:
            screen.type(one.name, one.value)
    screen.presses += len({one.name for one in radios} - chosen)


def test_r61_doubtful_input_on_every_step_still_leads_to_an_enrolled_official(
    empty: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No shell after the first command; presses besides typing, of all three people."""
    stranger = empty.test_client()
    monkeypatch.setattr(
        exports,
        "fetch",
        lambda url, *_, **__: Fetched(stranger.get(url.removeprefix(ADDRESS)).data),
    )
    with empty.app_context():
        first = re.search(r"/first/\S+", "\n".join(first_lines()))
    assert first is not None
    with taking_mail() as sink:
        laura = Screen(empty.test_client()).open(first[0])
        office_is_set_up(laura, sink)
        webinar_is_published(laura)
        drain(empty)
        dunia = come_in(empty, sink, "dunia@example.org")
        dunia.presses += 1
        dunia.open("/countries/HN/officials/paste")
        dunia.type(
            "people", "María José Ñáñez;maria@example.org;Inst. Nac. Migracion;Oficial;2/3/2026"
        )
        right(dunia, "Ver qué pasará")
        answer_what_is_asked(dunia)
        right(dunia, "Revisar de nuevo")
        right(dunia, "", within="seen")
        drain(empty)
        maria = come_in(empty, sink, "maria@example.org")
        maria.open("/courses/psea")
        right(maria, "", within="/enrolments")
    with empty.app_context(), reading() as db:
        assert db.scalar(select(Enrolment.id)) is not None
        assert [row.name["es"] for row in db.scalars(select(Institution))] == [
            "Instituto Nacional de Migración"
        ]
    presses = laura.presses + dunia.presses + maria.presses
    assert presses <= MOST_PRESSES
