"""Somebody with a certificate in the hand asks whether it is genuine, and learns that and nothing
else.
"""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.infra import clock
from app.infra.database import transaction
from app.kernel.actor import SYSTEM
from app.training.certificates.rules import code_from
from app.training.certificates.services import revoke_certificate
from app.training.certificates.values import RevocationReason
from tests.journeys import world
from tests.journeys.steps import PHONE_ES, PLAIN_PHONE_EN, WIDE_EN, WIDE_ES, named
from tests.support.actors import PERSONAS
from tests.support.browser import OpenPage, assert_no_sideways_scroll
from tests.support.server import LiveServer

HER = PERSONAS["official-hn"].name
WORDS = {
    "valid": {"es": "Vigente", "en": "Valid"},
    "revoked": {"es": "Revocado", "en": "Revoked"},
    "unknown": {"es": "Desconocido", "en": "Unknown"},
}


def ask(page: Page, typed: str) -> int:
    """Types a code into the one field; the status of the answer."""
    page.goto("/verify")
    page.locator("main [name=code]").fill(typed)
    with page.expect_navigation() as navigation:
        page.locator("main form[action='/verify'] button").click()
    return navigation.value.status


def answer(page: Page, word: str, lang: str) -> None:
    """The one big word."""
    expect(page.locator("main").get_by_text(WORDS[word][lang], exact=True).first).to_be_visible()


@pytest.mark.parametrize("way", [PHONE_ES, {**WIDE_EN, "javascript": False}], ids=named)
def test_a_genuine_code_is_valid_however_it_is_typed(
    live_server: LiveServer, open_page: OpenPage, way: dict[str, Any]
) -> None:
    code = world.complete_course(live_server, "official-hn")
    page = open_page("/", **way)
    for typed in (code, code.lower(), " - ".join(code[at : at + 4] for at in range(0, 16, 4))):
        assert ask(page, typed) == 200
        answer(page, "valid", way["lang"])
        expect(page.locator("main")).to_contain_text(HER)
    assert_no_sideways_scroll(page)


@pytest.mark.parametrize("way", [WIDE_ES, PLAIN_PHONE_EN], ids=named)
def test_an_unknown_code_and_a_malformed_one_are_told_apart(
    open_page: OpenPage, way: dict[str, Any]
) -> None:
    page = open_page("/", **way)
    assert ask(page, code_from(0)) == 404, "a sound code that was never issued"
    answer(page, "unknown", way["lang"])
    assert ask(page, "1234") == 400
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("main [name=code]")).to_have_value("1234")


def test_r48_a_revoked_certificate_says_so(live_server: LiveServer, open_page: OpenPage) -> None:
    code = world.complete_course(live_server, "official-hn")
    with live_server.app.app_context(), transaction() as db:
        revoke_certificate(
            db,
            actor=SYSTEM,
            now=clock.now(),
            code=code,
            reason=RevocationReason.FRAUD,
            note="a private remark",
        )
    page = open_page("/", **PHONE_ES)
    assert ask(page, code) == 200
    answer(page, "revoked", "es")
    assert "a private remark" not in page.content()
    expect(page.get_by_text(WORDS["valid"]["es"], exact=True)).to_have_count(0)


def test_the_answer_reveals_nothing_private(live_server: LiveServer, open_page: OpenPage) -> None:
    """No address, no institution, no post, nobody else of her country, and nothing for search
    engines.
    """
    code = world.complete_course(live_server, "official-hn")
    colleague = world.certified_colleague(live_server, "HN")
    page = open_page(f"/verify/{code}", **WIDE_ES)
    body = page.content()
    assert HER in body
    for private in (
        "example.org",
        "Dirección General",
        "Ministerio",
        "Mecanismo Nacional",
        colleague.name,
        "Honduras",
    ):
        assert private not in body, private
    expect(page.locator("meta[name=robots]")).to_have_attribute("content", "noindex")
