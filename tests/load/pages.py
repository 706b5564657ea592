"""What a page of the programme costs while a thousand events are in the database (anonymous
reader).
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.events.models import Event
from app.planning.scheduling.values import EngagementDraft, Party
from tests.load import Figure
from tests.load._thousand import a_thousand_events, cost
from tests.planning.scheduling import rulings
from tests.support.actors import sign_in

TIMES = 30


def run() -> Iterator[Figure]:
    with a_thousand_events("pages") as (app, client):
        with app.app_context(), reading() as db:
            event_id = db.scalar(select(Event.id).where(Event.starts_at > clock.now()).limit(1))
        for name, path in (
            ("programme, month", "/programme"),
            ("programme, one group", "/programme?group=protection"),
            ("agenda", "/programme/agenda"),
            ("event page", f"/events/{event_id}"),
            ("event as iCalendar", f"/events/{event_id}.ics"),
        ):
            answer = client.get(path)
            assert answer.status_code == 200
            yield from cost(name, partial(client.get, path), TIMES, bytes=len(answer.data))
        yield from _panel(app, client)


def _panel(app: Flask, client: FlaskClient) -> Iterator[Figure]:
    """The planning panel's answer for an hour that is taken: why, three free slots, eleven
    countries' clocks.
    """
    app.config["WTF_CSRF_ENABLED"] = False
    sign_in(client, "organizer")
    spans = _claim_all(app)
    local = spans[len(spans) // 2].starts_at.astimezone(ZoneInfo("America/Costa_Rica"))
    form = {
        "kind": "webinar",
        "title_es": "Prueba",
        "on": local.date().isoformat(),
        "start": f"{local:%H:%M}",
        "end": f"{local + timedelta(minutes=15):%H:%M}",
        "timezone": "America/Costa_Rica",
        "groups": "protection",
        "mode": "online",
    }
    ask = partial(client.post, "/events/plan/check", data=form, headers={"HX-Request": "true"})
    answer = ask()
    assert answer.status_code in (200, 409), answer.status_code
    assert 'name="slot"' in answer.text, "the hour should be taken"
    yield from cost("planning panel", ask, TIMES, bytes=len(answer.data))


def _claim_all(app: Flask) -> list[Timespan]:
    """Every event as an engagement of one working group; the spans in order."""
    group = Party.working_group("labour-migration", LocalizedText(es="Grupo", en="Group"))
    parties = (group, Party.region(exclusive=False))
    with app.app_context(), transaction() as db:
        events = db.execute(
            select(Event.id, Event.starts_at, Event.ends_at).order_by(Event.starts_at)
        ).all()
        spans = [Timespan(row.starts_at, row.ends_at) for row in events]
        for row, span in zip(events, spans, strict=True):
            title = LocalizedText(es="Reunión", en="Meeting")
            draft = EngagementDraft(f"event:{row.id}", title, span, "America/Costa_Rica")
            rulings.claim(db, engagement=draft, parties=parties, now=clock.now())
    return spans
