"""When a series takes place: against a model that walks day by day, and against two readers of
RRULE.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from app.kernel.refusal import InvalidInput
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.series.rules import (
    DAYS,
    LAST,
    MOST,
    NTHS,
    Frequency,
    Pattern,
    Recurrence,
    ShiftedTooOften,
    changed_fields,
    occurrence,
    occurrences_of,
    pattern_of,
    recurrence_of,
    rule_text,
    walls_of,
    years_later,
)
from tests.planning.events.planning_builders import HOUR, NINE, a_draft

TUESDAY = datetime(2027, 3, 9, 9)  # noqa: DTZ001 - wall times have no zone
EXAMPLES = 150
ONE_DAY = timedelta(days=1)


@st.composite
def recurrences(draw: st.DrawFn) -> Recurrence:
    is_monthly = draw(st.booleans())
    ends_by_count = draw(st.booleans())
    return Recurrence(
        Frequency.MONTHLY if is_monthly else Frequency.WEEKLY,
        draw(st.integers(0, 6)),
        draw(st.integers(1, 6)),
        draw(st.sampled_from(NTHS)) if is_monthly else None,
        draw(st.integers(2, 20)) if ends_by_count else None,
        None if ends_by_count else draw(st.dates(date(2027, 1, 1), date(2029, 12, 31))),
    )


STARTS = st.datetimes(datetime(2026, 12, 1), datetime(2028, 6, 1), timezones=st.none()).map(  # noqa: DTZ001
    lambda at: at.replace(second=0, microsecond=0)
)


def is_nth(day: date, nth: int) -> bool:
    if nth == LAST:
        return day.day + 7 > monthrange(day.year, day.month)[1]
    return (day.day - 1) // 7 + 1 == nth


def brute_force(recurrence: Recurrence, starts: datetime) -> list[datetime]:
    """Every day for five years, asked one by one whether it is one of them."""
    found: list[datetime] = []
    for number in range(5 * 366):
        day = starts.date() + number * ONE_DAY
        if day.weekday() != recurrence.weekday or (recurrence.until and day > recurrence.until):
            continue
        if recurrence.nth is not None and not is_nth(day, recurrence.nth):
            continue
        if found and not in_step(recurrence, found[0].date(), day):
            continue
        found.append(datetime.combine(day, starts.time()))
        if len(found) == recurrence.count:
            break
    return found


def in_step(recurrence: Recurrence, first: date, day: date) -> bool:
    if recurrence.frequency is Frequency.WEEKLY:
        return (day - first).days % (7 * recurrence.interval) == 0
    return ((day.year - first.year) * 12 + day.month - first.month) % recurrence.interval == 0


def lasts_too_long(walls: list[datetime]) -> bool:
    return not 2 <= len(walls) <= MOST or walls[-1] > years_later(walls[0], 3)


@settings(max_examples=EXAMPLES)
@given(recurrences(), STARTS)
def test_the_dates_are_those_of_a_day_by_day_search(
    recurrence: Recurrence, starts: datetime
) -> None:
    expected = brute_force(recurrence, starts)
    if lasts_too_long(expected):
        with pytest.raises(InvalidInput):
            walls_of(recurrence, starts)
    else:
        assert list(walls_of(recurrence, starts)) == expected


@settings(max_examples=EXAMPLES)
@given(recurrences(), STARTS)
def test_the_text_is_an_rrule_that_other_readers_expand_to_the_same_dates(
    recurrence: Recurrence, starts: datetime
) -> None:
    try:
        walls = walls_of(recurrence, starts)
    except InvalidInput:
        return
    text = rule_text(recurrence)
    assert recurrence_of(text) == recurrence
    assert tuple(rrulestr(text, dtstart=walls[0])) == walls
    calendar = Calendar.from_ical(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:one\r\nDTSTAMP:20261124T000000Z\r\n"
        f"DTSTART:{walls[0]:%Y%m%dT%H%M%S}\r\nDURATION:PT1H\r\nRRULE:{text}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    found = recurring_ical_events.of(calendar).between(walls[0] - ONE_DAY, walls[-1] + 30 * ONE_DAY)
    assert sorted(event["DTSTART"].dt for event in found) == list(walls)


@pytest.mark.parametrize(
    ("recurrence", "text", "expected"),
    [
        (
            Recurrence(Frequency.WEEKLY, 1, 2, count=3),
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=3",
            ["2027-03-09", "2027-03-23", "2027-04-06"],
        ),
        (
            Recurrence(Frequency.MONTHLY, 1, 1, 2, count=3),
            "FREQ=MONTHLY;INTERVAL=1;BYDAY=2TU;COUNT=3",
            ["2027-03-09", "2027-04-13", "2027-05-11"],
        ),
        (
            Recurrence(Frequency.MONTHLY, 4, 3, LAST, until=date(2027, 9, 24)),
            "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR;UNTIL=20270924T235959",
            ["2027-03-26", "2027-06-25", "2027-09-24"],
        ),
        (
            Recurrence(Frequency.MONTHLY, 0, 2, 1, count=2),
            "FREQ=MONTHLY;INTERVAL=2;BYDAY=1MO;COUNT=2",
            ["2027-04-05", "2027-06-07"],
        ),
    ],
    ids=[
        "every second Tuesday",
        "second Tuesday",
        "last Friday of a quarter",
        "counted from the first that fits",
    ],
)
def test_recurrences_give_the_rule_text_and_days_worked_out_by_hand(
    recurrence: Recurrence, text: str, expected: list[str]
) -> None:
    assert rule_text(recurrence) == text
    assert [f"{wall:%Y-%m-%d}" for wall in walls_of(recurrence, TUESDAY)] == expected
    assert {wall.time() for wall in walls_of(recurrence, TUESDAY)} == {time(9)}


WEEKLY = Frequency.WEEKLY


@pytest.mark.parametrize(
    ("recurrence", "field"),
    [
        (Recurrence(WEEKLY, 1, 0, count=3), "interval"),
        (Recurrence(WEEKLY, 1, 53, count=3), "interval"),
        (Recurrence(Frequency.MONTHLY, 1, 13, 1, count=3), "interval"),
        (Recurrence(WEEKLY, 7, 1, count=3), "weekday"),
        (Recurrence(WEEKLY, 1, 1, 1, count=3), "nth"),
        (Recurrence(Frequency.MONTHLY, 1, 1, 5, count=3), "nth"),
        (Recurrence(Frequency.MONTHLY, 1, 1, None, count=3), "nth"),
        (Recurrence(WEEKLY, 1, 1), "count"),
        (Recurrence(WEEKLY, 1, 1, count=3, until=date(2027, 12, 1)), "count"),
        (Recurrence(WEEKLY, 1, 1, count=1), "count"),
        (Recurrence(WEEKLY, 1, 1, count=61), "count"),
        (Recurrence(WEEKLY, 1, 1, until=date(2027, 3, 10)), "until"),
        (Recurrence(WEEKLY, 1, 1, until=date(2027, 1, 1)), "until"),
        (Recurrence(WEEKLY, 1, 1, until=date(2029, 3, 1)), "until"),
        (Recurrence(WEEKLY, 1, 52, count=5), "count"),
        (Recurrence(Frequency.MONTHLY, 1, 12, 1, until=date(2099, 1, 1)), "until"),
    ],
)
def test_what_is_no_series_is_refused_at_its_field(recurrence: Recurrence, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        walls_of(recurrence, TUESDAY)
    assert set(refusal.value.errors) == {field}


def test_sixty_and_three_years_to_the_day_are_allowed() -> None:
    assert len(walls_of(Recurrence(WEEKLY, 1, count=60), TUESDAY)) == 60
    leap = datetime(2028, 2, 29, 9)  # noqa: DTZ001
    assert years_later(leap, 3) == datetime(2031, 2, 28, 9)  # noqa: DTZ001
    assert len(walls_of(Recurrence(WEEKLY, 1, 52, count=4), TUESDAY)) == 4


OTHER_RULES = (
    "",
    "FREQ=DAILY;INTERVAL=1;BYDAY=MO;COUNT=3",
    "FREQ=WEEKLY;INTERVAL=1;BYDAY=XX;COUNT=3",
    "FREQ=WEEKLY;INTERVAL=1;BYDAY=MO",
    "FREQ=WEEKLY;INTERVAL=1;BYDAY=5MO;COUNT=3",
)


@pytest.mark.parametrize("text", OTHER_RULES)
def test_other_rules_are_not_guessed_at(text: str) -> None:
    with pytest.raises(ValueError, match="no recurrence"):
        recurrence_of(text)


def test_the_wall_time_stays_and_the_instant_moves() -> None:
    """New York's clocks go forward on 14 March 2027."""
    draft = a_draft(
        span=Timespan(datetime(2027, 3, 2, 14, tzinfo=UTC), datetime(2027, 3, 2, 15, tzinfo=UTC)),
        timezone="America/New_York",
    )
    dates = occurrences_of(draft, Recurrence(WEEKLY, 1, 1, count=4))
    spans = [date.span for date in dates if date.span]
    assert [span.starts_at.hour for span in spans] == [14, 14, 13, 13]
    assert {span.starts_at.astimezone(ZoneInfo("America/New_York")).hour for span in spans} == {9}
    assert {span.duration for span in spans} == {HOUR}


def test_an_hour_that_the_clocks_jump_over_is_said_and_not_moved() -> None:
    half_past_two = datetime(2027, 3, 14, 2, 30)  # noqa: DTZ001
    found = occurrence(2, half_past_two, HOUR, "America/New_York")
    assert (found.position, found.wall, found.span) == (2, half_past_two, None)
    assert found.gap is not None
    assert found.gap.params == {"zone": "America/New_York"}
    until_then = occurrence(2, half_past_two - HOUR, HOUR, "America/New_York")
    assert until_then.span is None


SHIFTS = st.lists(st.tuples(st.integers(1, 20), st.integers(-20000, 20000)), max_size=4)


@settings(max_examples=EXAMPLES)
@given(recurrences(), STARTS, SHIFTS)
def test_a_pattern_remembers_what_was_moved_from_where_on(
    recurrence: Recurrence, starts: datetime, shifts: list[tuple[int, int]]
) -> None:
    try:
        expected = list(walls_of(recurrence, starts))
    except InvalidInput:
        return
    pattern = Pattern(starts, recurrence)
    for since, minutes in shifts:
        pattern = pattern.shifted(since, timedelta(minutes=minutes))
        expected = [
            wall + timedelta(minutes=minutes) if position >= since else wall
            for position, wall in enumerate(expected, start=1)
        ]
    assert pattern_of(pattern.text()) == pattern
    assert list(pattern.walls()) == expected
    assert len(pattern.text()) <= 200


def test_a_pattern_without_room_says_so() -> None:
    pattern = Pattern(TUESDAY, Recurrence(WEEKLY, 1, 1, count=60))
    with pytest.raises(ShiftedTooOften):
        reduce(
            lambda found, position: found.shifted(position, timedelta(minutes=15)),
            range(1, 61),
            pattern,
        )


def test_only_what_changed_is_carried_to_the_others() -> None:
    before = a_draft()
    after = a_draft(
        title=LocalizedText(es="Otro", en="Other"),
        place="Sala",
        span=Timespan(NINE + HOUR, NINE + 2 * HOUR),
    )
    assert changed_fields(before, after) == {"title": after.title, "place": "Sala"}
    assert changed_fields(before, before) == {}


def test_days_are_named_from_monday() -> None:
    assert DAYS[TUESDAY.weekday()] == "TU"
