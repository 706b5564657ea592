"""Posts and offices on a day: coverage of posts, vacancies, readiness, freshness (domain:
"Definitions").
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from app.kernel.dated import not_over
from app.training.turnover.rules.spans import is_on
from app.training.turnover.values import (
    CertificateLife,
    OfficeReadiness,
    PostCoverage,
    PostSeat,
    PostTerm,
    RosterFreshness,
)


def post_coverage(
    on: date,
    seats: Iterable[PostSeat],
    terms: Iterable[PostTerm],
    holdings: Iterable[CertificateLife],
) -> PostCoverage:
    """Returns Kp and the vacancies of the posts that are in scope on the day."""
    posts = {seat.post_id for seat in seats if is_in_scope(seat, on)}
    holders = {held.person_id for held in holdings if is_on(held, on)}
    incumbents = [term for term in terms if term.post_id in posts and is_on(term, on)]
    return PostCoverage(
        on=on,
        posts=len(posts),
        held=len({term.post_id for term in incumbents}),
        certified=len({term.post_id for term in incumbents if term.person_id in holders}),
    )


def vacancies(
    on: date, seats: Iterable[PostSeat], terms: Iterable[PostTerm]
) -> dict[int, date | None]:
    """Returns the vacant posts, the longest vacant first, with the day since when; None for one that
    nobody is known to have held.
    """
    left: dict[int, date] = {}
    held = set()
    for term in terms:
        if is_on(term, on):
            held.add(term.post_id)
        elif term.valid_until is not None and term.valid_until <= on:
            left[term.post_id] = max(term.valid_until, left.get(term.post_id, date.min))
    vacant = {
        seat.post_id: left.get(seat.post_id)
        for seat in seats
        if is_in_scope(seat, on) and seat.post_id not in held
    }
    return dict(sorted(vacant.items(), key=lambda one: (one[1] or date.min, one[0])))


def readiness(
    on: date,
    seats: Iterable[PostSeat],
    terms: Iterable[PostTerm],
    holdings: Iterable[CertificateLife],
) -> OfficeReadiness:
    """Returns A₁ and A₂ over the offices that have a post in scope on the day: A_m = offices with
    at least m certified serving officials ÷ offices.
    """
    offices = {seat.institution_id for seat in seats if is_in_scope(seat, on)}
    holders = {held.person_id for held in holdings if is_on(held, on)}
    certified = Counter(
        office
        for office, person in {
            (term.institution_id, term.person_id) for term in terms if is_on(term, on)
        }
        if office in offices and person in holders
    )
    return OfficeReadiness(
        offices=len(offices),
        with_one=len(certified),
        with_two=sum(people > 1 for people in certified.values()),
    )


def freshness(on: date, terms: Iterable[PostTerm]) -> RosterFreshness:
    """Returns the share of appointments that were confirmed within 90 days."""
    open_terms = [term for term in terms if is_on(term, on)]
    return RosterFreshness(
        appointments=len(open_terms),
        confirmed=sum(
            term.last_known_on is not None and on <= term.last_known_on for term in open_terms
        ),
    )


def is_in_scope(seat: PostSeat, on: date) -> bool:
    return (seat.valid_from is None or seat.valid_from <= on) and not_over(seat.valid_until, on)
