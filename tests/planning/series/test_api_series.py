"""Series by program: planned, refused by position, changed and cancelled."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.planning.events.planning_builders import (
    HOUR,
    LABOUR,
    ORGANIZER,
    act_as,
    asked,
    furnished,
)
from tests.planning.series.series import START, WEEK, a_series, in_the_way, starts_in

API = "/api/v1/series"


@pytest.fixture
def page(app: Flask, client: FlaskClient) -> FlaskClient:
    furnished(app)
    act_as(app, ORGANIZER)
    return client


def series_asked(**changes: Any) -> dict[str, Any]:
    return {
        **asked(starts_at="2027-02-23T09:00:00-06:00", ends_at="2027-02-23T10:00:00-06:00"),
        "recurrence": {"frequency": "weekly", "count": 4},
        **changes,
    }


def test_api_plans_a_series(app: Flask, page: FlaskClient) -> None:
    answer = page.post(API, json=series_asked())
    assert answer.status_code == 201, answer.text
    body = answer.get_json()
    assert body["rule"] == "FREQ=WEEKLY;INTERVAL=1;BYDAY=TU;COUNT=4"
    assert [one["position"] for one in body["occurrences"]] == [1, 2, 3, 4]
    assert [one["event"]["starts_at"] for one in body["occurrences"]] == [
        f"2027-{day}T09:00:00-06:00" for day in ("02-23", "03-02", "03-09", "03-16")
    ]
    assert len({one["event"]["id"] for one in body["occurrences"]}) == 4
    assert len(starts_in(app)) == 4


def test_by_program_the_problem_lists_the_positions_with_findings_and_slots(
    app: Flask, page: FlaskClient
) -> None:
    in_the_way(app, 2, 4)
    answer = page.post(API, json=series_asked())
    assert answer.status_code == 409
    assert answer.content_type == "application/problem+json"
    body = answer.get_json()
    assert body["title"] == "series-does-not-fit"
    assert [one["position"] for one in body["occurrences"]] == [2, 4]
    refused = body["occurrences"][0]
    assert refused["findings"][0]["rule"] == "two-working-groups"
    assert "Laboral 2" in refused["findings"][0]["sentence"]["es"]
    assert 1 <= len(refused["free_slots"]) <= 3
    assert starts_in(app) == []
    moved = [{"position": 2, **refused["free_slots"][0]}]
    planned = page.post(API, json=series_asked(skip=[4], moved=moved))
    assert planned.status_code == 201
    assert [one["position"] for one in planned.get_json()["occurrences"]] == [1, 2, 3]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"recurrence": {"frequency": "weekly"}}, "count"),
        ({"recurrence": {"frequency": "monthly", "count": 3}}, "nth"),
        ({"recurrence": {"frequency": "weekly", "count": 3, "until": "2027-06-01"}}, "count"),
        ({"recurrence": {"frequency": "weekly", "until": "June"}}, "until"),
        ({"skip": [9]}, "skip"),
        ({"moved": [{"position": 2, "starts_at": "x", "ends_at": "x"}]}, "moved"),
        ({"starts_at": "2027-02-23"}, "starts_at"),
        ({"recurrence": {"frequency": "daily", "count": 3}}, None),
        ({"recurrence": {"frequency": "weekly", "count": 10**30}}, None),
        ({"recurrence": None}, None),
        ({"skip": ["1"]}, None),
        ({"moved": [{"position": 2}]}, None),
        ({"unknown": 1}, None),
    ],
)
def test_by_program_what_is_wrong_is_refused(
    page: FlaskClient, changes: dict[str, Any], field: str | None
) -> None:
    answer = page.post(API, json=series_asked(**changes))
    assert answer.status_code == 422, answer.text
    if field is not None:
        assert field in [error["field"] for error in answer.get_json()["errors"]]


def test_changing_and_cancelling_by_program(app: Flask, page: FlaskClient) -> None:
    events = a_series(app)
    url = f"/api/v1/events/{events[1]}/series"
    hour_later = {"starts_at": "2027-03-02T10:00:00-06:00", "ends_at": "2027-03-02T11:00:00-06:00"}
    changed = page.patch(
        url, json={"scope": "following", "title": {"es": "Otro", "en": "Other"}, **hour_later}
    )
    assert changed.status_code == 200, changed.text
    assert [one["event"]["title"]["en"] for one in changed.get_json()["occurrences"]] == [
        "Protection webinar",
        "Other",
        "Other",
        "Other",
    ]
    assert starts_in(app) == [START, *(START + week * WEEK + HOUR for week in (1, 2, 3))]
    in_the_way(app, 3)
    refused = page.patch(
        url,
        json={
            "scope": "all",
            "starts_at": "2027-03-02T09:00:00-06:00",
            "ends_at": "2027-03-02T10:00:00-06:00",
        },
    )
    assert refused.status_code == 409
    assert [one["position"] for one in refused.get_json()["occurrences"]] == [3]
    short = page.delete(url, query_string={"scope": "following", "reason": "Sin sala"})
    assert short.status_code == 422
    reason = "La facilitadora está enferma."
    cancelled = page.delete(url, query_string={"scope": "following", "reason": reason})
    assert reason in page.get(f"/events/{events[3]}").text
    assert [one["event"]["status"] for one in cancelled.get_json()["occurrences"]] == [
        "published",
        *["cancelled"] * 3,
    ]
    assert page.delete(f"{url}?scope=sometimes").status_code == 422
    assert page.patch(url, json={"scope": "sometimes"}).status_code == 422
    act_as(app, LABOUR)
    assert page.delete(f"{url}?scope=all").status_code == 403
