"""VTIMEZONE against zoneinfo: what a reader that knows only our rules makes of a wall time must be
the same instant.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.planning.programme.exports.vtimezone import vtimezone

ZONES = (
    "America/Costa_Rica",
    "America/Mexico_City",
    "America/Tijuana",
    "America/New_York",
    "America/Toronto",
    "America/Panama",
    "America/Santo_Domingo",
    "America/Belize",
    "America/Havana",
    "America/Sao_Paulo",
    "America/Asuncion",
    "America/Santiago",
    "America/St_Johns",
    "America/Port-au-Prince",
)


def instants(first: int, last: int) -> st.SearchStrategy[datetime]:
    lowest, highest = datetime(first, 1, 2, tzinfo=UTC), datetime(last, 12, 30, tzinfo=UTC)
    seconds = st.integers(int(lowest.timestamp()), int(highest.timestamp()))
    return seconds.map(lambda second: datetime.fromtimestamp(second, UTC))


def offset_by_rules(timezone: str, at: datetime, first: int, last: int) -> timedelta:
    """The offset a reader gets from the VTIMEZONE alone: onset by onset, without any knowledge of
    the zone.
    """
    text = "\r\n".join(("BEGIN:VCALENDAR", *vtimezone(timezone, first, last), "END:VCALENDAR"))
    zone = icalendar.Calendar.from_ical(text).timezones[0].to_tz(lookup_tzid=False)
    return at.astimezone(zone).utcoffset() or timedelta(0)


@given(
    timezone=st.sampled_from(ZONES),
    at=instants(2019, 2026),
)
def test_r57_rules_agree_with_the_zone_database_over_eight_years(
    timezone: str, at: datetime
) -> None:
    expected = at.astimezone(ZoneInfo(timezone)).utcoffset()
    assert offset_by_rules(timezone, at, 2019, 2026) == expected


@given(
    timezone=st.sampled_from(("America/New_York", "America/Mexico_City", "America/Costa_Rica")),
    at=instants(1996, 2026),
)
def test_r57_one_year_of_history_is_right_too(timezone: str, at: datetime) -> None:
    assert (
        offset_by_rules(timezone, at, at.year, at.year)
        == at.astimezone(ZoneInfo(timezone)).utcoffset()
    )


@pytest.mark.parametrize("timezone", ["America/New_York", "America/Toronto"])
def test_r57_zones_with_daylight_saving_are_two_unending_rules(timezone: str) -> None:
    lines = vtimezone(timezone, 2026, 2027)
    assert [line for line in lines if line.startswith("RRULE")] == [
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
        "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
    ]
    assert (lines.count("BEGIN:DAYLIGHT"), lines.count("BEGIN:STANDARD")) == (1, 1)
    assert not any(line.startswith("RDATE") for line in lines)


def test_r57_costa_rica_is_one_fixed_offset() -> None:
    assert vtimezone("America/Costa_Rica", 2026, 2027) == (
        "BEGIN:VTIMEZONE",
        "TZID:America/Costa_Rica",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:-0600",
        "TZOFFSETTO:-0600",
        "TZNAME:CST",
        "END:STANDARD",
        "END:VTIMEZONE",
    )


def test_r57_a_rule_that_was_given_up_ends() -> None:
    rules = [
        line for line in vtimezone("America/Mexico_City", 2021, 2026) if line.startswith("RRULE")
    ]
    assert rules == [
        "RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20220403T080000Z",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20221030T070000Z",
    ]
