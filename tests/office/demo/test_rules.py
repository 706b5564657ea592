"""The synthetic world's pure parts."""

import itertools
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.office.demo.data import demo_data
from app.office.demo.rules import Names, career_of_seat, easter, holiday_date
from app.office.demo.services.cycle import congress_days, governance_days, webinar_hours

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("year", "sunday"),
    [(1996, date(1996, 4, 7)), (2024, date(2024, 3, 31)), (2038, date(2038, 4, 25))],
)
def test_easter_sundays(year: int, sunday: date) -> None:
    assert easter(year) == sunday


@pytest.mark.parametrize(
    ("rule", "day"),
    [
        ("05-01", date(2026, 5, 1)),
        ("easter-2", date(2026, 4, 3)),
        ("easter+60", date(2026, 6, 4)),
        ("11/thu4", date(2026, 11, 26)),
        ("05/mon-1", date(2026, 5, 25)),
        ("02/mon1", date(2026, 2, 2)),
    ],
)
def test_holiday_rules(rule: str, day: date) -> None:
    assert holiday_date(rule, 2026) == day


@given(seed=st.integers(0, 10_000))
def test_nobody_shares_a_seat_and_only_the_last_still_serves(seed: int) -> None:
    names = Names(**demo_data("people")["names"]["spanish"])
    stints = list(career_of_seat(Random(seed), TODAY, names=names))
    for before, after in itertools.pairwise(stints):
        assert before.ends_on is not None
        assert before.ends_on <= after.starts_on
    for stint in stints:
        assert stint.starts_on < TODAY
        assert (
            stint.ends_on is None or stint.starts_on + timedelta(days=40) <= stint.ends_on < TODAY
        )
        assert (stint.end_reason == "") is (stint.ends_on is None)
        assert stint.confirmed_on is None or stint.starts_on <= stint.confirmed_on <= TODAY


@given(today=st.dates(date(2026, 1, 1), date(2040, 12, 31)))
def test_on_whatever_day_the_demo_is_loaded_its_year_has_no_clash(today: date) -> None:
    whole_region = [congress_days(today), *(span for span, _, _ in governance_days(today))]
    webinars = list(webinar_hours(today))
    assert not any(
        one.overlaps(other) for one, other in itertools.pairwise(sorted((*webinars, *whole_region)))
    )
    assert len([span for span in webinars if span.starts_at.date() > today]) > 20
