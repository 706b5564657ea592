"""How fast staff leaves: person-time, what ended in it, and what leaves with it (domain:
"Definitions").

Each function takes the appointments of one unit: a country, an institution, all of one mandate.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date

from app.people.directory.values import EndReason
from app.training.turnover.rules.distributions import INTERVAL, gamma_quantile
from app.training.turnover.rules.spans import Spans, days_in, overlap_of, spans_by_person
from app.training.turnover.values import (
    DAYS_A_YEAR,
    CertificateLife,
    Exposure,
    Leaked,
    PostTerm,
    Separations,
)


def exposure(
    terms: Iterable[PostTerm], holdings: Iterable[CertificateLife], since: date, until: date
) -> Exposure:
    """Counts within the window: days from `since` before `until`; what ended after `since` and by
    `until`.
    """
    return exposure_in(spans_by_person(terms), spans_by_person(holdings), since, until)


def exposure_in(terms: Spans, held: Spans, since: date, until: date) -> Exposure:
    """Counts as `exposure` does, of spans."""
    days = departures = certified_days = certified_departures = lapses = 0
    for person_id, served in terms.items():
        if served[-1][1] <= since:
            continue
        days += days_in(served, since, until)
        ends = {end for _, end in served}
        for end in ends:
            departures += since < end <= until
        if person_id not in held:
            continue
        trained = overlap_of(served, held[person_id])
        certified_days += days_in(trained, since, until)
        for _, end in trained:
            if since < end <= until:
                certified_departures += end in ends
                lapses += end not in ends
    return Exposure(
        years=days / DAYS_A_YEAR,
        departures=departures,
        certified_years=certified_days / DAYS_A_YEAR,
        certified_departures=certified_departures,
        lapses=lapses,
    )


def separations(terms: Iterable[PostTerm], since: date, until: date) -> Separations:
    """Counts who left all posts of the unit after `since` and by `until`, and the days served from
    `since` before `until`.

    Whoever moved within the unit did not leave. Of several posts that ended on the same day the one
    that says most counts: a transfer, then an exit.
    """
    rows = tuple(terms)
    reasons: defaultdict[tuple[int, date], set[EndReason | None]] = defaultdict(set)
    for term in rows:
        if term.valid_until is not None:
            reasons[term.person_id, term.valid_until].add(term.end_reason)
    days = 0
    left: Counter[EndReason] = Counter()
    for person_id, served in spans_by_person(rows).items():
        days += days_in(served, since, until)
        left.update(
            _reason(reasons[person_id, end]) for _start, end in served if since < end <= until
        )
    return Separations(
        transfers=left[EndReason.MOVED],
        exits=left[EndReason.LEFT],
        unknown=left[EndReason.UNKNOWN],
        person_days=days,
        days=(until - since).days,
    )


def _reason(named: set[EndReason | None]) -> EndReason:
    return next(
        (reason for reason in (EndReason.MOVED, EndReason.LEFT) if reason in named),
        EndReason.UNKNOWN,
    )


def rate_bounds(found: Separations) -> tuple[float, float]:
    """Returns between which rates a year λ lies eight times out of ten (Garwood's interval of a
    Poisson count). Without any prior, so that it always holds the rate that was counted.
    """
    least, most = INTERVAL
    low = gamma_quantile(least, found.leavers, found.years) if found.leavers else 0.0
    return low, gamma_quantile(most, found.leavers + 1, found.years)


def leaked(terms: Iterable[PostTerm], holdings: Iterable[CertificateLife], on: date) -> Leaked:
    """Returns the leaked investment: certified leavers ÷ certified ever, of the unit until the day.

    Whoever came back does not count as having left.
    """
    held = spans_by_person(holdings)
    ever = left = 0
    for person_id, served in spans_by_person(terms).items():
        trained = [span for span in overlap_of(served, held.get(person_id, [])) if span[0] <= on]
        if not trained:
            continue
        ever += 1
        is_serving = any(start <= on < end for start, end in served)
        ends = {end for _start, end in served}
        left += not is_serving and any(end in ends for _start, end in trained)
    return Leaked(ever=ever, left=left)
