"""R61: from an empty database to an office, one page after the other."""

import html
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.text import LocalizedText
from app.office.setup.cli import first_lines
from app.people.directory.models import Country, FocalPoint, Institution, WorkingGroup
from app.people.directory.services.reference import seed_reference
from app.people.identity.models import Account, RoleGrant
from tests.office.notifications.world import drain
from tests.office.setup.first_day import ME
from tests.people.identity.visitor import Post, is_in, posting
from tests.support.actors import csrf_token, sign_in
from tests.support.mailboxes import ADDRESS, connect, enter, taking_mail


def test_r61_address_shows_by_get_is_used_up_by_post_and_makes_the_organizer(
    app: Flask, client: FlaskClient, post: Post, first: str
) -> None:
    for _ in range(2):
        assert client.get(first).status_code == 200
    assert post(first, **{**ME, "email": "no address"}).status_code == 422
    done = post(first, **ME)
    assert (done.status_code, done.location, is_in(client)) == (303, "/setup", True)
    with app.app_context():
        with reading() as db:
            account = db.scalars(select(Account)).one()
            roles = list(db.scalars(select(RoleGrant.role)))
        assert first_lines() == []
    assert (account.email, roles) == ("laura@example.org", ["organizer"])
    assert "Cambiar la contraseña" in client.get("/account/security").text
    other = app.test_client()
    assert (other.get(first).status_code, posting(other)(first, **ME).status_code) == (410, 410)


def test_r61_address_lapses_after_a_day_and_a_new_start_ends_the_old_one(
    app: Flask, client: FlaskClient, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        lines = "\n".join(first_lines())
    assert client.get(first).status_code == 410
    new = re.findall(r"/first/[\w-]+", lines)[0]
    began = clock.now()
    monkeypatch.setattr(clock, "now", lambda: began + timedelta(hours=23))
    assert client.get(new).status_code == 200
    monkeypatch.setattr(clock, "now", lambda: began + timedelta(hours=25))
    assert client.get(new).status_code == 410


@pytest.mark.parametrize(
    ("lang", "words"), [("es", "todavía no está en marcha"), ("en", "is not set up here yet")]
)
def test_r61_pages_of_an_empty_installation_say_so(
    client: FlaskClient, post: Post, first: str, lang: str, words: str
) -> None:
    for path in ("/", "/sign-in", "/programme"):
        assert words in client.get(f"{path}?lang={lang}").text
    post(first, **ME)
    assert words not in client.application.test_client().get(f"/sign-in?lang={lang}").text


def test_first_account_needs_a_password_where_no_letter_could_bring_a_link(
    client: FlaskClient, post: Post, first: str
) -> None:
    refused = post(first, **{**ME, "password": ""})
    assert (refused.status_code, "elija una contraseña" in refused.text) == (422, True)
    assert "laura@example.org" in refused.text


def test_r61_steps_can_be_skipped_resumed_and_the_checklist_put_away(
    organizer: FlaskClient, post: Post
) -> None:
    assert organizer.get("/setup").location == "/setup/body"
    assert post("/setup/body/skip").location == "/setup/groups"
    assert post("/setup/rules").location == "/setup/institutions"
    page = organizer.get("/setup/rules").text
    assert "queda para después" in page
    assert "propuesta nuestra" in page
    assert organizer.get("/setup").location == "/setup/groups"
    assert "Ponga en marcha esta oficina" in organizer.get("/").text
    assert post("/setup/checklist/dismiss").status_code == 303
    assert "Ponga en marcha esta oficina" not in organizer.get("/").text


def fields(client: FlaskClient, path: str = "/setup/body") -> dict[str, str]:
    """What the page's form sends as it stands."""
    return inputs_of(client.get(path).text)


def inputs_of(page: str) -> dict[str, str]:
    found = re.findall(r'<input [^>]*name="((?:name|use|seen)-[^"]+)"[^>]*>', page)
    inputs = [
        match[0] for match in re.finditer(r'<input [^>]*name="(?:name|use|seen)-[^>]*>', page)
    ]
    sent = {}
    for name, tag in zip(found, inputs, strict=True):
        value = re.search(r'value="([^"]*)"', tag)
        if value and "disabled" not in tag and ("checkbox" not in tag or "checked" in tag):
            sent[name] = html.unescape(value[1])
    return sent


def test_r61_country_is_renamed_left_out_and_added(
    app: Flask, organizer: FlaskClient, post: Post
) -> None:
    sent = {**fields(organizer), "name-MX_es": "Estados Unidos Mexicanos"}
    del sent["use-US"]
    assert post("/setup/body", **sent).location == "/setup/groups"
    with app.app_context(), transaction() as db:
        seed_reference(db)
        names = {row.code: row.name["es"] for row in db.scalars(select(Country))}
    assert names["MX"] == "Estados Unidos Mexicanos"
    assert "US" not in names
    colombia = {
        "code": "co",
        "name_es": "Colombia",
        "timezone": "America/Bogota",
        "language": "es",
    }
    assert post("/setup/body/add", **colombia).status_code == 303
    twice = post("/setup/body/add", **colombia)
    assert (twice.status_code, 'href="#code"' in twice.text) == (422, True)
    assert 'value="CO"' in twice.text
    assert '<option selected value="America/Bogota">' in twice.text
    assert "Estados Unidos Mexicanos" in organizer.get("/setup/body").text


def test_two_tabs_of_one_page_keep_what_each_changed(
    app: Flask, organizer: FlaskClient, post: Post
) -> None:
    """A country added meanwhile stays, and so does another row's new name; one row changed by both
    is asked about.
    """
    old = fields(organizer)
    colombia = {"code": "CO", "name_es": "Colombia", "timezone": "America/Bogota", "language": "es"}
    assert post("/setup/body/add", **colombia).status_code == 303
    assert post("/setup/body", **{**old, "name-MX_es": "Los Estados Unidos Mexicanos"}).location
    assert post("/setup/body", **{**old, "name-HN_es": "República de Honduras"}).location
    refused = post("/setup/body", **{**old, "name-MX_es": "Otro México"})
    assert refused.status_code == 422
    assert "Los Estados Unidos Mexicanos" in refused.text
    assert re.search(r'checked[^>]* id="use-CO"', refused.text)
    again = inputs_of(refused.text)
    assert again["name-HN_es"] == "República de Honduras"
    assert again["name-MX_es"] == "Otro México"
    assert post("/setup/body", **again).location == "/setup/groups"
    with app.app_context(), reading() as db:
        names = {row.code: row.name["es"] for row in db.scalars(select(Country))}
    assert (names["MX"], names["HN"], names["CO"]) == (
        "Otro México",
        "República de Honduras",
        "Colombia",
    )


def test_r61_country_with_people_stays_and_says_why(
    app: Flask, organizer: FlaskClient, post: Post
) -> None:
    with app.app_context(), transaction() as db:
        db.add(Institution(country_code="MX", name=LocalizedText(es="INM"), kind="migration"))
    sent = fields(organizer)
    del sent["use-MX"]
    refused = post("/setup/body", **sent)
    assert refused.status_code == 422
    assert "se queda en la lista" in refused.text


def test_a_page_with_one_wrong_name_saves_nothing_and_keeps_what_was_typed(
    app: Flask, organizer: FlaskClient, post: Post
) -> None:
    sent = {
        **fields(organizer),
        "name-MX_es": "Estados Unidos Mexicanos",
        "name-SV_es": "",
        "name-SV_en": "",
    }
    refused = post("/setup/body", **sent)
    assert refused.status_code == 422
    assert "Estados Unidos Mexicanos" in refused.text
    with app.app_context(), reading() as db:
        mexico = db.get_one(Country, "MX")
        assert mexico.name["es"] == "México"


def test_r61_group_is_left_out_and_added(app: Flask, organizer: FlaskClient, post: Post) -> None:
    with app.app_context(), reading() as db:
        rows = list(db.scalars(select(WorkingGroup)))
    sent = fields(organizer, "/setup/groups")
    del sent["use-protection"]
    assert post("/setup/groups", **sent).location == "/setup/rules"
    added = post("/setup/groups/add", code="TR", name_es="Trata de personas")
    assert added.status_code == 303
    with app.app_context(), reading() as db:
        codes = set(db.scalars(select(WorkingGroup.code)))
    assert "TR" in codes
    assert len(codes) == len(rows)


def test_r61_suggested_institutions_are_added_in_one_go_and_once(
    app: Flask, organizer: FlaskClient, post: Post
) -> None:
    page = organizer.get("/setup/institutions").text
    places = re.findall(r'name="place" value="(\d+)" checked', page)
    assert len(places) > 40
    for _ in range(2):
        organizer.post(
            "/setup/institutions/suggested",
            data={"place": places, "csrf_token": csrf_token(organizer)},
        )
    with app.app_context(), reading() as db:
        assert db.scalar(select(func.count()).select_from(Institution)) == len(places)


def test_r61_letters_to_focal_points_are_shown_before_they_leave(
    app: Flask, organizer: FlaskClient, post: Post
) -> None:
    rows = {
        "name-HN": "Dunia Zúñiga Mejía",
        "email-HN": "dunia@example.org",
        "name-GT": "Héctor Argüello",
    }
    shown = post("/setup/people", **rows).text
    assert "dunia@example.org" in shown
    with app.app_context(), reading() as db:
        assert db.scalar(select(func.count()).select_from(FocalPoint)) == 0
    enter(app, public_address=ADDRESS)
    with taking_mail() as sink:
        connect(app, sink)
        assert post("/setup/people", **rows, act="send").location == "/setup/presidency"
        drain(app)
    (letter,) = sink.bodies()
    assert "punto focal de Honduras" in letter
    link = re.findall(r"/invited/[\w-]+", letter)[0]
    guest = app.test_client()
    assert posting(guest)(link).status_code == 303
    with app.app_context(), reading() as db:
        grants = {(one.role, one.scope) for one in db.scalars(select(RoleGrant))}
    assert ("focal-point", "HN") in grants


def test_r61_wrong_row_of_a_focal_point_is_said_at_its_field(
    organizer: FlaskClient, post: Post
) -> None:
    refused = post("/setup/people", **{"name-HN": "Dunia", "email-HN": "no es", "act": "send"})
    assert refused.status_code == 422
    assert "email-HN-error" in refused.text
    assert 'value="Dunia"' in refused.text


def test_only_organizers_set_up(client: FlaskClient) -> None:
    sign_in(client, "focal-point-hn")
    assert client.get("/setup/people").status_code == 403


def test_r61_empty_pages_lead_on_and_promise_no_letter(organizer: FlaskClient) -> None:
    for path, words, leads_to in (
        ("/editions", "There is no edition yet", "/editions/new"),
        ("/agreements?which=all", "There are no agreements yet", "/programme"),
        ("/letters", "appear above as soon as there are any", ""),
        ("/countries/HN", "The focal point of the country enters them", "/who-is-who/HN"),
        ("/status", "no letter reaches anybody", "/setup/mail"),
    ):
        text = organizer.get(f"{path}{'&' if '?' in path else '?'}lang=en").text
        assert words in text, path
        assert f'href="{leads_to}' in text, path
    nobody = organizer.application.test_client()
    assert "no link can reach you" in nobody.get("/sign-in?lang=en").text
