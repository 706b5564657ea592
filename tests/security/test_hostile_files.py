"""Hostile files at every route that takes one: each is refused with a sentence, quickly, and nothing
of it stays in the database or in the store of files.

Each file goes through some of the routes and each route takes some of the files, in turn; with
EVERY=1 in the environment all of them go through all routes (some minutes).
"""

import ast
import inspect
import io
import os
import re
import resource
import sqlite3
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra.platform import platform
from tests.security.crawl import Door
from tests.security.matrix import ANONYMOUS
from tests.security.watched import Watched
from tests.security.world import (
    Objects,
    built,
    copied,
    copy_in,
    filled,
    routes,
    values_for,
)
from tests.support.hostile import NAMES, hostile_files, picture
from tests.support.pdfs import a_pdf
from tests.training.packages.builders import package

EVERY = int(os.environ.get("EVERY", "11"))
SLOWEST, MOST_GROWTH_KB = 8.0, 500_000
"""CPU seconds for one request, and memory for all."""
COUNTERS = {"sign_in_attempt", "setup_draft"}
"""Tables in which each request may count itself, or keep what was typed."""
OFFICE, SHEETS, PICTURES = ("pdf", "docx", "xlsx", "jpg"), ("xlsx", "csv"), ("png", "jpg")
CSV = "institución;país\nConsejo de Prueba;HN\n".encode()
ICS = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//\r\nEND:VCALENDAR\r\n"
CERTIFICATE = {
    "source": "ecampus",
    "title": "Otro",
    "completed_on": "2026-01-05",
    "hours": "2",
    "course": "guidelines",
}


@dataclass(frozen=True)
class Upload:
    """One route: who sends, the field of the file, what is typed beside it, how names end, and a
    file that it takes. `there`: what its address names otherwise.
    """

    who: str
    control: str
    ends: tuple[str, ...]
    sound: bytes
    typed: dict[str, str] = field(default_factory=dict)
    there: tuple[str, ...] = ()


UPLOADS = {
    "attendance.upload_submitted": Upload(
        "organizer", "report", SHEETS, b"", {"report-zone": "America/Costa_Rica"}
    ),
    "authoring.add_part": Upload(
        "organizer", "file", ("mp4", "webm"), b"", {"title_es": "x"}, ("kind=video",)
    ),
    "authoring.save_part": Upload(
        "organizer",
        "file_es",
        (*PICTURES, "svg"),
        b"",
        {"words_es": "x"},
        ("part_id=picture_part",),
    ),
    "authoring.import_bank": Upload(
        "organizer",
        "file",
        ("gift", "xml"),
        b"::a:: b {T}\n",
        {"language": "es", "objective": "", "section": ""},
    ),
    "calendars.add_submitted": Upload("organizer", "file", ("ics",), ICS, {"whose": "mine"}),
    "certificates.set_paper_look": Upload(
        "organizer", "logo", PICTURES, picture("PNG"), {"deep": "#17495a", "accent": "#b57a1e"}
    ),
    "history.upload": Upload(
        "organizer", "sheet", SHEETS, CSV, {"kind": "roster", "country": "HN"}
    ),
    "materials.add": Upload(
        "organizer",
        "file",
        OFFICE,
        a_pdf(),
        {
            "kind": "concept-note",
            "title_es": "x",
            "language": "es",
            "visibility": "public",
            "session": "",
        },
    ),
    "matrix.attach": Upload("focal-point-hn", "evidence_file", OFFICE, a_pdf()),
    "matrix.bring": Upload("focal-point-hn", "file", SHEETS, b"", {"action": "read"}),
    "packages.look_at": Upload("organizer", "package", ("zip",), package().getvalue()),
    "packages.look_at_version": Upload("organizer", "package", ("zip",), b""),
    "recognised.bring_submitted": Upload(
        "official-hn", "certificate", ("pdf", "jpg"), a_pdf(), CERTIFICATE
    ),
    "recognised.recognise": Upload(
        "focal-point-hn", "certificate", ("pdf", "jpg"), b"", {**CERTIFICATE, "person": "1"}
    ),
    "recognised.accept_list": Upload("focal-point-hn", "report", SHEETS, b"", CERTIFICATE),
    "setup.institutions_saved": Upload("organizer", "file", SHEETS, CSV),
    "speakers.answer": Upload(ANONYMOUS, "photo", PICTURES, picture("JPEG")),
    "speakers.add_speaker": Upload(
        "organizer",
        "photo",
        PICTURES,
        picture("JPEG"),
        {"name": "Ana", "email": "ana@example.org", "language": "es"},
    ),
}
SIGNATORY = {
    "name": "Ana",
    "role_es": "Secretaria",
    "role_en": "Secretary",
    "valid_from": "2020-01-01",
    "valid_until": "2020-12-31",
}
UPLOADS["certificates.add_signatory"] = Upload(
    "organizer", "signature", PICTURES, picture("PNG"), SIGNATORY
)
UPLOADS["certificates.change_signatory"] = Upload(
    "organizer", "signature", PICTURES, b"", SIGNATORY
)


@cache
def names_in(module: str) -> dict[str, set[str]]:
    """Returns the names in each function of a module of ours that can take files."""
    if not module.startswith("app."):
        return {}
    source = Path(sys.modules[module].__file__ or "").read_text("utf-8")
    if "app.web.uploads import" not in source:
        return {}
    return {
        node.name: {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
    }


def endpoints_that_take_files(app: Flask) -> set[str]:
    """Returns the routes whose view leads, within its module, to the door for files."""
    found = set()
    for endpoint, view in app.view_functions.items():
        called = names_in(view.__module__)
        reached, waiting = set[str](), [inspect.unwrap(view).__name__]
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += called.get(name, ())
        if reached & {"sent_file", "sent_bytes"}:
            found.add(endpoint)
    return found


def rows_in(connection: sqlite3.Connection) -> dict[str, int]:
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {
        name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
        for (name,) in tables
        if name not in COUNTERS and not name.startswith("sqlite_")
    }


class Sender:
    def __init__(self, app: Flask, objects: Objects) -> None:
        self._app, self._objects = app, objects
        self._doors = {upload.who: Door(app, upload.who) for upload in UPLOADS.values()}
        for door in self._doors.values():
            door.client("")  # signs in
        self._rules = {endpoint: rule for endpoint, _method, rule in routes(app)}
        self._number = 0

    def send(self, endpoint: str, upload: Upload, name: str, content: bytes) -> tuple[int, str]:
        rule = self._rules[endpoint]
        own = dict(one.split("=") for one in upload.there)
        values = values_for(rule, self._objects)
        values |= {name: self._objects.get(value, value) for name, value in own.items()}
        client = self._client(endpoint, upload.who)
        self._number += 1
        answer = client.post(
            filled(rule, values),
            data={**upload.typed, upload.control: (io.BytesIO(content), name)},
            environ_base={"REMOTE_ADDR": f"10.0.{self._number // 250}.{self._number % 250}"},
        )
        answer.request.environ[
            "wsgi.input"
        ].close()  # where it is large, a file of the test client's
        return answer.status_code, answer.text

    def _client(self, endpoint: str, who: str) -> FlaskClient:
        return self._doors[who].client(endpoint)


@pytest.fixture
def sender(tmp_path: Path) -> Iterator[tuple[Flask, Sender]]:
    file, objects = built()
    with copied(file, tmp_path) as app:
        app.config["PROPAGATE_EXCEPTIONS"] = False
        yield app, Sender(app, objects)


def test_hostile_files_are_refused_at_every_route_that_takes_files(
    sender: tuple[Flask, Sender], tmp_path: Path
) -> None:
    app, post = sender
    assert endpoints_that_take_files(app) == set(UPLOADS)
    files = hostile_files()
    assert len(files) >= 300
    store = platform(app).settings.data / "files"
    rows, memory = Watched(copy_in(tmp_path), rows_in), memory_kb()
    wrong, sent = [], 0
    for at, (endpoint, upload) in enumerate(sorted(UPLOADS.items())):
        for number, (name, content) in enumerate(files.items()):
            if (number + at) % EVERY:
                continue
            sent += 1
            before = rows.now(), kept_in(store)
            filename = f"{NAMES[sent % len(NAMES)]}.{upload.ends[sent % len(upload.ends)]}"
            start = time.process_time()
            status, text = post.send(endpoint, upload, filename, content)
            what = f"{endpoint}: {name} as {filename[-20:]!r}: {status}"
            if not 400 <= status < 500 or status in (403, 404):
                wrong.append(what)
            elif not re.search(r'error-summary|role="alert"|id="[\w-]+-error"', text):
                wrong.append(f"{what}, without a sentence")
            after = rows.now(), kept_in(store)
            if after != before:
                more = [name for name, count in after[0].items() if count != before[0][name]]
                wrong.append(f"{what}, half-written: {more}")
            if time.process_time() - start > SLOWEST:
                wrong.append(f"{what}, slow")
    rows.close()
    assert not wrong, f"{len(wrong)} of {sent}:\n" + "\n".join(wrong[:60])
    assert memory_kb() - memory < MOST_GROWTH_KB


def test_the_same_routes_take_a_sound_file(sender: tuple[Flask, Sender]) -> None:
    """So what was refused was the file, and not what was typed beside it."""
    _app, post = sender
    refused = {}
    for endpoint, upload in UPLOADS.items():
        if upload.sound:
            status, text = post.send(endpoint, upload, f"plan.{upload.ends[0]}", upload.sound)
            if status >= 400:
                refused[endpoint] = status, re.findall(r'<a href="(#[^"]*)">([^<]*)', text)
    assert refused == {}


def kept_in(store: Path) -> set[str]:
    return {path.name for path in store.glob("??/*")}


def memory_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
