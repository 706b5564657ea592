"""Somebody with a file in the hand asks whether it is one that was issued; the file stays with
them.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect

from app.infra import clock
from app.infra.database import transaction
from app.training.certificates.tasks import stored_pdf, stored_picture
from app.training.certificates.values import PaperSize
from app.web.limits import VERIFY
from tests.support.browser import Pages, assert_no_sideways_scroll
from tests.support.limits import limit_as_in_production, use_up
from tests.support.server import serving
from tests.training.certificates.builders import EVENING, Finished, finished, revoke
from tests.training.certificates.test_erasing import take_away

NAME = "María José Ñáñez Güell de la O"


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.usefixtures("the_day")
@pytest.mark.parametrize("kind", ["PDF on A4", "PDF on Letter", "picture"])
def test_each_file_that_was_issued_is_recognised_by_its_bytes(
    app: Flask, client: FlaskClient, code: str, kind: str
) -> None:
    with app.app_context():
        content = {
            "PDF on A4": lambda: stored_pdf(code, now=EVENING),
            "PDF on Letter": lambda: stored_pdf(code, now=EVENING, size=PaperSize.LETTER),
            "picture": lambda: stored_picture(code, now=EVENING),
        }[kind]()
    answer = client.get(f"/verify/file/{hash_of(content).upper()}?lang=en")
    assert answer.status_code == 200
    assert f"This is the file that we issued ({kind})." in answer.text
    assert NAME in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.usefixtures("the_day")
def test_file_of_a_revoked_certificate_is_ours_and_says_revoked(
    app: Flask, client: FlaskClient, code: str
) -> None:
    with app.app_context():
        sha256 = hash_of(stored_pdf(code, now=EVENING))
    revoke(app, code)
    page = client.get(f"/verify/file/{sha256}?lang=en").text
    assert "This is the file that we issued" in page
    assert "answer--bad" in page


@pytest.mark.usefixtures("the_day")
def test_one_byte_more_or_other_is_another_file_and_nobody_is_blamed(
    app: Flask, client: FlaskClient, code: str
) -> None:
    with app.app_context():
        pdf = stored_pdf(code, now=EVENING)
    flipped = pdf[:5000] + bytes([pdf[5000] ^ 1]) + pdf[5001:]
    for changed in (pdf + b"\n", flipped, pdf[:-1]):
        answer = client.get(f"/verify/file/{hash_of(changed)}?lang=en")
        assert answer.status_code == 404
        assert "We do not know this file" in answer.text
        assert "no verdict on the certificate, nor on whoever gave it to you" in answer.text
        assert NAME not in answer.text
        assert 'name="code"' in answer.text, "the code can be typed instead"


def test_what_is_no_hash_is_no_address(client: FlaskClient) -> None:
    for text in ("abc", "g" * 64, "0" * 63, "0" * 65):
        answer = client.get(f"/verify/file/{text}?lang=en")
        assert answer.status_code == 404
        assert "We do not know this file" not in answer.text


@pytest.mark.usefixtures("the_day")
def test_files_and_codes_share_one_ceiling_of_lookups(client: FlaskClient, code: str) -> None:
    source = {"REMOTE_ADDR": "198.51.100.7"}
    limit_as_in_production(client.application)
    use_up(client.application, VERIFY, source=source["REMOTE_ADDR"], but=2)
    answers = [
        client.get(f"/verify/file/{number:064x}", environ_base=source).status_code
        for number in range(3)
    ]
    assert answers == [404, 404, 429]
    assert client.get(f"/verify/{code}", environ_base=source).status_code == 429


@pytest.mark.usefixtures("the_day")
def test_file_with_a_name_that_was_taken_away_is_known_no_more(
    app: Flask, client: FlaskClient, somebody: Finished, code: str
) -> None:
    with app.app_context():
        sha256 = hash_of(stored_pdf(code, now=EVENING))
    assert client.get(f"/verify/file/{sha256}").status_code == 200
    take_away(app, somebody.person_id)
    assert client.get(f"/verify/file/{sha256}").status_code == 404


def test_r87_browser_computes_the_hash_and_nothing_else_leaves(
    database_url: str, tmp_path: Path, browser: Browser, axe: Callable[[Page], None]
) -> None:
    """Given a PDF, when it is dropped or chosen on the page, then only its hash is asked for."""
    with serving(database_url, tmp_path / "var") as server:
        with server.app.app_context():
            with transaction() as db:
                code = finished(db).certificate(db, now=clock.now())
            pdf = stored_pdf(code, now=clock.now())
        held = tmp_path / "certificate.pdf"
        held.write_bytes(pdf)
        pages = Pages(browser, server.url)
        page = pages.open("/verify", lang="en", width=390)
        axe(page)
        assert_no_sideways_scroll(page)
        sent: list[tuple[str, str, bytes | None]] = []
        page.on("request", lambda one: sent.append((one.method, one.url, one.post_data_buffer)))
        page.get_by_label("Certificate as PDF or picture").set_input_files(held)
        expect(page.get_by_text("This is the file that we issued (PDF on A4).")).to_be_visible()
        axe(page)
        assert_no_sideways_scroll(page)
        method, address, body = sent[0]
        assert (method, body) == ("GET", None)
        assert address == f"{server.url}/verify/file/{hash_of(pdf)}"
        assert not [one for one in sent if one[0] != "GET" or one[2]]
        assert not [one for one in sent[1:] if "/static/" not in one[1]]

        held.write_bytes(pdf + b" ")
        page.goto("/verify")
        drop(page, pdf + b" ")
        expect(page.get_by_role("heading", level=1)).to_have_text("We do not know this file")
        axe(page)
        assert_no_sideways_scroll(page)

        plain = pages.open("/verify", lang="en", javascript=False)
        expect(plain.get_by_label("Certificate as PDF or picture")).to_be_hidden()
        expect(plain.get_by_label("Code or link of the certificate")).to_be_visible()
        pages.close()


def drop(page: Page, content: bytes) -> None:
    """Lets a file fall on the page, as from a folder."""
    page.evaluate(
        """bytes => {
          const held = new DataTransfer();
          held.items.add(new File([new Uint8Array(bytes)], "certificate.pdf"));
          document.body.dispatchEvent(new DragEvent("drop", {dataTransfer: held, bubbles: true, cancelable: true}));
        }""",
        list(content),
    )
