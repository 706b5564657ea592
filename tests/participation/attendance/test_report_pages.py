"""A report on its pages: hostile files are refused in words, a good one is sent, read, decided and
applied.
"""

import io
import zipfile

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra.sheets import SheetPage, workbook
from app.participation.attendance.models import AttendanceImport
from tests.participation.attendance.held import (
    AFTER,
    drain,
    facts,
    held,
    minutes_in,
    person,
    rows_in,
    send,
    uploaded,
    zoom,
)
from tests.participation.attendance.reports import export
from tests.planning.events.rows import NOW
from tests.support.actors import csrf_token, sign_in

pytestmark = pytest.mark.at(AFTER)
HN, GT = "official-hn", "official-gt"


def a_bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 40_000_000)
    return buffer.getvalue()


HEADING = b"Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)\n"
HOSTILE = {
    "nothing": (b"", "vac\u00edo"),
    "a PDF": (b"%PDF-1.7 " * 40, "tabla"),
    "HTML as xls": (b"<html><table><tr><td>Nombre</td></tr></table></html>", "tabla"),
    "NULs": (HEADING + b"A\0na,a,b,c,1\n", "tabla"),
    "half of UTF-16": ("Name\tx\n".encode("utf-16")[:-1], "UTF-8"),
    "a bomb": (a_bomb(), "descomprimido"),
    "twice the same column": (
        HEADING.replace(b"User Email", b"Join Time") + b"a,b,c,d,1\n",
        "columnas",
    ),
    "a million rows": (HEADING + b"a,,,,\n" * 800_000, "filas"),
    "formulas": (HEADING + b"=1+1,=cmd(),=A1,=B1,=C1\n", "nadie"),
    "no report": (workbook([SheetPage("a", ("x", "y"), [("1", "2")])], made_at=NOW), "Webex"),
    "another day": (
        export("zoom-meeting-en.csv").replace(b"12/10/2026", b"12/10/2020"),
        "otra reuni\u00f3n",
    ),
    "names only": (b"Nombre completo,Correo\nAna Paz,ana@example.org\n", "con las horas"),
    "who attended": (b"Name,Attended\nAna Paz,Yes\n", "Asistencia, Descargar"),
    "totals": (export("zoom-unique-users-en.csv"), "totales"),
}


def test_each_hostile_file_is_a_sentence_at_the_field_and_nothing_is_written(
    app: Flask, client: FlaskClient
) -> None:
    event_id = held(app, HN)
    sign_in(client, "organizer")
    for name, (content, word) in HOSTILE.items():
        answer = send(client, event_id, content)
        assert answer.status_code == 422, name
        assert 'aria-invalid="true"' in answer.text, name
        assert 'id="report-error"' in answer.text, name
        sentence = answer.text.partition('id="report-error">')[2].partition("</p>")[0]
        assert word.lower() in sentence.lower(), (name, sentence)
    assert send(client, event_id, b"a,b\n" * 1_500_000).status_code == 413
    assert rows_in(app, AttendanceImport) == 0
    assert facts(app, "ImportUploaded") == []


@pytest.mark.parametrize(
    "name",
    [
        "zoom-two-names-es.csv",
        "teams-bare-commas-en.csv",
        "teams-no-address-es.csv",
        "meet-first-seen-en.csv",
    ],
)
def test_reports_as_people_pass_them_on_are_read_at_the_screen(
    app: Flask, client: FlaskClient, name: str
) -> None:
    event_id = held(app, HN)
    sign_in(client, "organizer")
    answer = send(client, event_id, export(name))
    assert (answer.status_code, "/attendance-imports/" in answer.location) == (303, True)
    drain(app)
    assert "Altagracia Peña" in client.get(answer.location).text
    assert "María José Ñáñez Güell" in client.get(f"{answer.location}?part=matched").text


def test_a_report_is_sent_read_decided_and_applied(app: Flask, client: FlaskClient) -> None:
    event_id = held(app, HN, GT)
    sign_in(client, "organizer")
    content = zoom(
        ("Maria Nanez", "", "09:00", "09:30"), ("Oscar Solorzano de la O", "", "09:00", "10:30")
    )
    answer = send(client, event_id, content, "C:/fakepath/mi\u0085 informe.csv")
    assert answer.status_code == 303
    assert "<progress" in client.get(answer.location).text
    assert client.get(f"{answer.location}/progress").headers.get("HX-Refresh") is None
    drain(app)
    assert client.get(f"{answer.location}/progress").headers["HX-Refresh"] == "true"
    page = client.get(answer.location).text
    assert "mi informe.csv" in page
    assert "Maria Nanez" in page
    assert "Oscar Solorzano" not in page
    assert "Oscar Solorzano" in client.get(f"{answer.location}?part=matched").text
    field = page.partition('type="radio" name="')[2].partition('"')[0]
    form = {"csrf_token": csrf_token(client), field: "open", field.replace("who", "words"): "Nadie"}
    refused = client.post(answer.location, data=form)
    assert refused.status_code == 422
    assert 'value="Nadie"' in refused.text
    form = {"csrf_token": csrf_token(client), field: f"person-{person(app, HN)}", "apply": "yes"}
    assert client.post(answer.location, data=form).status_code == 303
    assert minutes_in(app, event_id) == {person(app, HN): 30, person(app, GT): 90}
    again = send(client, event_id, content)
    assert again.location == answer.location
    assert "ya está importado" in client.get(again.location).text
    assert (
        client.post(
            answer.location, data={"csrf_token": csrf_token(client), "apply": "yes"}
        ).status_code
        == 303
    )
    assert len(facts(app, "ImportApplied")) == 1


def test_a_report_of_another_zone_is_sent_again_from_its_page(
    app: Flask, client: FlaskClient
) -> None:
    event_id = held(app, HN)
    sign_in(client, "organizer")
    content = zoom(("María José Ñáñez Güell", "", "10:00", "11:30"))
    report = send(client, event_id, content, zone="Mars/Olympus").location
    drain(app)
    page = client.get(report).text
    assert "Si son las de otra zona horaria" in page
    assert f'href="/events/{event_id}/attendance/import"' in page
    assert 'name="report-zone"' in client.get(f"/events/{event_id}/attendance/import").text
    assert send(client, event_id, content, zone="America/Panama").location == report
    drain(app)
    assert "Si son las de otra zona horaria" not in client.get(report).text
    assert (
        client.post(report, data={"csrf_token": csrf_token(client), "apply": "yes"}).status_code
        == 303
    )
    assert minutes_in(app, event_id) == {person(app, HN): 90}


def test_nobody_else_finds_a_report(app: Flask, client: FlaskClient) -> None:
    import_id = uploaded(app, held(app, HN), export("teams-en.csv"))
    for who, status in (("focal-point-hn", 403), ("official-hn", 403), ("convenor-labour", 403)):
        sign_in(client, who)
        for path in (
            f"/attendance-imports/{import_id}",
            f"/attendance-imports/{import_id}/progress",
        ):
            assert client.get(path).status_code == status, (who, path)
