"""Words to forward (R75): four plain lines, a date in the reader's zone, a short address."""

import re
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from app.planning.events.rules.joining import ids_of, short_of
from tests.planning.events.planning_builders import (
    FOCAL_POINT,
    ORGANIZER,
    a_draft,
    act_as,
    furnished,
    plan,
)


def shared(client: FlaskClient, event_id: UUID, query: str = "") -> list[str]:
    text = client.get(f"/events/{event_id}{query}").text
    found = re.search(r'id="share-text"[^>]*>([^<]*)</textarea>', text)
    return found[1].splitlines() if found else []


def test_r75_four_lines_with_date_in_the_zone_of_the_reader(
    app: Flask, client: FlaskClient
) -> None:
    furnished(app)
    event_id = plan(app, a_draft())
    act_as(app, FOCAL_POINT)
    title, date, how, address = shared(client, event_id)
    assert title == "Seminario de protección"
    assert date == "martes, 9 de marzo de 2027, 09:00–11:00 (Costa Rica, UTC−6)"
    assert how == "En línea · Grupo de Trabajo de Protección"
    assert address.endswith(f"/e/{short_of(event_id)}")
    assert shared(client, event_id, "?lang=en")[0] == "Protection webinar"


def test_r75_short_address_leads_to_the_event(app: Flask, client: FlaskClient) -> None:
    furnished(app)
    event_id = plan(app, a_draft())
    answer = client.get(f"/e/{short_of(event_id)}")
    assert answer.status_code == 302
    assert answer.location == f"/events/{event_id}"
    for wrong in ("0000000000", "x", short_of(event_id)[:-1], short_of(event_id).upper() + "g"):
        assert client.get(f"/e/{wrong}").status_code == 404


def test_drafts_and_confidential_events_are_not_forwarded(app: Flask, client: FlaskClient) -> None:
    furnished(app)
    act_as(app, ORGANIZER)
    for draft, publish in ((a_draft(), False), (a_draft(is_confidential=True, groups=()), True)):
        event_id = plan(app, draft, publish=publish)
        assert client.get(f"/events/{event_id}").status_code == 200
        assert shared(client, event_id) == []
        refused = client.get(f"/e/{short_of(event_id)}")
        assert refused.status_code == 404
        assert "no conduce a ningún evento abierto a todo el mundo" in refused.text


def test_short_address_means_a_range_of_ids() -> None:
    event_id = UUID("0123456789abcdef0123456789abcdef")
    found = ids_of(short_of(event_id))
    assert found is not None
    assert found[0] <= event_id <= found[1]
    assert ids_of("0123456789abcdef") is None
