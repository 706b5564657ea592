"""The life of a paper: earned, put right, revoked by two, and read at each turn by somebody who only
holds the code.
"""

from playwright.sync_api import Locator, Page, expect

from tests.journeys import steps, world
from tests.journeys.steps import WIDE_ES, walk_to
from tests.support.actors import actor_of
from tests.support.browser import OpenPage, assert_no_sideways_scroll
from tests.support.presses import at_most_pressed
from tests.support.server import LiveServer

HOLDER = "official-hn"
RIGHT = "María José Ñáñez-Güell de Soto"
ANSWERS = {
    "valid": {"es": "Vigente", "en": "Valid"},
    "replaced": {"es": "Reemplazado", "en": "Replaced"},
    "revoked": {"es": "Revocado", "en": "Revoked"},
}
REASON = {"es": "Se emitió por error.", "en": "It was issued in error."}
MOST_TO_ASK, MOST_TO_CORRECT, MOST_TO_PROPOSE, MOST_TO_CONFIRM = 3, 2, 1, 1


def enter_on(page: Page, target: Locator) -> None:
    """Goes there by Tab and presses Enter."""
    walk_to(page, target)
    page.keyboard.press("Enter")
    page.wait_for_load_state("domcontentloaded")


def ask_for_correction(page: Page) -> None:
    """The holder, from the certificate itself."""
    page.goto("/certificates")
    enter_on(page, page.locator("main a[href='/account/correction']").first)
    page.wait_for_url("**/account/correction")
    walk_to(page, page.locator("[name=full_name]"))
    page.keyboard.insert_text(RIGHT)
    walk_to(page, page.locator("[name=reissue]"))
    page.keyboard.press("Space")
    enter_on(page, page.locator("main form[method=post] button[type=submit]").last)
    expect(page.get_by_role("status").first).not_to_be_empty()


def put_right(page: Page, person_id: int) -> None:
    """The focal point: what was asked for stands in the fields."""
    page.goto("/people-and-access/requests")
    enter_on(page, page.locator(f"main a[href='/people/{person_id}']"))
    expect(page.locator("[name=full_name]")).to_have_value(RIGHT)
    enter_on(page, page.locator(f"main form[action='/people/{person_id}'] button[type=submit]"))
    expect(page.get_by_role("status").first).not_to_be_empty()


def propose(page: Page, code: str) -> None:
    page.goto(f"/certificates/register?text={code}")
    form = page.locator(f"form[action='/certificates/{code}/revocation']")
    walk_to(page, form.locator("[name=note]"))
    page.keyboard.insert_text("private words")
    enter_on(page, form.locator("button"))
    expect(page.get_by_role("status").first).not_to_be_empty()


def confirm(page: Page, code: str) -> None:
    page.goto("/certificates/register")
    enter_on(
        page, page.locator(f"form[action='/certificates/{code}/revocation/confirmation'] button")
    )
    expect(page.get_by_role("status").first).not_to_be_empty()


def reads(page: Page, code: str, state: str, lang: str) -> str:
    """What somebody learns who types a code; returns the text of the page."""
    page.goto("/verify")
    walk_to(page, page.locator("main [name=code]"))
    page.keyboard.insert_text(code)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/verify/{code}")
    expect(page.locator("#answer-word")).to_have_text(ANSWERS[state][lang])
    assert_no_sideways_scroll(page)
    text = page.locator("main").inner_text()
    assert "private words" not in text
    return text


def test_certificate_is_put_right_and_revoked_by_two_and_each_state_is_read_by_keyboard(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    """Whoever only holds the code reads each state in both languages; who acts, does it in
    Spanish.
    """
    world.certify(live_server, HOLDER)
    live_server.drain()
    [old] = world.codes_of(live_server, HOLDER)
    holder = actor_of(live_server.app, HOLDER)
    third = {lang: open_page("/", width=390, lang=lang, javascript=False) for lang in ("es", "en")}

    def all_read(code: str, state: str) -> dict[str, str]:
        return {lang: reads(visitor, code, state, lang) for lang, visitor in third.items()}

    assert all(holder.name in text for text in all_read(old, "valid").values())

    page = steps.enter(open_page, HOLDER, **WIDE_ES)
    with at_most_pressed(page, MOST_TO_ASK, "ask for another name"):
        ask_for_correction(page)
    keeper = steps.enter(open_page, "focal-point-hn", **WIDE_ES)
    before = world.last_message(live_server)
    with at_most_pressed(keeper, MOST_TO_CORRECT, "put the record right"):
        put_right(keeper, holder.person_id or 0)
    live_server.drain()
    live_server.drain()
    [new] = set(world.codes_of(live_server, HOLDER)) - {old}
    told = own_letters(live_server, before)
    assert any(new in one.body for one in told), "the holder is told of the new one"

    texts = all_read(old, "replaced").values()
    assert not any(holder.name in text for text in texts), "a wrong name is shown to nobody"
    for lang, visitor in third.items():
        enter_on(visitor, visitor.locator(f"main a[href='/verify/{new}']"))
        expect(visitor.locator("#answer-word")).to_have_text(ANSWERS["valid"][lang])
        expect(visitor.locator("main")).to_contain_text(RIGHT)

    first = steps.enter(open_page, "organizer", **WIDE_ES)
    second = steps.enter(open_page, "organizer-second", **WIDE_ES)
    with at_most_pressed(first, MOST_TO_PROPOSE, "propose a revocation"):
        propose(first, new)
    all_read(new, "valid")
    expect(first.locator(f"form[action$='/{new}/revocation/confirmation']")).to_have_count(0)
    before = world.last_message(live_server)
    with at_most_pressed(second, MOST_TO_CONFIRM, "confirm a revocation"):
        confirm(second, new)
    live_server.drain()
    live_server.drain()
    told = own_letters(live_server, before)
    assert any("private words" not in one.body and new in one.body for one in told)

    for lang, text in all_read(new, "revoked").items():
        assert REASON[lang] in text
        expect(third[lang].locator("main a[href^='mailto:']")).to_have_count(1)
    all_read(old, "replaced")
    page.goto("/certificates")
    expect(page.locator("main")).to_contain_text(ANSWERS["revoked"]["es"])
    first.goto(f"/certificates/register?text={new}")
    enter_on(first, first.locator(".history a[href^='/messages/']").last)
    first.wait_for_url("**/messages/*")
    expect(first.locator("main")).to_contain_text(new)


def own_letters(server: LiveServer, before: int) -> list[world.Letter]:
    own = actor_of(server.app, HOLDER).person_id
    return [one for one in world.messages_after(server, before) if one.person_id == own]
