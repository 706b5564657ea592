"""What a page of the programme costs while a thousand events are in the database (anonymous reader)."""

from collections.abc import Iterator
from functools import partial

from sqlalchemy import select

from app.events.models import Event
from app.infra import clock
from app.infra.database import reading
from tests.load import Figure
from tests.load._thousand import a_thousand_events, cost

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
