"""The synthetic world's pure parts."""

import itertools
from datetime import date, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.office.demo.data import demo_data
from app.office.demo.rules import Names, career_of_seat
from app.office.demo.services.events import congress_days, governance_days, webinar_hours

TODAY = date(2026, 11, 24)


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
