"""The pages of a date of a series: where it stands, what is changed or cancelled with it, and who
may.
"""

import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra.database import transaction
from app.kernel.actor import ANONYMOUS, Actor
from app.kernel.timespan import Timespan
from app.planning.arranging.services.planning import plan_event
from tests.planning.events.planning_builders import (
    CONVENOR,
    HOUR,
    LABOUR,
    NOW,
    OFFICIAL,
    ORGANIZER,
    a_draft,
    act_as,
    furnished,
)
from tests.planning.series.series import START, WEEK, a_series, event, starts_in
from tests.support.actors import csrf_token

PLAN = "/series/plan"
REASON = "La facilitadora está enferma hasta marzo."


@pytest.fixture
def page(app: Flask, client: FlaskClient) -> FlaskClient:
    furnished(app)
    act_as(app, ORGANIZER)
    return client


def test_an_event_tells_where_it_stands_in_its_series(app: Flask, page: FlaskClient) -> None:
    events = a_series(app)
    act_as(app, OFFICIAL)
    shown = page.get(f"/events/{events[1]}").text
    assert "Parte de una serie: 2 de 4" in shown
    assert f'rel="prev" href="/events/{events[0]}"' in shown
    assert f'rel="next" href="/events/{events[2]}"' in shown
    assert f"/events/{events[1]}/series" not in shown
    act_as(app, ORGANIZER)
    assert f"/events/{events[1]}/series" in page.get(f"/events/{events[1]}").text


def changes_of(client: FlaskClient, event_id: UUID, **changes: Any) -> dict[str, Any]:
    """The form of one date as the page shows it, with changes."""
    html = client.get(f"/events/{event_id}/series").text
    form = {
        name: re.search(
            rf'name="{name}"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="{name}"', html
        )
        for name in (
            "csrf_token",
            "seen",
            "title_es",
            "title_en",
            "on",
            "start",
            "end",
            "place",
            "join_url",
        )
    }
    shown = {
        name: (found[1] or found[2] or "").replace("&#43;", "+")
        for name, found in form.items()
        if found
    }
    return {**shown, "scope": "this", "action": "save", **changes}


@pytest.mark.parametrize(
    ("scope", "changed"),
    [("this", [2]), ("following", [2, 3]), ("all", [0, 1, 2, 3]), ("everything", [2])],
)
def test_time_and_title_are_changed_as_far_as_was_said(
    app: Flask, page: FlaskClient, scope: str, changed: list[int]
) -> None:
    events = a_series(app)
    path = f"/events/{events[2]}/series"
    later = changes_of(
        page, events[2], scope=scope, title_es="Otro título", start="10:00", end="11:00"
    )
    answer = page.post(path, data=later)
    assert answer.status_code == 303
    found = [event(app, one) for one in events]
    assert [
        number for number, one in enumerate(found) if one.title["es"] == "Otro título"
    ] == changed
    assert [number for number, one in enumerate(found) if one.sequence == 1] == changed
    assert page.post(path, data=later).status_code == 303, "the button was pressed twice"
    stale = page.post(path, data={**later, "title_es": "Otro más"})
    assert stale.status_code == 409
    assert "Otra persona cambió esto" in stale.text


def test_a_change_that_does_not_fit_names_the_date(app: Flask, page: FlaskClient) -> None:
    events = a_series(app)
    starts = START + 3 * WEEK + HOUR
    with app.app_context(), transaction() as db:
        draft = a_draft(groups=("labour-migration",), span=Timespan(starts, starts + HOUR))
        plan_event(db, actor=ORGANIZER, draft=draft, publish=True, now=NOW)
    answer = page.post(
        f"/events/{events[0]}/series",
        data=changes_of(page, events[0], scope="all", start="10:00", end="11:00"),
    )
    assert answer.status_code == 409
    assert "1 de 4 fechas no caben" in answer.text
    assert "martes, 16 de marzo de 2027: " in answer.text
    assert 'value="10:00"' in answer.text
    asking = re.search(rf'href="(/events/{events[3]}/edit\?ask=[^"]+#ask)"', answer.text)
    assert asking, "only the presidency may allow it, and here it is asked"
    opened = page.get(asking[1].replace("&amp;", "&")).text
    assert 'id="ask"' in opened
    assert 'value="2027-03-16"' in opened
    assert 'value="10:00"' in opened
    wrong = page.post(f"/events/{events[0]}/series", data=changes_of(page, events[0], end="08:00"))
    assert (wrong.status_code, "Debe terminar después de empezar" in wrong.text) == (422, True)
    for nonsense in (
        {"on": "x"},
        {"on": "9999-12-31"},
        {"on": "0001-01-01"},
        {"seen": "x", "start": ""},
        {"join_url": "javascript:x"},
        {"title_es": "x" * 300},
    ):
        assert (
            page.post(
                f"/events/{events[0]}/series", data=changes_of(page, events[0], **nonsense)
            ).status_code
            == 422
        )
    assert starts_in(app) == [START + week * WEEK for week in range(4)]


def test_one_that_goes_past_midnight_cannot_leave_the_calendar(
    app: Flask, page: FlaskClient
) -> None:
    late = START + 14 * HOUR
    events = a_series(app, a_draft(span=Timespan(late, late + 3 * HOUR)))
    for day in ("9999-12-31", "0001-01-01"):
        answer = page.post(
            f"/events/{events[0]}/series", data=changes_of(page, events[0], on=day, scope="all")
        )
        assert answer.status_code == 422
    later = changes_of(page, events[0], start="22:00", end="01:00", scope="all")
    assert page.post(f"/events/{events[0]}/series", data=later).status_code == 303
    assert starts_in(app) == [late - HOUR + week * WEEK for week in range(4)]


def test_cancelling_asks_once_and_names_the_dates(app: Flask, page: FlaskClient) -> None:
    events = a_series(app)
    path = f"/events/{events[2]}/series/cancel"
    for scope, number in (("this", 1), ("following", 2), ("all", 4), ("x", 1)):
        asked_for = page.get(f"{path}?scope={scope}").text
        assert (
            asked_for.count("<li>") - page.get(f"{path}?scope=this").text.count("<li>")
            == number - 1
        )
    sent = {"scope": "following", "csrf_token": csrf_token(page), "reason": REASON}
    done = page.post(path, data=sent)
    assert done.status_code == 303
    assert "Se cancelaron 2 fechas" in page.get(done.location).text
    assert [event(app, one).status.value for one in events] == [
        "published",
        "published",
        "cancelled",
        "cancelled",
    ]
    again = page.post(path, data={"scope": "following", "csrf_token": csrf_token(page)})
    assert again.status_code == 409
    assert "ya pasaron o están canceladas" in again.text
    assert page.get(f"/events/{events[2]}/series").status_code == 200


def test_cancelling_dates_takes_a_reason_that_stays(app: Flask, page: FlaskClient) -> None:
    events = a_series(app)
    path = f"/events/{events[2]}/series/cancel"
    asked = page.get(f"{path}?scope=following").text
    assert 'name="reason"' in asked
    assert "no se puede deshacer" not in asked, "each date can be taken back"
    sent = {"scope": "following", "csrf_token": csrf_token(page)}
    short = page.post(path, data={**sent, "reason": "Sin sala"})
    assert short.status_code == 422
    assert ">\r\nSin sala</textarea>" in short.text, "nothing typed is lost"
    assert 'name="scope" type="hidden" value="following"' in short.text
    assert event(app, events[3]).status.value == "published"
    assert page.post(path, data={**sent, "reason": REASON}).status_code == 303
    for one in events[2:]:
        assert REASON in page.get(f"/events/{one}").text
    assert REASON not in page.get(f"/events/{events[0]}").text


def test_draft_dates_are_cancelled_without_a_reason(app: Flask, page: FlaskClient) -> None:
    events = a_series(app, publish=False)
    path = f"/events/{events[0]}/series/cancel"
    assert "no se avisa a nadie" in page.get(f"{path}?scope=all").text
    assert page.post(path, data={"scope": "all", "csrf_token": csrf_token(page)}).status_code == 303
    assert event(app, events[3]).status.value == "cancelled"


def test_an_event_by_itself_has_no_series(app: Flask, page: FlaskClient) -> None:
    with app.app_context(), transaction() as db:
        alone = plan_event(db, actor=ORGANIZER, draft=a_draft(), publish=True, now=NOW)
    for path in (f"/events/{alone}/series", f"/events/{alone}/series/cancel"):
        assert page.get(path).location == f"/events/{alone}"
        assert page.post(path, data={"csrf_token": csrf_token(page)}).location == f"/events/{alone}"
    assert "Parte de una serie" not in page.get(f"/events/{alone}").text
    answer = page.patch(f"/api/v1/events/{alone}/series", json={"scope": "all"})
    assert (answer.status_code, answer.get_json()["title"]) == (409, "not-in-a-series")


@pytest.mark.parametrize(
    ("who", "statuses"),
    [(ANONYMOUS, (302, 302)), (OFFICIAL, (403, 403)), (LABOUR, (200, 403)), (CONVENOR, (200, 200))],
)
def test_who_may_open_the_pages(
    app: Flask, page: FlaskClient, who: Actor, statuses: tuple[int, int]
) -> None:
    events = a_series(app)
    act_as(app, who)
    assert (
        page.get(PLAN).status_code,
        page.get(f"/events/{events[0]}/series").status_code,
    ) == statuses
