"""What a country tells of the data about its people: who writes it, who reads it where, and that
earlier wordings stay.
"""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.office.privacy.forms import LONGEST_NOTICE
from app.office.privacy.models import CountryNotice
from app.participation.registrations.values import Way
from tests.participation.invitations.world import an_invitation, key_of
from tests.planning.events.rows import an_event
from tests.support.actors import actor_of, csrf_token, sign_in
from tests.support.two_writers import carried, second_is_told

FORM, NOTICE = "/countries/HN/privacy-notice", "/privacy/notice"
LAW = "Responde la unidad <de> transparencia."
OWN = 'id="HN">Lo que dice Honduras</h2>'


def reader(app: Flask, who: str = "") -> FlaskClient:
    client = app.test_client()
    if who:
        sign_in(client, who)
    return client


def write(client: FlaskClient, es: str, en: str = "", path: str = FORM) -> Any:
    data = {"text_es": es, "text_en": en, "csrf_token": csrf_token(client)}
    return client.post(path, data=data)


@pytest.mark.both_databases
def test_a_focal_point_writes_and_rewrites_what_people_of_the_country_read(app: Flask) -> None:
    focal_point, official = reader(app, "focal-point-hn"), reader(app, "official-hn")
    general = official.get(NOTICE).text
    assert "Lo que dice" not in general
    assert "cada país" not in general
    assert FORM not in general
    assert FORM in focal_point.get(NOTICE).text
    assert write(focal_point, LAW).status_code == 303
    spanish, english = official.get(NOTICE).text, official.get(f"{NOTICE}?lang=en").text
    assert OWN in spanish
    assert "Responde la unidad &lt;de&gt; transparencia." in spanish
    assert "Disponible solo" not in spanish
    assert "Available only in Spanish." in english
    assert '<span lang="es">Responde' in english
    visitor = reader(app).get(NOTICE).text
    assert OWN not in visitor
    assert '<details id="HN">' in visitor

    assert write(focal_point, "Otra.", "Another one.").status_code == 303
    rewritten = reader(app, "official-hn").get(NOTICE).text
    assert rewritten.index("Otra.") < rewritten.index("Redacciones anteriores")
    assert rewritten.index("Redacciones anteriores") < rewritten.index("Responde la unidad")
    assert write(reader(app, "organizer"), "").status_code == 303
    assert "Otra." not in reader(app, "official-hn").get(NOTICE).text
    assert "Otra." in focal_point.get(FORM).text
    assert write(focal_point, "x", path="/countries/GT/privacy-notice").status_code == 403
    with app.app_context(), reading() as db:
        rows = db.scalars(select(CountryNotice).order_by(CountryNotice.version)).all()
        assert [(row.country_code, row.version, row.text["es"]) for row in rows] == [
            ("HN", 1, LAW),
            ("HN", 2, "Otra."),
            ("HN", 3, ""),
        ]
        told = select(JournalEntry.actor_account_id, JournalEntry.payload)
        told = told.where(JournalEntry.fact == "CountryNoticeWritten").order_by(JournalEntry.id)
        assert [(actor, payload["version"]) for actor, payload in db.execute(told)] == [
            (actor_of(app, "focal-point-hn").account_id, 1),
            (actor_of(app, "focal-point-hn").account_id, 2),
            (actor_of(app, "organizer").account_id, 3),
        ]
    with app.app_context():
        for statement in (delete(CountryNotice), update(CountryNotice).values(version=9)):
            with pytest.raises(DBAPIError, match="country_notice_append_only"), transaction() as db:
                db.execute(statement)


def test_it_stands_folded_where_somebody_is_about_to_agree(app: Flask) -> None:
    assert write(reader(app, "focal-point-hn"), LAW).status_code == 303
    folded, event_id = "Lo que dice su país sobre sus datos</summary>", an_event(app)
    official, visitor = reader(app, "official-hn"), reader(app)
    form = official.get(f"/events/{event_id}").text.partition('id="register"')[2]
    assert folded in form.partition("</form>")[0]
    assert folded in official.get("/account/data").text
    assert folded not in reader(app, "official-gt").get("/account/data").text
    path = f"/invitation/{key_of(app, an_invitation(app, event_id, Way.LINK))}"
    page = visitor.get(path).text
    assert folded not in page
    assert f'href="{NOTICE}"' in page.partition("<fieldset")[2].partition("</fieldset>")[0]
    token = carried(page, "csrf_token")
    for code, is_shown in (("HN", True), ("GT", False), ("no", False)):
        refused = visitor.post(path, data={"csrf_token": token, "country": code})
        assert refused.status_code == 422
        assert (folded in refused.text) is is_shown, code


def test_of_two_who_write_the_second_is_told_and_what_is_too_long_is_not_kept(app: Flask) -> None:
    client = reader(app, "focal-point-hn")
    second_is_told(
        client,
        FORM,
        theirs={"text_es": "De la oficina."},
        mine={"text_es": "Del punto focal."},
        kept="Del punto focal.",
    )
    refused = write(client, "ñ" * (LONGEST_NOTICE + 1))
    assert refused.status_code == 422
    assert "ñ" * (LONGEST_NOTICE + 1) in refused.text
