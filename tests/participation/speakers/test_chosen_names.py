"""Speakers under a chosen name: that name is all that is kept, and the event keeps no recording."""

import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from uuid import UUID
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select, text, update
from werkzeug.test import TestResponse

from app.infra.database import database, reading, transaction
from app.kernel.actor import SYSTEM
from app.kernel.text import LocalizedText
from app.participation.speakers.models import OutsideSpeaker
from app.people.directory.models import Person
from app.people.identity.models import Account
from app.planning.arranging.services.planning import write_brief
from app.planning.events.models import Event
from app.planning.events.queries.events import brief_of
from tests.participation.speakers.test_speakers import letters, link_in, picture, post, sent
from tests.planning.events.rows import NOW, an_event
from tests.support.actors import csrf_token, sign_in

pytestmark = pytest.mark.at(NOW)
CHOSEN = "Kxqluna Wvz"
REAL = "Kxqverdadera"
"""Stands in every field that could tell who speaks; it is to be found nowhere."""
RECORDING = "https://video.example.org/kxqrecording"
FILMED = "Kxqgrabada"
MATERIAL = {
    "kind": "recording",
    "title_es": FILMED,
    "title_en": "",
    "session": "",
    "language": "es",
    "visibility": "public",
    "url": RECORDING,
}
WHO = {"name": CHOSEN, "is_protected": "y", "language": "es"}


def named(app: Flask, client: FlaskClient) -> UUID:
    event_id = an_event(app, groups=["protection"])
    with app.app_context(), transaction() as db:
        brief = replace(brief_of(db, event_id=event_id).brief, recording_url=RECORDING)
        write_brief(db, actor=SYSTEM, event_id=event_id, brief=brief, now=NOW)
    sign_in(client, "convenor-protection")
    assert post(client, f"/events/{event_id}/speakers", **WHO).status_code == 303
    return event_id


def everything_stored(app: Flask) -> str:
    """Returns the text of every row of every table."""
    with app.app_context(), reading() as db:
        return "\n".join(
            repr(tuple(row))
            for table in database.metadata.sorted_tables
            for row in db.execute(text(f'SELECT * FROM "{table.name}"'))
        )


def everything_shown(app: Flask, client: FlaskClient, event_id: UUID) -> Iterator[tuple[str, str]]:
    """Yields each page, sheet, file and API answer that names no object but the event."""
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.arguments - {"event_id"}:
            continue
        path = rule.rule.replace("<uuid:event_id>", str(event_id))
        if rule.endpoint == "static" or "sign-out" in path or "<" in path:
            continue
        yield path, words_of(client.get(path))


def words_of(answer: TestResponse) -> str:
    """Returns what an answer says, also where it is a PDF or a packed sheet."""
    content = answer.get_data()
    if content.startswith(b"%PDF"):
        return " ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    if content.startswith(b"PK"):
        with ZipFile(BytesIO(content)) as archive:
            content = b" ".join(archive.read(name) for name in archive.namelist())
    return content.decode("utf-8", "replace")


@pytest.mark.parametrize("field", ["organisation", "email", "lines_es", "photo"])
def test_r73_whatever_could_tell_who_speaks_is_refused_at_its_field_and_not_stored(
    app: Flask, client: FlaskClient, field: str
) -> None:
    event_id = an_event(app, groups=["protection"])
    sign_in(client, "convenor-protection")
    value = sent(picture()) if field == "photo" else f"{REAL}@example.org"
    answer = post(client, f"/events/{event_id}/speakers", **WHO, **{field: value})
    assert answer.status_code == 422
    assert "guardamos ese nombre y nada más" in answer.text
    assert CHOSEN not in everything_stored(app)
    assert REAL not in everything_stored(app)


def test_r73_only_the_chosen_name_appears_and_no_letter_leaves(
    app: Flask, client: FlaskClient
) -> None:
    event_id = named(app, client)
    assert letters(app) == []
    with app.app_context(), reading() as db:
        row, person = db.execute(
            select(OutsideSpeaker, Person).join(Person, Person.id == OutsideSpeaker.person_id)
        ).one()
    assert (person.full_name, person.email, person.organisation) == (CHOSEN, "", "")
    assert (row.state, row.has_photo, any(row.lines.values())) == ("confirmed", False, False)
    assert CHOSEN in app.test_client().get(f"/events/{event_id}").text
    office = client.get(f"/events/{event_id}/speakers").text
    assert "con un nombre elegido" in office
    assert "Enviar la carta de nuevo" not in office
    again = post(client, f"/events/{event_id}/speakers/{row.person_id}/letter")
    assert again.status_code == 404


def test_r73_name_is_in_no_export_and_the_recording_is_nowhere(
    app: Flask, client: FlaskClient
) -> None:
    """The canary: every page, sheet and API answer about the event or about no object at all."""
    event_id = named(app, client)
    assert "kxqrecording" not in everything_stored(app)
    shown_at = set()
    for persona in ("organizer", "official-hn", ""):
        reader = app.test_client()
        if persona:
            sign_in(reader, persona)
        for path, answer in everything_shown(app, reader, event_id):
            assert "kxqrecording" not in answer, path
            if CHOSEN in answer or CHOSEN.split(maxsplit=1)[0] in answer:
                shown_at.add(path.replace(str(event_id), "…"))
    assert shown_at <= {"/events/…", "/events/…/speakers", "/events/…/progress"}, shown_at
    assert "/events/…" in shown_at


def test_r73_recording_is_refused_from_then_on_in_the_brief_and_among_materials(
    app: Flask, client: FlaskClient
) -> None:
    event_id = named(app, client)
    answer = post(client, f"/events/{event_id}/brief", recording_url=RECORDING)
    assert answer.status_code == 422
    assert "no se guarda ningún enlace a una grabación" in answer.text
    refused = post(client, f"/events/{event_id}/materials", **MATERIAL)
    assert refused.status_code == 422
    assert "no se guarda ningún enlace a una grabación" in refused.text, refused.text
    assert "kxqrecording" not in everything_stored(app)


def test_r73_recordings_among_the_materials_are_withdrawn(app: Flask, client: FlaskClient) -> None:
    event_id = an_event(app, groups=["protection"])
    sign_in(client, "convenor-protection")
    assert post(client, f"/events/{event_id}/materials", **MATERIAL).status_code == 303
    page = client.get(f"/events/{event_id}/materials").text
    assert FILMED in page
    assert RECORDING in page
    assert FILMED in client.get("/library").text
    assert post(client, f"/events/{event_id}/speakers", **WHO).status_code == 303
    for persona in ("organizer", "convenor-protection", "official-hn"):
        reader = app.test_client()
        sign_in(reader, persona)
        for path, answer in everything_shown(app, reader, event_id):
            assert RECORDING not in answer, path
            assert FILMED not in answer, path


def test_taking_the_speaker_out_before_the_event_lets_it_be_recorded(
    app: Flask, client: FlaskClient
) -> None:
    event_id = named(app, client)
    assert post(client, f"/events/{event_id}/speakers", **WHO | {"name": "Otra"}).status_code == 303
    with app.app_context(), reading() as db:
        people = db.scalars(select(OutsideSpeaker.person_id)).all()
    brief = f"/events/{event_id}/brief"
    for number in people:
        assert 'name="recording_url"' not in client.get(brief).text
        removal = f"/events/{event_id}/speakers/{number}/removal"
        post(client, removal)
    page = client.get(brief).text
    assert 'name="recording_url"' in page
    assert post(client, f"/events/{event_id}/materials", **MATERIAL).status_code == 303
    assert FILMED in client.get(f"/events/{event_id}/materials").text
    token = re.search(r'name="undo" value="([^"]+)"', page)
    assert token, "the message about the last removal offers to undo it"
    assert post(client, f"{removal}/undo", undo=token[1]).status_code == 303
    assert 'name="recording_url"' not in client.get(brief).text
    assert FILMED not in client.get(f"/events/{event_id}/materials").text


def named_openly(app: Flask, client: FlaskClient) -> tuple[str, str]:
    """Names a speaker who confirms with lines and a photo, declines and confirms again; returns the
    path of the event's speakers and of the speaker's own page. Each text about them holds REAL.
    """
    event_id = an_event(app, groups=["protection"])
    sign_in(client, "convenor-protection")
    with app.app_context(), transaction() as db:
        planner = select(Account.id).where(Account.email.contains("convenor-protection"))
        db.execute(update(Event).values(created_by=planner.scalar_subquery()))
    who = {
        "name": f"Ana {REAL}",
        "organisation": f"Colectivo {REAL}",
        "email": f"{REAL.lower()}@example.org",
        "language": "es",
    }
    speakers = f"/events/{event_id}/speakers"
    assert post(client, speakers, **who).status_code == 303
    own = link_in(letters(app)[0][1])
    words = {"lines_es": f"Soy {REAL}.", "photo": sent(picture())}
    for answer in ("declined", "confirmed"):
        assert post(app.test_client(), own, answer=answer, **words).status_code == 303
        words = {"lines_es": f"Soy {REAL}."}
    assert sum(REAL in text for _to, text in letters(app)) == 2, "to the speaker and to the planner"
    return speakers, own


def test_r73_speaker_who_was_named_gets_a_chosen_name_and_the_earlier_one_is_nowhere(
    app: Flask, client: FlaskClient
) -> None:
    speakers, own = named_openly(app, client)
    assert everything_stored(app).lower().count(REAL.lower()) >= 5
    with app.app_context(), reading() as db:
        person_id = db.scalars(select(OutsideSpeaker.person_id)).one()
    answer = post(client, f"{speakers}/{person_id}/chosen-name", name=f" {CHOSEN} ")
    assert answer.status_code == 303
    stored = everything_stored(app).lower()
    assert REAL.lower() not in stored
    assert CHOSEN.lower() in stored
    assert app.test_client().get(own).status_code == 404
    event_id = UUID(speakers.split("/")[2])
    for persona in ("organizer", "convenor-protection", "official-hn", ""):
        reader = app.test_client()
        if persona:
            sign_in(reader, persona)
        for path, shown in everything_shown(app, reader, event_id):
            assert REAL.lower() not in shown.lower(), path
        assert REAL.lower() not in reader.get("/search?q=Ana").text.lower()
    with app.app_context(), reading() as db:
        row = db.scalars(select(OutsideSpeaker)).one()
        assert (row.is_protected, row.state, row.has_photo) == (True, "confirmed", False)
        assert brief_of(db, event_id=event_id).is_unrecorded
    assert letters(app) == []


def test_chosen_name_waits_while_the_earlier_one_stands_in_the_texts_of_the_event(
    app: Flask, client: FlaskClient
) -> None:
    speakers, _own = named_openly(app, client)
    event_id = UUID(speakers.split("/")[2])
    with app.app_context(), transaction() as db:
        person_id = db.scalars(select(OutsideSpeaker.person_id)).one()
        concept = LocalizedText(es=f"Con ana {REAL}, entre otras")
        brief = replace(brief_of(db, event_id=event_id).brief, concept=concept)
        write_brief(db, actor=SYSTEM, event_id=event_id, brief=brief, now=NOW)
    refused = post(client, f"{speakers}/{person_id}/chosen-name", name=CHOSEN)
    assert refused.status_code == 422
    assert "El nombre anterior todavía aparece en su nota conceptual" in refused.text
    assert post(client, f"{speakers}/{person_id}/chosen-name", name="").status_code == 422
    assert CHOSEN not in everything_stored(app)


def test_chosen_name_is_given_by_planners_of_the_event_alone(
    app: Flask, client: FlaskClient
) -> None:
    speakers, _own = named_openly(app, client)
    with app.app_context(), reading() as db:
        person_id = db.scalars(select(OutsideSpeaker.person_id)).one()
    other = app.test_client()
    sign_in(other, "official-hn")
    answer = post(other, f"{speakers}/{person_id}/chosen-name", name=CHOSEN)
    assert answer.status_code in {403, 404}
    assert CHOSEN not in everything_stored(app)


def test_without_the_tick_an_address_is_asked_for(app: Flask, client: FlaskClient) -> None:
    event_id = an_event(app, groups=["protection"])
    sign_in(client, "convenor-protection")
    answer = post(client, f"/events/{event_id}/speakers", name=CHOSEN, language="es")
    assert answer.status_code == 422
    assert csrf_token(client)
