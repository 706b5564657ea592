"""The pages of attendance: the list by pages, corrections, lists to take along, sessions and one's
own webinars.
"""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.sheets import rows_of
from app.kernel.actor import SYSTEM, Role
from app.kernel.text import LocalizedText
from app.participation.registrations.models import Registration
from app.people.directory.models import Person
from app.people.identity.services.roles import grant_role
from app.planning.events.models import Attendance
from app.web.locale import LANGUAGE_COOKIE
from tests.participation.attendance.held import (
    AFTER,
    applied,
    facts,
    held,
    minutes_in,
    person,
    send,
    uploaded,
    zoom,
)
from tests.participation.attendance.reports import at, export
from tests.planning.events.rows import NOW, STARTS, an_event, change_event_row, counted_statements
from tests.support.actors import LONG_AGO, account_id_of, an_account, csrf_token, sign_in
from tests.support.two_writers import carried

pytestmark = pytest.mark.at(AFTER)
HN, GT = "official-hn", "official-gt"


def crowd(
    app: Flask, event_id: UUID, number: int, *, country: str = "SV", minutes: int | None = 90
) -> None:
    with app.app_context(), transaction() as db:
        people = [
            Person(
                full_name=f"Persona Inventada {country}{one:03}",
                sort_key=f"persona {one:03}",
                country_code=country,
                timezone="America/El_Salvador",
            )
            for one in range(number)
        ]
        db.add_all(people)
        db.flush()
        for one in people:
            db.add(
                Registration(
                    event_id=event_id,
                    person_id=one.id,
                    status="registered",
                    created_at=NOW,
                    changed_at=NOW,
                )
            )
            if minutes is not None:
                db.add(
                    Attendance(
                        event_id=event_id,
                        person_id=one.id,
                        minutes=minutes,
                        source="import",
                        recorded_at=NOW,
                    )
                )


def test_five_hundred_people_are_paged_counted_and_searched(
    app: Flask, client: FlaskClient
) -> None:
    event_id = held(app, HN)
    crowd(app, event_id, 300)
    crowd(app, event_id, 199, country="PA", minutes=20)
    sign_in(client, "organizer")
    with counted_statements(app) as statements:
        answer = client.get(f"/events/{event_id}/attendance")
    assert len(answer.data) < 40 * 1024  # as tests/journeys/test_every_page.py asks of every page
    assert len(statements) < 25
    assert answer.text.count('name="minutes-') == 36
    for figure in ("500", "300", "199"):
        assert f'<dd class="figure">{figure}</dd>' in answer.text
    found = client.get(f"/events/{event_id}/attendance?q=PA007").text
    assert found.count('name="minutes-') == 1
    assert "Nobody" not in client.get(f"/events/{event_id}/attendance?q=%25&page=99").text


def test_a_correction_asks_for_a_reason_and_the_page_shows_the_history(
    app: Flask, client: FlaskClient
) -> None:
    event_id, hn = held(app, HN), person(app, HN)
    sign_in(client, "organizer")
    address = f"/events/{event_id}/attendance"
    first = {"csrf_token": csrf_token(client), f"minutes-{hn}": "60"}
    assert client.post(address, data=first).status_code == 303
    again = client.post(address, data={**first, f"minutes-{hn}": "80"})
    assert again.status_code == 422
    assert 'aria-describedby="reason-hint reason-error reason-count"' in again.text
    assert 'value="80"' in again.text
    said = {**first, f"minutes-{hn}": "80", "reason": "Se desconectó la sala de Tegucigalpa"}
    assert client.post(address, data=said).status_code == 303
    history = client.get(f"{address}/changes").text
    assert "Se desconectó la sala de Tegucigalpa" in history
    assert "Laura Quesada Umaña" in history
    sign_in(client, "focal-point-hn")
    assert client.get(f"{address}/changes").status_code == 403


def test_of_two_at_one_sheet_neither_writes_over_the_other_unknowingly(
    app: Flask, client: FlaskClient
) -> None:
    event_id, hn, gt = held(app, HN, GT), person(app, HN), person(app, GT)
    sign_in(client, "organizer")
    address = f"/events/{event_id}/attendance"

    def sent(page: str, **minutes: int | str) -> Any:
        return client.post(
            address,
            data={
                "csrf_token": csrf_token(client),
                "seen": carried(page, "seen"),
                **minutes,
                "reason": "Según el informe de la sala",
            },
        )

    sent(client.get(address).text, **{f"minutes-{hn}": 60, f"minutes-{gt}": 60})
    mine = client.get(address).text
    assert sent(mine, **{f"minutes-{hn}": 80, f"minutes-{gt}": 60}).status_code == 303
    assert sent(mine, **{f"minutes-{hn}": 60, f"minutes-{gt}": 70}).status_code == 303
    assert minutes_in(app, event_id) == {hn: 80, gt: 70}, (
        "what I left as it was is not mine to put back"
    )
    for language, sentence in (
        ("en", "Somebody else wrote 80 here while you"),
        ("es", "Otra persona anotó 80 aquí"),
    ):
        client.set_cookie(LANGUAGE_COOKIE, language)
        refused = sent(mine, **{f"minutes-{hn}": 50, f"minutes-{gt}": 60})
        assert (refused.status_code, sentence in refused.text, 'value="50"' in refused.text) == (
            409,
            True,
            True,
        )
    assert minutes_in(app, event_id) == {hn: 80, gt: 70}
    assert sent(refused.text, **{f"minutes-{hn}": 50, f"minutes-{gt}": 60}).status_code == 303
    assert minutes_in(app, event_id) == {hn: 50, gt: 70}, (
        "the second press is meant, and only where it is"
    )


def test_who_came_without_registering_is_written_down_by_hand(
    app: Flask, client: FlaskClient
) -> None:
    event_id, gt = held(app), person(app, GT)
    sign_in(client, "organizer")
    address = f"/events/{event_id}/attendance"
    assert 'name="other"' in client.get(address).text
    typed = {"csrf_token": csrf_token(client), "other": "nadie@example.org", "other-minutes": "600"}
    for other, minutes, wrong in (
        ("", "", ("other", "other-minutes")),
        ("nadie@example.org", "60", ("other",)),
        ("official-gt@example.org", "91", ("other-minutes",)),
    ):
        refused = client.post(address, data={**typed, "other": other, "other-minutes": minutes})
        assert refused.status_code == 422
        assert [
            key for key in ("other", "other-minutes") if f'id="{key}-error"' in refused.text
        ] == list(wrong)
    typed |= {"other": "Official-GT@example.org", "other-minutes": "60"}
    assert client.post(address, data=typed).status_code == 303
    assert minutes_in(app, event_id) == {gt: 60}
    again = client.post(address, data={**typed, "other-minutes": "70"})
    assert again.status_code == 422
    assert again.text.count('href="#other-reason"') == 1
    assert 'id="reason-error"' not in again.text
    sign_in(client, "convenor-protection")
    typed |= {"csrf_token": csrf_token(client), "other": "official-hn@example.org"}
    assert client.post(address, data=typed).status_code == 422
    sign_in(client, "focal-point-gt")
    assert 'name="other"' not in client.get(address).text


def test_a_closed_event_offers_no_change(app: Flask, client: FlaskClient) -> None:
    event_id = held(app, HN)
    change_event_row(app, event_id, closed_at=AFTER)
    sign_in(client, "organizer")
    page = client.get(f"/events/{event_id}/attendance").text
    assert 'name="minutes-' not in page
    assert 'name="other"' not in page
    assert "cerrado" in page
    assert 'type="file"' not in client.get(f"/events/{event_id}/attendance/import").text
    assert send(client, event_id, export("teams-en.csv")).status_code == 409


def answer_for(app: Flask, who: str, extra: str = "") -> None:
    account = account_id_of(app, who)
    with app.app_context(), transaction() as db:
        grant_role(
            db,
            actor=SYSTEM,
            account_id=account,
            role=Role.FOCAL_POINT,
            scope=extra,
            valid_from=LONG_AGO,
            now=clock.now(),
        )


def names_in_xlsx(content: bytes) -> list[str]:
    return [row[0] for row in rows_of(content).rows[1:] if row]


def test_on_paper_countries_stand_in_the_order_of_their_names(
    app: Flask, client: FlaskClient
) -> None:
    for code in ("DO", "SV", "HN"):
        an_account(app, f"{code.lower()}@example.org", country=code)
    event_id = held(app, "do@example.org", "sv@example.org", "hn@example.org")
    sign_in(client, "organizer")
    data = {"csrf_token": csrf_token(client), "kind": "print"}
    headings = re.findall(
        r"<h2>(.*?) \(", client.post(f"/events/{event_id}/attendance/exports", data=data).text
    )
    assert headings == ["El Salvador", "Honduras", "República Dominicana"]


@pytest.mark.parametrize("kind", ["print", "pdf", "xlsx"])
def test_r59_every_list_taken_along_is_in_the_trail_with_who_and_how_many(
    app: Flask, client: FlaskClient, kind: str
) -> None:
    event_id = held(app, HN, GT, mode="in-person", place="Tegucigalpa")
    sign_in(client, "organizer")
    data = {"csrf_token": csrf_token(client), "kind": kind}
    answer = client.post(f"/events/{event_id}/attendance/exports", data=data)
    assert answer.status_code == 200
    assert [
        (fact["kind"], fact["scope"], fact["rows"], fact["by"]) for fact in facts(app, "ExportMade")
    ] == [(f"attendance-{kind}", str(event_id), 2, account_id_of(app, "organizer"))]
    if kind == "print":
        assert "Exportado por Laura Quesada Umaña" in answer.text
        assert "Firma" in answer.text
    elif kind == "pdf":
        assert answer.data.startswith(b"%PDF")
    else:
        assert len(names_in_xlsx(answer.data)) == 2, "who took it along is no row of it"
    assert client.get(f"/events/{event_id}/attendance/exports").status_code == 405
    assert (
        client.post(
            f"/events/{event_id}/attendance/exports", data={**data, "kind": "x"}
        ).status_code
        == 404
    )


@pytest.mark.parametrize(("moment", "absent"), [(STARTS + timedelta(minutes=5), 0), (AFTER, 2)])
def test_nobody_is_absent_on_paper_before_it_is_over(
    app: Flask, client: FlaskClient, moment: datetime, absent: int
) -> None:
    """A list that is printed for the door has blanks to be filled in."""
    event_id = held(app, HN, GT, mode="in-person", place="Tegucigalpa")
    with time_machine.travel(moment, tick=False):
        sign_in(client, "organizer")
        data = {"csrf_token": csrf_token(client), "kind": "print"}
        printed = client.post(f"/events/{event_id}/attendance/exports", data=data).text
    assert printed.count(">ausente<") == absent


def test_r50_a_focal_point_takes_along_the_own_people_and_no_others(
    app: Flask, client: FlaskClient
) -> None:
    event_id = held(app, HN, GT)
    crowd(app, event_id, 6)
    for who, expected in (
        ("focal-point-hn", ["María José Ñáñez Güell"]),
        ("focal-point-gt", ["Óscar Solórzano de la O"]),
    ):
        sign_in(client, who)
        data = {"csrf_token": csrf_token(client), "kind": "xlsx"}
        content = client.post(f"/events/{event_id}/attendance/exports", data=data).data
        assert names_in_xlsx(content) == expected
    answer_for(app, "focal-point-hn", "GT")
    sign_in(client, "focal-point-hn")
    content = client.post(
        f"/events/{event_id}/attendance/exports",
        data={"csrf_token": csrf_token(client), "kind": "xlsx"},
    )
    assert names_in_xlsx(content.data) == ["Óscar Solórzano de la O", "María José Ñáñez Güell"]
    assert [fact["rows"] for fact in facts(app, "ExportMade")] == [1, 1, 2]


def test_r56_small_countries_are_left_out_for_who_may_not_see_their_names(
    app: Flask, client: FlaskClient
) -> None:
    event_id = held(app, HN, GT)
    crowd(app, event_id, 6, country="SV")
    crowd(app, event_id, 5, country="SV", minutes=None)
    crowd(app, event_id, 3, country="PA")
    crowd(app, event_id, 6, country="NI")
    sign_in(client, "focal-point-hn")
    page = client.get(f"/events/{event_id}/attendance").text
    assert "El Salvador" in page
    assert "Nicaragua" not in page, "six of six were there: it tells of each of them"
    assert "Panamá" not in page
    assert "Guatemala" not in page
    assert "Persona Inventada" not in page
    sign_in(client, "organizer")
    page = client.get(f"/events/{event_id}/attendance").text
    assert "Panamá" in page
    assert "Guatemala" in page


def test_sessions_and_series_are_told_from_the_same_times(app: Flask, client: FlaskClient) -> None:
    from uuid import uuid4

    from app.planning.events.models import EventSession, Series

    event_id, hn = held(app, HN), person(app, HN)
    series = uuid4()
    earlier = an_event(app, groups=["protection"], starts_at=STARTS - timedelta(days=7))
    with app.app_context(), transaction() as db:
        title = LocalizedText(es="Serie", en="Series")
        db.add(
            Series(
                id=series, title=title, recurrence="", timezone="America/Costa_Rica", created_at=NOW
            )
        )
        db.flush()
        db.add(
            Attendance(event_id=earlier, person_id=hn, minutes=90, source="manual", recorded_at=NOW)
        )
        for number, (first, last) in enumerate(((at(9, 0), at(9, 30)), (at(9, 30), at(10, 30)))):
            title = LocalizedText(es=f"Sesión {number}", en=f"Session {number}")
            db.add(
                EventSession(
                    event_id=event_id,
                    kind="plenary",
                    title=title,
                    notes=LocalizedText(),
                    starts_at=first,
                    ends_at=last,
                )
            )
    for one in (event_id, earlier):
        change_event_row(app, one, series_id=series)
    applied(app, uploaded(app, event_id, zoom(("x", "official-hn@example.org", "09:00", "09:40"))))
    sign_in(client, "organizer")
    page = client.get(f"/events/{event_id}/attendance").text
    assert "130/180" in page
    rows = [part.partition("</tr>")[0] for part in page.split("<tr>") if "Sesión " in part]
    assert [row.count(">1<") for row in rows] == [2, 1]
    sign_in(client, "focal-point-hn")
    assert "Sesión " not in client.get(f"/events/{event_id}/attendance").text
    with app.app_context(), reading() as db:
        from app.participation.attendance.queries.sheet import minutes_by_session

        assert sorted(
            spent.get(hn, 0) for spent in minutes_by_session(db, event_id=event_id).values()
        ) == [10, 30]


def test_my_webinars_say_whether_the_minutes_count_as_present(
    app: Flask, client: FlaskClient
) -> None:
    whole, part = held(app, HN), held(app, HN, starts_at=STARTS - timedelta(days=3))
    with app.app_context(), transaction() as db:
        for event_id, minutes in ((whole, 72), (part, 71)):
            db.add(
                Attendance(
                    event_id=event_id,
                    person_id=person(app, HN),
                    minutes=minutes,
                    source="manual",
                    recorded_at=NOW,
                )
            )
    sign_in(client, HN)
    page = client.get("/my-webinars").text
    assert page.count("Cuenta como presente.") == 1
    assert page.count("el 80 % del tiempo") == 1
