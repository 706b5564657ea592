"""R66 as a focal point does it: a completion list and one certificate of other platforms, by keyboard
and without scripts; the country's page counts them apart.
"""

import re
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading
from app.people.directory.models import Person
from app.training.recognised.models import RecognisedTraining
from app.training.turnover.queries.figures import people_to_act_on
from tests.journeys import steps
from tests.journeys.steps import walk_to
from tests.journeys.test_country import coverage
from tests.support.actors import actor_of
from tests.support.browser import OpenPage, assert_no_sideways_scroll
from tests.support.server import LiveServer

KEEPER, COUNTRY = "focal-point-hn", "HN"
PAGE = f"/countries/{COUNTRY}/recognised"
TITLE = "Género y fronteras"
DAY = re.compile(r"\+ (\d+)")


def untrained(server: LiveServer, count: int) -> list[tuple[int, str, str]]:
    """Officials who serve in posts that count, and have neither a certificate nor other training."""
    keeper, today = actor_of(server.app, KEEPER), clock.today()
    with server.app.app_context(), reading() as db:
        lists = people_to_act_on(db, actor=keeper, country_code=COUNTRY, on=today)
        known = select(RecognisedTraining.person_id)
        rows = db.execute(
            select(Person.id, Person.full_name, Person.email)
            .where(Person.id.in_(lists["not_certified"]), Person.id.not_in(known))
            .where(Person.id != keeper.person_id)
            .order_by(Person.id)
            .limit(count)
        )
        return [(row[0], row[1], row[2] or "") for row in rows]


def recognised(page: Page) -> int:
    """How many the country's page counts beside those who hold a certificate of ours."""
    page.goto(f"/countries/{COUNTRY}")
    link = page.locator(f"main a[href='{PAGE}']", has_text=DAY)
    return int(DAY.search(link.first.inner_text())[1])  # type: ignore[index]  # the locator asks for it


def go(page: Page, selector: str) -> None:
    """Goes there by Tab and presses Enter, which loads the next page."""
    walk_to(page, page.locator(selector).first)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def type_into(page: Page, name: str, text: str) -> None:
    walk_to(page, page.locator(f"main [name={name}]"))
    page.keyboard.insert_text(text)


def picture() -> bytes:
    stream = BytesIO()
    Image.new("RGB", (640, 440), "#fdfcf7").save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize("lang", ["es", "en"])
def test_r66_list_and_certificate_of_other_platforms_are_recognised_and_counted_apart(
    live_server: LiveServer, open_page: OpenPage, lang: str
) -> None:
    """Given a list as Moodle exports it and one certificate as a picture, when the focal point
    brings both in, then source, date and hours are on record, the country's page counts them apart,
    and none is counted as one of ours.
    """
    way: dict[str, Any] = {"width": 1360, "lang": lang, "javascript": False}
    first, second, third = untrained(live_server, 3)
    page = steps.enter(open_page, KEEPER, **way)
    before, ours = recognised(page), coverage(page)

    page.goto(PAGE)
    go(page, f"main a[href='{PAGE}/list']")
    rows = "".join(f"{name},{email},2026-03-12\n" for _id, name, email in (first, second))
    page.locator("[name=report]").set_input_files(
        {
            "name": "completion.csv",
            "mimeType": "text/csv",
            "buffer": f"Name,Email address,Course complete\n{rows}".encode(),
        }
    )
    type_into(page, "title", TITLE)
    type_into(page, "hours", "12")
    go(page, "main form[method=post] button[type=submit]")
    preview = page.locator("#ahead")
    for _id, name, _email in (first, second):
        expect(preview).to_contain_text(name)
    assert recorded(live_server, [first[0], second[0]]) == [], (
        "nothing is on record before the press"
    )
    steps.assert_fits_desk_and_phone(page)
    go(page, "main button[name=seen]")
    expect(page.get_by_role("status").first).not_to_be_empty()

    go(page, f"main a[href='{PAGE}/certificate']")
    page.locator("main [name=person]").select_option(str(third[0]))
    page.locator("main [name=certificate]").set_input_files(
        {"name": "diploma.png", "mimeType": "image/png", "buffer": picture()}
    )
    type_into(page, "title", TITLE)
    page.locator("main [name=completed_on]").fill("2026-05-04")
    type_into(page, "hours", "8")
    go(page, "main form[method=post] button[type=submit]")
    expect(page.get_by_role("status").first).not_to_be_empty()
    expect(page.locator("main")).to_contain_text(third[1])
    assert_no_sideways_scroll(page)

    stored = recorded(live_server, [first[0], second[0], third[0]])
    assert sorted((row.completed_on.isoformat(), row.hours) for row in stored) == [
        ("2026-03-12", "12"),
        ("2026-03-12", "12"),
        ("2026-05-04", "8"),
    ]
    assert {row.source_title for row in stored} == {TITLE}
    assert [bool(row.file_key) for row in stored].count(True) == 1
    assert all(row.accepted_at for row in stored)
    assert (recognised(page), coverage(page)) == (before + 3, ours)


def recorded(server: LiveServer, people: list[int]) -> list[RecognisedTraining]:
    with server.app.app_context(), reading() as db:
        rows = select(RecognisedTraining).where(RecognisedTraining.person_id.in_(people))
        return list(db.scalars(rows))
