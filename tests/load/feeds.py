"""What one poll of a calendar with a thousand events costs: first, again for another reader, and
without change.
"""

from collections.abc import Callable, Iterator
from typing import Any

from flask.testing import FlaskClient

from app.planning.programme.exports import icalendar, vtimezone
from app.planning.programme.views import feeds
from tests.load import Figure, _thousand
from tests.load._thousand import a_thousand_events, cost

PATH = "/calendar/public.ics"
GZIP = {"Accept-Encoding": "gzip"}
COLD, AGAIN, UNCHANGED = 15, 30, 100

CACHES = (
    *(icalendar.vevent, icalendar.day_in_words, icalendar.as_text, feeds.zipped_body),
    *(vtimezone.vtimezone, vtimezone.days_shown_twice, vtimezone.onsets_of_year),
)


def run() -> Iterator[Figure]:
    with a_thousand_events("feeds") as (_app, client):
        first = client.get(PATH, headers={"Accept-Encoding": "identity"})
        assert first.data.count(b"BEGIN:VEVENT") == _thousand.EVENTS
        yield Figure("size", round(len(first.data) / 1024, 1), "KB", {})
        packed = client.get(PATH, headers=GZIP)
        yield Figure("size, gzip", round(len(packed.data) / 1024, 1), "KB", {})
        unchanged = {**GZIP, "If-None-Match": packed.headers["ETag"]}
        yield from cost("nothing cached", _cold(client), COLD)
        yield from cost("another reader", lambda: client.get(PATH, headers=GZIP), AGAIN)
        assert client.get(PATH, headers=unchanged).status_code == 304
        yield from cost("unchanged (304)", lambda: client.get(PATH, headers=unchanged), UNCHANGED)


def _cold(client: FlaskClient) -> Callable[[], Any]:
    def poll() -> None:
        for cache in CACHES:
            cache.cache_clear()
        client.get(PATH, headers=GZIP)

    return poll
