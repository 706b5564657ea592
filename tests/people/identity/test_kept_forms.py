"""What somebody typed waits for them when their session ends: for an hour, for their account, and
is never sent.
"""

import re
from datetime import timedelta
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.followup.practices.models import GoodPractice
from app.infra import clock
from app.infra.database import reading, transaction
from app.people.identity.models import KeptForm
from app.people.identity.services import sign_in as services_sign_in
from app.people.identity.views.sign_in import drop_lapsed
from tests.support.actors import account_id_of, an_account, csrf_token, sign_in
from tests.support.forms import tokens_of

FORM = "/good-practices/new"
PASSWORD = "mango lluvia tren sello"
TITLE = "Ventanilla «única» & <b>móvil</b>"
TYPED = {
    "category": "good-practice",
    "title_es": TITLE,
    "summary_es": "Una línea\ny otra",
    "organisation": "INM",
    "organisation_type": "ministry",
    "country_code": "HN",
    "new_password": "no se guarda nunca",
}
SHOWN = "Ventanilla «única» &amp; &lt;b&gt;móvil&lt;/b&gt;"


@pytest.fixture
def dunia(app: Flask) -> str:
    an_account(app, "dunia@example.org", country="HN", password=PASSWORD)
    return "dunia@example.org"


def session_ends(client: FlaskClient) -> None:
    with client.session_transaction() as session:
        session.clear()


def sent_too_late(client: FlaskClient, who: str) -> TestResponse:
    """The form is opened, the session ends, the form is sent."""
    sign_in(client, who)
    tokens = tokens_of(client.get(f"{FORM}?from=list").text)
    session_ends(client)
    return client.post(FORM, data={**TYPED, **tokens})


def target_of(answer: TestResponse) -> str:
    assert answer.status_code == 303
    assert urlsplit(answer.location).path == "/sign-in"
    return parse_qs(urlsplit(answer.location).query)["next"][0]


def kept_in(app: Flask) -> list[KeptForm]:
    with app.app_context(), reading() as db:
        return list(db.scalars(select(KeptForm)))


def practices_in(app: Flask) -> int:
    with app.app_context(), reading() as db:
        return db.scalar(select(func.count()).select_from(GoodPractice)) or 0


def is_filled(answer: TestResponse) -> bool:
    html = answer.text
    return (
        f'value="{SHOWN}"' in html
        and "Una línea\ny otra</textarea>" in html
        and re.search(r'<option(?=[^>]* value="HN")[^>]* selected', html) is not None
    )


def test_the_form_is_filled_after_signing_in_by_password(
    app: Flask, client: FlaskClient, dunia: str
) -> None:
    answer = sent_too_late(client, dunia)
    target = target_of(answer)
    assert target.startswith(f"{FORM}?from=list&kept=")
    door = client.get(answer.location)
    assert "Lo que escribió se guarda una hora, solo para su cuenta" in door.text
    wrong = client.post(
        "/sign-in", data={"email": dunia, "password": "x", "next": target, **tokens_of(door.text)}
    )
    again = {"email": dunia, "password": PASSWORD, "next": target, **tokens_of(wrong.text)}
    entered = client.post("/sign-in", data=again)
    assert entered.location == target
    page = client.get(target)
    assert is_filled(page)
    assert "Todavía no se envió nada" in page.text
    assert practices_in(app) == 0  # only a person sends it


def test_what_was_shown_again_is_sent_by_the_person_and_then_forgotten(
    app: Flask, client: FlaskClient, dunia: str
) -> None:
    target = target_of(sent_too_late(client, dunia))
    sign_in(client, dunia)
    page = client.get(target)
    kept = re.search(r'name="kept" value="([^"]+)"', page.text)
    assert kept
    assert (
        client.post(FORM, data={**TYPED, **tokens_of(page.text), "kept": kept[1]}).status_code
        == 303
    )
    assert (practices_in(app), kept_in(app)) == (1, [])


def test_a_link_by_letter_leads_back_to_the_form_in_this_browser_and_in_another(
    app: Flask, client: FlaskClient, dunia: str
) -> None:
    target = target_of(sent_too_late(client, dunia))
    client.post(
        "/sign-in/link",
        data={"link_email": dunia, "next": target, "csrf_token": csrf_token(client)},
    )
    for browser in (client, app.test_client()):
        with app.app_context(), transaction() as db:
            account_id = account_id_of(app, dunia)
            token = services_sign_in.issue_sign_in_link(db, account_id=account_id, now=clock.now())
        entered = browser.post(f"/sign-in/link/{token}", data={"csrf_token": csrf_token(browser)})
        assert entered.location.partition("kept=")[2] == target.partition("kept=")[2]
        assert is_filled(browser.get(entered.location))


def test_another_account_is_not_shown_what_was_typed(
    app: Flask, client: FlaskClient, dunia: str
) -> None:
    target = target_of(sent_too_late(client, dunia))
    sign_in(client, "official-gt")
    page = client.get(target)
    assert page.status_code == 200
    assert "Ventanilla" not in page.text
    assert 'id="kept-form"' not in page.text


def test_a_form_of_one_account_is_not_taken_in_the_session_of_another(
    app: Flask, client: FlaskClient, dunia: str
) -> None:
    sign_in(client, dunia)
    tokens = tokens_of(client.get(FORM).text)
    session_ends(client)
    sign_in(client, "official-gt")
    answer = client.post(FORM, data={**TYPED, **tokens})
    assert answer.status_code == 400
    assert "Este formulario es de otra cuenta" in answer.text
    assert "Ventanilla" not in answer.text
    assert practices_in(app) == 0


def test_a_session_begun_anew_in_another_tab_shows_the_form_at_once(
    client: FlaskClient, dunia: str
) -> None:
    sign_in(client, dunia)
    tokens = tokens_of(client.get(FORM).text)
    session_ends(client)
    sign_in(client, dunia)
    answer = client.post(FORM, data={**TYPED, **tokens})
    assert answer.status_code == 303
    assert is_filled(client.get(answer.location))


def test_passwords_are_never_kept_and_a_file_has_to_be_chosen_again(
    app: Flask, client: FlaskClient, dunia: str
) -> None:
    sign_in(client, dunia)
    tokens = tokens_of(client.get(FORM).text)
    session_ends(client)
    files = {"file": (BytesIO(b"%PDF"), "acta.pdf")}
    target = target_of(client.post(FORM, data={**TYPED, **tokens, **files}))
    (kept,) = kept_in(app)
    assert {"new_password", "csrf_token", "form_token", "file"}.isdisjoint(
        name for name, _ in kept.typed
    )
    sign_in(client, dunia)
    assert "elija el archivo de nuevo" in client.get(target).text


def test_after_an_hour_it_is_gone(app: Flask, client: FlaskClient, dunia: str) -> None:
    target = target_of(sent_too_late(client, dunia))
    with time_machine.travel(clock.now() + timedelta(minutes=61)):
        sign_in(client, dunia)
        assert "Ventanilla" not in client.get(target).text
        with app.app_context():
            drop_lapsed()
    assert kept_in(app) == []


def test_five_forms_of_an_account_are_kept_and_none_of_nobody(
    app: Flask, client: FlaskClient, dunia: str
) -> None:
    sign_in(client, dunia)
    tokens = tokens_of(client.get(FORM).text)
    session_ends(client)
    for number in range(7):
        client.post(FORM, data={**TYPED, "title_es": f"Práctica {number}", **tokens})
    assert sorted(dict(form.typed)["title_es"] for form in kept_in(app)) == [
        f"Práctica {n}" for n in range(2, 7)
    ]
    too_much = client.post(FORM, data={**TYPED, "summary_es": "a" * 200_001, **tokens})
    forged = client.post(FORM, data={**TYPED, "form_token": tokens["form_token"][:-2] + "xx"})
    assert (too_much.status_code, forged.status_code) == (401, 401)
    assert len(kept_in(app)) == 5


def test_a_refusal_leads_back_to_the_form_with_what_was_typed(
    app: Flask, client: FlaskClient, dunia: str
) -> None:
    sign_in(client, dunia)
    tokens = tokens_of(client.get(FORM).text)
    for number in range(10):
        fresh = tokens_of(client.get(FORM).text)
        sent = client.post(FORM, data={**TYPED, "title_es": f"Práctica {number}", **fresh})
        assert sent.status_code == 303
    refused = client.post(FORM, data={**TYPED, **tokens})
    assert refused.status_code == 429
    back = re.search(r'href="(/good-practices/new\?kept=[^"]+)"', refused.text)
    assert back
    assert is_filled(client.get(back[1]))
