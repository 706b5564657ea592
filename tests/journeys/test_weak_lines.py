"""Learning on a weak line, in two tabs, on a computer that several people use, by keyboard alone."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import Select, select

from app.training.learning.models import (
    Attempt,
    AttemptItem,
    CheckAnswer,
    Enrolment,
    LearningEvent,
)
from app.training.learning.queries.records import audit
from tests.journeys import steps, world
from tests.journeys.steps import PHONE_ES, PLAIN_PHONE_EN, WIDE_ES
from tests.journeys.test_course import (
    COURSE,
    go_on,
    open_quiz,
    path,
    show_review,
    start,
    start_quiz,
    take_module,
)
from tests.support.actors import actor_of
from tests.support.browser import OpenPage, click
from tests.support.server import LiveServer

COPIED = """async (path) => {
  while (!(await caches.match(path))) await new Promise((done) => setTimeout(done, 50));
}"""
FORGOTTEN = """async () => {
  while ((await caches.keys()).length) await new Promise((done) => setTimeout(done, 50));
}"""
OFFLINE_NOISE = (
    "net::ERR_",
    "htmx:",
    "status of 4",
    "Error Code 4",
    "error occurred when fetching the script",
)


@pytest.fixture(autouse=True)
def without_noise(open_page: OpenPage) -> Iterator[None]:
    """What the browser itself writes into its console when a line is lost is no fault of a page."""
    yield
    pages = open_page.__self__  # type: ignore[attr-defined]
    pages.problems[:] = [
        one for one in pages.problems if not any(noise in one for noise in OFFLINE_NOISE)
    ]


def count(server: LiveServer, who: str, table: type) -> int:
    person = actor_of(server.app, who).person_id
    mine = select(Enrolment.id).where(Enrolment.person_id == person)
    rows: Select[Any] = select(table).where(table.enrolment_id.in_(mine))  # type: ignore[attr-defined]
    return world.look(server, lambda db: len(list(db.scalars(rows))))


def events(server: LiveServer, who: str, verb: str) -> list[tuple[int | None, int]]:
    person = actor_of(server.app, who).person_id
    rows = (
        select(LearningEvent.unit_id, LearningEvent.position)
        .join(Enrolment, Enrolment.id == LearningEvent.enrolment_id)
        .where(Enrolment.person_id == person, LearningEvent.verb == verb)
        .order_by(LearningEvent.number)
    )
    return world.look(server, lambda db: [(unit, at) for unit, at in db.execute(rows)])


def answered(server: LiveServer, attempt_id: UUID) -> int:
    rows = select(AttemptItem.id).where(
        AttemptItem.attempt_id == attempt_id, AttemptItem.answered_at.is_not(None)
    )
    return world.look(server, lambda db: len(list(db.scalars(rows))))


def offline(context: BrowserContext, *, is_off: bool) -> None:
    context.set_offline(is_off)


def test_a_module_is_read_on_without_a_line_and_sent_after_the_tab_was_closed(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    page = steps.enter(open_page, "official-hn", **PHONE_ES)
    start(page)
    page.evaluate(COPIED, path(page).removesuffix("1") + "2")
    offline(page.context, is_off=True)
    screens, checks = 0, 0
    while checks < 2:
        if page.locator(".check").count():
            page.locator(".check .choice input").first.check()
            click(page.locator(".check button"))
            checks += 1
            words = "1 respuesta por enviar." if checks == 1 else f"{checks} respuestas por enviar."
            expect(page.locator("#line-lost")).to_contain_text(words)
            if checks == 2:
                break
        go_on(page)
        screens += 1
        page.wait_for_load_state("load")
        expect(page.locator("main")).not_to_contain_text(
            world.look(live_server, lambda _db: actor_of(live_server.app, "official-hn").name)
        )
    assert count(live_server, "official-hn", CheckAnswer) == 0
    page.close()
    offline(page.context, is_off=False)
    again = open_page("/certificates", context=page.context)
    expect(again.locator("#line-lost")).to_contain_text("se envió")
    assert count(live_server, "official-hn", CheckAnswer) == 2
    assert len(events(live_server, "official-hn", "seen")) == screens
    again.goto(COURSE)
    assert again.evaluate("async () => (await caches.keys()).length") == 1
    steps.sign_out(again)
    again.evaluate(FORGOTTEN)
    assert world.look(live_server, lambda db: list(audit(db))) == []


def test_r20_a_quiz_loses_its_line_its_tab_and_its_session_and_one_attempt_counts(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    """Somebody else uses the computer in between; what was answered is not sent as theirs."""
    world.read_module(live_server, "official-hn", 1)
    page = steps.enter(open_page, "official-hn", **WIDE_ES)
    open_quiz(page, live_server, 1)
    start_quiz(page)
    attempt_id = world.attempt_in(page.url)
    offline(page.context, is_off=True)
    steps.answer_question(page, world.answers(live_server, attempt_id)[0])
    click(steps.button(page, "next", "step"))
    expect(page.locator("#line-lost")).to_contain_text("1 respuesta por enviar. No hay conexión.")
    page.close()
    context = page.context
    context.clear_cookies()
    offline(context, is_off=False)
    other = open_page("/sign-in", context=context)
    steps.sign_in(other, "convenor-protection")
    start(other)
    other.wait_for_load_state("networkidle")
    expect(other.locator("#line-lost")).to_be_hidden()
    assert answered(live_server, attempt_id) == 0
    context.clear_cookies()
    go_on_button = other.locator("form.go-on button")
    click(go_on_button)
    expect(other.locator("#line-lost")).to_contain_text("Su sesión terminó.")
    other.wait_for_load_state("networkidle")  # a late answer would bring another session's cookie
    click(other.locator("#line-lost a"))
    other.wait_for_url(re.compile("/sign-in[?]next="))
    steps.sign_in(other, "official-hn")
    other.wait_for_url("**/M1-L1/1")  # the way back to the screen that was being read
    expect(other.locator("#line-lost")).to_contain_text("Enviado.")
    open_quiz(other, live_server, 1)
    click(other.locator("form[action$='/attempt'] button"))
    assert answered(live_server, attempt_id) == 1
    show_review(other, live_server, world.answers(live_server, attempt_id), first=2)
    steps.hand_in(other)
    expect(steps.heading(other)).to_contain_text("Aprobado")
    assert count(live_server, "official-hn", Attempt) == 1
    assert events(live_server, "convenor-protection", "seen") == []


def test_two_tabs_the_back_button_and_a_double_press_change_nothing_after_handing_in(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    world.read_module(live_server, "official-hn", 1)
    page = steps.enter(open_page, "official-hn", **WIDE_ES)
    open_quiz(page, live_server, 1)
    twin = open_page(page.url, context=page.context)
    start_quiz(page)
    start_quiz(twin)
    assert world.attempt_in(page.url) == world.attempt_in(twin.url)
    right = world.answers(live_server, world.attempt_in(page.url))
    show_review(page, live_server, right)
    steps.hand_in(page)
    expect(steps.heading(page)).to_contain_text("Aprobado")
    steps.answer_question(twin, right[0])
    click(steps.button(twin, "next", "step"))
    expect(twin.locator(".flash").first).to_contain_text("Este cuestionario ya se entregó")
    expect(steps.heading(twin)).to_contain_text("Aprobado")
    page.go_back()
    expect(steps.heading(page)).to_contain_text("Aprobado")
    expect(page.locator("form[action*='/attempts/']")).to_have_count(0)
    assert count(live_server, "official-hn", Attempt) == 1


def test_a_whole_module_without_javascript(live_server: LiveServer, open_page: OpenPage) -> None:
    world.publish_small_course(live_server)
    page = steps.enter(open_page, "official-hn", **PLAIN_PHONE_EN)
    start(page, f"/courses/{world.SMALL_COURSE}")
    take_module(page, live_server)
    steps.hand_in(page)
    expect(page.locator("main")).to_contain_text("Module 1 is complete.")
    assert world.look(live_server, lambda db: list(audit(db))) == []
