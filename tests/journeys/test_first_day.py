"""R61: an empty database becomes an office: first organizer, institutions, focal point, published
webinar, enrolled official, certificate. Nobody touches a shell.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from playwright.sync_api import Locator, Page, expect

from app.infra import clock
from app.infra.database import transaction
from app.office.demo.services.reference import load_reference
from app.office.setup.cli import first_lines
from app.web.site import site
from tests.journeys import steps, world
from tests.journeys.steps import PHONE_ES, WIDE_ES, assert_fits_desk_and_phone
from tests.journeys.test_course import show_review
from tests.office.outbox.test_sending import free_port
from tests.support import databases
from tests.support.browser import OpenPage, click
from tests.support.server import LiveServer, serving

COURSE = "/courses/psea"


class Mailbox:
    """A mail server that takes every letter, for reading it."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, str]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        part = mail.get_body(("plain",))
        assert part is not None
        self.letters += [(to, str(part.get_content())) for to in envelope.rcpt_tos]
        return "250 OK"

    def link_to(self, address: str) -> str:
        """The path of the invitation in the last letter to an address."""
        texts = [text for to, text in self.letters if to == address]
        found = re.search(r"/invited/[\w-]+", texts[-1].replace("=\r\n", ""))
        assert found is not None
        return found[0]


@dataclass
class Clicks:
    """Counts what a person presses; typing is apart."""

    count: int = 0
    where: list[str] = field(default_factory=list)

    def press(self, locator: Locator) -> None:
        self.count += 1
        click(locator)
        locator.page.wait_for_load_state("load")


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield box, controller.port
    controller.stop()


@pytest.fixture
def live_server(tmp_path: Path, mailbox: tuple[Mailbox, int]) -> Iterator[LiveServer]:
    """An installation as the start leaves it: tables and reference data, and nobody in it."""
    data = tmp_path / "empty"
    url = databases.sqlite_copy(databases.migrated_sqlite(), data / "convoca.sqlite3")
    mail = {"smtp_host": "127.0.0.1", "smtp_port": mailbox[1], "smtp_security": "none"}
    with serving(url, data, **mail) as server:
        site(server.app).has_accounts = False
        with server.app.app_context(), transaction() as db:
            load_reference(db, now=clock.now())
        yield server


def go_on(page: Page, clicks: Clicks) -> None:
    clicks.press(page.locator(".setup-buttons .btn-primary"))


def set_up(page: Page, clicks: Clicks, box: Mailbox) -> None:
    page.locator("#full_name").fill("Laura Quesada Umaña")
    page.locator("#email").fill("laura@example.org")
    page.locator("[name=language][value=es]").check()
    page.locator("#password").fill("mango lluvia tren sello")
    clicks.press(page.locator("main form button[type=submit]"))
    for _step in ("body", "groups", "rules"):
        assert_fits_desk_and_phone(page)
        go_on(page, clicks)
    page.locator("#lines").fill(
        "Instituto Nacional de Migración; Honduras\nDir. Gral. de Migración y Extranjería"
    )
    expect(page.locator("#understood .ask")).to_have_count(1)
    assert_fits_desk_and_phone(page)
    go_on(page, clicks)
    expect(page.locator(".setup-step")).to_contain_text("La fija el servidor")
    go_on(page, clicks)
    clicks.press(page.locator("form[action$='/setup/mail/test'] button"))
    expect(page.locator(".flash--success")).to_be_visible()
    assert [to for to, _ in box.letters] == ["laura@example.org"]
    go_on(page, clicks)
    page.locator("#name-1").fill("Rosa Méndez Solís")
    page.locator("#email-1").fill("rosa@example.org")
    go_on(page, clicks)
    assert_fits_desk_and_phone(page)
    clicks.press(page.locator("button[name=act]"))
    page.locator("#name-HN").fill("Dunia Zúñiga Mejía")
    page.locator("#email-HN").fill("dunia@example.org")
    go_on(page, clicks)
    expect(page.locator(".before")).to_contain_text("dunia@example.org")
    assert_fits_desk_and_phone(page)
    clicks.press(page.locator("button[name=act]"))
    page.locator("#country").select_option("GT")
    page.locator("#name-holder").fill("Ana Pineda Cifuentes")
    page.locator("#email-holder").fill("ana@example.org")
    go_on(page, clicks)
    assert_fits_desk_and_phone(page)
    clicks.press(page.locator("button[name=act]"))


def publish_webinar(page: Page, clicks: Clicks) -> None:
    go_on(page, clicks)
    on = clock.today() + timedelta(days=28)
    on += timedelta(days=(1 - on.weekday()) % 7)
    page.locator("[name=title_es]").fill("Primer webinario")
    page.locator("[name=on]").fill(f"{on:%Y-%m-%d}")
    page.locator("[name=start]").fill("10:00")
    clicks.count += 1
    page.locator("[name=groups][value=protection]").check()
    clicks.press(steps.button(page, "publish"))
    expect(page.locator("form[action$='/setup/back'] button")).to_be_visible()
    clicks.press(page.locator("form[action$='/setup/back'] button"))
    expect(page.locator(".setup-step")).to_contain_text("Publicado")


def come_in(page: Page, clicks: Clicks) -> None:
    """By the link of a letter; the owner of the address says that they are meant."""
    clicks.press(page.locator("main form button[type=submit]"))
    clicks.press(page.locator("button[name=answer][value=yes]"))


def add_official(page: Page, clicks: Clicks) -> None:
    page.goto("/countries/HN/officials/paste")
    clicks.count += 1
    page.locator("#people").fill(
        "María José Ñáñez;maria@example.org;Inst. Nac. de Migracion;Oficial;02.03.2026"
    )
    clicks.press(page.locator("main form:has(#people) button").last)
    expect(page.locator("#ahead")).to_contain_text("Instituto Nacional de Migración")
    assert_fits_desk_and_phone(page)
    clicks.press(page.locator("button[name=seen]"))


def next_screen(page: Page) -> None:
    here = page.url
    click(page.locator("form.go-on button"))
    page.wait_for_url(lambda url: url != here)


def take_course(page: Page, clicks: Clicks, server: LiveServer) -> None:
    page.goto(COURSE)
    clicks.count += 1
    clicks.press(page.locator("form[action$='/enrolments'] button"))
    next_screen(page)
    steps.read_on(page)
    click(page.locator("form[action$='/attempt'] button"))
    expect(page.locator("[name=option], [name^=place-]").first).to_be_visible()
    answers = world.answers(server, world.attempt_in(page.url))
    show_review(page, server, answers, who="maria@example.org")
    steps.hand_in(page)


def test_r61_empty_database_leads_to_a_certificate_without_a_shell(
    live_server: LiveServer,
    open_page: OpenPage,
    mailbox: tuple[Mailbox, int],
) -> None:
    """The office at a desk, the official on a telephone; the office's pages fit both."""
    box, clicks, began = mailbox[0], Clicks(), clock.now()
    with live_server.app.app_context():
        found = re.search(r"/first/[\w-]+", "\n".join(first_lines()))
    assert found is not None
    laura = open_page("/", **WIDE_ES)
    expect(laura.locator("main")).to_contain_text("todavía no está en marcha")
    laura.goto(found[0])
    set_up(laura, clicks, box)
    publish_webinar(laura, clicks)
    live_server.drain()
    dunia = open_page(box.link_to("dunia@example.org"), **WIDE_ES)
    come_in(dunia, clicks)
    add_official(dunia, clicks)
    live_server.drain()
    maria = open_page(box.link_to("maria@example.org"), **PHONE_ES)
    come_in(maria, clicks)
    take_course(maria, clicks, live_server)
    live_server.drain()
    live_server.drain()
    maria.goto("/certificates")
    expect(maria.get_by_role("article")).to_have_count(1)
    expect(maria.get_by_role("article")).to_contain_text("María José Ñáñez")
    assert clicks.count <= 45, "typing and the screens of the course apart"
    print(f"{clicks.count} clicks, {(clock.now() - began).total_seconds():.0f} s")
