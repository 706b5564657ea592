"""What is printed: tagged, in its language, the same each time; and nothing is fetched for it."""

import io
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask, render_template_string
from pypdf import PdfReader

from app.infra import pdf
from app.infra.pdf import pdf_of

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
    from weasyprint.urls import FatalURLFetchingError

    url, asked = trap
    document = f'<html lang="es"><title>x</title><body>{markup.format(url=url)}</body></html>'
    with pytest.raises(FatalURLFetchingError):
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
    monkeypatch.setattr(pdf, "_printers", {})
    monkeypatch.delitem(sys.modules, "app.infra.printing", raising=False)
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(pdf.PdfEngineMissing) as refused:
        pdf_of("<html></html>")
    assert "./run doctor" in refused.value.sentence.msgid


def test_a_forked_child_prints_with_its_own_fonts() -> None:
    code = (
        "import os, signal, sys; from app.infra import pdf; assert 'weasyprint' not in sys.modules\n"
        "html = '<html lang=es><title>t</title><p>ñ'; parent = pdf.pdf_of(html); child = os.fork()\n"
        "if child == 0:\n"
        "    signal.alarm(30); afresh = not pdf._printers\n"
        "    os._exit(0 if pdf.pdf_of(html) == parent and afresh else 3)\n"
        "raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
