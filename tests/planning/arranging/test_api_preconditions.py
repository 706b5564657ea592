"""If-Match of the events API (RFC 9110, 13.1.1): a program writes over nothing that it has not
read.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra.database import transaction
from app.kernel.actor import ANONYMOUS
from app.planning.arranging.api import EventChange, overrides_in
from app.planning.arranging.services.planning import change_event
from app.planning.arranging.services.steps import open_event
from app.planning.events.queries.references import draft_of
from tests.planning.events.planning_builders import NOW, ORGANIZER, act_as, asked, furnished

URL = "/api/v1/events"
SAID = {
    "es": "Esto cambió después de que usted lo leyó",
    "en": "This was changed since you read it",
}


@pytest.fixture
def event(app: Flask, client: FlaskClient) -> str:
    furnished(app)
    act_as(app, ORGANIZER)
    return f"{URL}/{client.post(URL, json=asked(people=[1], publish=False)).get_json()['id']}"


def patch(client: FlaskClient, event: str, tag: str | None, **changes: Any) -> Any:
    return client.patch(event, json=changes, headers={"If-Match": tag} if tag is not None else {})


def test_who_names_what_was_read_changes_it_and_reads_the_next_tag(
    client: FlaskClient, event: str
) -> None:
    read = client.get(event).headers["ETag"]
    assert read.startswith('"'), "a strong one"
    assert client.get(event).headers["ETag"] == read
    assert "no-transform" in client.get(event).headers["Cache-Control"], (
        "else a proxy that compresses changes the tag"
    )
    changed = patch(client, event, read, place="Belice")
    assert (changed.status_code, changed.get_json()["place"]) == (200, "Belice")
    assert changed.headers["ETag"] == client.get(event).headers["ETag"] != read
    listed = f'"0123", {changed.headers["ETag"]}'
    assert [patch(client, event, tag, place=tag).status_code for tag in (listed, "*")] == [200, 200]


@pytest.mark.parametrize("weakened", ["", "W/"])
def test_who_names_what_is_no_more_writes_nothing(
    client: FlaskClient, event: str, weakened: str
) -> None:
    read = client.get(event).headers["ETag"]
    assert patch(client, event, None, place="Belice").status_code == 200, (
        "who does not say is not asked"
    )
    for tag in (weakened + read, "", "Belice", '"Belice"'):
        refused = patch(client, event, tag, place="Managua", publish=True)
        assert (refused.status_code, refused.content_type) == (412, "application/problem+json"), tag
        body = refused.get_json()
        assert body["title"] == "not-as-read"
        assert all(words in body["sentence"][language] for language, words in SAID.items())
    assert (client.get(event).get_json()["place"], client.get(event).get_json()["status"]) == (
        "Belice",
        "draft",
    )
    again = patch(client, event, read, place="Belice")
    assert again.status_code == 200, (
        "what was sent stands already: an answer that got lost is asked for again"
    )


def test_a_weak_tag_matches_nothing(client: FlaskClient, event: str) -> None:
    read = client.get(event).headers["ETag"]
    assert patch(client, event, f"W/{read}", place="Belice").status_code == 412


def test_what_is_wrong_or_gone_is_said_before_it_is_compared(
    client: FlaskClient, event: str
) -> None:
    assert patch(client, event, '"x"', capacity=0).status_code == 422
    assert patch(client, f"{URL}/00000000-0000-4000-8000-000000000000", '"x"').status_code == 404
    cancelled = client.delete(event)
    assert (
        cancelled.headers["ETag"],
        patch(client, event, '"x"', place="A").get_json()["title"],
    ) == (
        client.get(event).headers["ETag"],
        "already-cancelled",
    )


def test_what_is_not_for_everybody_has_a_tag_of_its_own(
    app: Flask, client: FlaskClient, event: str
) -> None:
    mine = patch(client, event, None, publish=True).headers["ETag"]
    act_as(app, ANONYMOUS)
    assert client.get(event).headers["ETag"] != mine


@pytest.fixture
def other_place(monkeypatch: pytest.MonkeyPatch, event: str) -> None:
    """Somebody gives the event another place between the reading and the writing."""

    def overrides_after_another(sent: EventChange) -> Any:
        with transaction() as db:
            event_id = UUID(event.rpartition("/")[2])
            draft = replace(draft_of(db, open_event(db, ORGANIZER, event_id)), place="Belice")
            change_event(db, actor=ORGANIZER, event_id=event_id, draft=draft, now=NOW)
        return overrides_in(sent)

    monkeypatch.setattr("app.planning.arranging.api.overrides_in", overrides_after_another)


@pytest.mark.usefixtures("other_place")
def test_what_somebody_changes_between_the_reading_and_the_writing_is_seen(
    client: FlaskClient, event: str
) -> None:
    assert (
        patch(client, event, client.get(event).headers["ETag"], title={"es": "Otro"}).status_code
        == 412
    )
    stands = client.get(event).get_json()
    assert (stands["title"]["es"] != "Otro", stands["place"]) == (True, "Belice")


@pytest.mark.usefixtures("other_place")
def test_what_is_not_sent_is_never_taken_back(client: FlaskClient, event: str) -> None:
    """Though the draft is made of what was read before."""
    read = client.get(event).get_json()
    assert read["place"] != "Belice"
    changed = patch(client, event, None, title={"es": "Otro", "en": "Another"}).get_json()
    assert (changed["title"]["es"], changed["place"]) == ("Otro", "Belice")


def test_the_description_says_so(client: FlaskClient) -> None:
    told = client.get("/api/v1/openapi.json").get_json()["paths"]["/api/v1/events/{event_id}"][
        "patch"
    ]
    assert [one["name"] for one in told["parameters"] if one["in"] == "header"] == ["If-Match"]
    assert "412" in told["responses"]
    assert "If-Match" in told["description"]
