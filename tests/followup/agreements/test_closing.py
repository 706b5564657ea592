"""Closing names what is open first; "present" is one number everywhere; who was absent is not
thanked.
"""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.followup.agreements.queries.events import closing_of
from app.infra.database import reading, transaction
from app.infra.sheets import rows_of
from app.office.reports.queries import event_report
from app.participation.attendance.queries.sheet import sheet_of
from app.participation.registrations.queries.registrations import my_webinars
from app.planning.events.models import Attendance, Event
from tests.participation.attendance.held import (
    AFTER,
    applied,
    held,
    is_person,
    person,
    uploaded,
    zoom,
)
from tests.planning.events.rows import STARTS
from tests.support.actors import actor_of, csrf_token, sign_in

pytestmark = pytest.mark.at(AFTER)
REPORT = zoom(
    ("María José Ñáñez Güell", "official-hn@example.org", "9:00", "10:30"),
    ("Ximena Ávila", "ximena@example.com", "9:00", "10:30"),
)


def write_minutes(app: Flask, event_id: UUID, **minutes: int) -> None:
    with app.app_context(), transaction() as db:
        for who, spent in minutes.items():
            number = person(app, who.replace("_", "-"))
            db.add(
                Attendance(
                    event_id=event_id,
                    person_id=number,
                    minutes=spent,
                    source="manual",
                    recorded_at=AFTER,
                )
            )


def still_open(client: FlaskClient, event_id: UUID) -> str:
    return (
        client.get(f"/events/{event_id}/close")
        .text.partition('id="still-open"')[2]
        .partition("</section>")[0]
    )


def test_closing_names_a_report_that_was_not_applied_and_its_undecided_names(
    app: Flask, client: FlaskClient
) -> None:
    event_id = held(app, "official-hn", "official-gt")
    report = uploaded(app, event_id, REPORT)
    sign_in(client, "organizer")
    shown = still_open(client, event_id)
    assert f'href="/attendance-imports/{report}"' in shown
    assert "El informe «informe.csv» se envió y no se aplicó" in shown
    assert "1 nombre sin decidir" in shown
    applied(app, report)
    shown = still_open(client, event_id)
    assert "1 nombre del informe «informe.csv» está sin decidir" in shown
    assert "1 persona con cupo no tiene minutos y cuenta como ausente" in shown
    assert f'href="/events/{event_id}/attendance"' in shown
    applied(app, report, {"Ximena Ávila": is_person(person(app, "official-gt"))})
    assert still_open(client, event_id) == ""


def test_nobody_closes_over_what_the_page_did_not_name(app: Flask, client: FlaskClient) -> None:
    event_id = held(app, "official-hn")
    write_minutes(app, event_id, official_hn=90)
    sign_in(client, "organizer")
    page = f"/events/{event_id}/close"
    assert 'name="seen_open" type="hidden" value=""' in client.get(page).text
    uploaded(app, event_id, REPORT)  # by a colleague, meanwhile
    refused = client.post(page, data={"csrf_token": csrf_token(client), "seen_open": ""})
    assert refused.status_code == 409
    assert "Todavía hay algo pendiente" in refused.text
    assert "Cerrar de todos modos" in refused.text
    mark = refused.text.partition('name="seen_open" type="hidden" value="')[2].partition('"')[0]
    closed = client.post(page, data={"csrf_token": csrf_token(client), "seen_open": mark})
    assert closed.status_code == 303


def test_closed_event_is_reopened_with_a_reason_and_closed_again(
    app: Flask, client: FlaskClient
) -> None:
    """Closing without attendance leaves a reason; closing again may leave another one."""
    event_id = held(app, "official-hn")
    sign_in(client, "organizer")
    page = f"/events/{event_id}/close"
    why = {"reason": "La sala no dio ningún reporte.", "seen_open": ""}
    token = {"csrf_token": csrf_token(client)}
    assert client.post(page, data={**token, **why}).status_code == 303
    shown = client.get(f"/events/{event_id}").text
    assert f'href="/events/{event_id}/reopen"' in shown
    again = f"/events/{event_id}/reopen"
    short = client.post(again, data={**token, "reason": "Faltó"})
    assert short.status_code == 422
    assert ">Faltó</textarea>" in short.text
    reason = "Llegó el reporte de asistencia de la sala."
    assert client.post(again, data={**token, "reason": reason}).status_code == 303
    assert reason in client.get(f"/events/{event_id}").text
    assert client.post(again, data={**token, "reason": reason}).status_code == 303, "not closed"
    with app.app_context(), reading() as db:
        assert db.get_one(Event, event_id).closed_at is None
    write_minutes(app, event_id, official_hn=90)
    assert client.post(page, data={**token, "seen_open": ""}).status_code == 303
    with app.app_context(), reading() as db:
        assert db.get_one(Event, event_id).closed_at is not None


def test_present_is_the_same_number_on_every_page(app: Flask, client: FlaskClient) -> None:
    """28 of 35 minutes are 80 percent, though 0.8 × 35 is a little more than 28 in floating
    point.
    """
    event_id = held(
        app, "official-hn", "official-gt", "focal-point-hn", ends_at=STARTS + timedelta(minutes=35)
    )
    write_minutes(app, event_id, official_hn=28, official_gt=27, focal_point_hn=0)
    organizer = actor_of(app, "organizer")
    with app.app_context(), reading() as db:
        listed = sheet_of(db, actor=organizer, event_id=event_id).counts
        closing = closing_of(db, event_id=event_id, now=AFTER)
        report = event_report(db, actor=organizer, event_id=event_id, today=AFTER.date())
        [own] = my_webinars(db, actor=actor_of(app, "official-hn"))
    assert (listed.present, closing.present, report.present, own.was_present) == (1, 1, 1, True)
    assert (listed.partly, closing.partly, report.partly) == (1, 1, 1)
    sign_in(client, "organizer")
    shown = f'<a href="/events/{event_id}/attendance">1</a> · en parte: 1'
    for page in (f"/events/{event_id}", f"/events/{event_id}/close"):
        assert shown in client.get(page).text
    sent = client.post(
        f"/events/{event_id}/attendance/exports",
        data={"csrf_token": csrf_token(client), "kind": "xlsx"},
    )
    words = [row[5] for row in rows_of(sent.data, "list.xlsx").rows if len(row) > 5]
    assert (words.count("presente"), words.count("en parte"), words.count("ausente")) == (1, 1, 1)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        ({"official_hn": 72}, "Usted estuvo 72 de 90 minutos. Gracias por participar."),
        ({"official_hn": 0}, "En la lista de asistencia consta que usted no asistió."),
        ({"official_gt": 90}, "En la lista de asistencia consta que usted no asistió."),
        ({}, "La asistencia todavía no está anotada."),
    ],
)
def test_the_event_page_thanks_who_was_there_and_nobody_else(
    app: Flask, client: FlaskClient, minutes: dict[str, int], said: str
) -> None:
    event_id = held(app, "official-hn", "official-gt")
    write_minutes(app, event_id, **minutes)
    sign_in(client, "official-hn")
    page = client.get(f"/events/{event_id}").text
    assert said in page
    assert ("Gracias por participar" in page) is ("Gracias" in said)
    assert "Suscribirse a todos mis webinarios" not in page
