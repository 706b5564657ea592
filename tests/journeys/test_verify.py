"""Somebody with a certificate in the hand asks whether it is genuine, and learns that and nothing
else.
"""

from playwright.sync_api import Page, expect

from app.infra import clock
from app.infra.database import transaction
from app.kernel.actor import SYSTEM
from app.training.certificates.rules import code_from
from app.training.certificates.services.ending import revoke_certificate
from app.training.certificates.values import RevocationReason
from tests.journeys import world
from tests.journeys.steps import PHONE_ES, WIDE_EN
from tests.support.browser import OpenPage, assert_no_sideways_scroll, click
from tests.support.server import LiveServer

WORDS = {
    "valid": {"es": "Vigente", "en": "Valid"},
    "revoked": {"es": "Revocado", "en": "Revoked"},
    "unknown": {"es": "Desconocido", "en": "Unknown"},
}


def ask(page: Page, typed: str) -> int:
    """Types a code into the one field of the page; the status of the answer."""
    page.locator("main [name=code]").fill(typed)
    with page.expect_navigation() as navigation:
        click(page.locator("main form[action='/verify'] button"))
    return navigation.value.status


def answer(page: Page, word: str, lang: str) -> None:
    """The one big word."""
    expect(page.locator("main").get_by_text(WORDS[word][lang], exact=True).first).to_be_visible()


def test_r48_a_genuine_code_is_valid_however_it_is_typed_reveals_nothing_and_can_be_revoked(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    """What the paper prints, the country included; no address, nobody else of the country, nothing
    for search engines; and after the revocation it says so, without the office's remark. An unknown
    code and a malformed one are told apart.
    """
    holder = world.certified_colleague(live_server, "HN")
    code = holder.code
    spaced = " - ".join(code[at : at + 4] for at in range(0, 16, 4))
    phone = open_page("/", **PHONE_ES)
    plain = open_page("/", **WIDE_EN, javascript=False)
    for page, typed, lang in ((phone, code.lower(), "es"), (plain, spaced, "en")):
        assert ask(page, typed) == 200
        answer(page, "valid", lang)
        expect(page.locator("main")).to_contain_text(holder.name)
        assert_no_sideways_scroll(page)
        assert ask(page, code_from(0)) == 404, "a sound code that was never issued"
        answer(page, "unknown", lang)
        assert ask(page, "1234") == 400
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.locator("main [name=code]")).to_have_value("1234")

    phone.goto(f"/verify/{code}")
    body = phone.content()
    assert holder.name in body
    others = world.names_of(live_server, "HN") - {holder.name}
    assert others
    assert "Honduras" in body, "what is printed and not shown, a forger swaps"
    for private in ("example.org", *others):
        assert private not in body, private
    expect(phone.locator("meta[name=robots]")).to_have_attribute("content", "noindex")

    with live_server.app.app_context(), transaction() as db:
        revoke_certificate(
            db,
            actor=SYSTEM,
            now=clock.now(),
            code=code,
            reason=RevocationReason.FRAUD,
            note="a private remark",
        )
    assert ask(phone, code) == 200
    answer(phone, "revoked", "es")
    assert "a private remark" not in phone.content()
    expect(phone.get_by_text(WORDS["valid"]["es"], exact=True)).to_have_count(0)
