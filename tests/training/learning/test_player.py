"""The player in a real browser, over the small course: a lost line, a phone, a machine that reads
aloud.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from app.infra.secret_keys import SecretKeys
from app.kernel.actor import Actor
from app.web.site import site
from tests.journeys.steps import assert_fits_desk_and_phone
from tests.support.browser import Pages, assert_no_sideways_scroll, click
from tests.support.databases import SECRET
from tests.support.exchanged import under
from tests.support.server import LiveServer, serving
from tests.training.learning.builders import (
    LESSON_1,
    NOW,
    QUIZ_1,
    Classroom,
    practised_content,
)

Axe = Callable[[Page], None]
BASE = "/courses/guidelines"


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[LiveServer]:
    with serving(database_url, tmp_path / "var") as running:
        yield running


@pytest.fixture
def taught(server: LiveServer) -> tuple[Classroom, Actor]:
    """The course published and begun by the one who is signed in for every visitor of this
    server.
    """
    room = Classroom(server.app)
    room.publish()
    learner = room.learner()
    room.enrol(learner)
    site(server.app).load_actor = lambda: learner
    return room, learner


@pytest.fixture
def pages(browser: Browser, server: LiveServer) -> Iterator[Pages]:
    opened = Pages(browser, server.url)
    yield opened
    opened.close()


def answer_without_a_line(pages: Pages, attempt_id: UUID) -> Page:
    """The page of the first question, answered while the line is lost."""
    page = pages.open(f"{BASE}/attempts/{attempt_id}/1")
    page.locator("input[name=option]").first.check()
    page.context.set_offline(True)
    click(page.get_by_role("button", name="Guardar y seguir"))
    expect(page.locator("#line-lost")).to_be_visible()
    return page


def test_r20_a_lost_line_keeps_the_answer_on_the_page_and_sends_it_by_itself(
    pages: Pages, taught: tuple[Classroom, Actor]
) -> None:
    room, learner = taught
    attempt_id = room.start(learner, QUIZ_1)
    page = answer_without_a_line(pages, attempt_id)
    expect(page.locator("input[name=option]").first).to_be_checked()
    assert not room.items(attempt_id)[0][0].response
    page.context.set_offline(False)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Pregunta 2 de 3")
    assert len(room.items(attempt_id)[0][0].response) == 1
    assert page.url.endswith(f"{attempt_id}/2")
    pages.problems = [
        problem for problem in pages.problems if not problem.startswith("console error: htmx:")
    ]


def test_answer_of_before_the_key_was_exchanged_is_sent_from_the_next_page(
    pages: Pages, server: LiveServer, taught: tuple[Classroom, Actor]
) -> None:
    room, learner = taught
    attempt_id = room.start(learner, QUIZ_1)
    page = answer_without_a_line(pages, attempt_id)
    context = page.context
    page.close()
    context.set_offline(False)
    with under(server.app, SecretKeys("the key that came after", (SECRET,))):
        later = context.new_page()
        later.goto(f"{server.url}{BASE}/attempts/{attempt_id}/1")
        assert (
            len((later.locator("[data-learner]").get_attribute("data-learner") or "").split()) == 2
        )
        later.evaluate(ALL_SENT)
    assert len(room.items(attempt_id)[0][0].response) == 1
    pages.problems = []


LEAVES_WHEN_SENT = """() => {
  const ask = window.fetch;
  window.fetch = async (...given) => {
    const answer = await ask(...given);
    if (given[1]?.method === "POST") document.querySelector("[data-learner]").remove();
    return answer;
  };
}"""
ALL_SENT = """() => new Promise((done) => {
  const look = (store) => {
    const asked = store.result.transaction("presses").objectStore("presses").count();
    asked.onsuccess = () => asked.result ? setTimeout(look, 20, store) : requestAnimationFrame(done);
  };
  indexedDB.open("convoca-learner").onsuccess = (event) => look(event.target);
})"""


def test_an_answer_that_arrives_after_the_page_has_gone_on_raises_nothing(
    pages: Pages, taught: tuple[Classroom, Actor]
) -> None:
    room, learner = taught
    attempt_id = room.start(learner, QUIZ_1)
    page = answer_without_a_line(pages, attempt_id)
    page.evaluate(LEAVES_WHEN_SENT)
    page.context.set_offline(False)
    expect(page.locator("[data-learner]")).to_have_count(0)
    page.evaluate(ALL_SENT)
    assert len(room.items(attempt_id)[0][0].response) == 1
    assert [one for one in pages.problems if one.startswith("script error")] == []
    pages.problems.clear()


def covers_nothing(page: Page) -> None:
    """Wherever one has scrolled to in a low window, no option lies under the bar with the buttons."""
    size = page.viewport_size
    assert size
    page.set_viewport_size({"width": size["width"], "height": 400})
    options = page.locator(".choice").all()
    assert options
    for option in options:
        option.scroll_into_view_if_needed()
        box, bar = option.bounding_box(), page.locator(".player-nav").bounding_box()
        assert box
        assert bar
        apart = box["y"] + box["height"] <= bar["y"] or bar["y"] + bar["height"] <= box["y"]
        assert apart, (box, bar)
        assert box["height"] >= 56
    page.set_viewport_size(size)


def tabs_to_option(page: Page) -> int:
    """How often Tab is pressed until the first option has the focus, after "skip to content"."""
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for pressed in range(2, 12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.choice') !== null"):
            return pressed
    return 99


def test_every_page_of_the_player_is_accessible_and_fits(
    pages: Pages, taught: tuple[Classroom, Actor], axe: Axe
) -> None:
    room, learner = taught
    page = pages.open(BASE, width=390)
    attempt_id = room.start(learner, QUIZ_1)
    paths = [
        BASE,
        f"{BASE}/one/A-L1/1",
        f"{BASE}/one/A-Q",
        f"{BASE}/two",
        f"{BASE}/attempts/{attempt_id}/2",
    ]
    paths.append(f"{BASE}/attempts/{attempt_id}?review=1")
    for path in paths:
        page.goto(path)
        axe(page)
        assert_fits_desk_and_phone(page)
        if path.endswith("/2"):
            covers_nothing(page)
    room.answer_all(learner, attempt_id, right=1)
    room.submit(learner, attempt_id)
    page.goto(f"{BASE}/attempts/{attempt_id}")
    axe(page)
    assert_fits_desk_and_phone(page)


def test_the_keyboard_alone_reads_and_answers(
    pages: Pages, taught: tuple[Classroom, Actor]
) -> None:
    room, learner = taught
    room.read(learner, LESSON_1)
    attempt_id = room.start(learner, QUIZ_1)
    page = pages.open(f"{BASE}/attempts/{attempt_id}/1")
    assert tabs_to_option(page) <= 4
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Pregunta 2 de 3")
    assert len(room.items(attempt_id)[0][0].response) == 1


def test_a_check_answers_in_place_and_a_private_line_keeps_itself(
    pages: Pages, taught: tuple[Classroom, Actor], axe: Axe
) -> None:
    room, _ = taught
    room.publish(practised_content(), now=NOW + timedelta(days=1))
    reader = room.learner("Lucía Ñuñez")
    site(room.app).load_actor = lambda: reader
    room.enrol(reader)
    page = pages.open(f"{BASE}/one/A-L1/1", width=390)
    covers_nothing(page)
    page.locator(".check .choice input").nth(1).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator(".check [role=status]")).to_contain_text("Correcto.")
    expect(page.locator("main")).not_to_be_focused()
    page.locator("#note-text").fill("Pienso en la fila")
    expect(page.locator("#note-said")).to_have_text("Guardado.")
    axe(page)
    assert_no_sideways_scroll(page)
    page.reload()
    expect(page.locator("#note-text")).to_have_value("Pienso en la fila")
    expect(page.locator(".check .choice input").nth(1)).to_be_checked()
    page.goto(BASE.replace("/guidelines", ""))
    axe(page)
