"""A focal point answers for Honduras: how much of today's staff is trained, who left, and nothing
of Guatemala.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select, update

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.actor import Role
from app.people.directory.models import Appointment, Institution, Post
from app.training.turnover.queries.figures import states_of_institutions
from app.training.turnover.rules.offices import at_risk
from tests.journeys import steps, world
from tests.journeys.steps import PHONE_ES, PLAIN_PHONE_EN, WIDE_ES
from tests.support.actors import actor_of, an_account, bearer, csrf_token, sign_in
from tests.support.browser import HEIGHTS, OpenPage, assert_no_sideways_scroll, click
from tests.support.presses import at_most_pressed
from tests.support.server import LiveServer

SHARED_BY_CHANCE = 3
TALLEST_PAGE, TALLEST_REGION, TALLEST_MOVEMENT = 2_600, 3_600, 3_500
TALLEST_ROSTER, ROSTER_PAGE = 2_200, 20
HALF_A_PHONE = 195
EXCEPTIONS = ("moved", "left", "unsure")


def coverage(page: Page) -> tuple[int, int, int]:
    """Certified and confirmed, certified at most, serving: from the figures of the bar."""
    page.goto("/countries/HN")
    people = page.locator("figure table tbody").first.locator("tr td:first-of-type")
    confirmed, unsure, without, total = map(int, people.all_text_contents())
    assert confirmed + unsure + without == total
    said = page.locator(".figure-line").first.inner_text()
    assert {confirmed, confirmed + unsure, total} <= set(steps.numbers(said)), said
    return confirmed, confirmed + unsure, total


def test_coverage_is_a_range_and_rises_by_exactly_one_with_a_certificate(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    page = steps.enter(open_page, "focal-point-hn", **PLAIN_PHONE_EN)
    low, high, serving = coverage(page)
    assert low < high < serving
    world.certify(live_server, "official-hn")
    assert coverage(page) == (low + 1, high + 1, serving)
    assert_no_sideways_scroll(page)


def test_who_leaves_the_list_takes_one_from_coverage_and_keeps_a_valid_certificate(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    colleague = world.certified_colleague(live_server, "HN")
    page = steps.enter(open_page, "focal-point-hn", **PHONE_ES)
    low, high, serving = coverage(page)
    page.goto("/countries/HN/roster")
    with page.expect_download() as downloading:
        click(page.locator("form[action$='/roster.csv'] button"))
    rows = downloading.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert any(colleague.name in row and colleague.email in row for row in rows)
    click(page.locator(".phone-fold > summary"))
    page.locator("[name=search]").fill(colleague.email)
    click(page.locator("form[role=search] button"))
    page.locator(f"[name='row-{colleague.appointment_id}'][value=other]").check()
    page.locator(f"[name='what-{colleague.appointment_id}'][value=left]").check()
    today = datetime.now(ZoneInfo("America/Tegucigalpa")).date()
    page.locator(f"[name='on-{colleague.appointment_id}']").fill(today.isoformat())
    click(page.locator("main form[method=post] button.btn-primary"))
    expect(page.get_by_role("status").first).not_to_be_empty()
    assert coverage(page) == (low - 1, high - 1, serving - 1)
    page.goto(f"/verify/{colleague.code}")
    expect(page.locator("main").get_by_text("Vigente", exact=True)).to_be_visible()
    expect(page.locator("main")).to_contain_text(colleague.name)


def test_daily_round_fits_a_phone(open_page: OpenPage) -> None:
    """The country in 2,600 px, the region in 3,600, who comes and goes in 3,500; twenty people of the
    roster with three exceptions in 2,200, one line each, what is otherwise only where it was chosen;
    none goes sideways.
    """
    page = steps.enter(open_page, "focal-point-hn", **PHONE_ES)
    height = "document.documentElement.scrollHeight"
    page.goto("/countries/HN")
    assert page.evaluate(height) <= TALLEST_PAGE
    assert_no_sideways_scroll(page)
    page.goto("/region")
    assert page.evaluate(height) <= TALLEST_REGION
    last = page.locator("tr:has(.funnel-bar)").last.locator("b").inner_text()
    assert not last.isdigit(), "a range, or at most, as the sentence above it says"
    expect(page.locator("section", has=page.locator(".funnel-bar"))).to_contain_text(last)
    assert_no_sideways_scroll(page)
    page.goto("/countries/HN/movement")
    page.locator("[aria-labelledby=parts] summary").click()
    cell = page.locator("[aria-labelledby=parts] td").first
    assert cell.evaluate("cell => cell.offsetWidth") > HALF_A_PHONE, "a line of its card"
    page.locator("[aria-labelledby=parts] summary").click()
    assert page.evaluate(height) <= TALLEST_MOVEMENT
    assert_no_sideways_scroll(page)
    page.goto("/countries/HN/roster")
    rows = page.locator(".official")
    assert rows.count() == ROSTER_PAGE
    assert page.evaluate(height) <= TALLEST_ROSTER < 3 * HEIGHTS[390]
    first = rows.first
    expect(first.locator(".exception")).to_be_hidden()
    first.locator("[value=other]").check()
    expect(first.locator(".exception")).to_be_visible()
    expect(first.locator(".gone-since")).to_be_hidden()
    first.locator("[value=moved]").check()
    expect(first.locator(".moved-to")).to_be_visible()
    expect(first.locator(".gone-since")).to_be_hidden()
    first.locator("[value=left]").check()
    expect(first.locator(".gone-since")).to_be_visible()
    expect(first.locator(".moved-to")).to_be_hidden()
    for number, what in enumerate(EXCEPTIONS):
        rows.nth(number).locator("[value=other]").check()
        rows.nth(number).locator(f"[value={what}]").check()
    assert page.evaluate(height) <= TALLEST_ROSTER
    assert_no_sideways_scroll(page)


FEWEST_CONFIRMED, MOST_PRESSES, NAMED = 40, 12, 3


def test_stranger_confirms_forty_people_and_names_three_offices_at_risk(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    """By keyboard, in a country of which the test knows nothing: from the home page to the list, page
    by page, and from there to the country.
    """
    app, who = live_server.app, "focal-mx@example.org"
    an_account(app, who, roles=[(Role.FOCAL_POINT, "MX")], country="MX")
    with app.app_context(), transaction() as db:
        institutions = select(Institution.id).where(Institution.country_code == "MX")
        posts = select(Post.id).where(Post.institution_id.in_(institutions))
        serving = (Appointment.post_id.in_(posts), Appointment.valid_until.is_(None))
        db.execute(update(Appointment).where(*serving).values(confirmed_on=None, doubted_on=None))
    page = steps.enter(open_page, who, **WIDE_ES)
    with at_most_pressed(page, MOST_PRESSES, "Confirm the list and name the offices at risk"):
        page.goto("/")
        press(page, page.locator("main a[href*='/countries/MX/roster']").first)
        while page.locator(".official").count():
            press(page, page.locator(".confirm-bar .btn-primary"))
        press(page, page.locator(".crumbs a"))
        page.wait_for_url("**/countries/MX")
        names = page.locator(".offices th a").all_inner_texts()
    today, reader = clock.today("America/Mexico_City"), actor_of(app, who)
    with app.app_context(), reading() as db:
        days = db.scalars(select(Appointment.confirmed_on).where(*serving)).all()
        _country, states = states_of_institutions(db, actor=reader, country_code="MX", on=today)
    assert len(days) >= FEWEST_CONFIRMED
    assert set(days) == {today}
    assert len(names) == NAMED
    assert names == [one.institution.name.in_("es") for one in at_risk(states)][:NAMED]


def press(page: Page, target: Locator) -> None:
    """Walks there by Tab and presses Enter, which leads to another page."""
    steps.walk_to(page, target, stops=200)
    with page.expect_navigation():
        page.keyboard.press("Enter")


FOREIGN = (
    "/countries/GT",
    "/countries/GT/roster",
    "/countries/GT/officials/new",
    "/certificates/countries/GT",
)


def test_r50_guatemala_by_url_is_refused_and_shows_none_of_its_names(
    live_server: LiveServer,
) -> None:
    """Pages, the export and the API, asked for by the focal point of Honduras."""
    theirs = world.names_of(live_server, "GT") - world.names_of(live_server, "HN")
    assert len(theirs) > SHARED_BY_CHANCE
    client = live_server.app.test_client()
    sign_in(client, "focal-point-hn")
    answers = [client.get(address) for address in FOREIGN]
    form = {"csrf_token": csrf_token(client)}
    own = client.post("/countries/HN/roster.csv", data=form)
    assert own.status_code == 200
    assert any(name in own.text for name in world.names_of(live_server, "HN")), "own list exports"
    answers.append(client.post("/countries/GT/roster.csv", data=form))
    holder = bearer(live_server.app, "focal-point-hn")
    answers.append(client.get("/api/v1/coverage?country=GT", headers=holder))
    for answer in answers:
        assert answer.status_code in (403, 404), answer.request.path
        assert not [name for name in theirs if name in answer.text]
