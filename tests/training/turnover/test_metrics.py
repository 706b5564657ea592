"""The figures of a unit: each equal to an example worked out by hand from the definitions, and the
survival to the numbers of a reference.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.small_numbers import SMALLEST_TOLD
from app.people.directory.values import EndReason, Mandate
from app.training.turnover.exports import BriefLine, figure_words
from app.training.turnover.rules import movement
from app.training.turnover.rules.coverage import by_edition, by_part, coverage_on
from app.training.turnover.rules.movement import onboarding
from app.training.turnover.rules.posts import freshness, post_coverage, readiness, vacancies
from app.training.turnover.rules.separation import leaked, separations
from app.training.turnover.rules.spans import parted
from app.training.turnover.rules.survival import median_in, retention, survival
from app.training.turnover.values import (
    CertificateLife,
    Coverage,
    Followed,
    Leaked,
    OfficeReadiness,
    PostCoverage,
    PostSeat,
    PostTerm,
    RosterFreshness,
    Separations,
)

START = date(2026, 1, 1)
ON = date(2026, 11, 1)
CONSULATE, BORDER, SHELTER = 1, 2, 3


def day(n: int) -> date:
    return START + timedelta(days=n)


def term(
    person: int,
    post: int,
    office: int,
    *,
    since: date = START,
    until: date | None = None,
    **more: Any,
) -> PostTerm:
    last_known = until - timedelta(days=1) if until else ON
    held = PostTerm(person, since, until, last_known, institution_id=office, post_id=post)
    return held._replace(**more)


SEATS = [
    *(PostSeat(n, CONSULATE, Mandate.MIGRATION) for n in (11, 12, 13)),
    *(PostSeat(n, BORDER, Mandate.MIGRATION) for n in (21, 22)),
    PostSeat(31, SHELTER, Mandate.GENDER),
]
"""Six posts: of the consulate three, at the border two, one in the shelter."""

TERMS = [
    term(1, 11, CONSULATE),
    term(2, 12, CONSULATE),
    term(3, 13, CONSULATE, until=day(100), end_reason=EndReason.LEFT),
    term(4, 21, BORDER, last_known_on=None),
    term(5, 22, BORDER, until=day(200), end_reason=EndReason.MOVED),
    term(5, 31, SHELTER, since=day(200)),
]
HELD = [
    CertificateLife(1, day(-100), None, 7),
    CertificateLife(2, day(-100), day(900), 7),
    CertificateLife(3, day(-50), None, 7),
    CertificateLife(5, day(10), None, 8),
]


def test_r49_post_coverage_counts_a_vacant_post_as_uncovered() -> None:
    """On 1 November posts 13 and 22 are vacant; the incumbents of 11, 12 and 31 are certified."""
    found = post_coverage(ON, SEATS, TERMS, HELD)
    assert found == PostCoverage(ON, posts=6, held=4, certified=3)
    assert found.share == pytest.approx(3 / 6)
    assert found.vacancy == pytest.approx(1 - 4 / 6)
    (whole,) = coverage_on((ON,), TERMS, HELD)
    assert whole.share == pytest.approx(3 / 4), "K asks the serving, Kp the posts"


def test_r49_post_that_closed_is_not_vacant() -> None:
    closed = [replace(seat, valid_until=day(150)) if seat.post_id == 13 else seat for seat in SEATS]
    assert post_coverage(ON, closed, TERMS, HELD).posts == 5
    assert post_coverage(day(149), closed, TERMS, HELD).posts == 6
    opened = [replace(seat, valid_from=day(200)) for seat in SEATS]
    assert post_coverage(day(199), opened, TERMS, HELD).share is None


def test_vacant_posts_are_told_with_the_day_since_when() -> None:
    never_held = PostSeat(14, CONSULATE)
    found = vacancies(ON, [*SEATS, never_held], TERMS)
    assert list(found.items()) == [(14, None), (13, day(100)), (22, day(200))]
    assert vacancies(day(150), SEATS, TERMS) == {13: day(100), 31: None}


def test_r49_office_readiness_counts_offices_with_one_and_two() -> None:
    """Two certified in the consulate, none at the border, one in the shelter."""
    found = readiness(ON, SEATS, TERMS, HELD)
    assert found == OfficeReadiness(offices=3, with_one=2, with_two=1)
    assert found.one == pytest.approx(2 / 3)
    assert found.two == pytest.approx(1 / 3)


def test_freshness_is_of_appointments() -> None:
    found = freshness(ON, TERMS)
    assert found == RosterFreshness(appointments=4, confirmed=3)
    assert found.share == pytest.approx(3 / 4)
    assert freshness(ON + timedelta(days=1), TERMS).confirmed == 0


def test_r49_separation_rate_over_mean_headcount_and_person_time() -> None:
    """Of the consulate over 200 days: two serve all of them, one 100 days: 500 person-days, 2.5 on
    average, one leaver: s = 1 ÷ 2.5 = 40 %; λ = 1 ÷ (500 ÷ 365.25) = 73 % a year.
    """
    office = parted(TERMS, lambda one: one.institution_id)
    found = separations(office[CONSULATE], START, day(200))
    assert found == Separations(transfers=0, exits=1, unknown=0, person_days=500, days=200)
    assert found.mean_serving == pytest.approx(2.5)
    assert found.share == pytest.approx(0.40)
    assert found.rate == pytest.approx(365.25 / 500)


def test_transfer_is_a_loss_for_the_office_and_none_for_the_country() -> None:
    office = parted(TERMS, lambda one: one.institution_id)
    assert separations(office[BORDER], START, day(250)).transfers == 1
    assert separations(TERMS, START, day(250)).leavers == 1
    mandate = parted(
        [
            one._replace(mandate=Mandate.GENDER if one.post_id == 31 else Mandate.MIGRATION)
            for one in TERMS
        ],
        lambda one: one.mandate,
    )
    assert separations(mandate[Mandate.MIGRATION], START, day(250)).transfers == 1


def test_end_without_a_reason_is_unknown() -> None:
    ended = [
        term(1, 11, CONSULATE, until=day(10)),
        term(2, 12, CONSULATE, until=day(20), end_reason=EndReason.UNKNOWN),
        term(3, 13, CONSULATE, until=day(30), end_reason=EndReason.LEFT),
        term(3, 14, CONSULATE, until=day(30), end_reason=EndReason.MOVED),
    ]
    found = separations(ended, START, day(60))
    assert (found.transfers, found.exits, found.unknown) == (1, 0, 2)


def test_leaked_investment_is_certified_leavers_of_all_certified() -> None:
    """Ever certified while serving: 1, 2, 3, 5; of these 3 left."""
    assert leaked(TERMS, HELD, ON) == Leaked(ever=4, left=1)
    assert leaked(TERMS, HELD, ON).share == pytest.approx(1 / 4)
    assert leaked(TERMS, HELD, day(50)) == Leaked(ever=4, left=0)
    back = [*TERMS, term(3, 13, CONSULATE, since=day(250))]
    assert leaked(back, HELD, ON).left == 0


def test_onboarding_lag_is_censored() -> None:
    """Begun on day 0: certified on days 20, 40 and 100; one left on day 30, one waits still.

    Ŝ(20) = 4/5, Ŝ(40) = 4/5 · 2/3 = 0.53, Ŝ(100) = 0.53 · 1/2: the median is 100 days. Of the four
    who did not leave before they were due two were in time.
    """
    terms = [term(n, n, CONSULATE, until=day(30) if n == 4 else None) for n in (1, 2, 3, 4, 5)]
    held = [CertificateLife(n, day(at), None) for n, at in ((1, 20), (2, 40), (3, 100))]
    found = onboarding(terms, held, START, ON)
    assert (found.followed, found.certified, found.median_days) == (5, 3, 100)
    assert (found.due, found.in_time, found.share_in_time) == (4, 2, 0.5)


def test_who_brought_a_certificate_waited_no_day() -> None:
    terms = [term(n, n, CONSULATE) for n in (1, 2, 3)]
    held = [CertificateLife(n, day(-30), None) for n in (1, 2)]
    assert onboarding(terms, held, START, ON).median_days == 0
    expired = [CertificateLife(n, day(-30), day(-1)) for n in (1, 2)]
    assert onboarding(terms, expired, START, ON).median_days is None


def test_each_edition_counts_its_certified_once() -> None:
    renewed = [*HELD, CertificateLife(1, day(100), None, 8)]
    assert by_edition(ON, TERMS, renewed) == {8: 2, 7: 1}


ENTRIES = (0, 0, 30, 0, 45, 0, 0, 120, 0, 60, 0, 0, 200, 0, 15, 0)
EXITS = (90, 120, 200, 210, 250, 250, 300, 310, 365, 365, 400, 410, 420, 500, 560, 600)
ENDED = (1, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 0)
LIVES = [
    Followed(entry, exit_, bool(ended))
    for entry, exit_, ended in zip(ENTRIES, EXITS, ENDED, strict=True)
]


def test_r49_survival_with_entry_times_equals_lifelines() -> None:
    """Frozen from lifelines 0.30.3: `KaplanMeierFitter(alpha=alpha).fit(EXITS, ENDED,
    entry=ENTRIES)`, its `survival_function_` and `confidence_interval_survival_function_`.
    """
    eighty = {
        90: (0.928571, 0.765649, 0.979643),
        200: (0.791209, 0.611933, 0.894336),
        250: (0.659341, 0.47685, 0.791153),
        400: (0.42735, 0.254216, 0.589946),
        560: (0.128205, 0.030052, 0.300025),
    }
    curve = {point.day: (point.share, point.low, point.high) for point in survival(LIVES)}
    assert len(curve) == 10
    for on, numbers in eighty.items():
        assert curve[on] == pytest.approx(numbers, abs=1e-6)
    wider = {point.day: (point.low, point.high) for point in survival(LIVES, (0.025, 0.975))}
    assert wider[90] == pytest.approx((0.590767, 0.98962), abs=1e-6)
    assert wider[400] == pytest.approx((0.171558, 0.663652), abs=1e-6)
    assert median_in(survival(LIVES)) == 400


def test_r49_survival_without_entry_times_equals_lifelines() -> None:
    seen_from_the_first = survival(replace(life, entry=0) for life in LIVES)
    curve = {point.day: point.share for point in seen_from_the_first}
    assert [curve[on] for on in (90, 250, 365, 410)] == pytest.approx(
        [0.9375, 0.677083, 0.52662, 0.35108], abs=1e-6
    )


def test_r49_no_band_under_ten_departures() -> None:
    terms = [term(n, n, CONSULATE, until=day(100 + n)) for n in range(10)]
    held = [CertificateLife(n, START, None) for n in range(10)]
    assert len(retention(terms, held, ON).curve) == 10
    few = retention(terms[1:], held, ON)
    assert (few.departures, few.median_days, few.curve) == (9, None, ())


def test_whoever_was_not_seen_before_is_not_at_risk_before() -> None:
    """Ten leave 100 to 109 days after their certificate; ten more brought theirs, 90 days old."""
    terms = [term(n, n, CONSULATE, until=day(100 + n)) for n in range(10)]
    held = [CertificateLife(n, START, None) for n in range(10)]
    late = [term(n, n, CONSULATE, since=day(90)) for n in range(10, 20)]
    brought = [CertificateLife(n, START, None) for n in range(10, 20)]
    found = retention([*terms, *late], [*held, *brought], ON)
    assert found.curve[0].share == pytest.approx(19 / 20), "they are at risk on day 100"
    early = [one._replace(valid_until=day(50 + one.person_id)) for one in terms]
    found = retention([*early, *late], [*held, *brought], ON)
    assert found.curve[0].share == pytest.approx(9 / 10), "and not on day 50"
    observed = retention([*early, *late], [*held, *brought], ON, observed_from=day(55))
    assert (observed.followed, observed.departures) == (14, 4)


@pytest.mark.parametrize(("certified", "is_told"), [(4, False), (5, True), (7, True), (8, False)])
def test_r56_posts_and_offices_tell_no_small_group_outside(certified: int, is_told: bool) -> None:
    assert (
        movement.post_coverage_outside(PostCoverage(ON, 20, 12, certified)) is not None
    ) == is_told
    assert (movement.freshness_outside(RosterFreshness(12, certified)) is not None) == is_told
    assert (movement.leaked_outside(Leaked(12, certified)) is not None) == is_told


@pytest.mark.parametrize(
    ("reasons", "is_told"),
    [((5, 6, 0), True), ((5, 6, 1), False), ((0, 0, 0), True), ((4, 9, 9), False)],
)
def test_r56_reasons_of_fewer_than_five_hide_all(
    reasons: tuple[int, int, int], is_told: bool
) -> None:
    assert SMALLEST_TOLD == 5
    assert (movement.separations_outside(Separations(*reasons, 999, 99)) is not None) == is_told


days = st.dates(date(2024, 1, 1), date(2026, 12, 31))
ends = st.one_of(st.none(), days)
people = st.integers(1, 6)
offices = st.integers(1, 3)


@st.composite
def staffs(draw: st.DrawFn) -> tuple[list[PostTerm], list[CertificateLife]]:
    terms = draw(
        st.lists(
            st.builds(PostTerm, people, days, ends, ends, st.none(), offices, st.integers(1, 9)),
            max_size=12,
        )
    )
    return terms, draw(st.lists(st.builds(CertificateLife, people, days, ends), max_size=12))


@given(staffs(), days)
def test_r49_low_is_at_most_the_share_and_that_at_most_high_in_each_office(
    staff: tuple[list[PostTerm], list[CertificateLife]], on: date
) -> None:
    terms, held = staff
    parts = by_part(on, terms, held, key=lambda one: one.institution_id)
    for office, own in parted(terms, lambda one: one.institution_id).items():
        (whole,) = coverage_on((on,), own, held)
        assert parts.get(office, Coverage(on, 0, 0, 0, 0)) == whole, "one figure, however asked"
        if whole.low is not None and whole.high is not None:
            assert whole.low <= whole.high


@given(staffs(), st.integers(0, 11), days)
def test_a_leaver_never_raises_coverage_of_posts_nor_readiness(
    staff: tuple[list[PostTerm], list[CertificateLife]], place: int, on: date
) -> None:
    terms, held = staff
    if place >= len(terms):
        return
    seats = [PostSeat(one.post_id, one.institution_id) for one in terms]
    left = ended(terms, place, on)
    before, after = (post_coverage(on, seats, own, held) for own in (terms, left))
    assert after.posts == before.posts
    assert after.certified <= before.certified
    ready, later = (readiness(on, seats, own, held) for own in (terms, left))
    assert later.with_one <= ready.with_one
    assert later.with_two <= ready.with_two


@given(staffs(), st.integers(0, 11), days)
def test_a_leaver_never_raises_coverage(
    staff: tuple[list[PostTerm], list[CertificateLife]], place: int, on: date
) -> None:
    """With the seat taken by somebody untrained, as the bounds count it, and for a certified leaver
    also without: one less of the certified and one less of the serving.
    """
    terms, held = staff
    if place >= len(terms):
        return
    (before,) = coverage_on((on,), terms, held)
    left = ended(terms, place, on)
    (after,) = coverage_on((on,), left, held)
    assert after.certified <= before.certified
    if after.certified < before.certified:
        assert (after.share or 0) <= (before.share or 0)
    (replaced,) = coverage_on((on,), [*left, PostTerm(99, on, None, None)], held)
    if after.serving < before.serving:
        assert (replaced.share or 0) <= (before.share or 0)


def ended(terms: Sequence[PostTerm], place: int, on: date) -> list[PostTerm]:
    """Returns the appointments with one of them over by the day."""
    own = terms[place]
    over = own._replace(valid_until=min(own.valid_until or on, max(on, own.valid_from)))
    return [over if at == place else one for at, one in enumerate(terms)]


@given(staffs(), days, st.integers(0, 400), ends, people)
def test_as_of_a_day_never_changes_when_later_facts_arrive(
    staff: tuple[list[PostTerm], list[CertificateLife]],
    on: date,
    wait: int,
    until: date | None,
    person: int,
) -> None:
    """Somebody arrives, passes or leaves after the day: what was true on it stays."""
    terms, held = staff
    later = on + timedelta(days=1 + wait)
    seats = [PostSeat(one.post_id, one.institution_id) for one in terms]
    more = [
        *(one._replace(valid_until=later) if one.valid_until is None else one for one in terms),
        PostTerm(person, later, until, None, None, 1, 1),
    ]
    passed = [*held, CertificateLife(person, later, until)]
    assert coverage_on((on,), more, passed) == coverage_on((on,), terms, held)
    assert post_coverage(on, seats, more, passed) == post_coverage(on, seats, terms, held)
    assert readiness(on, seats, more, passed) == readiness(on, seats, terms, held)
    assert leaked(more, passed, on).ever == leaked(terms, held, on).ever
    since = on - timedelta(days=365)
    now, then = separations(more, since, on), separations(terms, since, on)
    assert (now.leavers, now.person_days) == (then.leavers, then.person_days)


def test_end_that_stays_inside_the_country_is_not_told_as_if_it_were_known() -> None:
    line = BriefLine("", 20, 20, 40, is_share=True)
    for told, words in (
        (line, "20 de 40, 50\u00a0%"),
        (replace(line, low=12), "12 a 20 de 40, 30 a 50\u00a0%"),
        (replace(line, hides_low=True), "hasta 20 de 40, hasta 50\u00a0%"),
        (replace(line, hides_high=True), "al menos 20 de 40, al menos 50\u00a0%"),
    ):
        assert figure_words(told, "es") == words
