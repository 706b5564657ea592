"""The page on which a program is connected, the line on an event's page, the planning form (R74)."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra.database import reading
from app.infra.meetings.choosing import opened_keys
from app.infra.platform import platform
from app.participation.meetings.models import MeetingConnection
from config import Settings
from tests.participation.meetings.conftest import Connect, keys_for
from tests.participation.meetings.test_following import drain, published
from tests.support.actors import csrf_token, sign_in
from tests.support.meeting_programs import ACCOUNT, CLIENT, HOST, SECRET, TENANT, Programs

PAGE = "/meeting-connection"


def typed(name: str, **changes: str) -> dict[str, str]:
    given = {
        "account": ACCOUNT if name == "zoom" else TENANT,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "host": HOST,
        **changes,
    }
    return {f"{name}-{field}": value for field, value in given.items()}


def send(client: FlaskClient, name: str, **changes: str) -> tuple[int, str]:
    form = {**typed(name, **changes), "csrf_token": csrf_token(client)}
    answer = client.post(f"{PAGE}/{name}", data=form)
    return answer.status_code, answer.text


@pytest.mark.parametrize("name", ["zoom", "teams"])
def test_r74_keys_are_checked_kept_sealed_shown_by_their_end_and_removed(
    client: FlaskClient, app: Flask, settings: Settings, programs: Programs, name: str
) -> None:
    sign_in(client, "organizer")
    assert send(client, name)[0] == 303
    page = client.get(PAGE).text
    assert f"termina en …{SECRET[-4:]}" in page
    with app.app_context(), reading() as db:
        row = db.get_one(MeetingConnection, name)
        assert opened_keys(row.sealed, own=platform(app).keys) == keys_for(name)
    for secret in (SECRET, CLIENT):
        assert secret not in page
        assert secret not in row.sealed
    answer = client.post(f"{PAGE}/remove", data={"csrf_token": csrf_token(client)})
    assert answer.status_code == 303
    assert "No hay nada conectado" in client.get(PAGE).text


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("zoom", {"account": "otra"}, "No acepta la cuenta"),
        ("zoom", {"client_secret": "equivocada-1234"}, "No acepta la cuenta"),
        ("zoom", {"host": "nadie@example.org"}, "En esa cuenta nadie"),
        ("zoom", {"host": ""}, "Escríbalo aquí"),
        ("teams", {"account": "otro-inquilino"}, "No conoce esta cuenta"),
        ("teams", {"client_secret": "equivocada-1234"}, "No acepta la cuenta"),
        ("teams", {"host": "nadie@example.org"}, "En esa cuenta nadie"),
    ],
)
def test_r74_wrong_keys_are_refused_in_plain_words_and_the_secret_is_not_repeated(
    client: FlaskClient, programs: Programs, name: str, changes: dict[str, str], said: str
) -> None:
    sign_in(client, "organizer")
    status, page = send(client, name, **changes)
    assert status == 422
    assert said in page
    assert changes.get("client_secret", SECRET) not in page
    assert f'value="{CLIENT}"' in page
    assert "No hay nada conectado" in client.get(PAGE).text


def test_r74_missing_scope_is_named_and_unreachable_program_is_said(
    client: FlaskClient, programs: Programs
) -> None:
    sign_in(client, "organizer")
    programs.scopes = programs.scopes.replace("report:read:list_meeting_participants:admin", "")
    assert (
        "falta un permiso: report:read:list_meeting_participants:admin" in send(client, "zoom")[1]
    )
    programs.may = False
    assert "falta un permiso: OnlineMeetings.ReadWrite.All" in send(client, "teams")[1]
    programs.trouble("POST", "oauth", is_lost=True)
    assert "El otro servidor no responde" in send(client, "zoom", client_id="otro")[1]


def test_r74_event_page_says_what_the_connection_did_and_offers_to_try_again(
    client: FlaskClient, app: Flask, programs: Programs, connected: Connect
) -> None:
    connected("zoom")
    programs.may = False
    event_id = published(app)
    sign_in(client, "organizer")
    path = f"/events/{event_id}"
    assert "Zoom: este evento todavía no tiene reunión" in client.get(path).text
    drain(app)
    page = client.get(path).text
    assert "Zoom: no se pudo crear la reunión. A la aplicación le falta un permiso" in page
    programs.may = True
    answer = client.post(f"{path}/meeting", data={"csrf_token": csrf_token(client)})
    assert answer.status_code == 303
    drain(app)
    assert "Zoom: la reunión está creada y sigue los cambios" in client.get(path).text
    assert "Zoom: the meeting is created" in client.get(f"{path}?lang=en").text
    sign_in(client, "official-hn")
    assert 'id="meeting"' not in client.get(path).text


def test_r74_planning_form_says_that_the_room_is_created_on_publishing(
    client: FlaskClient, programs: Programs, connected: Connect, app: Flask
) -> None:
    sign_in(client, "organizer")
    page = client.get("/events/plan").text
    assert "falta el enlace" in page
    assert "Lo demás: todavía falta algo" in page
    connected("zoom")
    page = client.get("/events/plan").text
    assert "Zoom, se crea al publicar" in page
    assert "falta el enlace" not in page
