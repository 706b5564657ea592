"""The days of a month, and which of them an event covers."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.planning.programme.rules import (
    days_between,
    first_and_last_day,
    month_of,
    next_month,
    previous_month,
    weeks_of,
)

MONTHS = st.dates(date(1990, 2, 1), date(2100, 11, 30)).map(lambda day: day.replace(day=1))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-13",
        "2026-00",
        "2026-1",
        "26-01",
        "1989-12",
        "2101-01",
        "２０２６-01",
        "2026-01-01",
        "2026-01\n",
        "abcd-01",
        "0000-01",
    ],
)
def test_only_a_month_is_a_month(text: str) -> None:
    assert month_of(text) is None


@given(MONTHS)
def test_a_month_is_whole_weeks_and_has_neighbours(month: date) -> None:
    days = [day for week in weeks_of(month) for day in week]
    assert days == list(days_between(days[0], days[-1]))
    assert [day.weekday() for day in days[:7]] == list(range(7))
    assert month in days
    assert month_of(f"{month:%Y-%m}") == month
    after = next_month(month)
    assert after
    assert previous_month(after) == month


def test_the_first_and_last_month_have_no_neighbour_beyond() -> None:
    assert previous_month(date(1990, 1, 1)) is None
    assert next_month(date(2100, 12, 1)) is None


def test_an_evening_is_the_next_day_further_east() -> None:
    starts = datetime(
        2026, 12, 11, 4, 30, tzinfo=UTC
    )  # 22:30 in Costa Rica, 00:30 in Santo Domingo
    for reader, day in (("America/Costa_Rica", 10), ("America/Santo_Domingo", 11)):
        assert first_and_last_day(
            starts,
            starts + timedelta(hours=1),
            timezone="America/Costa_Rica",
            is_all_day=False,
            reader_timezone=reader,
        ) == (date(2026, 12, day), date(2026, 12, day))


@pytest.mark.parametrize("reader", ["America/Tijuana", "America/Costa_Rica", "America/St_Johns"])
def test_whole_days_are_the_same_days_for_every_reader(reader: str) -> None:
    starts, ends = datetime(2023, 12, 4, 6, tzinfo=UTC), datetime(2023, 12, 8, 6, tzinfo=UTC)
    assert first_and_last_day(
        starts, ends, timezone="America/Costa_Rica", is_all_day=True, reader_timezone=reader
    ) == (
        date(2023, 12, 4),
        date(2023, 12, 7),
    )
