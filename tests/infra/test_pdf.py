"""What is printed: tagged, in its language, the same each time; and nothing is fetched for it."""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest
from flask import Flask, render_template_string
from pypdf import PdfReader

from app.infra import pdf
from app.infra.pdf import (
    MOST_WAITING,
    DrawingFailed,
    DrawingPress,
    PdfBusy,
    PdfTooLong,
    WaitingRoom,
    pdf_of,
)
from tests.support import patience
from tests.support.drawers import PDF, gate
from tests.support.workers import served

ROOT = Path(__file__).resolve().parents[2]
LETTER = """{% extends "print/paper.html" %}{% block title %}Nota de invitación{% endblock %}
{% block foot %}Congreso VII · 09:00 Costa Rica{% endblock %}
{% block content %}<p>{{ body }}</p>{% endblock %}"""


def paper(app: Flask, body: str = "María Núñez", lang: str = "es") -> str:
    with app.test_request_context(f"/?lang={lang}"):
        return render_template_string(LETTER, body=body)


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in read(content).pages)


@pytest.fixture
def trap() -> Iterator[tuple[str, list[str]]]:
    """A web server on this machine that notes who asks."""
    asked: list[str] = []

    class Noting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Silent."""

    server = HTTPServer(("127.0.0.1", 0), Noting)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def test_the_paper_is_tagged_and_says_its_language_and_title(app: Flask) -> None:
    reader = read(pdf_of(paper(app)))
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "es"
    assert str(root["/MarkInfo"]["/Marked"]) == "True"
    assert b'pdfuaid:part="1"' in root["/Metadata"].get_data()
    assert reader.metadata is not None
    assert reader.metadata.title == "Nota de invitación"
    english: Any = read(pdf_of(paper(app, lang="en"))).trailer["/Root"]
    assert english["/Lang"] == "en"


def test_its_pages_are_a4_and_numbered_and_bear_the_foot(app: Flask) -> None:
    reader = read(pdf_of(paper(app, body="Ñandú y cigüeña. " * 600)))
    assert len(reader.pages) == 3
    for number, page in enumerate(reader.pages, start=1):
        text = page.extract_text()
        assert f"{number} / 3" in text
        assert "Convoca" in text
        assert "svg" not in text, "the mark is drawn and not spelt"
        assert "Congreso VII · 09:00 Costa Rica" in text
        assert [round(float(side) * 25.4 / 72) for side in page.mediabox[2:]] == [210, 297]


def test_the_fonts_are_the_houses(app: Flask) -> None:
    resources: Any = read(pdf_of(paper(app))).pages[0]["/Resources"]
    names = " ".join(str(font.get_object()["/BaseFont"]) for font in resources["/Font"].values())
    assert {name.split("+")[1].split("-")[0] for name in names.split()} == {"Label", "Paper"}


def test_equal_html_gives_equal_bytes(app: Flask) -> None:
    assert pdf_of(paper(app)) == pdf_of(paper(app))


def test_what_people_typed_is_text_and_never_markup(
    app: Flask, trap: tuple[str, list[str]]
) -> None:
    url, asked = trap
    assert "<img src=" in text_of(pdf_of(paper(app, body=f'<img src="{url}/a.png"> {{{{ 7*7 }}}}')))
    assert asked == []


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="{url}/a.png" alt="x">',
        '<link rel="stylesheet" href="{url}/a.css">',
        "<style>@import url({url}/a.css);</style>",
        '<p style="background: url({url}/a.png)">x</p>',
        '<a rel="attachment" href="{url}/a.txt">x</a>',
        '<img src="file:///etc/passwd" alt="x">',
    ],
)
def test_not_even_a_hostile_document_reaches_the_network(
    markup: str, trap: tuple[str, list[str]]
) -> None:
    url, asked = trap
    document = f'<html lang="es"><title>x</title><body>{markup.format(url=url)}</body></html>'
    with pytest.raises(DrawingFailed, match="a document may not load"):
        pdf_of(document)
    assert asked == []


def test_a_drawing_within_a_document_reaches_nothing_either(trap: tuple[str, list[str]]) -> None:
    """WeasyPrint leaves the drawing out instead of refusing the document."""
    url, asked = trap
    pdf_of(
        f'<html lang="es"><title>x</title><svg width="9" height="9"><image href="{url}/a.png"/></svg>'
    )
    assert asked == []


def test_without_pango_the_refusal_names_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "PAGES", "app.infra.without_pango:page")
    with pytest.raises(pdf.PdfEngineMissing) as refused:
        pdf_of("<html></html>")
    assert "./run doctor" in refused.value.sentence.msgid


def test_drawing_stays_out_of_this_process_and_a_forked_child_has_its_own() -> None:
    """The parent's process answers the parent alone, and goes on after the child has ended."""
    code = (
        "import os, signal, sys; from app.infra import pdf\n"
        "html = '<html lang=es><title>t</title><p>ñ'; parent = pdf.pdf_of(html); child = os.fork()\n"
        "if child == 0:\n"
        "    signal.alarm(60); os._exit(0 if pdf.pdf_of(html) == parent else 3)\n"
        "ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])\n"
        "assert pdf.pdf_of(html + 'n').startswith(b'%PDF') and 'weasyprint' not in sys.modules\n"
        "raise SystemExit(ended)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_equal_content_is_drawn_once() -> None:
    press = DrawingPress()
    try:
        html = b"<html lang='es'><title>t</title><p>uno"
        assert press.drawn_by(pdf.PAGES, html) == press.drawn_by(pdf.PAGES, html)
        press.drawn_by(pdf.PAGES, html + b" dos")
        assert press.drawn == 2
    finally:
        press.close()


HELD, FOREVER, ENDLESS, ECHO, ENDING = (
    f"tests.support.drawers:{name}" for name in ("held", "forever", "endless", "echo", "ending")
)


def until(holds: Callable[[], bool]) -> None:
    for _ in range(1000):
        if holds():
            return
        sleep(0.01)
    pytest.fail("waited in vain")


def test_at_most_two_wait_and_the_next_hears_so_at_once() -> None:
    """Work of the background waits all the same, and nobody hears of it."""
    press = DrawingPress()
    got: list[bytes] = []

    def ask(recipe: str, number: int, *, can_wait: bool = False) -> None:
        got.append(press.drawn_by(recipe, str(number).encode(), can_wait=can_wait))

    gate().touch()
    try:
        asking = [Thread(target=ask, args=(HELD, 0))]
        asking[0].start()
        until(lambda: press.drawn == 1)
        asking += [Thread(target=ask, args=(ECHO, number)) for number in range(1, MOST_WAITING + 1)]
        asking.append(Thread(target=ask, args=(ECHO, 8), kwargs={"can_wait": True}))
        for thread in asking[1:]:
            thread.start()
        until(lambda: len(press.room.taken) == MOST_WAITING)
        with pytest.raises(PdfBusy) as refused:
            ask(ECHO, 9)
        assert refused.value.seconds == pdf.RETRY_SECONDS
        gate().unlink()
        for thread in asking:
            thread.join(60)
        assert sorted(got) == sorted([PDF, b"1", b"2", b"8"])
        assert press.room.taken == set()
    finally:
        gate().unlink(missing_ok=True)
        press.close()


def test_of_ten_at_once_two_workers_draw_two_two_wait_and_pages_are_answered(
    database_url: str, tmp_path: Path
) -> None:
    with served(
        database_url, tmp_path, processes=2, factory="tests.support.held_drawings:create_app()"
    ) as server:
        server.wake(2)
        gates = [gate(worker) for worker in server.workers()]

        def ask(path: object) -> tuple[int, str | None]:
            with closing(HTTPConnection(server.url.removeprefix("http://"), timeout=60)) as line:
                line.request("GET", f"/{path}")
                answer = line.getresponse()
                return answer.status, answer.getheader("Retry-After")

        with ThreadPoolExecutor(10) as pool:
            try:
                for closed in gates:
                    closed.touch()
                asked = [pool.submit(ask, f"held/{number}") for number in range(10)]
                until(lambda: sum(one.done() for one in asked) >= 6)
                told = [one.result() for one in asked if one.done()]
                assert set(told) == {(503, str(pdf.RETRY_SECONDS))}
                began = monotonic()
                assert ask("sign-in")[0] == 200
                assert monotonic() - began < patience.scaled(1)
            finally:
                for closed in gates:
                    closed.unlink(missing_ok=True)
            drawn = sum(one.result()[0] == 200 for one in asked)
        assert drawn + len(told) == 10
        assert drawn >= 1 + MOST_WAITING


def test_killed_process_keeps_no_place_in_the_waiting_room() -> None:
    room = WaitingRoom()
    child = os.fork()
    if child == 0:
        own = room.of_child()
        with own.place(), own.place():
            os.kill(os.getpid(), signal.SIGSTOP)
            os._exit(1)
    os.waitpid(child, os.WUNTRACED)
    with pytest.raises(PdfBusy), room.place():
        pytest.fail("both places are taken")
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with room.place(), room.place(), pytest.raises(PdfBusy), room.place():
        pytest.fail("there are two places")
    assert room.taken == set()


@pytest.mark.parametrize(
    ("recipe", "limits"), [(ENDLESS, {"seconds": 1}), (FOREVER, {"patience": 1})]
)
def test_document_that_takes_too_long_is_given_up_and_the_next_is_drawn(
    recipe: str, limits: dict[str, Any]
) -> None:
    """Too much work, however long it takes; or a process that does nothing any more."""
    press = DrawingPress(**limits)
    try:
        with pytest.raises(PdfTooLong) as given_up:
            press.drawn_by(recipe, b"")
        assert given_up.value.sentence.params == {"seconds": 1}
        assert press.drawn == 1
        press = DrawingPress()
        assert press.drawn_by(ECHO, b"next") == b"next"
    finally:
        press.close()


def test_drawing_process_that_ends_is_started_again() -> None:
    press = DrawingPress()
    try:
        with pytest.raises(DrawingFailed, match="ended"):
            press.drawn_by(ENDING, b"")
        assert press.drawn_by(ECHO, b"after") == b"after"
        large = b"x" * 3_000_000
        assert press.drawn_by(ECHO, large) == large
    finally:
        press.close()


def test_stop_of_the_whole_service_lets_a_document_be_finished() -> None:
    press = DrawingPress()
    try:
        pid = int(press.drawn_by("tests.support.drawers:number", b""))
        for stop in (signal.SIGTERM, signal.SIGINT):
            os.kill(pid, stop)
        assert press.drawn_by("tests.support.drawers:number", b"again") == str(pid).encode()
    finally:
        press.close()


def test_drawing_process_finds_no_key_and_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "never told")
    press = DrawingPress()
    try:
        told = press.drawn_by("tests.support.drawers:environment", b"")
    finally:
        press.close()
    assert b"PATH" in told
    assert b"SECRET_KEY" not in told
