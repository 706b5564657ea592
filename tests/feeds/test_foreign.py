"""A calendar written elsewhere, with everything that repeats: all readers agree, so that any of
them may judge ours.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.planning.calendars.rules.reading import read_calendar
from app.planning.calendars.values import SourceKind
from tests.feeds.oracles import ORACLES, require_installed

FOREIGN = Path(__file__).parent / "foreign" / "recurring.ics"

# UID without "@example.org", start, end: from the wall times of the file by hand.
EXPECTED = {
    ("weekly", "2027-03-01T14:00:00Z", "2027-03-01T15:00:00Z"),
    ("weekly", "2027-03-15T13:00:00Z", "2027-03-15T14:00:00Z"),
    ("weekly", "2027-03-23T18:00:00Z", "2027-03-23T19:30:00Z"),
    ("weekly", "2027-03-29T13:00:00Z", "2027-03-29T14:00:00Z"),
    ("fortnightly", "2027-10-22T20:00:00Z", "2027-10-22T21:00:00Z"),
    ("fortnightly", "2027-11-05T20:00:00Z", "2027-11-05T21:00:00Z"),
    ("fortnightly", "2027-11-19T21:00:00Z", "2027-11-19T22:00:00Z"),
    ("fortnightly", "2027-12-03T21:00:00Z", "2027-12-03T22:00:00Z"),
    ("last-friday", "2027-01-30T00:00:00Z", "2027-01-30T01:00:00Z"),
    ("last-friday", "2027-02-27T00:00:00Z", "2027-02-27T01:00:00Z"),
    ("last-friday", "2027-03-27T00:00:00Z", "2027-03-27T01:00:00Z"),
    ("second-to-last-workday", "2027-01-28T15:00:00Z", "2027-01-28T16:00:00Z"),
    ("second-to-last-workday", "2027-02-25T15:00:00Z", "2027-02-25T16:00:00Z"),
    ("daily", "2027-04-05T13:00:00Z", "2027-04-05T13:30:00Z"),
    ("daily", "2027-04-08T13:00:00Z", "2027-04-08T13:30:00Z"),
    ("leave", "2027-07-05", "2027-07-17"),
    ("founding-day", "2026-09-15", "2026-09-16"),
    ("founding-day", "2027-09-15", "2027-09-16"),
}


def read_by(name: str, text: bytes) -> set[tuple[str, str, str]]:
    found = ORACLES[name](text)
    return {
        (instance.uid.removesuffix("@example.org"), instance.start, instance.end)
        for instance in found
    }


@pytest.mark.parametrize("name", ORACLES)
def test_r57_a_foreign_calendar_reads_the_same_everywhere(name: str) -> None:
    require_installed(name)
    assert read_by(name, FOREIGN.read_bytes()) == EXPECTED


def test_r57_our_own_reader_agrees_with_them() -> None:
    """It takes days as they are in the zone of the calendar's owner, and looks 90 days back and 400
    ahead.
    """
    zone = ZoneInfo("America/Costa_Rica")
    now = datetime(2027, 1, 1, tzinfo=UTC)
    found = read_calendar(FOREIGN.read_bytes(), kind=SourceKind.PROCESS, now=now, timezone=zone.key)
    assert found.problems == ()
    expected = [(instant_of(start, zone), instant_of(end, zone)) for _uid, start, end in EXPECTED]
    seen = [span for span in expected if span[1] > now - timedelta(days=90)]
    assert len(seen) == len(expected) - 1
    assert [(entry.span.starts_at, entry.span.ends_at) for entry in found.entries] == sorted(seen)


def instant_of(text: str, zone: ZoneInfo) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize("name", ORACLES)
def test_r57_an_instance_that_is_no_longer_left_out_is_seen(name: str) -> None:
    require_installed(name)
    text = FOREIGN.read_bytes().replace(b"EXDATE;TZID=America/Toronto:20270308T090000\r\n", b"")
    assert read_by(name, text) - EXPECTED == {
        ("weekly", "2027-03-08T14:00:00Z", "2027-03-08T15:00:00Z")
    }
