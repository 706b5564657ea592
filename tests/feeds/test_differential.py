"""Our feed as users' calendar programs read it: the same instants in every one of them."""

import re
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.infra.database import transaction
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.arranging.services.planning import cancel_event, move_event, plan_event
from app.planning.events.values import EventDraft, EventKind
from tests.feeds.oracles import (
    GO_BY_THE_FILE,
    ORACLES,
    Instance,
    in_order,
    moment,
    node_knows_the_zones_of,
    require_installed,
)
from tests.planning.events.rows import NOW, an_event
from tests.support.actors import actor_of

pytestmark = pytest.mark.at(NOW)
HOUR = timedelta(hours=1)
PLACES = count()

# Wall time in the event's zone, and the instant it is, worked out by hand.
ONE_OFF = (
    ("America/Costa_Rica", "2026-12-10 09:00", "2026-12-10T15:00:00Z"),
    ("America/New_York", "2026-12-11 10:00", "2026-12-11T15:00:00Z"),
    ("America/New_York", "2027-07-09 10:00", "2027-07-09T14:00:00Z"),
    ("America/Tijuana", "2027-01-12 08:30", "2027-01-12T16:30:00Z"),
    ("America/Tijuana", "2027-04-13 08:30", "2027-04-13T15:30:00Z"),
    ("America/Santo_Domingo", "2027-02-16 22:00", "2027-02-17T02:00:00Z"),
    ("America/Toronto", "2027-03-13 23:30", "2027-03-14T04:30:00Z"),
    ("America/Toronto", "2027-11-07 09:00", "2027-11-07T14:00:00Z"),
    ("America/Vancouver", "2027-06-15 07:00", "2027-06-15T14:00:00Z"),
)
# British Columbia gave up changing its clocks in 2026: in winter, too, it is seven hours behind
# UTC.
VANCOUVER_IN_WINTER = ("America/Vancouver", "2027-01-19 07:00", "2027-01-19T14:00:00Z")
# Every Friday at ten over both changes of clocks of New York: events of their own, as every sitting
# can be moved alone.
SERIES = tuple(
    ("America/New_York", f"{day} 10:00", f"{day}T{hour}:00:00Z")
    for day, hour in (
        ("2027-03-05", 15),
        ("2027-03-12", 15),
        ("2027-03-19", 14),
        ("2027-10-29", 14),
        ("2027-11-05", 14),
        ("2027-11-12", 15),
    )
)


def uid(event_id: UUID) -> str:
    return f"event-{event_id}@localhost"


def one_hour(
    event_id: UUID, starts: str, *, sequence: int = 0, is_cancelled: bool = False
) -> Instance:
    return Instance(
        uid(event_id), starts, moment(datetime.fromisoformat(starts) + HOUR), sequence, is_cancelled
    )


def at_wall_time(app: Flask, zone: str, wall: str) -> UUID:
    starts = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return an_event(
        app, starts_at=starts, ends_at=starts + HOUR, timezone=zone, place="San José, sala 1; niñas"
    )


def planned(app: Flask, starts: datetime) -> UUID:
    draft = EventDraft(
        EventKind.WEBINAR, LocalizedText(es="Señal", en="Signal"), Timespan(starts, starts + HOUR)
    )
    with app.app_context(), transaction() as db:
        return plan_event(db, actor=actor_of(app, "organizer"), draft=draft, publish=True, now=NOW)


def a_varied_programme(app: Flask) -> list[Instance]:
    """Fills the database; what every reader must find."""
    organizer = actor_of(app, "organizer")
    expected = [
        one_hour(at_wall_time(app, zone, wall), instant)
        for zone, wall, instant in (*ONE_OFF, VANCOUVER_IN_WINTER, *SERIES)
    ]
    days = an_event(
        app,
        title="Congreso",
        is_all_day=True,
        timezone="America/Santo_Domingo",
        starts_at=datetime(2027, 5, 4, 4, tzinfo=UTC),
        ends_at=datetime(2027, 5, 7, 4, tzinfo=UTC),
    )
    expected.append(Instance(uid(days), "2027-05-04", "2027-05-07"))
    moved = planned(app, datetime(2027, 8, 3, 15, tzinfo=UTC))
    cancelled = planned(app, datetime(2027, 8, 17, 15, tzinfo=UTC))
    later = datetime(2027, 8, 5, 16, tzinfo=UTC)
    with app.app_context(), transaction() as db:
        move_event(
            db, actor=organizer, event_id=moved, span=Timespan(later, later + HOUR), now=NOW + HOUR
        )
        cancel_event(db, actor=organizer, event_id=cancelled, now=NOW + HOUR)
    expected.append(one_hour(moved, "2027-08-05T16:00:00Z", sequence=1))
    expected.append(one_hour(cancelled, "2027-08-17T15:00:00Z", sequence=1, is_cancelled=True))
    return in_order(expected)


def the_feed(client: FlaskClient) -> bytes:
    answer = client.get("/calendar/public.ics", headers={"Accept-Encoding": "identity"})
    assert answer.status_code == 200
    return bytes(answer.data)


def without_names_of_zones(feed: bytes) -> bytes:
    """No database knows these zones: what a reader makes of them comes from the rules in the file
    alone.

    Names that never come again, because icalendar remembers for good the first rules it saw under a
    name.
    """
    return feed.replace(b"America/", b"Somewhere-%d/" % next(PLACES))


@pytest.mark.parametrize("name", ORACLES)
def test_r57_users_programs_find_every_event_at_its_instant(
    app: Flask, client: FlaskClient, name: str
) -> None:
    require_installed(name)
    expected = a_varied_programme(app)
    if name == "node-ical":
        expected = in_order(map(as_node_knows_it, expected))
    assert in_order(ORACLES[name](the_feed(client))) == expected


def as_node_knows_it(instance: Instance) -> Instance:
    """node-ical reads no VTIMEZONE. A Node older than the law of British Columbia puts its winter
    an hour later, and no feed that names the zone can help that; where Node knows the law, nothing
    is excused.
    """
    _zone, _wall, instant = VANCOUVER_IN_WINTER
    if instance.start != instant or node_knows_the_zones_of(2026):
        return instance
    return instance._replace(start="2027-01-19T15:00:00Z", end="2027-01-19T16:00:00Z")


@pytest.mark.parametrize("name", GO_BY_THE_FILE)
def test_r57_the_rules_in_the_file_are_enough(app: Flask, client: FlaskClient, name: str) -> None:
    require_installed(name)
    expected = a_varied_programme(app)
    feed = without_names_of_zones(the_feed(client))
    assert b"America/" not in feed
    assert in_order(ORACLES[name](feed)) == expected


@pytest.mark.parametrize(
    "plant",
    [
        ("TZOFFSETTO:-0600", "TZOFFSETTO:-0500", "America/Costa_Rica"),
        (
            "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
            "RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU",
            "America/New_York",
        ),
    ],
)
@pytest.mark.parametrize("name", GO_BY_THE_FILE)
def test_r57_a_wrong_rule_in_the_file_is_seen(
    app: Flask, client: FlaskClient, name: str, plant: tuple[str, str, str]
) -> None:
    """So that the agreement above is worth something."""
    require_installed(name)
    expected = a_varied_programme(app)
    right, wrong, touched = plant
    feed = the_feed(client)
    assert right.encode() in feed
    lost = set(expected) - set(
        ORACLES[name](without_names_of_zones(feed.replace(right.encode(), wrong.encode())))
    )
    in_that_zone = {instant for zone, _wall, instant in (*ONE_OFF, *SERIES) if zone == touched}
    assert in_that_zone & {instance.start for instance in lost}


def test_r57_a_series_is_events_of_their_own(app: Flask, client: FlaskClient) -> None:
    expected = a_varied_programme(app)
    feed = the_feed(client)
    assert not re.search(rb"^(RDATE|EXDATE|RECURRENCE-ID)", feed, re.MULTILINE)
    assert b"RRULE" not in feed[feed.index(b"BEGIN:VEVENT") :]
    uids = re.findall(rb"^UID:(\S+)", feed, re.MULTILINE)
    assert len(uids) == len(set(uids)) == len(expected)
