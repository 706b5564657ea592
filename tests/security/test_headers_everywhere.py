"""Every page of every reader carries the headers that keep it in its place, and nothing in it runs without leave."""

import re
from pathlib import Path

import pytest

from tests.security.crawl import Page, addresses, crawl, objects_in
from tests.security.html import Document
from tests.security.matrix import ANONYMOUS
from tests.security.world import Objects, build, copied

CSP = re.compile(
    r"default-src 'none'; script-src 'self' 'nonce-(?P<nonce>[\w-]{20,})'; style-src 'self'; img-src 'self' data:; "
    r"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Objects]:
    file = tmp_path_factory.mktemp("headers") / "world.sqlite3"
    return file, build(file)


@pytest.mark.parametrize("who", ["organizer", "focal-point-hn", "official-hn", ANONYMOUS])
def test_every_answer_is_kept_in_its_place(who: str, world: tuple[Path, Objects], tmp_path: Path) -> None:
    file, usual = world
    nonces: list[str] = []
    with copied(file, tmp_path) as app:
        known = objects_in(app)
        pages = [*addresses(app, known, usual), ("none", "/no-such-page"), ("none", "/api/v1/none")]
        wrong = [f"{page.path}: {fault}" for page in crawl(app, who, pages) for fault in _faults(page, who, nonces)]
    assert not wrong, "\n".join(wrong)
    assert len(set(nonces)) == len(nonces) > 25


def _faults(page: Page, who: str, nonces: list[str]) -> list[str]:
    headers = page.answer.headers
    policy = CSP.fullmatch(headers.get("Content-Security-Policy", ""))
    faults = [] if policy else [f"Content-Security-Policy {headers.get('Content-Security-Policy')}"]
    if headers.get("X-Content-Type-Options") != "nosniff":
        faults.append("no nosniff")
    if headers.get("Referrer-Policy") not in ("same-origin", "no-referrer"):
        faults.append("Referrer-Policy")
    if page.is_html and who != ANONYMOUS and "no-store" not in headers.get("Cache-Control", ""):
        faults.append(f"kept by the browser: {headers.get('Cache-Control')}")
    if page.is_html and page.answer.status_code < 300 and policy:
        nonces.append(policy["nonce"])
        faults += _runs_without_leave(page, policy["nonce"])
    return faults


def _runs_without_leave(page: Page, nonce: str) -> list[str]:
    document = Document(page.answer.get_data(as_text=True))
    inline = [f"inline <{tag}>" for tag, given in document.inline if tag == "style" or given != nonce]
    return inline + document.handlers
