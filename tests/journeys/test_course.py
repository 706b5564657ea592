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
from tests.journeys.steps import PHONE_ES, PLAIN_PHONE_EN, WIDE_EN
from tests.support.actors import PERSONAS, actor_of
from tests.support.browser import OpenPage, assert_no_sideways_scroll, click
from tests.support.server import LiveServer

COURSE = f"/courses/{world.COURSE}"
HER = PERSONAS["official-hn"].name
MOST_SCREENS = 120


def start(page: Page, course: str = COURSE) -> None:
    page.goto(course)
    click(page.locator("form[action$='/enrolments'] button"))
    page.wait_for_url(re.compile(rf"{course}/[^/]+/[^/]+/1$"))


def go_on(page: Page) -> None:
    here = page.url
    click(page.locator("form.go-on button"))
    page.wait_for_url(lambda url: url != here)


def back_where_she_stopped(page: Page) -> None:
    page.goto(COURSE)
    click(page.locator("main a[href^='/courses/']").first)


def path(page: Page) -> str:
    return urlsplit(page.url).path


def open_quiz(page: Page, server: LiveServer, number: int) -> None:
    quiz = world.quiz_of(server, "official-hn", number)
    page.goto(f"{COURSE}/{quiz.module_slug}/{quiz.unit_code}")


def show_review(
    page: Page,
    server: LiveServer,
    answers: list[world.Answer],
    *,
    who: str = "official-hn",
    first: int = 1,
) -> None:
    """From any question to the review. The answers from number `first` on go by the service: journeys
    that are about them give them at the screen.
    """
    attempt_id, attempt = world.attempt_in(page.url), page.url.rpartition("/")[0]
    world.give_answers(server, who, attempt_id, dict(enumerate(answers[first - 1 :], start=first)))
    page.goto(f"{attempt}?review=1")
    expect(page.locator("form[action$='/submission']")).to_be_visible()


def start_quiz(page: Page) -> None:
    click(page.locator("form[action$='/attempt'] button"))
    expect(page.locator("[name=option], [name^=place-]").first).to_be_visible()


def test_she_changes_language_midway_leaves_and_resumes_exactly_there(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    """Begun on a telephone without scripts, resumed at a desk."""
    page = steps.enter(open_page, "official-hn", **{**PLAIN_PHONE_EN, "lang": "es"})
    start(page)
    go_on(page)
    assert_no_sideways_scroll(page)
    here, in_spanish = path(page), page.locator("article").inner_text()
    click(page.get_by_role("link", name="English"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert path(page) == here
    page.wait_for_load_state("load")
    in_english = page.locator("article").inner_text()
    assert in_english != in_spanish
    expect(page.locator("article[lang=es]")).to_have_count(0)
    page.close()
    again = steps.enter(open_page, "official-hn", **WIDE_EN)
    back_where_she_stopped(again)
    again.wait_for_url(lambda url: urlsplit(url).path == here)
    expect(again.locator("article")).to_have_text(in_english, use_inner_text=True)
    assert_no_sideways_scroll(again)


def test_a_half_answered_quiz_waits_with_its_answers_and_failed_it_teaches_and_is_passed_later(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    """Begun at a desk in English without scripts, failed on a telephone in Spanish."""
    world.read_module(live_server, "official-hn", 1)
    page = steps.enter(open_page, "official-hn", **{**WIDE_EN, "javascript": False})
    open_quiz(page, live_server, 1)
    start_quiz(page)
    attempt, first = world.attempt_in(page.url), path(page)
    wrong = world.answers(live_server, attempt, right=False)
    steps.answer_question(page, wrong[0])
    click(steps.button(page, "next", "step"))
    second = path(page)
    assert second != first
    page.close()

    page = steps.enter(open_page, "official-hn", **PHONE_ES)
    open_quiz(page, live_server, 1)
    click(page.locator("form[action$='/attempt'] button"))
    expect(page.locator("html")).to_have_attribute("lang", "es")
    assert path(page) == second
    page.goto(first)
    chosen = "[name=option]:checked, [name^=place-] option:checked:not([value=''])"
    expect(page.locator(chosen)).not_to_have_count(0)
    show_review(page, live_server, wrong)
    steps.hand_in(page)
    expect(steps.heading(page)).to_contain_text("Todavía no aprobado")
    assert_no_sideways_scroll(page)
    cited = page.locator("cite")
    expect(cited).to_have_count(len(wrong))
    expect(cited.first).to_contain_text("Lineamientos")
    expect(page.locator("main")).to_contain_text("UTC−6")
    open_quiz(page, live_server, 1)
    expect(page.locator("form[action$='/attempt']")).to_have_count(0)
    world.let_pause_pass(live_server, attempt)
    page.reload()
    start_quiz(page)
    assert world.attempt_in(page.url) != attempt
    show_review(page, live_server, world.answers(live_server, world.attempt_in(page.url)))
    steps.hand_in(page)
    expect(steps.heading(page)).to_contain_text("Aprobado")


def take_module(page: Page, server: LiveServer) -> None:
    """Every screen and the quiz, as she meets them; ends before handing in."""
    for _screen in range(MOST_SCREENS):
        page.wait_for_load_state("load")
        if page.locator("form[action$='/attempt']").count():
            break
        go_on(page)
    start_quiz(page)
    steps.answer_quiz(page, world.answers(server, world.attempt_in(page.url)))


def test_r48_r58_the_course_ends_in_one_certificate_with_her_whole_name_although_finish_is_pressed_twice(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    """The paper has name, code and the local date in both languages. The first module goes by the
    service, the last one at the screen.
    """
    course = world.SMALL_COURSE
    world.publish_small_course(live_server)
    world.read_module(live_server, "official-hn", 1, course=course)
    world.pass_quiz(live_server, "official-hn", 1, course=course)
    page = steps.enter(open_page, "official-hn", f"/courses/{course}", **PHONE_ES)
    click(page.locator("main a[href^='/courses/']").first)
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
    with page.expect_download() as downloading:
        click(page.locator(f"a[href$='/certificates/{code}.pdf']"))
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
