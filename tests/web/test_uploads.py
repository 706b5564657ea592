"""Files go through one door: what has a virus, or could not be checked, is refused at its field."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from app.infra import viruses
from app.infra.database import reading
from app.infra.files import files
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.people.identity.views.door import tell_hours
from app.web import uploads
from tests.architecture.source import ROOT
from tests.participation.materials.test_materials import sent
from tests.planning.events.rows import NOW, an_event
from tests.support.actors import sign_in
from tests.support.clamd import EICAR, Clamd, clamd

TEXT = b"Un texto.\n"


@pytest.fixture
def daemon(app: Flask) -> Iterator[Clamd]:
    with clamd() as made:
        held = platform(app)
        held.settings = held.settings.model_copy(update={"clamav": made.place})
        yield made


def kept_files(app: Flask) -> set[str]:
    with app.app_context():
        return set(files().every_key())


def test_refused_file_has_its_sentence_at_the_field_and_the_text_stays(
    app: Flask, client: FlaskClient, daemon: Clamd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viruses, "CHECKING", 0.2)
    with time_machine.travel(NOW, tick=False) as moment:
        sign_in(client, "organizer")
        daemon.largest = 1_000
        event_id, before = an_event(app), kept_files(app)
        for daemon.mood, content, words in (
            ("", TEXT + EICAR, "El control de virus encontró algo en este archivo"),
            ("hangs", TEXT, "no se pudo revisar en busca de virus"),
            ("closes", TEXT, "no se pudo revisar en busca de virus"),
            ("", TEXT * 200, "es más grande de lo que el control de virus acepta"),
        ):
            answer = sent(client, event_id, file=(BytesIO(content), "texto.txt"))
            assert answer.status_code == 422, words
            assert re.search(rf'id="file-error"[^>]*>[^<]*(<[^>]+>[^<]*)*{words}', answer.text)
            assert 'value="Presentación"' in answer.text
        assert kept_files(app) == before
        daemon.mood = ""
        done = sent(client, event_id, file=(BytesIO(TEXT), "texto.txt"))
        assert (done.status_code, daemon.checked[-1]) == (303, TEXT)
        moment.shift(timedelta(hours=1))
        with app.app_context():
            tell_hours()
            with reading() as db:
                (entry,) = db.scalars(
                    select(JournalEntry).where(JournalEntry.fact == "VirusesRefused")
                )
    assert entry.payload["files"] == 1


def test_file_that_would_wait_for_long_is_refused_and_takes_no_thread(
    app: Flask, client: FlaskClient, daemon: Clamd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "PATIENCE", 0.01)
    with time_machine.travel(NOW, tick=False), ExitStack() as others:
        sign_in(client, "organizer")
        event_id = an_event(app)
        for _ in range(uploads.AT_ONCE):
            others.enter_context(uploads.place_to_check("file"))
        answer = sent(client, event_id, file=(BytesIO(TEXT), "texto.txt"))
        assert answer.status_code == 422
        assert re.search(r'id="file-error"[^>]*>[^<]*(<[^>]+>[^<]*)*muchos archivos', answer.text)
        assert daemon.checked == []
        others.close()
        assert sent(client, event_id, file=(BytesIO(TEXT), "texto.txt")).status_code == 303


def test_pages_say_where_no_file_is_checked(client: FlaskClient, app: Flask, daemon: Clamd) -> None:
    words = "no se revisan en busca de virus"
    with time_machine.travel(NOW, tick=False):
        sign_in(client, "organizer")
        event_id = an_event(app)
        path = f"/events/{event_id}/materials"
        sent(client, event_id, file=(BytesIO(TEXT), "texto.txt"))
        assert words not in client.get(path).text
        held = platform(app)
        held.settings = held.settings.model_copy(update={"clamav": ""})
        assert words in client.get(path).text
        assert words in client.get("/library").text


def test_photo_of_a_notice_keeps_no_place_and_nothing_behind_its_pixels(
    app: Flask, client: FlaskClient
) -> None:
    place = Image.Exif()
    place[0x010E] = "Tapachula"
    picture = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(picture, "JPEG", exif=place)
    with time_machine.travel(NOW, tick=False):
        sign_in(client, "organizer")
        event_id = an_event(app)
        content = picture.getvalue() + b"<script>alert(1)</script>"
        assert sent(client, event_id, file=(BytesIO(content), "aviso.jpg")).status_code == 303
        (link,) = set(
            re.findall(
                r'/materials/[0-9a-f-]{36}(?=")', client.get(f"/events/{event_id}/materials").text
            )
        )
        kept = client.get(link).data
    assert kept.startswith(b"\xff\xd8\xff")
    assert b"Tapachula" not in kept
    assert b"script" not in kept


def test_nothing_else_reads_files_that_people_send() -> None:
    reading_them = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "app").rglob("*.py")
        if re.search(r"request\.files|\.data\.stream|FileStorage\)", path.read_text("utf-8"))
    }
    assert reading_them == {
        "app/web/uploads.py",
        "app/web/bodies.py",  # whether there is one
        "app/web/form_token.py",  # names alone
        "app/web/kept_forms.py",
        "app/office/setup/views/region.py",  # whether there is one
    }
