"""Every route that hands out a file: copies of people or of small numbers are a fact in the journal
and say who took them along and when; of every other route it is written here why not.
"""

import ast
import inspect
import io
import re
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.infra.database import reading
from app.infra.journal import JournalEntry
from tests.security.canaries import WITHHELD
from tests.security.world import Objects, address, built, copied, routes
from tests.support.actors import actor_of, sign_in

COPIES: dict[str, tuple[str, list[dict[str, str]]]] = {
    "agreements.export": ("organizer", [{}]),
    "attendance.export": ("organizer", [{"kind": "print"}, {"kind": "pdf"}, {"kind": "xlsx"}]),
    "certificates.export_country": (
        "focal-point-hn",
        [{"form": "csv"}, {"form": "xlsx"}, {"form": "zip"}],
    ),
    "certificates.export_register": ("organizer", [{"form": "csv"}]),
    "directory.export_roster": ("focal-point-hn", [{}]),
    "general_plan.sheet": ("organizer", [{}, {"format": "csv"}]),
    "handover.export_audit": ("organizer", [{}]),
    "matrix.export": ("organizer", [{}, {"format": "csv"}]),
    "registrations.export_registrations_sheet": ("organizer", [{}]),
    "reports.donor_sheet": ("organizer", [{}]),
    "reports.event_report_pdf": ("organizer", [{"for": "office"}]),
    "turnover.country_pdf": ("focal-point-hn", [{}]),
    "turnover.country_sheet": ("organizer", [{}]),
    "turnover.region_pdf": ("organizer", [{}]),
    "turnover.region_sheet": ("focal-point-hn", [{}]),
    "yearly.year_pdf": ("organizer", [{}]),
    "yearly.year_sheet": ("organizer", [{}]),
}
"""Of people or of small numbers: who takes them, and what is sent."""
OTHERS = {
    "authoring.export_bank": "questions",
    "certificates.archive": "public, and names nobody",
    "certificates.certificate_pdf": "sealed: its holder's, or shown to who has the code",
    "certificates.certificate_picture": "as its PDF",
    "certificates.own_picture": "a signature or logo of the office",
    "certificates.paper_picture": "invented names",
    "certificates.paper_preview": "invented names",
    "certificates.preview_paper_text": "invented names",
    "certificates.print_file": "on record since it was asked for; certificates to hand out",
    "certificates_api.credential": "its holder's",
    "general_plan.pdf": "activities without people",
    "home.guide_on_paper": "how a task is done",
    "history.example": "a sheet to fill in, with invented rows",
    "invitations.guest_calendar": "an event",
    "invitations.letter": "goes to whom it names",
    "learning.course_file": "a course",
    "learning.pack_pdf": "a course",
    "materials.material_file": "what was handed out at an event; each time is counted",
    "matrix.evidence": "what a country sent in",
    "plans.document": "activities without people",
    "practices.repository_pdf": "a published practice",
    "privacy.take_data_of": "goes to whom it is about; recorded",
    "privacy.take_my_data": "goes to whom it is about; recorded",
    "programme.event_file": "an event",
    "programme.group_feed": "events",
    "programme.personal_feed": "events",
    "programme.public_feed": "events",
    "recognised.file": "one document, as its holder sent it",
}
AtWork = tuple[Flask, Objects]
SENDS = {"name_file", "send_file"}
MARK = {"es": "Exportado por {}", "en": "Exported by {}"}


@pytest.fixture(scope="module")
def at_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AtWork]:
    file, objects = built()
    with copied(file, tmp_path_factory.mktemp("copies")) as app:
        yield app, objects


def functions_that_call(wanted: set[str], source: Path) -> set[str]:
    """The functions of a module that call one of these, by themselves or by another of them."""
    functions = [
        one for one in ast.parse(source.read_text()).body if isinstance(one, ast.FunctionDef)
    ]
    called = {
        one.name: {
            call.func.id
            for call in ast.walk(one)
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        }
        for one in functions
    }
    sending: set[str] = set()
    while more := {name for name, names in called.items() if names & (wanted | sending)} - sending:
        sending |= more
    return sending


def test_r59_every_route_that_hands_out_a_file_is_known(at_work: AtWork) -> None:
    app, _objects = at_work
    sending = cache(lambda source: functions_that_call(SENDS, Path(source)))
    endpoints = set()
    for endpoint, view in app.view_functions.items():
        function = inspect.unwrap(view)
        source = inspect.getsourcefile(function) or ""
        if "/app/" in source and function.__name__ in sending(source):
            endpoints.add(endpoint)
    endpoints = {one for one in endpoints if not one.startswith(("assets", "static"))}
    assert endpoints == set(COPIES) | set(OTHERS)


@pytest.mark.parametrize("endpoint", COPIES)
def test_r59_r55_a_copy_is_recorded_and_says_who_took_it(endpoint: str, at_work: AtWork) -> None:
    app, objects = at_work
    who, forms = COPIES[endpoint]
    ((method, rule),) = [(method, rule) for name, method, rule in routes(app) if name == endpoint]
    client = app.test_client()
    sign_in(client, who)
    actor = actor_of(app, who)
    for sent in forms:
        before = _recorded(app, actor.account_id)
        where = address(rule, objects)
        answer = (
            client.get(where, query_string=sent)
            if method == "GET"
            else client.post(where, data=sent)
        )
        assert answer.status_code == 200, (endpoint, sent, answer.status_code)
        marks = [mark.format(actor.name) for mark in MARK.values()]
        words = _words(answer)
        assert any(mark in words for mark in marks), (endpoint, sent, words[-300:])
        assert WITHHELD not in words.casefold() or who == "focal-point-hn", (endpoint, sent)
        assert _recorded(app, actor.account_id) == before + 1, (endpoint, sent)


def _recorded(app: Flask, account_id: int) -> int:
    with app.app_context(), reading() as db:
        found = db.scalar(
            select(func.count(JournalEntry.id)).where(
                JournalEntry.fact.in_(("ExportMade", "RosterExported")),
                JournalEntry.actor_account_id == account_id,
            )
        )
    return found or 0


def _words(answer: TestResponse) -> str:
    content = answer.get_data()
    if content.startswith(b"%PDF"):
        pages = PdfReader(io.BytesIO(content)).pages
        return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            wanted = [name for name in archive.namelist() if name.endswith((".xml", ".txt"))]
            return " ".join(archive.read(name).decode("utf-8") for name in wanted)
    return content.decode("utf-8-sig")
