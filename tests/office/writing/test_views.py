"""The pages of writing: form, preview, one press, and the letter afterwards."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.office.notifications.world import HOUR, NOW, letters, take_place, webinar
from tests.support.actors import csrf_token, sign_in

pytestmark = pytest.mark.at(NOW + HOUR)
TYPED = {
    "to": "registered",
    "subject_es": "Sobre {evento}",
    "text_es": "Hola, {nombre}:\n\nTraiga su informe.",
}


def test_r64_preview_names_count_and_text_and_two_presses_send_one_letter(
    app: Flask, client: FlaskClient
) -> None:
    event_id = webinar(app)
    take_place(app, "official-hn", event_id)
    sign_in(client, "organizer")
    here = f"/events/{event_id}/letters"
    assert "to=registered" in client.get(here).text
    typed = {**TYPED, "csrf_token": csrf_token(client)}
    preview = client.post(f"{here}/new", data=typed).text
    assert "1 persona recibirá esta carta" in preview
    assert "Hola, María José Ñáñez Güell:" in preview
    assert "Sobre Señales de trata" in preview
    assert "/guest/" not in preview
    found = re.search(r'name="letter_id" value="([^"]+)"', preview)
    assert found
    sent = {**typed, "letter_id": found[1], "people": "1"}
    answers = [client.post(here, data=sent) for _ in range(2)]
    assert {answer.location for answer in answers} == {f"/letters/{found[1]}"}
    assert len([one for one in letters(app, "official-hn") if one.subject.startswith("Sobre")]) == 1
    page = client.get(f"/letters/{found[1]}").text
    assert "Traiga su informe." in page
    assert "Entregadas: 1" in page
    assert "Sobre Señales de trata" in client.get(here).text


def test_r64_mistakes_stand_at_their_fields_and_nothing_typed_is_lost(
    app: Flask, client: FlaskClient
) -> None:
    event_id = webinar(app)
    take_place(app, "official-hn", event_id)
    sign_in(client, "organizer")
    typed = {**TYPED, "text_es": "{apellido}", "csrf_token": csrf_token(client)}
    answer = client.post(f"/events/{event_id}/letters/new", data=typed)
    assert answer.status_code == 422
    assert "{apellido} no corresponde a ningún dato. Use solo {nombre}, {evento}" in answer.text
    assert 'value="Sobre {evento}"' in answer.text
    letter = client.post("/letters", data={**typed, "to": "nobody"})
    assert letter.status_code == 422
