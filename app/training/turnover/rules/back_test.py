"""How far past forecasts were from what came, each made of what was on record on its day."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from app.kernel.dated import not_over
from app.training.turnover.rules.coverage import coverage_on
from app.training.turnover.rules.forecast import DAYS_A_MONTH, certificate_ends, projection
from app.training.turnover.rules.separation import exposure
from app.training.turnover.rules.spans import is_on
from app.training.turnover.values import BackTest, CertificateLife, PostTerm

TRIALS = 8
BETWEEN = 3
"""Months from one trial to the next."""
FEWEST_TRIALS = 4
FEWEST_CERTIFIED = 5


def trial_days(today: date, months: int) -> tuple[date, ...]:
    """Returns the days of the last trials, the latest first: each that many months before a day of
    which the outcome is known.
    """
    return tuple(
        today - timedelta(days=round((months + BETWEEN * n) * DAYS_A_MONTH)) for n in range(TRIALS)
    )


def as_known(terms: Iterable[PostTerm], on: date) -> list[PostTerm]:
    """Returns the appointments as they were on record on a day: who came later was not there, and
    whoever had left without anybody writing it down served on.
    """
    return [
        term._replace(valid_until=None, last_known_on=on)
        if term.valid_until is not None and on < (term.end_recorded_on or term.valid_until)
        else term
        for term in terms
        if term.valid_from <= on
    ]


def back_test(
    days: Sequence[date],
    terms: Sequence[PostTerm],
    holdings: Sequence[CertificateLife],
    *,
    months: int,
    window: timedelta,
) -> BackTest | None:
    """Forecasts from each day, and compares with how many of those who were certified then still
    served with that certificate so many months later.

    Who passed in between is left out on both sides: the forecast says what comes if nobody is
    trained. Everybody counts as confirmed, because earlier confirmations are not kept, and revoked
    certificates as expired on that day. None under four trials with five certified each.
    """
    ahead = round(months * DAYS_A_MONTH)
    errors = []
    within = 0
    for on in days:
        known = as_known(terms, on)
        held = [one for one in holdings if one.valid_from <= on]
        (now,) = coverage_on((on,), known, held)
        if now.certified < FEWEST_CERTIFIED:
            continue
        ends = certificate_ends(on, known, held)
        found = projection(
            replace(now, sure=now.certified, unconfirmed=0),
            exposure(known, held, on - window, on),
            replace(ends, of_sure=ends.of_all),
            days=ahead,
        )
        kept = _still_certified(on, on + timedelta(days=ahead), known, terms, held)
        errors.append(abs(found.median - kept))
        within += found.low <= kept <= found.high
    if len(errors) < FEWEST_TRIALS:
        return None
    return BackTest(trials=len(errors), error=sum(errors) / len(errors), within=within)


def _still_certified(
    on: date,
    later: date,
    known: Iterable[PostTerm],
    terms: Iterable[PostTerm],
    held: Iterable[CertificateLife],
) -> int:
    certified = {one.person_id for one in held if is_on(one, on)}
    lasting = {one.person_id for one in held if is_on(one, on) and not_over(one.valid_until, later)}
    began = {term.person_id for term in known if is_on(term, on)} & certified
    return len(began & lasting & {term.person_id for term in terms if is_on(term, later)})
