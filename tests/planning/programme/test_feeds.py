"""Calendar feeds over HTTP: what is in them, what a poll without change costs, and who may read
which.
"""

import gzip
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
import recurring_ical_events
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.http import http_date

from app import create_app
from app.infra.database import transaction
from app.infra.platform import platform
from app.kernel.timespan import Timespan
from app.planning.arranging.services.planning import move_event
from app.planning.programme.exports import icalendar as icalendar_export
from tests.planning.events.rows import (
    NOW,
    STARTS,
    add_registration,
    an_event,
    change_event_row,
    counted_statements,
    partial_event,
    personal_feed_path,
)
from tests.support.actors import actor_of
from tests.support.databases import settings_for
from tests.support.lifetime import close_app

pytestmark = pytest.mark.at(NOW)
PUBLIC = "/calendar/public.ics"
PLAIN = {"Accept-Encoding": "identity"}


def feed(client: FlaskClient, path: str = PUBLIC) -> list[icalendar.Event]:
    answer = client.get(path, headers=PLAIN)
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    return list(icalendar.Calendar.from_ical(answer.data).events)


def summaries(client: FlaskClient, path: str = PUBLIC) -> list[str]:
    return [str(event["SUMMARY"]) for event in feed(client, path)]


@pytest.mark.parametrize("timezone", ["America/New_York", "America/Toronto", "America/Costa_Rica"])
def test_r57_the_feed_gives_the_same_instants_over_a_change_of_clocks(
    app: Flask, client: FlaskClient, timezone: str
) -> None:
    starts = [
        datetime(2027, month, day, 15, tzinfo=UTC)
        for month, day in ((3, 12), (3, 15), (11, 5), (11, 8))
    ]
    for one in starts:
        an_event(app, starts_at=one, timezone=timezone)
    file = icalendar.Calendar.from_ical(client.get(PUBLIC, headers=PLAIN).data)
    assert [zone.tz_name for zone in file.timezones] == [timezone]
    found = recurring_ical_events.of(file).between((2027, 1, 1), (2027, 12, 31))
    assert sorted(event.start.astimezone(UTC) for event in found) == starts


@pytest.mark.both_databases
def test_r46_after_a_move_the_feed_has_the_same_uid_and_a_higher_sequence(
    app: Flask, client: FlaskClient
) -> None:
    organizer = actor_of(app, "organizer")
    starts = STARTS + timedelta(days=60)  # longer ahead than any notice the rule book asks for
    event_id = planned(app, organizer, starts)
    (before,) = feed(client)
    etag = client.get(PUBLIC).headers["ETag"]
    later = Timespan(starts + timedelta(days=1), starts + timedelta(days=1, hours=1))
    with app.app_context(), transaction() as db:
        move_event(
            db, actor=organizer, event_id=event_id, span=later, now=NOW + timedelta(minutes=1)
        )
    (after,) = feed(client)
    assert after["UID"] == before["UID"] == f"event-{event_id}@localhost"
    assert int(str(after["SEQUENCE"])) == int(str(before["SEQUENCE"])) + 1
    assert (before.start, after.start) == (starts, later.starts_at)
    assert after.DTSTAMP > before.DTSTAMP
    assert client.get(PUBLIC, headers={"If-None-Match": etag}).status_code == 200


def planned(app: Flask, organizer: Any, starts: datetime) -> Any:
    from app.kernel.text import LocalizedText
    from app.planning.arranging.services.planning import plan_event
    from app.planning.events.values import EventDraft, EventKind

    draft = EventDraft(
        EventKind.WEBINAR,
        LocalizedText(es="Rutas", en="Routes"),
        Timespan(starts, starts + timedelta(hours=1)),
        groups=("protection",),
    )
    with app.app_context(), transaction() as db:
        return plan_event(db, actor=organizer, draft=draft, publish=True, now=NOW)


@pytest.mark.both_databases
def test_a_poll_without_change_is_304_for_one_query_and_any_change_ends_it(
    app: Flask, client: FlaskClient
) -> None:
    ids = [an_event(app, starts_at=STARTS + timedelta(days=n)) for n in range(3)]
    first = client.get(PUBLIC)
    unchanged = {"If-None-Match": first.headers["ETag"]}
    with counted_statements(app) as statements:
        again = client.get(PUBLIC, headers=unchanged)
    assert (again.status_code, again.data, len(statements)) == (304, b"", 1)
    assert again.headers["ETag"] == first.headers["ETag"]
    assert not first.headers["ETag"].startswith("W/")
    change_event_row(app, ids[1], place="San José", changed_at=NOW + timedelta(seconds=5))
    assert client.get(PUBLIC, headers=unchanged).status_code == 200
    unchanged = {"If-None-Match": client.get(PUBLIC).headers["ETag"]}
    an_event(app, starts_at=STARTS + timedelta(days=9))
    assert client.get(PUBLIC, headers=unchanged).status_code == 200


def test_a_reader_that_asks_by_date_hears_of_an_event_that_left(
    app: Flask, client: FlaskClient
) -> None:
    """What remains was changed before: a date could not say that something is gone."""
    path = personal_feed_path(app, "official-hn")
    leaving = an_event(app, starts_at=STARTS, changed_at=NOW - timedelta(days=2))
    an_event(app, starts_at=STARTS + timedelta(days=1), changed_at=NOW - timedelta(days=1))
    since = {"If-Modified-Since": http_date(NOW + timedelta(hours=1))}
    for address in (PUBLIC, path, f"/events/{leaving}.ics"):
        answer = client.get(address, headers=since)
        assert (answer.status_code, "Last-Modified" in answer.headers) == (200, False)
    change_event_row(app, leaving, status="draft", published_at=None)
    answer = client.get(PUBLIC, headers={**PLAIN, **since})
    assert answer.status_code == 200
    assert str(leaving).encode() not in answer.data


def test_nothing_in_a_feed_tells_when_it_was_asked_for(app: Flask, client: FlaskClient) -> None:
    """Programs that compare contents would rewrite every event at every poll."""
    an_event(app, timezone="America/New_York")
    an_event(app, status="cancelled", cancelled_at=NOW)
    before = client.get(PUBLIC, headers=PLAIN).data
    icalendar_export.vevent.cache_clear()
    with time_machine.travel(NOW + timedelta(hours=30), tick=False):
        assert client.get(PUBLIC, headers=PLAIN).data == before


def test_what_is_cancelled_takes_nobodys_time(app: Flask, client: FlaskClient) -> None:
    an_event(app, title="on")
    an_event(
        app, title="off", status="cancelled", cancelled_at=NOW, starts_at=STARTS + timedelta(days=1)
    )
    assert [event["TRANSP"] for event in feed(client)] == ["OPAQUE", "TRANSPARENT"]


def test_the_etag_ends_when_time_carries_events_through_the_window(
    app: Flask, client: FlaskClient
) -> None:
    an_event(app, starts_at=NOW - timedelta(days=89))
    an_event(app, starts_at=NOW + timedelta(days=401))
    unchanged = {"If-None-Match": client.get(PUBLIC).headers["ETag"]}
    assert client.get(PUBLIC, headers=unchanged).status_code == 304
    with time_machine.travel(
        NOW + timedelta(days=3), tick=False
    ):  # one leaves, one enters: the count is the same
        assert client.get(PUBLIC, headers=unchanged).status_code == 200


def test_language_and_packing_have_etags_of_their_own(app: Flask, client: FlaskClient) -> None:
    an_event(app, title="Rutas")
    packed = client.get(PUBLIC, headers={"Accept-Encoding": "gzip"})
    plain = client.get(PUBLIC, headers=PLAIN)
    english = client.get(f"{PUBLIC}?lang=en", headers=PLAIN)
    assert len({answer.headers["ETag"] for answer in (packed, plain, english)}) == 3
    assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in packed.headers["Vary"]
    again = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
    assert client.get(PUBLIC, headers=again).status_code == 304
    assert b"Rutas (en)" in english.data
    assert "Set-Cookie" not in english.headers


def test_feeds_may_be_kept_and_are_not_indexed(app: Flask, client: FlaskClient) -> None:
    an_event(app)
    public, mine = (
        client.get(PUBLIC).headers,
        client.get(personal_feed_path(app, "official-hn")).headers,
    )
    assert public["Cache-Control"] == "public, max-age=300"
    assert mine["Cache-Control"] == "private, max-age=300"
    for headers in (public, mine):
        assert headers["X-Robots-Tag"] == "noindex"
        assert headers["Referrer-Policy"] == "no-referrer"


def test_the_window_drops_what_is_old_far_or_long_cancelled(
    app: Flask, client: FlaskClient
) -> None:
    an_event(app, title="old", starts_at=NOW - timedelta(days=91))
    an_event(app, title="recent", starts_at=NOW - timedelta(days=89))
    an_event(app, title="far", starts_at=NOW + timedelta(days=401))
    an_event(app, title="fresh", status="cancelled", cancelled_at=NOW - timedelta(days=29))
    an_event(app, title="stale", status="cancelled", cancelled_at=NOW - timedelta(days=31))
    an_event(app, title="never", status="cancelled", cancelled_at=NOW, published_at=None)
    an_event(app, title="draft", status="draft", published_at=None)
    assert summaries(client) == ["recent", "Cancelado: fresh"]
    assert feed(client)[1]["STATUS"] == "CANCELLED"


@pytest.mark.parametrize(
    ("precision", "found"), [("month", "2026-12"), ("year", "2026"), ("unknown", "")]
)
def test_r53_partial_dates_are_in_no_feed(
    app: Flask, client: FlaskClient, precision: str, found: str
) -> None:
    event_id = partial_event(app, precision, found)
    assert feed(client) == []
    assert client.get(f"/events/{event_id}.ics").status_code == 404


def test_a_group_feed_holds_that_group_only(app: Flask, client: FlaskClient) -> None:
    an_event(app, title="mine", groups=["protection", "rcgm"])
    an_event(app, title="other", groups=["labour-migration"])
    assert summaries(client, "/calendar/groups/protection.ics") == ["mine"]
    assert client.get("/calendar/groups/no-such.ics").status_code == 404


def test_the_feed_of_several_groups_holds_each_event_once(app: Flask, client: FlaskClient) -> None:
    an_event(app, title="both", groups=["protection", "labour-migration"])
    an_event(app, title="one", groups=["labour-migration"], starts_at=STARTS + timedelta(days=1))
    an_event(app, title="none of them", groups=["border-management"])
    path = "/calendar/groups/labour-migration,protection.ics"
    assert summaries(client, path) == ["both", "one"]
    for wrong in ("protection,no-such", "protection,", ","):
        assert client.get(f"/calendar/groups/{wrong}.ics").status_code == 404
    file = icalendar.Calendar.from_ical(client.get(path, headers=PLAIN).data)
    assert str(file["X-WR-CALNAME"]).startswith("Programa de la CRM: ")
    other_order = client.get("/calendar/groups/protection,labour-migration.ics", headers=PLAIN)
    assert other_order.headers["ETag"] == client.get(path, headers=PLAIN).headers["ETag"]


def test_each_calendar_has_the_colour_of_the_programme(app: Flask, client: FlaskClient) -> None:
    an_event(app)
    paths = (
        PUBLIC,
        "/calendar/groups/protection.ics",
        "/calendar/groups/labour-migration.ics",
        personal_feed_path(app, "official-hn"),
    )
    colors = [
        icalendar.Calendar.from_ical(client.get(path, headers=PLAIN).data)["COLOR"]
        for path in paths
    ]
    assert len(set(colors)) == len(paths)


def test_uids_outlive_a_move_to_another_address(app: Flask, tmp_path: Path) -> None:
    """Otherwise every subscribed calendar would hold each event twice."""
    event_id = an_event(app)
    uids = set()
    for number, base_url in enumerate(
        ("http://localhost", "http://calendar.localhost", "http://third.localhost")
    ):
        changes = {
            "base_url": base_url,
            **({"uid_domain": "fixed.example.org"} if number == 2 else {}),
        }
        moved = create_app(
            settings_for(platform(app).settings.database, tmp_path / "var", **changes)
        )
        answer = moved.test_client().get(PUBLIC, headers=PLAIN, base_url=base_url)
        uids |= set(re.findall(r"UID:(\S+)", answer.text))
        close_app(moved)
    assert uids == {f"event-{event_id}@localhost", f"event-{event_id}@fixed.example.org"}


def test_a_confidential_title_is_in_no_feed(app: Flask, client: FlaskClient) -> None:
    person = actor_of(app, "official-hn").person_id
    assert person is not None
    secret: dict[str, Any] = {
        "title": "Reubicación urgente",
        "is_confidential": True,
        "place": "Sala 7",
    }
    event_id = an_event(app, groups=["protection"], people=[person], **secret)
    shared = (PUBLIC, "/calendar/groups/protection.ics", f"/events/{event_id}.ics")
    for path in (*shared, personal_feed_path(app, "official-hn")):
        text = client.get(path, headers=PLAIN).data.decode()
        assert "urgente" not in text
        assert "Reunión reservada" in text
    assert "Sala 7" not in client.get(PUBLIC, headers=PLAIN).text


def test_the_personal_feed_holds_what_i_registered_for_and_where_i_speak(
    app: Flask, client: FlaskClient
) -> None:
    me, other = actor_of(app, "official-hn").person_id, actor_of(app, "official-gt").person_id
    assert me
    assert other
    link: dict[str, Any] = {"join_url": "https://example.org/join"}
    attending = an_event(app, title="attending", **link)
    an_event(app, title="speaking", people=[me], starts_at=STARTS + timedelta(days=1), **link)
    foreign = an_event(app, title="foreign", **link)
    cancelled = an_event(app, title="no longer", **link)
    add_registration(app, attending, me)
    add_registration(app, foreign, other)
    add_registration(app, cancelled, me, status="cancelled")
    first, second = feed(client, personal_feed_path(app, "official-hn"))
    assert (first["SUMMARY"], second["SUMMARY"]) == ("attending", "speaking")
    assert first["CONFERENCE"] == "https://example.org/join"
    assert "CONFERENCE" not in second
    assert "example.org/join" not in client.get(PUBLIC, headers=PLAIN).text
    text = client.get(personal_feed_path(app, "official-hn"), headers=PLAIN).text
    assert "ATTENDEE" not in text
    assert "@example.org" not in text


def test_the_personal_feed_changes_when_a_registration_does(
    app: Flask, client: FlaskClient
) -> None:
    me = actor_of(app, "official-hn").person_id
    assert me
    event_id, path = an_event(app), personal_feed_path(app, "official-hn")
    before = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": before}).status_code == 304
    add_registration(app, event_id, me)
    assert client.get(path, headers={"If-None-Match": before}).status_code == 200


def test_a_feed_costs_the_same_statements_for_one_and_for_three(
    app: Flask, client: FlaskClient
) -> None:
    counts = []
    for number in (1, 2):
        for _ in range(number):
            an_event(app, groups=["protection"])
        with counted_statements(app) as statements:
            client.get(PUBLIC)
        counts.append(len(statements))
    assert counts == [2, 2]
    assert len(feed(client)) == 3
