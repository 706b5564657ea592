"""Coverage, its bounds and its decay: the hand-worked example, and what must hold for any staff."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import product
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.small_numbers import SMALLEST_TOLD
from app.kernel.text import LocalizedText
from app.people.directory.rules.people import last_known_day
from app.planning.events.values import GroupSummary
from app.training.certificates.rules import renewal_kind
from app.training.certificates.values import CertificateStatus
from app.training.learning.values import Keeping
from app.training.turnover.rules import (
    acts,
    coverage,
    drawing,
    forecast,
    load,
    separation,
    survival,
)
from app.training.turnover.rules.distributions import gamma, gamma_quantile, quantile_of_counts
from app.training.turnover.rules.survival import median_of
from app.training.turnover.values import (
    CertificateEnds,
    CertificateLife,
    Coverage,
    Exposure,
    Followed,
    PostTerm,
    Prior,
    TrainingPlan,
)

DAY = date(2026, 5, 1)
LATE = date(2026, 12, 31)
BINOMIALS = (
    (0.1, 11, 0.8825, 8),
    (0.9, 14, 0.8825, 14),
    (0.1, 200, 0.99, 196),
    (0.9, 200, 0.01, 4),
    (0.5, 57, 0.31, 18),
    (0.1, 500, 0.82, 399),
    (0.9, 500, 0.82, 421),
)
"""Chance, people, chance of each, and the quantile."""

days = st.dates(date(2024, 1, 1), date(2026, 12, 31))
ends = st.one_of(st.none(), days)
people = st.integers(1, 6)
terms = st.lists(st.builds(PostTerm, people, days, ends, st.one_of(st.none(), days)), max_size=12)
holdings = st.lists(st.builds(CertificateLife, people, days, ends), max_size=12)


def covered(on: date, terms: Sequence[PostTerm], holdings: Sequence[CertificateLife]) -> Coverage:
    (found,) = coverage.coverage_on((on,), terms, holdings)
    return found


def by_definition(
    on: date, terms: Sequence[PostTerm], holdings: Sequence[CertificateLife]
) -> Coverage:
    """The definitions of S, C and of what is confirmed, said once more as sets."""
    open_ = [
        t for t in terms if t.valid_from <= on and (t.valid_until is None or on < t.valid_until)
    ]
    serving = {t.person_id for t in open_}
    certified = {
        h.person_id
        for h in holdings
        if h.valid_from <= on and (h.valid_until is None or on < h.valid_until)
    } & serving
    known = {t.person_id for t in open_ if t.last_known_on is not None and on <= t.last_known_on}
    return Coverage(on, len(serving), len(certified), len(certified & known), len(serving - known))


@given(terms, holdings, st.lists(days, min_size=1, max_size=8, unique=True).map(sorted))
def test_coverage_is_what_the_definition_says_on_each_day(
    terms: list[PostTerm], holdings: list[CertificateLife], asked: list[date]
) -> None:
    found = coverage.coverage_on(asked, terms, holdings)
    assert list(found) == [by_definition(on, terms, holdings) for on in asked]


@given(terms, holdings, days)
def test_low_is_at_most_the_share_and_that_at_most_high(
    terms: list[PostTerm], holdings: list[CertificateLife], on: date
) -> None:
    found = covered(on, terms, holdings)
    if not found.serving:
        assert (found.low, found.share, found.high) == (None, None, None)
        return
    assert found.low is not None
    assert found.share is not None
    assert found.high is not None
    assert 0 <= found.low <= found.share <= found.high <= 1


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=6))
def test_the_bounds_are_the_worst_and_best_of_all_that_may_be_true(
    staff: list[tuple[bool, bool]],
) -> None:
    """Pairs: certified, confirmed. Whoever is not confirmed may be gone, and the seat be held by
    somebody untrained.
    """
    terms = [PostTerm(n, DAY, None, DAY if sure else None) for n, (_, sure) in enumerate(staff)]
    held = [CertificateLife(n, DAY, None) for n, (certified, _) in enumerate(staff) if certified]
    unsure = [n for n, (_, sure) in enumerate(staff) if not sure]
    worlds = [
        dict(zip(unsure, here, strict=True)) for here in product((True, False), repeat=len(unsure))
    ]
    shares = [
        sum(c and world.get(n, True) for n, (c, _) in enumerate(staff)) / len(staff)
        for world in worlds
    ]
    found = covered(DAY, terms, held)
    assert (found.low, found.high) == (min(shares), max(shares))


@given(terms, holdings, days)
def test_somebody_certified_and_confirmed_who_leaves_takes_exactly_one(
    terms: list[PostTerm], holdings: list[CertificateLife], on: date
) -> None:
    her = PostTerm(99, date(2023, 1, 1), None, LATE)
    held = [*holdings, CertificateLife(99, date(2023, 6, 1), None)]
    before = covered(on, [*terms, her], held)
    after = covered(on, [*terms, PostTerm(99, her.valid_from, on, on)], held)
    assert before.sure is not None
    assert after == Coverage(
        on, before.serving - 1, before.certified - 1, before.sure - 1, before.unconfirmed
    )


@given(terms, holdings, days)
def test_holding_two_posts_or_two_certificates_counts_once(
    terms: list[PostTerm], holdings: list[CertificateLife], on: date
) -> None:
    assert covered(on, terms * 2, holdings * 2) == covered(on, terms, holdings)


def test_a_certificate_counts_from_its_day_to_the_day_before_its_end() -> None:
    term, held = (
        PostTerm(1, date(2026, 1, 1), None, LATE),
        CertificateLife(1, DAY, DAY + timedelta(days=2)),
    )
    counts = [covered(DAY + timedelta(days=n), [term], [held]).certified for n in (-1, 0, 1, 2)]
    assert counts == [0, 1, 1, 0]


def test_what_vouches_for_an_appointment() -> None:
    assert last_known_day(None, None) is None
    assert last_known_day(None, DAY) == date(2026, 7, 30)
    assert last_known_day(None, DAY, date(2026, 6, 1)) == date(2026, 5, 31), (
        "not known from the day of the doubt on"
    )
    assert last_known_day(DAY, None) == DAY - timedelta(days=1), (
        "an end on record vouches for the days before it"
    )


def test_months_are_first_days_and_today() -> None:
    found = coverage.month_days(date(2026, 2, 14), 3)
    assert found == (date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1), date(2026, 2, 14))
    assert coverage.month_days(date(2026, 2, 1), 2) == (date(2026, 1, 1), date(2026, 2, 1))


# --- decay ---


def known(certified: int, serving: int, *, sure: int | None = None) -> Coverage:
    """Coverage in which everybody is confirmed but some of the certified."""
    sure = certified if sure is None else sure
    return Coverage(DAY, serving, certified, sure, certified - sure)


def test_r49_the_hand_worked_example() -> None:
    """Prior Gamma(2, 8), 14 departures in 31 person-years; from 85 % to a floor of 60 %."""
    found = forecast.forecast(known(85, 100), Exposure(31, 14, 31, 14, 0))
    assert found is not None
    assert pytest.approx(0.41, abs=0.005) == (2 + 14) / (8 + 31)
    assert (round(found.leaving.low, 2), round(found.leaving.high, 2)) == (0.29, 0.55)
    assert found.months_to_floor is not None
    assert round(found.months_to_floor.median, 1) == 10.4
    assert round(found.months_to_floor.low, 1) == 7.7
    assert round(found.months_to_floor.high, 1) == 14.6
    assert found.certified.median == pytest.approx(85 * exp(-found.leaving.median / 2))


@pytest.mark.parametrize(("rate", "years"), [(0.10, 6.9), (0.20, 3.5), (0.35, 2.0), (0.50, 1.4)])
def test_r49_half_lives_of_known_rates(rate: float, years: float) -> None:
    """With so many person-years that the prior no longer matters."""
    found = forecast.forecast(known(80, 100), Exposure(1e6, 0, 1e6, round(rate * 1e6), 0))
    assert found is not None
    assert round(found.half_life_years.median, 1) == years


def test_lapses_add_to_departures_in_the_half_life_alone() -> None:
    """When certificates end from now on is on record, so nothing is estimated from those of before."""
    gone, lapsed = (
        forecast.forecast(known(50, 100), Exposure(40, d, 40, d, 9 - d)) for d in (9, 0)
    )
    assert gone is not None
    assert lapsed is not None
    assert gone.half_life_years == lapsed.half_life_years
    assert gone.leaving.median > lapsed.leaving.median


def test_certificates_that_end_are_lost_on_their_day() -> None:
    """Ten certified, nobody leaves (as good as): three certificates end on days 100, 150 and 200."""
    nobody_leaves = Exposure(1e9, 0, 1e9, 0, 0)
    ends = CertificateEnds((100, 150, 200), (150,))
    now = known(10, 12, sure=8)

    def on(days: int, plan: TrainingPlan = forecast.NOTHING) -> tuple[float, float, float]:
        found = forecast.projection(now, nobody_leaves, ends, days=days, plan=plan)
        return (found.low, round(found.median, 3), found.high)

    assert [on(n) for n in (99, 100, 150, 200)] == [(8, 9, 10), (8, 8.5, 9), (7, 7.5, 8), (7, 7, 7)]
    found = forecast.forecast(now, nobody_leaves, ends, floor=0.6)
    assert found is not None
    assert found.months_to_floor is not None
    assert found.months_to_floor.low == pytest.approx(150 / (365.25 / 12)), "7 of 12 is under 60 %"
    assert on(200, TrainingPlan(renewed=2)) == (8, 8.5, 9), "renewed are those that end first"


def test_plan_adds_those_who_pass_from_the_day_of_their_certificates_on() -> None:
    """Twelve seats of which half pass: six more from day 100 on, two more for four named."""
    nobody_leaves = Exposure(1e9, 0, 1e9, 0, 0)
    plan = TrainingPlan(seats=12, named=4, completion=0.5, certified_in=100)
    for days, more in ((99, 0), (100, 8), (180, 8)):
        found = forecast.projection(known(10, 40), nobody_leaves, days=days, plan=plan)
        assert found.median == pytest.approx(10 + more, abs=1e-6)
        assert (found.low < found.median < found.high) == bool(more)


@pytest.mark.parametrize(("completion", "seats"), [(0.27, 45), (0.50, 24), (0.70, 18)])
def test_r49_seats_that_reach_a_target(completion: float, seats: int) -> None:
    """40 officials, from 50 to 80 %."""
    assert forecast.seats_needed(0.8, serving=40, certified=20, completion=completion) == seats
    assert forecast.seats_needed(0.5, serving=40, certified=20, completion=completion) == 0


def test_region_is_the_prior_where_it_lost_enough() -> None:
    def country(departures: int, years: float) -> Exposure:
        return Exposure(years, departures, years, departures, 0)

    three = [country(6, 20), country(5, 20), country(1, 8), country(0, 12)]
    assert forecast.regional_prior(three) == Prior(2, 10.0), "two departures in ten of 60 years"
    assert forecast.regional_prior(three[:2]) == forecast.PRIOR, "two countries are no region"
    assert forecast.regional_prior([country(3, 20)] * 3) == forecast.PRIOR
    now, own = known(80, 100), country(4, 20)
    calm, lively = (forecast.forecast(now, own, prior=Prior(2, years)) for years in (40.0, 4.0))
    assert calm is not None
    assert lively is not None
    assert calm.leaving.median < lively.leaving.median


@st.composite
def certificates_that_end(draw: st.DrawFn) -> tuple[int, int, CertificateEnds]:
    """How many are certified and confirmed, how many only certified, and when some of theirs end."""
    sure, unsure = draw(st.integers(1, 60)), draw(st.integers(0, 60))
    of_sure, others = (draw(st.lists(st.integers(1, 900), max_size=n)) for n in (sure, unsure))
    return sure, unsure, CertificateEnds(tuple(sorted(of_sure + others)), tuple(sorted(of_sure)))


@given(certificates_that_end(), st.floats(0.5, 500), st.integers(0, 40), st.integers(1, 700))
def test_forecast_lies_between_the_projections_of_both_ends(
    certified: tuple[int, int, CertificateEnds], years: float, left: int, days: int
) -> None:
    sure, unsure, ends = certified
    counted = Exposure(years, left, years, left, 0)
    now = known(sure + unsure, 300, sure=sure)
    found = forecast.projection(now, counted, ends, days=days)
    of_low = forecast.projection(
        known(sure, 300), counted, CertificateEnds(ends.of_sure, ends.of_sure), days=days
    )
    of_high = forecast.projection(
        known(sure + unsure, 300), counted, CertificateEnds(ends.of_all, ends.of_all), days=days
    )
    assert of_low.median <= found.median + 1e-9
    assert found.median <= of_high.median + 1e-9
    assert (found.low, found.high) == (of_low.low, of_high.high)
    assert found.low <= found.high


def test_nobody_certified_has_no_forecast() -> None:
    counted = Exposure(10, 1, 0, 0, 0)
    assert forecast.forecast(known(0, 40), counted) is None
    assert forecast.forecast(known(0, 0), counted) is None
    below = forecast.forecast(known(10, 40), counted)
    assert below is not None
    assert below.months_to_floor is None


def test_forecast_goes_on_from_both_ends_of_today() -> None:
    """By hand: a quarter lost a year, so each remains for six months with chance e^(-1/8) = 0.8825.

    Of the 11 who are certain, at most 7 remain with chance 0.03 and at most 8 with 0.13; all 14 on
    record remain with chance 0.17. The base is the 41 of today for both.
    """
    quarter = Exposure(1e6, 0, 1e6, 250_000, 0)
    found = forecast.forecast(known(14, 41, sure=11), quarter)
    assert found is not None
    assert (found.certified.low, found.certified.high) == (8, 14)
    assert found.certified.median == pytest.approx(12.5 * exp(-1 / 8), rel=1e-3)
    forgetful = forecast.forecast(known(14, 41), quarter)
    assert forgetful is not None
    assert forgetful.certified.low == 11
    assert forecast.forecast(Coverage(DAY, 41, 14, None, None), quarter) is None, (
        "the low end is hidden"
    )


def test_floor_is_reached_between_both_ends_of_today() -> None:
    quarter = Exposure(1e6, 0, 1e6, 250_000, 0)
    found = forecast.forecast(known(80, 100, sure=70), quarter)
    assert found is not None
    assert found.months_to_floor is not None
    assert found.months_to_floor.low == pytest.approx(12 * log(0.70 / 0.60) / 0.25, rel=1e-2)
    assert found.months_to_floor.high == pytest.approx(12 * log(0.80 / 0.60) / 0.25, rel=1e-2)
    perhaps = forecast.forecast(known(80, 100, sure=50), quarter)
    assert perhaps is not None
    assert perhaps.months_to_floor is not None
    assert perhaps.months_to_floor.low == 0


@pytest.mark.parametrize(
    ("now", "missing"),
    [
        (known(21, 41, sure=16), (4, 9)),
        (known(24, 40), (0, 0)),
        (known(26, 40, sure=22), (0, 2)),
        (known(0, 5), (3, 3)),
    ],
)
def test_missing_certificates_reach_the_floor(now: Coverage, missing: tuple[int, int]) -> None:
    assert forecast.missing_to_floor(now) == missing


@given(st.integers(1, 60), st.floats(0.5, 500), st.integers(0, 40), st.integers(0, 40))
def test_the_forecast_never_grows_and_its_interval_holds_its_median(
    certified: int, years: float, left: int, lapsed: int
) -> None:
    found = forecast.forecast(known(certified, 300), Exposure(years, left, years, left, lapsed))
    assert found is not None
    assert 0 <= found.certified.low <= found.certified.high <= certified
    assert found.certified.low - 1 <= found.certified.median <= found.certified.high + 1
    assert found.leaving.low < found.leaving.median < found.leaving.high


def test_quantiles_against_printed_ones() -> None:
    """Gamma(1) is exponential; χ² with 20 degrees of freedom is 2·Gamma(10): printed 10 % 12.443,
    90 % 28.412.
    """
    assert gamma_quantile(0.5, 1, 1) == pytest.approx(0.693147, abs=1e-5)
    assert 2 * gamma_quantile(0.1, 10, 1) == pytest.approx(12.443, abs=1e-3)
    assert 2 * gamma_quantile(0.9, 10, 1) == pytest.approx(28.412, abs=1e-3)
    assert gamma(201, 1).high == pytest.approx(gamma(200, 1).high + 1, rel=1e-3), (
        "no step where the method changes"
    )


def test_distributions_equal_scipy() -> None:
    """Frozen from scipy 1.17.1: `gamma.ppf(p, shape, scale=1 / years)` for p = 0.1, 0.5, 0.9, and
    `binom.ppf`.
    """
    for shape, years, numbers in (
        (16, 39, (0.28552044, 0.40174178, 0.54595827)),
        (2, 8, (0.06647645, 0.20979337, 0.48621502)),
    ):
        found = gamma(shape, years)
        assert (found.low, found.median, found.high) == pytest.approx(numbers, abs=1e-8)
    many = gamma(302, 900)
    assert (many.low, many.median, many.high) == pytest.approx(
        (0.3110601, 0.33518526, 0.36052681), rel=1e-4
    )
    for p, n, chance, count in BINOMIALS:
        assert quantile_of_counts(p, ((n, [chance]),)) == count


def test_count_of_two_groups_is_their_sum() -> None:
    """Two coins and one die's six: P(0) = 5/24, P(≤ 1) = 5/24 + 10/24 + 1/24 = 2/3."""
    groups = ((2, [0.5]), (1, [1 / 6]))
    assert [quantile_of_counts(p, groups) for p in (0.2, 0.21, 0.66, 0.67)] == [0, 1, 1, 2]
    assert quantile_of_counts(0.5, ((0, [0.5]), (3, [1.0]))) == 3
    assert quantile_of_counts(0.5, ()) == 0


def test_normal_curve_takes_over_without_a_step() -> None:
    for p in (0.1, 0.5, 0.9):
        exact, by_curve = (quantile_of_counts(p, ((n, [0.85]),)) for n in (200, 201))
        assert 0 <= by_curve - exact <= 1


def test_person_time_equals_an_example_worked_out_by_hand() -> None:
    """A window of 200 days. One serves all of it, certified for 100 days; one leaves certified on
    day 50; one moves.
    """
    start = date(2026, 1, 1)
    end = start + timedelta(days=200)

    def day(n: int) -> date:
        return start + timedelta(days=n)

    terms = [
        PostTerm(1, day(-400), None, None),
        PostTerm(2, day(-400), day(50), None),
        PostTerm(3, day(-10), day(80), None),
        PostTerm(3, day(80), None, None),  # another target post the same day: nobody left
    ]
    held = [CertificateLife(1, day(-20), day(100)), CertificateLife(2, day(-20), None)]
    found = separation.exposure(terms, held, start, end)
    assert found.years * 365.25 == pytest.approx(200 + 50 + 200)
    assert found.certified_years * 365.25 == pytest.approx(100 + 50)
    assert (found.departures, found.certified_departures, found.lapses) == (1, 1, 1)


@pytest.mark.parametrize(("ended", "counts"), [(0, 0), (1, 1), (200, 1), (201, 0)])
def test_what_ends_counts_after_the_first_day_of_the_window_until_its_last(
    ended: int, counts: int
) -> None:
    start = date(2026, 1, 1)
    before, end = start - timedelta(days=400), start + timedelta(days=200)
    day = start + timedelta(days=ended)
    terms = [
        PostTerm(1, before, day, None),  # leaves, never certified
        PostTerm(2, before, day, None),  # leaves certified
        PostTerm(3, before, None, None),  # serves on, and the certificate ends
    ]
    held = [CertificateLife(2, before, None), CertificateLife(3, before, day)]
    exposure = separation.exposure(terms, held, start, end)
    counted = (exposure.departures, exposure.certified_departures, exposure.lapses)
    assert counted == (2 * counts, counts, counts)


def test_certificate_that_was_over_before_the_departure_is_no_certified_departure() -> None:
    start = date(2026, 1, 1)
    terms = [PostTerm(1, date(2025, 1, 1), date(2026, 5, 1), None)]
    held = [CertificateLife(1, date(2025, 1, 1), date(2026, 3, 1))]
    exposure = separation.exposure(terms, held, start, date(2026, 7, 1))
    assert (exposure.departures, exposure.certified_departures, exposure.lapses) == (1, 0, 1)


@given(terms, holdings)
def test_departures_are_split_and_time_is_never_more_than_served(
    terms: list[PostTerm], holdings: list[CertificateLife]
) -> None:
    found = separation.exposure(terms, holdings, date(2024, 6, 1), date(2026, 6, 1))
    assert 0 <= found.certified_departures <= found.departures
    assert 0 <= found.certified_years <= found.years + 1e-9


def test_median_survival_equals_a_textbook_example() -> None:
    """Kaplan–Meier of 6, 6, 6, 6+, 7, 9+, 10 (a textbook start): S(6)=4/7, S(7)=4/7·2/3, so the
    median is 7.
    """

    def median(*lives: tuple[int, bool]) -> int | None:
        return median_of(Followed(0, day, has_ended) for day, has_ended in lives)

    assert (
        median((6, True), (6, True), (6, True), (6, False), (7, True), (9, False), (10, True)) == 7
    )
    assert median((5, False), (6, True), (7, False)) == 6
    assert median(*[(5, False)] * 4, (3, True)) is None


@pytest.mark.parametrize(("left", "shown"), [(9, False), (10, True)])
def test_r49_no_median_under_ten_departures(left: int, shown: bool) -> None:
    start = date(2025, 1, 1)
    terms = [PostTerm(n, start, start + timedelta(days=100 + n), None) for n in range(left)]
    held = [CertificateLife(n, start, None) for n in range(left)]
    found = survival.retention(terms, held, date(2026, 1, 1))
    assert (found.followed, found.departures) == (left, left)
    assert (found.median_days is not None) == shown


def test_survival_in_post_begins_with_the_first_certificate_or_the_later_post() -> None:
    start = date(2025, 1, 1)

    def day(n: int) -> date:
        return start + timedelta(days=n)

    left = [PostTerm(n, day(0), day(100), None) for n in range(10)]
    held = [CertificateLife(n, day(20), day(30)) for n in range(10)]
    held += [CertificateLife(n, day(60), None) for n in range(10)]  # renewed after a gap
    retention = survival.retention(left, held, day(300))
    assert (retention.followed, retention.departures, retention.median_days) == (10, 10, 80)
    later_posts = [PostTerm(n, day(50), day(100), None) for n in range(10)]
    assert survival.retention(later_posts, held, day(300)).median_days == 80, (
        "from the certificate, seen from day 30 on"
    )


@pytest.mark.parametrize(
    ("served_until", "certified_from", "on", "counted"),
    [
        (100, 20, 300, (1, 1)),
        (100, 20, 100, (1, 1)),  # the day after the last in post
        (100, 20, 99, (1, 0)),  # still serves: followed, not left
        (None, 20, 99, (1, 0)),
        (100, 20, 20, (0, 0)),  # certified today: no day is followed yet
        (100, 100, 300, (0, 0)),  # certified when it was over
        (100, None, 300, (0, 0)),  # never certified
    ],
)
def test_who_is_followed_after_the_certificate_and_who_has_left(
    served_until: int | None, certified_from: int | None, on: int, counted: tuple[int, int]
) -> None:
    start = date(2025, 1, 1)

    def day(n: int) -> date:
        return start + timedelta(days=n)

    terms = [PostTerm(1, start, None if served_until is None else day(served_until), None)]
    held = [] if certified_from is None else [CertificateLife(1, day(certified_from), None)]
    retention = survival.retention(terms, held, day(on))
    assert (retention.followed, retention.departures) == counted


# --- small cells, lists, chart ---


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_r56_no_cell_under_five_leaves_the_country(a: int, b: int, c: int, d: int) -> None:
    """Certified confirmed and not, the others confirmed and not."""
    shown = coverage.in_public(Coverage(DAY, a + b + c + d, a + b, a, b + d))
    if shown is None:
        assert min(a + b, c + d) < SMALLEST_TOLD
        return
    assert shown.certified >= SMALLEST_TOLD
    assert shown.serving - shown.certified >= SMALLEST_TOLD
    if shown.sure is None or shown.unconfirmed is None:
        assert (shown.low, shown.unconfirmed) == (None, None)
        return
    unsure = shown.certified - shown.sure
    others = shown.unconfirmed - unsure
    cells = (shown.sure, unsure, others, shown.serving - shown.certified - others)
    assert all(n == 0 or n >= SMALLEST_TOLD for n in cells)
    assert coverage.in_public(shown) == shown


def test_lists_to_act_on_hold_each_person_where_they_belong() -> None:
    on = date(2026, 11, 24)
    terms = [
        PostTerm(1, date(2020, 1, 1), None, None),  # never certified, longest
        PostTerm(2, date(2026, 10, 1), None, None),  # newcomer
        PostTerm(3, date(2026, 10, 2), None, None),  # newcomer who started
        PostTerm(4, date(2024, 1, 1), None, None),  # lapses in 30 days
        PostTerm(5, date(2024, 1, 1), None, None),  # lapses, but renewed
        PostTerm(6, date(2024, 1, 1), date(2026, 9, 1), None),  # certified and left
        PostTerm(7, date(2024, 1, 1), date(2026, 9, 1), None),  # moved to another target post
        PostTerm(7, date(2026, 9, 1), None, None),
        PostTerm(8, date(2024, 1, 1), date(2026, 9, 1), None),  # left, never certified
    ]
    soon, later = date(2026, 12, 24), date(2028, 1, 1)
    held = [
        CertificateLife(4, date(2025, 1, 1), soon),
        CertificateLife(5, date(2025, 1, 1), soon),
        CertificateLife(5, date(2026, 1, 1), later),
        CertificateLife(6, date(2025, 1, 1), later),
        CertificateLife(7, date(2025, 1, 1), later),
    ]
    found = acts.to_act(terms, held, {3}, on)
    assert [person for person, _ in found.not_certified] == [1, 2, 3]
    assert found.newcomers == ((2, date(2026, 10, 1)),)
    assert found.lapsing == ((4, date(2026, 12, 23)),), "the last valid day, as the paper says"
    assert found.certified_left == ((6, date(2026, 9, 1)),)


@pytest.mark.parametrize(("days", "is_listed"), [(89, True), (90, True), (91, False)])
def test_certificate_is_listed_from_the_day_on_which_its_holder_may_renew(
    days: int, is_listed: bool
) -> None:
    on = date(2026, 11, 24)
    last = on + timedelta(days=days)
    held = CertificateLife(1, date(2025, 1, 1), last + timedelta(days=1))
    found = acts.lapsing([PostTerm(1, date(2024, 1, 1), None, None)], [held], on)
    assert found == (((1, last),) if is_listed else ())
    kind = renewal_kind(CertificateStatus.VALID, last, keeps=Keeping.NOTHING, today=on)
    assert (kind is not None) == is_listed


def test_a_hidden_month_interrupts_the_line() -> None:
    whole, half = Coverage(DAY, 10, 10, 5, 5), Coverage(DAY, 10, 5, 5, 0)
    chart = drawing.trend([whole, half, None, half, half], 40, 100)
    assert chart.lines == ("0,0 10,50", "30,50 40,50")
    assert chart.bands[0] == "0,0 10,50 10,50 0,50"
    assert chart.last == (40.0, 50.0)
    assert drawing.trend([None], 40, 100).lines == ()


def test_weeks_of_the_calendar_count_by_group_and_once_in_all() -> None:
    monday = date(2026, 11, 23)
    weeks = [monday, monday + timedelta(days=7)]
    groups = [GroupSummary(slug, slug[:2].upper(), LocalizedText(es=slug)) for slug in ("pr", "ml")]
    days = [
        (monday, ("pr",)),
        (monday + timedelta(days=6), ("pr", "ml")),
        (monday + timedelta(days=7), ()),
        (monday - timedelta(days=1), ("pr",)),
    ]
    rows = load.weeks_of_load(days, groups, weeks)
    assert [(row.group.slug if row.group else "", row.counts) for row in rows] == [
        ("pr", (2, 0)),
        ("ml", (1, 0)),
        ("", (2, 1)),
    ]


@pytest.mark.parametrize(
    ("on", "month"),
    [(date(2026, 11, 27), date(2027, 5, 1)), (date(2026, 6, 30), date(2026, 12, 1))],
)
def test_outlook_is_about_the_month_six_months_on(on: date, month: date) -> None:
    assert forecast.months_ahead(on) == month
