"""She takes the course: in two languages, with interruptions, a quiz failed once, and a certificate
at the end.
"""

import re
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pypdf
from babel.dates import format_date
from playwright.sync_api import Page, expect

from app.infra import clock
from tests.journeys import steps, world
from tests.journeys.steps import PHONE_ES, PLAIN_ES, PLAIN_PHONE_EN, WIDE_EN
from tests.support.actors import PERSONAS, actor_of
from tests.support.browser import OpenPage, assert_no_sideways_scroll
from tests.support.server import LiveServer

COURSE = f"/courses/{world.COURSE}"
HER = PERSONAS["official-hn"].name
MOST_SCREENS = 120


def start(page: Page, course: str = COURSE) -> None:
    page.goto(course)
    page.locator("form[action$='/enrolments'] button").click()
    page.wait_for_url(re.compile(rf"{course}/[^/]+/[^/]+/1$"))


def go_on(page: Page) -> None:
    here = page.url
    page.locator("form.go-on button").click()
    page.wait_for_url(lambda url: url != here)


def back_where_she_stopped(page: Page) -> None:
    page.goto(COURSE)
    page.locator("main a[href^='/courses/']").first.click()


def path(page: Page) -> str:
    return urlsplit(page.url).path


def open_quiz(page: Page, server: LiveServer, number: int) -> None:
    quiz = world.quiz_of(server, "official-hn", number)
    page.goto(f"{COURSE}/{quiz.module_slug}/{quiz.unit_code}")


def answer_ends(
    page: Page,
    server: LiveServer,
    answers: list[world.Answer],
    *,
    who: str = "official-hn",
    first: int = 1,
) -> None:
    """Answers the question shown, number `first`, and the last one at the screen; those between are
    the same again and go by the service. Stops at the review.
    """
    attempt_id, attempt = world.attempt_in(page.url), page.url.rpartition("/")[0]
    steps.answer_and_go_on(page, answers[first - 1])
    between = {number: answers[number - 1] for number in range(first + 1, len(answers))}
    world.give_answers(server, who, attempt_id, between)
    page.goto(f"{attempt}/{len(answers)}")
    steps.answer_quiz(page, answers[-1:])


def start_quiz(page: Page) -> None:
    page.locator("form[action$='/attempt'] button").click()
    expect(page.locator("[name=option], [name^=place-]").first).to_be_visible()


def test_she_changes_language_midway_leaves_and_resumes_exactly_there(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    """Begun on a telephone without scripts, resumed at a desk."""
    page = steps.enter(open_page, "official-hn", **{**PLAIN_PHONE_EN, "lang": "es"})
    start(page)
    for _screen in range(3):
        go_on(page)
    assert_no_sideways_scroll(page)
    here, in_spanish = path(page), page.locator("article").inner_text()
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert path(page) == here
    page.wait_for_load_state("load")
    in_english = page.locator("article").inner_text()
    assert in_english != in_spanish
    expect(page.locator("article[lang=es]")).to_have_count(0)
    steps.sign_out(page)
    page.close()
    again = steps.enter(open_page, "official-hn", **WIDE_EN)
    back_where_she_stopped(again)
    again.wait_for_url(lambda url: urlsplit(url).path == here)
    expect(again.locator("article")).to_have_text(in_english, use_inner_text=True)
    assert_no_sideways_scroll(again)


def test_a_half_answered_quiz_waits_with_its_answers(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    world.read_module(live_server, "official-hn", 1)
    page = steps.enter(open_page, "official-hn", **PLAIN_ES)
    open_quiz(page, live_server, 1)
    start_quiz(page)
    first = path(page)
    steps.answer_question(page, world.answers(live_server, world.attempt_in(page.url))[0])
    steps.button(page, "next", "step").click()
    second = path(page)
    page.close()
    again = steps.enter(open_page, "official-hn", **WIDE_EN)
    open_quiz(again, live_server, 1)
    again.locator("form[action$='/attempt'] button").click()
    expect(again.locator("html")).to_have_attribute("lang", "en")
    assert path(again) == second
    again.goto(first)
    chosen = "[name=option]:checked, [name^=place-] option:checked:not([value=''])"
    expect(again.locator(chosen)).not_to_have_count(0)


def test_a_failed_quiz_teaches_waits_and_is_passed(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    """Failed on a telephone in Spanish, passed at a desk in English without scripts."""
    world.read_module(live_server, "official-hn", 1)
    page = steps.enter(open_page, "official-hn", **PHONE_ES)
    open_quiz(page, live_server, 1)
    start_quiz(page)
    attempt = world.attempt_in(page.url)
    answer_ends(page, live_server, world.answers(live_server, attempt, right=False))
    steps.hand_in(page)
    expect(steps.heading(page)).to_contain_text("Todavía no aprobado")
    assert_no_sideways_scroll(page)
    cited = page.locator("cite")
    expect(cited).to_have_count(len(world.answers(live_server, attempt)))
    expect(cited.first).to_contain_text("Lineamientos")
    expect(page.locator("main")).to_contain_text("UTC−6")
    open_quiz(page, live_server, 1)
    expect(page.locator("form[action$='/attempt']")).to_have_count(0)
    world.let_pause_pass(live_server, attempt)
    page.close()
    page = steps.enter(open_page, "official-hn", **{**WIDE_EN, "javascript": False})
    open_quiz(page, live_server, 1)
    start_quiz(page)
    attempt = world.attempt_in(page.url)
    answer_ends(page, live_server, world.answers(live_server, attempt))
    steps.hand_in(page)
    assert_no_sideways_scroll(page)
    page.goto(COURSE)
    expect(page.locator("#module-1")).to_contain_text("Done")


def take_module(page: Page, server: LiveServer) -> None:
    """Every screen and the quiz, as she meets them; ends before handing in."""
    for _screen in range(MOST_SCREENS):
        page.wait_for_load_state("load")
        if page.locator("form[action$='/attempt']").count():
            break
        go_on(page)
    start_quiz(page)
    steps.answer_quiz(page, world.answers(server, world.attempt_in(page.url)))


def test_r48_the_whole_course_ends_in_one_certificate_although_finish_is_pressed_twice(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    world.publish_small_course(live_server)
    page = steps.enter(open_page, "official-hn", **PHONE_ES)
    start(page, f"/courses/{world.SMALL_COURSE}")
    take_module(page, live_server)
    steps.hand_in(page)
    page.locator("main a[href^='/courses/']").filter(has_text="2").first.click()
    take_module(page, live_server)
    twin = open_page(page.url, context=page.context)
    steps.hand_in(page)
    steps.hand_in(twin)
    live_server.drain()
    live_server.drain()
    [code] = world.codes_of(live_server, "official-hn")
    page.goto("/certificates")
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("article")).to_contain_text(HER)
    expect(page.get_by_role("article")).to_contain_text(code[:4])
    assert_no_sideways_scroll(page)


def test_r58_the_paper_bears_her_whole_name_the_code_and_the_local_date(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    code = world.complete_course(live_server, "official-hn")
    page = steps.enter(open_page, "official-hn", "/certificates", **PLAIN_PHONE_EN)
    with page.expect_download() as downloading:
        page.locator(f"a[href$='/certificates/{code}.pdf']").click()
    text = text_of(downloading.value.path())
    day = clock.today(actor_of(live_server.app, "official-hn").timezone)
    assert HER in text
    assert "-".join(re.findall("....", code)) in text
    assert format_date(day, "d 'de' MMMM 'de' y", locale="es") in text
    assert format_date(day, "d MMMM y", locale="en") in text


def text_of(file: Path) -> str:
    """The words of the paper; spaces of any width count as one space."""
    pages = pypdf.PdfReader(BytesIO(file.read_bytes())).pages
    assert len(pages) == 1
    return re.sub(r"\s+", " ", pages[0].extract_text())
