"""Pages by key as a browser meets them: quiet headers, the right language, dead links, and nothing
else opened.
"""

import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from werkzeug.test import TestResponse

from app.infra.database import transaction
from app.kernel.text import LocalizedText
from app.participation.invitations.views.edge import PER_ADDRESS
from app.participation.registrations.values import CONSENT_VERSION, Way
from app.planning.events.models import EventBrief
from tests.participation.invitations.world import (
    ENDS,
    GT,
    TODAY,
    a_guest_draft,
    a_roster,
    an_invitation,
    come,
    key_of,
    named,
    standing,
)
from tests.people.identity.visitor import try_more
from tests.planning.events.rows import NOW, STARTS, an_event, change_event_row
from tests.support.actors import csrf_token, sign_in

pytestmark = pytest.mark.at(NOW)
JOIN = "https://meet.example.org/secret-room"


def form(client: FlaskClient, **more: str) -> dict[str, str]:
    return {
        "csrf_token": csrf_token(client),
        "name": "Rigoberta Ñanduy Pérez",
        "organisation": "Red Ñ",
        "email": "rigoberta@example.org",
        "country": "",
        "form_key": "a form",
        "consent": "attendance-list",
        "consent_version": CONSENT_VERSION,
    } | more


def guest_path(app: Flask, event_id: Any, **draft: str) -> str:
    return f"/guest/{come(app, key_of(app, an_invitation(app, event_id, Way.LINK)), a_guest_draft(**draft)).key}"


def is_quiet(answer: TestResponse) -> bool:
    return (answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"]) == (
        "no-store",
        "noindex, nofollow",
    )


def test_r23_a_guest_registers_by_form_and_lands_on_her_own_page(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app, join_url=JOIN)
    path = f"/invitation/{key_of(app, an_invitation(app, event_id, Way.LINK))}"
    page = client.get(path)
    assert page.status_code == 200
    assert is_quiet(page)
    assert "09:00–10:30 Costa Rica, UTC−6" in page.text
    answer = client.post(path, data=form(client))
    assert answer.status_code == 303
    mine = client.get(answer.headers["Location"])
    assert is_quiet(mine)
    assert "Tiene cupo" in mine.text
    assert JOIN not in mine.text, "not due yet"
    again = client.post(path, data=form(client))
    assert again.headers["Location"] == answer.headers["Location"]
    assert len(standing(app, event_id)) == 1


def test_a_form_that_cannot_be_taken_comes_back_with_what_was_typed(
    app: Flask, client: FlaskClient
) -> None:
    path = f"/invitation/{key_of(app, an_invitation(app, an_event(app), Way.LINK))}"
    answer = client.post(path, data=form(client, name="", email="nada", consent=""))
    assert answer.status_code == 422
    assert is_quiet(answer)
    for words in ('href="#name"', 'href="#email"', 'value="nada"', 'value="a form"'):
        assert words in answer.text
    answer = client.post(path, data=form(client, consent=""))
    assert 'href="#consent"' in answer.text


def test_over_https_the_form_is_taken_with_the_referrer_that_its_page_allows(
    app: Flask, client: FlaskClient
) -> None:
    """Under no-referrer a browser sends none, and the token check refuses the form."""
    path = f"/invitation/{key_of(app, an_invitation(app, an_event(app), Way.LINK))}"
    page = client.get(path, base_url="https://localhost")
    assert page.headers["Referrer-Policy"] == "same-origin"
    sent = form(client) | {
        "csrf_token": re.findall(r'name="csrf_token" value="([^"]+)"', page.text)[0]
    }
    answer = client.post(
        path,
        data=sent,
        base_url="https://localhost",
        headers={"Referer": f"https://localhost{path}"},
    )
    assert answer.status_code == 303


def test_r23_the_join_link_is_there_when_due_and_gone_when_over_and_the_page_dies(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app, join_url=JOIN)
    with app.app_context(), transaction() as db:
        nothing = LocalizedText()
        db.add(
            EventBrief(
                event_id=event_id,
                concept=nothing,
                objectives=nothing,
                dial_in="+506 0000 0000, código 12",
            )
        )
    path = guest_path(app, event_id)
    for at, status, joins in (
        (STARTS - timedelta(minutes=31), 200, False),
        (STARTS - timedelta(minutes=29), 200, True),
        (ENDS - timedelta(minutes=1), 200, True),
        (ENDS, 200, False),
        (ENDS + timedelta(days=7), 410, False),
    ):
        with time_machine.travel(at, tick=False):
            answer = client.get(path)
            assert (answer.status_code, JOIN in answer.text) == (status, joins), at
            assert client.get(f"{path}/event.ics").status_code == (
                200 if at < ENDS else 404 if status == 200 else 410
            )
    assert "+506 0000 0000" in client.get(path).text
    for unknown in ("/guest/unknown", "/invitation/unknown", "/speaker/unknown"):
        answer = client.get(f"{unknown}?lang=en")
        assert (answer.status_code, "Open the newest letter" in answer.text) == (404, True), unknown


def test_r23_with_her_key_a_guest_opens_no_other_page(app: Flask, client: FlaskClient) -> None:
    """Every address without arguments that asks for a sign-in still does, and no confidential event
    opens.
    """
    event_id, other = an_event(app), an_event(app, title="Mesa que nadie ve", is_confidential=True)
    path = guest_path(app, event_id)
    page = client.get(path)
    assert not re.findall(r'href="(/(?:my|account|desk|certificates|countries)[^"]*)"', page.text)
    assert client.get(f"/events/{other}").status_code == 404
    assert "Mesa que nadie ve" not in page.text + client.get("/programme").text
    signed_out = app.test_client()
    for rule in app.url_map.iter_rules():
        if not rule.arguments and "GET" in (rule.methods or ()) and rule.endpoint != "static":
            with_key, without = client.get(rule.rule), signed_out.get(rule.rule)
            assert with_key.status_code == without.status_code, rule.rule
            assert "rigoberta" not in with_key.text.lower(), rule.rule


def test_a_guest_of_a_confidential_meeting_sees_that_one_on_her_page(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app, title="Reunión reservada", is_confidential=True)
    answer = client.get(guest_path(app, event_id))
    assert "Reunión reservada" in answer.text
    assert "Tiene cupo" in answer.text


def test_an_invitation_speaks_the_language_it_was_written_for(
    app: Flask, client: FlaskClient
) -> None:
    path = f"/invitation/{key_of(app, an_invitation(app, an_event(app), Way.GUEST, language='en'))}"
    answer = client.get(path, headers={"Accept-Language": "es"})
    assert answer.headers["Location"].endswith("?lang=en")
    assert "You need no account" in client.get(answer.headers["Location"]).text
    client.set_cookie("language", "es")
    assert client.get(path).status_code == 200, "the reader has chosen"


def test_giving_back_and_coming_again_on_the_page(app: Flask, client: FlaskClient) -> None:
    event_id = an_event(app)
    path = guest_path(app, event_id)
    assert (
        client.post(f"{path}/cancellation", data={"csrf_token": csrf_token(client)}).status_code
        == 303
    )
    assert list(standing(app, event_id).values()) == ["cancelled"]
    page = client.get(path)
    assert "Inscribirme de nuevo" in page.text
    assert client.get(f"{path}/event.ics").status_code == 404
    answer = client.post(f"{path}/registration", data=form(client))
    assert answer.status_code == 303
    assert list(standing(app, event_id).values()) == ["registered"]


def test_a_program_that_tries_addresses_is_stopped(app: Flask, client: FlaskClient) -> None:
    path = f"/invitation/{key_of(app, an_invitation(app, an_event(app), Way.LINK))}"
    answers = []
    for more in (PER_ADDRESS.count - 2, 0, 0):
        answers.append(client.post(path, data=form(client, email="nada")).status_code)
        try_more(app, "guest", more)
    assert answers == [422, 422, 429]


def test_the_log_holds_the_route_and_no_key(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.web import logs

    lines = StringIO()
    monkeypatch.setattr(
        logs, "log", type("Log", (), {"info": lambda _self, *_a, **k: lines.write(str(k))})()
    )
    path = guest_path(app, an_event(app))
    client.get(path)
    assert "/guest/<token>" in lines.getvalue()
    assert path.removeprefix("/guest/") not in lines.getvalue()


@pytest.mark.parametrize("lang", ["es", "en"])
def test_r58_the_letter_names_who_where_and_when_and_leads_to_the_key(
    app: Flask, client: FlaskClient, lang: str
) -> None:
    name = "Dra. María de los Ángeles Ñáñez Fernández de Córdoba y Núñez-Güell"
    invitation = an_invitation(
        app, event_id := an_event(app), Way.GUEST, name=name, note="Le esperamos."
    )
    sign_in(client, "organizer")
    answer = client.get(f"/events/{event_id}/invitations/{invitation}/letter.pdf?lang={lang}")
    assert answer.content_type == "application/pdf"
    assert "language=" not in answer.headers.get("Set-Cookie", "")
    reader = PdfReader(BytesIO(answer.data))
    text = " ".join(page.extract_text() for page in reader.pages)
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == lang
    assert name in " ".join(text.split())
    assert ("10 de diciembre de 2026" if lang == "es" else "10 December 2026") in text
    assert "09:00–10:30 Costa Rica, UTC−6" in text
    assert "Laura Quesada Umaña" in text
    assert key_of(app, invitation) in "".join(text.split())
    assert "OIM" not in text


def test_the_letter_of_a_congress_says_both_days(app: Flask, client: FlaskClient) -> None:
    event_id = an_event(app, ends_at=STARTS + timedelta(days=1, hours=4))
    invitation = an_invitation(app, event_id, Way.COUNTRY, places=3, respond_by=TODAY)
    sign_in(client, "organizer")
    text = (
        PdfReader(
            BytesIO(client.get(f"/events/{event_id}/invitations/{invitation}/letter.pdf").data)
        )
        .pages[0]
        .extract_text()
    )
    assert "jueves, 10 de diciembre de 2026 – viernes, 11 de diciembre de 2026" in " ".join(
        text.lower().split()
    )
    assert "De las 09:00 del primer día a las 13:00 del último" in " ".join(text.split())
    assert "Se espera a 3 personas." in text


def test_r50_a_focal_point_asks_for_another_countrys_nominations_by_url(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app)
    ours, theirs = a_roster(app, "HN"), a_roster(app, "GT")
    an_invitation(app, event_id, Way.COUNTRY)
    an_invitation(app, event_id, Way.COUNTRY, country_code="GT")
    (other,) = named(app, event_id, theirs[:1], actor=GT, country="GT")
    sign_in(client, "focal-point-hn")
    path = f"/events/{event_id}/nominations"
    page = client.get(path)
    assert page.status_code == 200
    assert "Persona" in page.text
    assert client.get(f"{path}?country=GT").status_code == 404
    assert (
        client.post(
            f"{path}/{other}/withdrawal", data={"csrf_token": csrf_token(client)}
        ).status_code
        == 404
    )
    answer = client.post(path, data={"csrf_token": csrf_token(client), "person": [str(theirs[1])]})
    assert answer.status_code == 409
    answer = client.post(path, data={"csrf_token": csrf_token(client), "person": [str(ours[0])]})
    assert answer.status_code == 303
    assert standing(app, event_id) == {theirs[0]: "registered", ours[0]: "registered"}
    assert "Tiene cupo" in client.get(path).text
    sign_in(client, "focal-point-gt")
    assert client.get(f"{path}?country=HN").status_code == 404


def test_what_needs_a_focal_point_names_the_event_and_the_day(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app)
    an_invitation(app, event_id, Way.COUNTRY, places=2, respond_by=TODAY)
    sign_in(client, "focal-point-hn")
    page = client.get("/")
    assert f"/events/{event_id}/nominations" in page.text
    assert "martes, 24 de noviembre de 2026" in page.text
    assert "0 de 2 designadas" in page.text
    sign_in(client, "focal-point-gt")
    assert f"/events/{event_id}/nominations" not in client.get("/").text


def test_a_guest_reads_the_hours_of_her_own_country_too(app: Flask, client: FlaskClient) -> None:
    event_id = an_event(app)
    key = key_of(app, an_invitation(app, event_id, Way.LINK))
    her_own = client.get(
        f"/guest/{come(app, key, replace(a_guest_draft(), country_code='DO')).key}"
    ).text
    assert "11:00–12:30 en su zona (República Dominicana, UTC−4)" in her_own
    assert 'value="America/Santo_Domingo" selected' in her_own


def test_a_guest_shows_her_pass_at_the_door_and_who_waits_has_none(
    app: Flask, client: FlaskClient
) -> None:
    event_id = an_event(app, mode="in-person", place="Sala 1", capacity=1)
    path, waits = guest_path(app, event_id), guest_path(app, event_id, email="waits@example.org")
    assert f"{path}/pass" in client.get(path).text
    shown = client.get(f"{path}/pass")
    assert is_quiet(shown)
    assert "Rigoberta Ñanduy Pérez" in shown.text
    assert 'class="qr"' in shown.text
    assert f"{waits}/pass" not in client.get(waits).text
    assert client.get(f"{waits}/pass").location == waits
    with time_machine.travel(ENDS, tick=False):
        assert client.get(f"{path}/pass").location == path


def test_a_guest_sees_a_cancelled_event_as_cancelled(app: Flask, client: FlaskClient) -> None:
    event_id = an_event(app)
    path = guest_path(app, event_id)
    change_event_row(app, event_id, status="cancelled", cancelled_at=NOW)
    page = client.get(path)
    assert page.status_code == 200
    assert "state--bad" in page.text
    assert "cancellation" not in page.text
