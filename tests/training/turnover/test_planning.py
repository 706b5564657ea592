"""When the next cycle begins, and how far past forecasts were from what came."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.training.turnover.rules.back_test import as_known, back_test, trial_days
from app.training.turnover.rules.cycle import COURSE, LEAD, WEEK, next_cycle
from app.training.turnover.rules.planning import Basis, reaches_floor
from app.training.turnover.values import (
    CertificateEnds,
    CertificateLife,
    Coverage,
    Exposure,
    PostTerm,
    Prior,
    TrainingPlan,
)

TODAY = date(2026, 6, 30)
"""A Tuesday."""
FIRST = date(2026, 8, 17)
"""The first Monday six weeks on."""
FAR = date(2027, 6, 30)


def test_cycle_begins_as_soon_as_it_can_where_coverage_is_below_the_floor() -> None:
    found = next_cycle(TODAY, floor_on=TODAY)
    assert found is not None
    assert (found.begins_on, found.ends_on) == (FIRST, FIRST + COURSE)
    assert found.called_on >= TODAY


def test_cycle_is_called_fourteen_weeks_before_the_earliest_day_of_the_floor() -> None:
    """The floor on Wednesday 30 June 2027: eight weeks before is 5 May, the Monday of it 3 May."""
    found = next_cycle(TODAY, floor_on=FAR)
    assert found is not None
    assert found.begins_on == date(2027, 5, 3)
    assert found.called_on == date(2027, 3, 22)
    assert next_cycle(TODAY, floor_on=None) is None


def test_cycle_does_not_begin_in_a_closed_week() -> None:
    congress = (date(2026, 8, 19), date(2026, 8, 21))
    found = next_cycle(TODAY, floor_on=TODAY, closed=[congress])
    assert found is not None
    assert (found.begins_on, found.avoided) == (FIRST + WEEK, (congress,))
    late = (date(2027, 5, 1), date(2027, 5, 4))
    found = next_cycle(TODAY, floor_on=FAR, closed=[late])
    assert found is not None
    assert found.begins_on == date(2027, 4, 19), "earlier where there is time"


def test_cycle_is_over_before_an_election_if_there_is_time() -> None:
    election = date(2027, 6, 6)
    found = next_cycle(TODAY, floor_on=FAR, upheavals=[election])
    assert found is not None
    assert (found.begins_on, found.before) == (date(2027, 4, 5), election)
    assert found.ends_on <= election
    soon = date(2026, 9, 1)
    found = next_cycle(TODAY, floor_on=TODAY, upheavals=[soon])
    assert found is not None
    assert (found.begins_on, found.before, found.during) == (FIRST, None, soon)


@given(
    st.dates(date(2026, 7, 1), date(2028, 1, 1)),
    st.lists(
        st.tuples(st.dates(date(2026, 7, 1), date(2028, 1, 1)), st.integers(1, 20)), max_size=8
    ),
    st.lists(st.dates(date(2026, 7, 1), date(2028, 1, 1)), max_size=3),
)
def test_cycle_never_begins_inside_a_blackout_nor_before_its_lead(
    floor_on: date, blackouts: list[tuple[date, int]], upheavals: list[date]
) -> None:
    closed = [(first, first + timedelta(days=n)) for first, n in blackouts]
    found = next_cycle(TODAY, floor_on=floor_on, closed=closed, upheavals=upheavals)
    assert found is not None
    assert found.begins_on.weekday() == 0
    assert found.begins_on >= TODAY + LEAD
    assert not any(start <= found.begins_on < end for start, end in closed)
    if found.before is not None:
        assert found.ends_on <= found.before


def test_forecast_is_tried_on_what_was_on_record_then() -> None:
    """Somebody who left on 1 May served on for whoever looked on 15 May, when nobody had said it."""
    left = PostTerm(1, date(2025, 1, 1), date(2026, 5, 1), None, end_recorded_on=date(2026, 6, 1))
    came = PostTerm(2, date(2026, 5, 10), None, None)
    (then,) = as_known([left, came], date(2026, 5, 5))
    assert (then.person_id, then.valid_until) == (1, None)
    now = as_known([left, came], date(2026, 6, 1))
    assert now == [left, came]


def test_error_of_past_forecasts_equals_an_example_worked_out_by_hand() -> None:
    """Ten certified served without end: forecast with Gamma(2, 8 + 20) two of twenty-eight years,
    so by e^(−λ/2) 9.71 of ten were expected at each trial, and ten came.
    """
    today = date(2026, 7, 1)
    terms = [PostTerm(n, date(2020, 1, 1), None, None) for n in range(10)]
    held = [CertificateLife(n, date(2020, 1, 1), None) for n in range(10)]
    found = back_test(trial_days(today, 6), terms, held, months=6, window=timedelta(days=730))
    assert found is not None
    assert (found.trials, found.within) == (8, 8)
    assert found.error == pytest.approx(10 - 9.7042, abs=1e-3)


def test_floor_is_said_to_be_reached_as_surely_and_as_long_as_it_is() -> None:
    """Eleven of twenty are certified, twelve are needed, and whoever takes the course passes."""
    cases: dict[tuple[int, int, int], tuple[bool, bool] | None] = {
        (11, 30, 3): (True, True),
        (11, 90, 6): (True, False),
        (8, 1, 3): (False, True),
        (8, 60, 5): (False, False),
        (8, 60, 2): None,
    }
    for (sure, left, seats), expected in cases.items():
        now = Coverage(on=TODAY, serving=20, certified=11, sure=sure, unconfirmed=0)
        basis = Basis(now, Exposure(100, left, 100, left, 0), CertificateEnds(), Prior(2, 8))
        plan = TrainingPlan(seats=seats, completion=1, certified_in=60)
        reached = reaches_floor(basis, plan, TODAY, 0.6)
        assert (reached and (reached.is_sure, reached.is_kept)) == expected, (sure, left, seats)


def test_few_certified_or_a_short_history_are_no_trial() -> None:
    today = date(2026, 7, 1)
    terms = [PostTerm(n, date(2020, 1, 1), None, None) for n in range(10)]
    short = [CertificateLife(n, date(2025, 7, 1), None) for n in range(10)]
    assert (
        back_test(trial_days(today, 6), terms, short, months=6, window=timedelta(days=730)) is None
    )
    few = [CertificateLife(n, date(2020, 1, 1), None) for n in range(4)]
    assert back_test(trial_days(today, 6), terms, few, months=6, window=timedelta(days=730)) is None
