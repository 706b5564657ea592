"""Outside speakers: named by the office, answering by a link, shown when they confirmed, and
forgotten with the guests.
"""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from app.infra.database import reading
from app.infra.pictures import NotAPicture, square_jpeg
from app.office.privacy.tasks import let_go
from app.participation.speakers import rules
from app.participation.speakers.models import OutsideSpeaker
from app.participation.speakers.queries import personal_data
from app.people.directory.models import Person
from tests.office.notifications.world import letters as sent_letters
from tests.planning.events.rows import NOW, STARTS, an_event
from tests.support.actors import csrf_token, sign_in

pytestmark = pytest.mark.at(NOW)
NAME = "Rosalía Ek Canul"
WHO = {
    "name": NAME,
    "organisation": "Colectivo Ixchel",
    "email": "rosalia@example.org",
    "language": "es",
}


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 600)) -> bytes:
    written = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    Image.new("RGB", size, "teal").save(written, kind, exif=exif)
    return written.getvalue()


def sent(content: bytes, name: str = "me.png") -> FileStorage:
    return FileStorage(BytesIO(content), filename=name)


def post(client: FlaskClient, path: str, **form: Any) -> Any:
    return client.post(path, data={"csrf_token": csrf_token(client), **form})


def letters(app: Flask) -> list[tuple[str, str]]:
    return [(letter.to, letter.text) for letter in sent_letters(app)]


def link_in(body: str) -> str:
    found = re.search(r"/speaker/[\w-]+", body)
    assert found
    return found[0]


def named(app: Flask, client: FlaskClient) -> tuple[UUID, int, str]:
    """An event, its speaker, and the path of the speaker's own page."""
    event_id = an_event(app, groups=["protection"])
    sign_in(client, "convenor-protection")
    assert post(client, f"/events/{event_id}/speakers", **WHO).status_code == 303
    with app.app_context(), reading() as db:
        person = db.scalars(select(OutsideSpeaker.person_id)).one()
    [(to, body)] = letters(app)
    assert to == "rosalia@example.org"
    return event_id, person, link_in(body)


def test_named_speaker_confirms_by_the_link_and_stands_on_the_page(
    app: Flask, client: FlaskClient
) -> None:
    event_id, person, own = named(app, client)
    page = client.get(f"/events/{event_id}").text
    assert "Un ponente externo no ha respondido" in page
    visitor = app.test_client()
    assert NAME not in visitor.get(f"/events/{event_id}").text
    photo = f"/events/{event_id}/speakers/{person}/photo"
    assert visitor.get(own).headers["Cache-Control"] == "no-store"
    answered = post(
        visitor,
        own,
        answer="confirmed",
        lines_es="Acompaña a mujeres en tránsito.",
        photo=sent(picture()),
    )
    assert answered.status_code == 303
    assert "Gracias" in visitor.get(own).text
    shown = visitor.get(f"/events/{event_id}").text
    assert NAME in shown
    assert "Acompaña a mujeres" in shown
    assert "rosalia@example.org" not in shown
    kept = visitor.get(photo)
    assert kept.content_type == "image/jpeg"
    with Image.open(BytesIO(kept.data)) as image:
        assert image.size == (320, 320)
        assert not image.getexif()
    assert b"secret" not in kept.data
    assert "Lograr que confirmen" not in client.get(f"/events/{event_id}").text
    post(visitor, own, answer="declined", lines_es="Acompaña.", drop_photo="y")
    assert visitor.get(photo).status_code == 404
    assert NAME not in visitor.get(f"/events/{event_id}").text
    assert "Declinó" in client.get(f"/events/{event_id}/speakers").text


def test_bad_answers_are_said_at_the_field_and_nothing_is_lost(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    event_id, _person, own = named(app, client)
    path = f"/events/{event_id}/speakers"
    again = post(client, path, **WHO)
    assert again.status_code == 409
    assert "Ya hay un ponente con esta dirección" in again.text
    long = post(client, path, **{**WHO, "lines_es": "x" * 301})
    assert long.status_code == 422
    wrong = post(client, path, **{**WHO, "name": "", "email": "x"})
    assert wrong.status_code == 422
    assert wrong.text.count('class="field-error"') >= 2
    visitor = app.test_client()
    for content in (b"<svg onload=1>", b"GIF89a" + b"\0" * 20, picture()[:60]):
        bad = post(visitor, own, answer="confirmed", lines_es="Yo", photo=sent(content))
        assert bad.status_code == 422
        assert "PNG, JPEG o WebP" in bad.text
        assert "Yo</textarea>" in bad.text
    monkeypatch.setattr(rules, "LARGEST_PHOTO", 1000)
    huge = post(visitor, own, answer="confirmed", photo=sent(picture(size=(900, 600))))
    assert huge.status_code == 422
    assert visitor.get("/speaker/nobody").status_code == 404


def test_a_link_dies_with_a_newer_one_with_removal_and_with_the_event(
    app: Flask, client: FlaskClient
) -> None:
    event_id, person, own = named(app, client)
    visitor = app.test_client()
    post(client, f"/events/{event_id}/speakers/{person}/letter")
    newer = link_in(letters(app)[-1][1])
    assert visitor.get(own).status_code == 404
    taken = post(client, f"/events/{event_id}/speakers/{person}/removal")
    assert visitor.get(newer).status_code == 410
    found = re.search(
        r'action="([^"]+)" class="undo">.*?name="undo" value="([^"]+)"',
        client.get(taken.location).text,
        re.S,
    )
    assert found
    post(client, found[1], undo=found[2])
    assert visitor.get(newer).status_code in {200, 302}
    with time_machine.travel(STARTS + timedelta(hours=2), tick=False):
        assert visitor.get(newer).status_code == 410


def test_r55_a_speaker_takes_all_along_and_is_forgotten_with_the_guests(
    app: Flask, client: FlaskClient
) -> None:
    _event_id, person, own = named(app, client)
    post(app.test_client(), own, answer="confirmed", lines_es="Yo", photo=sent(picture("JPEG")))
    with app.app_context(), reading() as db:
        kept = personal_data(db, person)["speaker"]
    assert (kept["state"], kept["lines"]["es"]) == ("confirmed", "Yo")
    assert kept["photo_jpeg"]
    with time_machine.travel(STARTS + timedelta(days=4000), tick=False), app.app_context():
        assert let_go()["guests"] == 1
    with app.app_context(), reading() as db:
        row = db.get_one(OutsideSpeaker, person)
        assert (dict(row.lines), row.photo, row.has_photo) == ({}, None, False)
        assert NAME not in db.get_one(Person, person).full_name


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_every_kind_of_photo_is_written_anew(kind: str) -> None:
    with Image.open(BytesIO(square_jpeg(picture(kind, (40, 90)), side=32))) as image:
        assert (image.format, image.size, image.mode) == ("JPEG", (32, 32), "RGB")
    with pytest.raises(NotAPicture):
        square_jpeg(b"", side=32)


def test_nobody_else_names_speakers(app: Flask, client: FlaskClient) -> None:
    event_id = an_event(app, groups=["protection"])
    for who in ("convenor-labour", "official-hn"):
        sign_in(client, who)
        assert post(client, f"/events/{event_id}/speakers", **WHO).status_code == 403
