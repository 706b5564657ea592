"""Our content lines against icalendar's own component, and the instants that a reader of calendars
makes of them.
"""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.text import LocalizedText
from app.planning.events.values import EventStatus, Mode
from app.planning.programme.exports import icalendar as exports_icalendar
from app.planning.programme.exports.icalendar import calendar, when
from app.planning.programme.exports.vtimezone import days_shown_twice
from app.planning.programme.queries.feeds import FeedEntry

ADDRESS, HOST = "https://convoca.example.org", "convoca.example.org"
ZONES = (
    "America/Costa_Rica",
    "America/New_York",
    "America/Toronto",
    "America/Mexico_City",
    "America/Santo_Domingo",
)
WORDS = (
    "Migración",
    "niñas, niños",
    "protección; trata",
    "línea\nnueva",
    "日本語",
    "C:\\ruta",
    "“comillas”",
    "x" * 90,
    "é" * 50,
    'dicho "así"',
    "fin\r\nEND:VCALENDAR",
    "😀",
    ":",
    "a\u2028b",
    "\x07bell",
)


def an_entry(**changes: Any) -> FeedEntry:
    starts = datetime(2026, 12, 10, 15, tzinfo=UTC)
    usual = FeedEntry(
        id=str(UUID(int=1)),
        status=EventStatus.PUBLISHED,
        title=LocalizedText(es="Seminario", en="Webinar"),
        summary=LocalizedText(),
        starts_at=starts,
        ends_at=starts + timedelta(minutes=90),
        timezone="America/Costa_Rica",
        is_all_day=False,
        mode=Mode.ONLINE,
        place="",
        sequence=0,
        is_confidential=False,
        changed_at=datetime(2026, 11, 1, 12, tzinfo=UTC),
    )
    return usual._replace(**changes)


def written(*entries: FeedEntry, language: str = "es") -> bytes:
    return calendar(
        entries,
        name="Programa, RCM",
        color="teal",
        language=language,
        address=ADDRESS,
        host=HOST,
    )


def parsed(*entries: FeedEntry) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(written(*entries)).events)


def random_entries(count: int) -> list[FeedEntry]:
    chance = random.Random(57)
    entries = []
    for number in range(count):
        starts = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * chance.randrange(50_000))
        phrase = " ".join(chance.choices(WORDS, k=chance.randint(1, 12)))
        entries.append(
            an_entry(
                id=str(UUID(int=number)),
                title=LocalizedText(es=phrase),
                summary=LocalizedText(es=phrase[::-1]),
                place=chance.choice(WORDS),
                starts_at=starts,
                ends_at=starts + timedelta(minutes=chance.randint(15, 3000)),
                timezone=chance.choice(ZONES),
                sequence=chance.randrange(9),
                status=chance.choice((EventStatus.PUBLISHED, EventStatus.CANCELLED)),
                join_url=chance.choice(("", "https://example.org/j?a=1&b=ñ,;\r\nX:1")),
            )
        )
    return entries


def test_r57_four_hundred_random_events_read_as_icalendar_would_have_written_them() -> None:
    entries = random_entries(400)
    for entry, ours in zip(entries, parsed(*entries), strict=True):
        theirs = icalendar.Event()
        theirs.add("summary", str(ours["SUMMARY"]))
        theirs.add("description", str(ours["DESCRIPTION"]))
        theirs.add("location", str(ours["LOCATION"]))
        theirs.add("dtstart", entry.starts_at.astimezone(ZoneInfo(entry.timezone)))
        again = icalendar.Event.from_ical(theirs.to_ical())
        for name in ("SUMMARY", "DESCRIPTION", "LOCATION"):
            assert str(again[name]) == str(ours[name])
        assert ours["DTSTART"].to_ical() == again["DTSTART"].to_ical()
        assert ours.start == entry.starts_at
        assert ours.end == entry.ends_at
        assert str(ours["SUMMARY"]).endswith(exports_icalendar.plain(entry.title["es"]))
        assert ours.errors == []


@pytest.mark.parametrize("minutes", [30, 90, 150])
def test_r57_an_hour_that_the_clocks_show_twice_is_written_in_utc(minutes: int) -> None:
    """New York, 1 November 2026: from 05:00 to 07:00 UTC the clocks show one o'clock twice. No zone
    tells which.
    """
    starts = datetime(2026, 11, 1, 5, tzinfo=UTC) + timedelta(minutes=minutes) - timedelta(hours=1)
    entry = an_entry(
        starts_at=starts, ends_at=starts + timedelta(hours=1), timezone="America/New_York"
    )
    (event,) = parsed(entry)
    assert (event.start, event.end) == (entry.starts_at, entry.ends_at)
    assert event["DTSTART"].to_ical() == f"{starts:%Y%m%dT%H%M%SZ}".encode()
    assert "TZID" not in event["DTSTART"].params
    assert "TZID" not in event["DTEND"].params
    usual = entry._replace(
        starts_at=starts - timedelta(days=1), ends_at=starts - timedelta(hours=23)
    )
    assert parsed(usual)[0]["DTSTART"].params["TZID"] == "America/New_York"


def test_r57_readers_find_every_event_at_its_instant() -> None:
    entries = random_entries(300)
    text = written(*entries)
    # A reader that knows no zone database: only the rules in the file.
    renamed = text.replace(b"America/", b"Somewhere/")
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(renamed)).between(
        (2025, 12, 1), (2027, 12, 31)
    )
    instants = {str(event["UID"]): event.start.astimezone(UTC) for event in found}
    assert instants == {f"event-{entry.id}@{HOST}": entry.starts_at for entry in entries}


@given(st.text(max_size=200))
def test_r57_texts_are_escaped_as_icalendar_escapes_them(value: str) -> None:
    assert (
        exports_icalendar.text(value)
        == icalendar.vText(exports_icalendar.plain(value)).to_ical().decode()
    )


@given(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=400))
def test_r57_folding_is_undone_by_the_reader(value: str) -> None:
    assert exports_icalendar.folded(value.encode()).replace(b"\r\n ", b"").decode() == value


def test_r57_long_lines_end_where_the_next_character_would_not_fit() -> None:
    whole = exports_icalendar.joined(("é" * 100, "x" * 150, "short"))
    assert [len(line) for line in whole.split(b"\r\n")] == [74, 75, 53, 75, 75, 2, 5, 0]


@given(st.datetimes(timezones=st.just(UTC)))
def test_r57_instants_are_written_as_the_isoformat_without_marks(at: datetime) -> None:
    basic = (
        at.replace(tzinfo=None, microsecond=0).isoformat().translate({ord("-"): "", ord(":"): ""})
    )
    assert exports_icalendar.local(at) == basic
    assert exports_icalendar.utc(at) == f"{basic}Z"


@pytest.mark.parametrize(
    "timezone", ["America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kolkata"]
)
def test_r57_days_shown_twice_are_those_of_repeated_hours(timezone: str) -> None:
    zone, start = ZoneInfo(timezone), datetime(2026, 1, 1, tzinfo=UTC)
    local = [
        (start + timedelta(minutes=15 * quarter)).astimezone(zone)
        for quarter in range(4 * 24 * 365)
    ]
    repeated = {
        at.date()
        for at in local
        if at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset()
    }
    assert repeated == days_shown_twice(timezone, 2026)


@given(st.text(max_size=400))
def test_r57_no_text_breaks_out_of_its_line(value: str) -> None:
    entry = an_entry(
        title=LocalizedText(es=value),
        summary=LocalizedText(es=value),
        place=value,
        join_url="https://x/" + value,
    )
    text = written(entry)
    lines = text.split(b"\r\n")
    assert all(len(line) <= exports_icalendar.LINE_OCTETS for line in lines)
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    unfolded = text.replace(b"\r\n ", b"").split(b"\r\n")
    assert sum(line.startswith(b"BEGIN:VEVENT") for line in unfolded) == 1
    assert (
        sum(line.startswith((b"END:", b"ATTENDEE")) for line in unfolded) == 4
    )  # zone, its observance, event, file
    text.decode()


def test_r57_all_day_events_are_dates_and_name_no_zone() -> None:
    entry = an_entry(
        is_all_day=True,
        starts_at=datetime(2023, 12, 4, 6, tzinfo=UTC),
        ends_at=datetime(2023, 12, 8, 6, tzinfo=UTC),
    )
    (event,) = parsed(entry)
    assert (event.start, event.end) == (date(2023, 12, 4), date(2023, 12, 8))
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert b"VTIMEZONE" not in written(entry)


def test_r57_the_file_says_its_name_once_and_has_no_uid_of_its_own() -> None:
    text = written(an_entry())
    file = icalendar.Calendar.from_ical(text)
    assert "UID" not in file
    assert text.count(b"X-WR-CALNAME:Programa\\, RCM\r\n") == 1
    assert text.count(b"\r\nNAME:Programa\\, RCM\r\n") == 1
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in text
    assert file["METHOD"] == "PUBLISH"


@given(st.text(max_size=200))
def test_r57_no_name_breaks_out_of_its_line(value: str) -> None:
    text = calendar([], name=value, color="teal", language="es", address=ADDRESS, host=HOST)
    lines = text.replace(b"\r\n ", b"").split(b"\r\n")
    assert [line.partition(b":")[0] for line in lines[-7:]] == [
        b"NAME",
        b"X-WR-CALNAME",
        b"COLOR",
        b"REFRESH-INTERVAL;VALUE=DURATION",
        b"X-PUBLISHED-TTL",
        b"END",
        b"",
    ]


def test_r57_an_event_carries_what_a_calendar_needs() -> None:
    (event,) = parsed(an_entry(sequence=3, place="San José", join_url="https://example.org/j"))
    assert event["UID"] == f"event-{UUID(int=1)}@{HOST}"
    assert event["SEQUENCE"] == 3
    assert event.DTSTAMP == event.LAST_MODIFIED == datetime(2026, 11, 1, 12, tzinfo=UTC)
    assert event["STATUS"] == "CONFIRMED"
    assert event["LOCATION"] == "San José"
    assert event["URL"] == f"{ADDRESS}/events/{UUID(int=1)}"
    assert event["CONFERENCE"] == "https://example.org/j"
    assert "09:00–10:30 (Costa Rica, UTC−6)" in str(event["DESCRIPTION"])
    assert "https://example.org/j" in str(event["DESCRIPTION"])


def test_a_confidential_event_shows_its_time_and_nothing_else() -> None:
    text = written(an_entry(title=LocalizedText(), is_confidential=True), language="en").replace(
        b"\r\n ", b""
    )
    assert b"SUMMARY:Reserved meeting" in text
    assert b"URL:" not in text


def in_words(entry: FeedEntry) -> str:
    return when(
        entry.starts_at,
        entry.ends_at,
        timezone=entry.timezone,
        is_all_day=entry.is_all_day,
        language="en",
    )


def test_the_same_event_in_words() -> None:
    night = an_entry(
        starts_at=datetime(2026, 12, 11, 4, tzinfo=UTC),
        ends_at=datetime(2026, 12, 11, 7, tzinfo=UTC),
    )
    assert in_words(an_entry()) == "Thursday, 10 December 2026, 09:00–10:30 (Costa Rica, UTC−6)"
    assert in_words(night) == (
        "Thursday, 10 December 2026, 22:00, to Friday, 11 December 2026, 01:00 (Costa Rica, UTC−6)"
    )
