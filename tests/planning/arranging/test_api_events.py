"""The events API: what it takes, what it refuses and in which words; nothing sent may make it
fail.
"""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra.database import transaction
from app.kernel.actor import ANONYMOUS, SYSTEM, Actor
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.arranging.services.planning import plan_event
from app.planning.events.values import Participant, PersonRole
from tests.planning.events.planning_builders import (
    AUTHOR,
    CONVENOR,
    FOCAL_POINT,
    LABOUR,
    NINE,
    NOW,
    OFFICIAL,
    ORGANIZER,
    a_congress,
    a_draft,
    act_as,
    asked,
    furnished,
)

URL = "/api/v1/events"


@pytest.fixture
def api(app: Flask, client: FlaskClient) -> FlaskClient:
    furnished(app)
    act_as(app, ORGANIZER)
    return client


def planned(client: FlaskClient, **changes: Any) -> dict[str, Any]:
    answer = client.post(URL, json=asked(**changes))
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.get_json()
    return body


def test_an_event_is_planned_and_read_back(api: FlaskClient) -> None:
    links = [{"edition": "iii", "role": "follow-up"}]
    answer = api.post(
        URL, json=asked(people=[1, 2], links=links, capacity=80, summary={"es": "Resumen"})
    )
    assert answer.status_code == 201
    body = answer.get_json()
    assert answer.headers["Location"] == f"{URL}/{body['id']}"
    assert api.get(answer.headers["Location"]).get_json() == body
    assert body["starts_at"] == "2027-03-09T09:00:00-06:00"
    assert body["working_groups"] == ["protection"]
    assert body["links"] == links
    assert [person["name"] for person in body["people"]] == ["Ana Muñoz Peña", "Berta López"]
    assert "@" not in answer.text
    assert (body["status"], body["sequence"], body["capacity"]) == ("published", 0, 80)


def test_r39_through_the_api_a_clash_is_409_with_findings_and_three_free_slots(
    api: FlaskClient,
) -> None:
    first = planned(api, starts_at="2027-03-09T15:00:00+00:00", ends_at="2027-03-09T17:00:00+00:00")
    labour = {
        "working_groups": ["labour-migration"],
        "starts_at": "2027-03-09T16:59:00Z",
        "ends_at": "2027-03-09T18:00:00Z",
    }
    answer = api.post(URL, json=asked(**labour))
    assert answer.status_code == 409
    assert answer.content_type == "application/problem+json"
    body = answer.get_json()
    finding = body["findings"][0]
    assert (finding["rule"], finding["severity"]) == ("two-working-groups", "block")
    assert finding["other"] == {"id": first["id"], "title": {"es": "Seminario", "en": "Webinar"}}
    assert finding["party"]["key"] == "protection"
    assert "Seminario" in finding["sentence"]["es"]
    assert "Webinar" in finding["sentence"]["en"]
    assert len(body["free_slots"]) == 3
    for slot in body["free_slots"]:
        assert slot["starts_at"].endswith("-06:00")
    assert api.post(URL, json=asked(**{**labour, **body["free_slots"][0]})).status_code == 201


def test_r39_back_to_back_passes(api: FlaskClient) -> None:
    first = planned(api)
    second = planned(
        api,
        working_groups=["labour-migration"],
        starts_at="2027-03-09T11:00:00-06:00",
        ends_at="2027-03-09T12:00:00-06:00",
    )
    assert (first["ends_at"], first["status"], second["status"]) == (
        second["starts_at"],
        "published",
        "published",
    )


def test_r45_through_the_api(app: Flask, api: FlaskClient) -> None:
    with app.app_context(), transaction() as db:
        congress = plan_event(
            db, actor=SYSTEM, draft=a_congress("iii", NINE), publish=True, now=NOW
        )
    answer = api.post(
        URL,
        json=asked(
            links=[{"edition": "iii", "role": "follow-up"}],
            starts_at="2027-03-08T09:00:00-06:00",
            ends_at="2027-03-08T10:00:00-06:00",
        ),
    )
    assert answer.status_code == 409
    body = answer.get_json()
    assert body["title"] == "follow-up-after-congress"
    assert body["findings"][0]["other"]["id"] == str(congress)
    assert "III" in body["findings"][0]["sentence"]["es"]
    assert len(body["free_slots"]) == 3
    assert all(slot["starts_at"] > "2027-03-11T09:00" for slot in body["free_slots"])


def test_r46_through_the_api(api: FlaskClient) -> None:
    planned(api)
    moving = planned(
        api,
        working_groups=["labour-migration"],
        starts_at="2027-03-10T09:00:00-06:00",
        ends_at="2027-03-10T11:00:00-06:00",
    )
    url = f"{URL}/{moving['id']}"
    refused = api.patch(
        url, json={"starts_at": "2027-03-09T10:00:00-06:00", "ends_at": "2027-03-09T12:00:00-06:00"}
    )
    assert refused.status_code == 409
    assert refused.get_json()["findings"][0]["rule"] == "two-working-groups"
    moved = api.patch(
        url, json={"starts_at": "2027-03-10T10:00:00-06:00", "ends_at": "2027-03-10T12:00:00-06:00"}
    )
    assert moved.status_code == 200
    assert moved.get_json()["id"] == moving["id"]
    assert moved.get_json()["sequence"] == 1
    cancelled = api.delete(url)
    assert cancelled.status_code == 200
    assert (cancelled.get_json()["status"], cancelled.get_json()["sequence"]) == ("cancelled", 2)
    assert api.delete(url).get_json() == cancelled.get_json()
    assert api.patch(url, json={"place": "San José"}).get_json()["title"] == "already-cancelled"


def test_cancelling_by_program_may_say_why(api: FlaskClient) -> None:
    first, second = (
        planned(
            api, starts_at=f"2027-03-{day}T09:00:00-06:00", ends_at=f"2027-03-{day}T10:00:00-06:00"
        )
        for day in (10, 11)
    )
    url, reason = f"{URL}/{first['id']}", "La facilitadora está enferma."
    short = api.delete(url, query_string={"reason": "Sin sala"})
    assert short.status_code == 422
    assert [error["field"] for error in short.get_json()["errors"]] == ["reason"]
    assert api.get(url).get_json()["status"] == "published"
    assert api.delete(url, query_string={"reason": reason}).status_code == 200
    assert reason in api.get(f"/events/{first['id']}").text
    assert api.delete(f"{URL}/{second['id']}").status_code == 200, "it may be left out"


def test_what_is_not_sent_stays(api: FlaskClient) -> None:
    event = planned(api, people=[1], publish=False)
    changed = api.patch(
        f"{URL}/{event['id']}", json={"title": {"en": "Only English"}, "publish": True}
    ).get_json()
    expected = event | {"title": {"es": "", "en": "Only English"}, "status": "published"}
    assert changed | {"changed_at": ""} == expected | {"changed_at": ""}
    back = api.patch(f"{URL}/{event['id']}", json={"publish": False})
    assert back.get_json()["errors"][0]["field"] == "publish"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"working_groups": ["nobody"]}, "working_groups"),
    ({"links": [{"edition": "xx", "role": "congress"}], "kind": "congress"}, "links"),
    ({"links": [{"edition": "iii", "role": "congress"}]}, "links"),
    ({"links": [{"edition": "iii", "role": "boss"}]}, "links.0.role"),
    ({"people": [99]}, "people"),
    ({"people": [2**70]}, "people.0"),
    ({"people": ["1"]}, "people.0"),
    ({"people": [True]}, "people.0"),
    ({"ends_at": "2027-03-09T09:00:00-06:00"}, "ends_at"),
    ({"ends_at": "2027-05-09T09:00:00-06:00"}, "ends_at"),
    ({"starts_at": "2027-03-09T09:00:00"}, "starts_at"),
    ({"starts_at": "0001-01-01T00:00:00+14:00"}, "starts_at"),
    ({"ends_at": "9999-12-31T23:59:59-12:00"}, "ends_at"),
    ({"starts_at": "tomorrow"}, "starts_at"),
    ({"starts_at": 1800000000}, "starts_at"),
    ({"starts_at": "2027-03-09T09:00:30-06:00"}, "starts_at"),
    ({"starts_at": None}, "starts_at"),
    ({"timezone": "Mars/Olympus"}, "timezone"),
    ({"timezone": "../../etc/passwd"}, "timezone"),
    ({"timezone": "America/Costa_Rica\x07"}, "timezone"),
    ({"timezone": "America"}, "timezone"),
    ({"title": {"es": "", "en": " "}}, "title"),
    ({"title": {"es": "x" * 201}}, "title.es"),
    ({"title": {"es": "a\x07b"}}, "title.es"),
    ({"title": {"es": "a\r\nb"}}, "title"),
    ({"title": {"es": "a\nb"}}, "title"),
    ({"place": "Sala\r2"}, "place"),
    ({"title": None}, "title"),
    ({"title": "Webinar"}, "title"),
    ({"title": {"fr": "Séminaire"}}, "title.fr"),
    ({"summary": {"en": "x" * 2001}}, "summary.en"),
    ({"place": "x" * 201}, "place"),
    ({"join_url": "javascript:alert(1)"}, "join_url"),
    ({"join_url": "https://[bad"}, "join_url"),
    ({"capacity": 0}, "capacity"),
    ({"capacity": 10**30}, "capacity"),
    ({"capacity": 1.5}, "capacity"),
    ({"kind": "party"}, "kind"),
    ({"kind": None}, "kind"),
    ({"publish": "yes"}, "publish"),
    ({"working_groups": "protection"}, "working_groups"),
    ({"working_groups": [None]}, "working_groups.0"),
    ({"working_groups": ["protection"] * 201}, "working_groups"),
    ({"unknown": 1}, "unknown"),
]


def test_each_wrong_value_is_a_422_that_names_its_field(api: FlaskClient) -> None:
    event = planned(api)
    for changes, field in WRONG:
        answer = api.post(URL, json=asked(**changes))
        assert answer.status_code == 422, (changes, answer.text)
        errors = answer.get_json()["errors"]
        assert field in [error["field"] for error in errors], changes
        assert all(error["sentence"]["es"] and error["sentence"]["en"] for error in errors)
        assert api.patch(f"{URL}/{event['id']}", json=changes).status_code == 422, changes
    assert api.get(URL).get_json()["events"] == [event]


def test_several_wrong_fields_are_named_at_once(api: FlaskClient) -> None:
    answer = api.post(URL, json=asked(timezone="x", place="x" * 201, starts_at="x", ends_at="y"))
    fields = {error["field"] for error in answer.get_json()["errors"]}
    assert fields == {"timezone", "place", "starts_at", "ends_at"}


BODIES = (
    b"",
    b"{",
    b"[]",
    b"[1]",
    b"null",
    b"1",
    b'"x"',
    b"\xff\xfe",
    b'{"a":' * 5000,
    b"[" * 100_000,
    b"9" * 5000,
    b'{"title":' + b"[" * 5000 + b"]" * 5000 + b"}",
    b'{"title": {"es": "a\\u0000b"}}',
    b'{"title": {"es": "a\\ud800b"}}',
)


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "application/x-www-form-urlencoded"]
)
def test_no_body_makes_it_fail(api: FlaskClient, kind: str) -> None:
    event = planned(api)
    for body in BODIES:
        made = api.post(URL, data=body, content_type=kind)
        changed = api.patch(f"{URL}/{event['id']}", data=body, content_type=kind)
        assert 400 <= made.status_code < 500, body
        assert changed.status_code < 500, body
        assert changed.status_code >= 400 or changed.get_json() == event, body


QUERIES = (
    "from=x",
    "to=2027-13-01",
    "limit=0",
    "limit=101",
    "limit=x",
    "offset=-1",
    "offset=1e9",
    "unknown=1",
    "offset=99999999999999999999",
    "working_group=" + "x" * 61,
    "from=0001-01-01T00:00:00%2B14:00",
    "from=9999-12-31T23:59:59-12:00",
)


def test_a_wrong_query_is_a_422(api: FlaskClient) -> None:
    for query in QUERIES:
        assert api.get(f"{URL}?{query}").status_code == 422, query


def test_a_query_may_name_any_text(api: FlaskClient) -> None:
    assert api.get(f"{URL}?working_group=%ff'--").status_code == 200
    assert api.get(f"{URL}?working_group=%00").status_code == 400


def test_listing_by_time_and_group_in_pages(app: Flask, api: FlaskClient) -> None:
    for day in range(1, 6):
        planned(
            api,
            starts_at=f"2027-03-0{day}T09:00:00-06:00",
            ends_at=f"2027-03-0{day}T10:00:00-06:00",
            working_groups=["protection" if day % 2 else "border-management"],
            publish=day != 5,
        )
    page = api.get(f"{URL}?from=2027-03-02T15:30:00Z&to=2027-03-05T00:00:00Z&limit=2").get_json()
    assert [event["starts_at"][:10] for event in page["events"]] == ["2027-03-02", "2027-03-03"]
    assert page["total"] == 3
    rest = api.get(
        f"{URL}?from=2027-03-02T15:30:00Z&to=2027-03-05T00:00:00Z&limit=2&offset=2"
    ).get_json()
    assert [event["starts_at"][:10] for event in rest["events"]] == ["2027-03-04"]
    assert api.get(f"{URL}?working_group=protection").get_json()["total"] == 3
    act_as(app, ANONYMOUS)
    assert api.get(f"{URL}?working_group=protection").get_json()["total"] == 2


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (ANONYMOUS, 401),
        (OFFICIAL, 403),
        (FOCAL_POINT, 403),
        (AUTHOR, 403),
        (LABOUR, 403),
        (CONVENOR, 201),
    ],
)
def test_api_lets_only_planners_of_the_group_plan_its_event(
    app: Flask, api: FlaskClient, who: Actor, status: int
) -> None:
    act_as(app, who)
    assert api.post(URL, json=asked()).status_code == status


def test_drafts_names_and_links_are_not_for_everybody(app: Flask, api: FlaskClient) -> None:
    draft = planned(
        api,
        publish=False,
        starts_at="2027-03-10T09:00:00-06:00",
        ends_at="2027-03-10T10:00:00-06:00",
    )
    public = planned(api, people=[1], join_url="https://meet.example.org/1")
    act_as(app, ANONYMOUS)
    assert api.get(f"{URL}/{draft['id']}").status_code == 404
    answer = api.get(f"{URL}/{public['id']}")
    assert answer.get_json()["people"] == []
    assert "meet.example.org" not in answer.text
    act_as(app, OFFICIAL)
    assert api.get(f"{URL}/{draft['id']}").status_code == 404
    assert api.get(f"{URL}/{public['id']}").get_json()["people"][0]["name"] == "Ana Muñoz Peña"
    for method in (api.patch, api.delete):
        assert method(f"{URL}/{public['id']}", json={}).status_code == 403


def test_a_confidential_meeting_is_another_meeting_in_a_clash(app: Flask, api: FlaskClient) -> None:
    with app.app_context(), transaction() as db:
        secret = a_draft(
            title=LocalizedText(es="Asunto delicado", en="Delicate"), is_confidential=True
        )
        event_id = plan_event(db, actor=ORGANIZER, draft=secret, publish=True, now=NOW)
    act_as(app, LABOUR)
    answer = api.post(URL, json=asked(working_groups=["labour-migration"]))
    assert answer.status_code == 409
    assert "elicad" not in answer.text
    assert answer.get_json()["findings"][0]["other"] is None
    assert api.get(f"{URL}/{event_id}").status_code == 404
    act_as(app, CONVENOR)
    assert api.get(f"{URL}/{event_id}").status_code == 200


def test_somebody_needed_is_named(api: FlaskClient) -> None:
    planned(api, people=[2])
    answer = api.post(URL, json=asked(people=[2], working_groups=[]))
    finding = answer.get_json()["findings"][0]
    assert (finding["rule"], finding["party"]["name"]["es"]) == ("same-person", "Berta López")


def test_an_unknown_event_is_404(api: FlaskClient) -> None:
    for method in (api.get, api.patch, api.delete):
        assert method(f"{URL}/{uuid4()}", json={}).status_code == 404
    assert api.get(f"{URL}/not-a-uuid").status_code == 404


def test_people_who_stay_keep_their_role(app: Flask, api: FlaskClient) -> None:
    event = planned(api, people=[1])
    assert event["people"][0]["role"] == "speaker"
    with app.app_context(), transaction() as db:
        moderator = (Participant(1, PersonRole.MODERATOR),)
        draft = a_draft(
            people=moderator,
            span=Timespan(NINE + timedelta(days=7), NINE + timedelta(days=7, hours=1)),
        )
        event_id = plan_event(db, actor=ORGANIZER, draft=draft, publish=True, now=NOW)
    changed = api.patch(f"{URL}/{event_id}", json={"people": [1, 2]}).get_json()
    assert [person["role"] for person in changed["people"]] == ["moderator", "speaker"]
