"""A design that reaches out: no file of the machine and no answer of the network gets on paper."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.training.certificates.builders import DESIGNS

SECRET = "the key of the house"
CODE = "<p style='width: 2cm'>{{ qr }}</p>"
"""Stands on each page: the engine draws into its place."""
PROBES = {
    "attachment of the document": '<link rel="attachment" href="{secret}">',
    "attachment at a link": '<a rel="attachment" href="{secret}">x</a>',
    "picture of the machine": '<img src="{secret}" alt="x">',
    "way up from the folder": '<img src="{folder}/../secret.svg" alt="x">',
    "way up in other letters": '<img src="{folder}/%2e%2e/secret.svg" alt="x">',
    "link out of the folder": '<img src="{folder}/shared/way-out.svg" alt="x">',
    "picture of the network": '<img src="{site}/a.png" alt="x">',
    "picture that leads on": '<img src="{site}/leads-on" alt="x">',
    "style of the network": '<link rel="stylesheet" href="{site}/a.css">',
    "style that asks for another": "<style>@import url({site}/b.css);</style>",
    "font of the network": (
        '<style>@font-face {{ font-family: X; src: url("{site}/a.woff2") }}'
        "p {{ font-family: X }}</style><p>x</p>"
    ),
    "background of the network": '<p style="background: url({site}/c.png)">x</p>',
    "drawing within the page": '<svg width="9" height="9"><image href="{site}/d.png"/></svg>',
    "drawing within the page, of the machine": (
        '<svg width="9" height="9"><image href="{secret}"/></svg>'
    ),
    "drawing in the address": (
        "<img alt=x src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'>"
        "<image href='{secret}'/></svg>\">"
    ),
    "another place to begin from": '<base href="{site}/"><img src="e.png" alt="x">',
}
DRAW = """
import pathlib, sys
from app.training.certificates.exports.engine import Engine
from app.training.certificates.values import facts_from
from dataclasses import replace

designs, out, *names = sys.argv[1:]
facts = facts_from((pathlib.Path(designs) / "samples" / "attended.json").read_text("utf-8"))
engine = Engine(pathlib.Path(designs))
for name in names:
    try:
        pdf = engine.render(replace(facts, design=name))
    except BaseException as refusal:  # WeasyPrint's refusal is no Exception
        print(name, "refused", type(refusal).__name__, refusal)
    else:
        (pathlib.Path(out) / f"{name.replace('/', '-')}.pdf").write_bytes(pdf)
        print(name, "drawn")
"""


@pytest.fixture
def site() -> Iterator[tuple[str, list[str]]]:
    """A web server on this machine that notes who asks, and leads some of them on."""
    requests: list[str] = []

    class Noting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_response(302 if self.path == "/leads-on" else 200)
            if self.path == "/leads-on":
                self.send_header("Location", "/there")
            self.end_headers()

        def log_message(self, *_given: object) -> None:
            """Silent."""

    server = HTTPServer(("127.0.0.1", 0), Noting)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", requests
    server.shutdown()
    server.server_close()


def test_design_that_reaches_out_gets_nothing(tmp_path: Path, site: tuple[str, list[str]]) -> None:
    """Given a design that someone put a foreign address or path into, when it is drawn, then it is
    refused or drawn without, and nobody was asked.
    """
    address, requests = site
    designs = tmp_path / "designs"
    shutil.copytree(DESIGNS, designs)
    secret = tmp_path / "secret.svg"
    secret.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>{SECRET}</text></svg>'
    )
    (designs / "shared" / "way-out.svg").symlink_to(secret)
    given = {"secret": secret.as_uri(), "folder": designs.as_uri(), "site": address}
    names = [f"probe/v{number}" for number in range(len(PROBES))]
    for name, markup in zip(names, PROBES.values(), strict=True):
        (designs / name).mkdir(parents=True)
        (designs / name / "design.json").write_text(json.dumps({"paper": "shared/paper_v1"}))
        (designs / name / "page.html").write_text(
            f'<html lang="es"><title>x</title><body>{markup.format(**given)}{CODE}</body></html>'
        )
    done = subprocess.run(
        [sys.executable, "-c", DRAW, designs, tmp_path, *names],
        cwd=DESIGNS.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert [line.split()[0] for line in done.stdout.splitlines()] == names, done.stderr
    outcomes = [" ".join(line.split()[1:3]) for line in done.stdout.splitlines()]
    assert set(outcomes) <= {"refused FatalURLFetchingError", "drawn"}, done.stdout
    assert requests == []
    for paper in tmp_path.glob("*.pdf"):
        plain = subprocess.run(
            ["qpdf", "--qdf", "--object-streams=disable", paper, "-"],
            capture_output=True,
            check=True,
        ).stdout
        text = subprocess.run(["pdftotext", paper, "-"], capture_output=True, check=True).stdout
        assert SECRET.encode() not in plain + text, (paper, done.stdout)
        assert b"/EmbeddedFile" not in plain, (paper, done.stdout)
    assert outcomes.count("drawn") <= 3, done.stdout  # WeasyPrint leaves drawings within pages out
