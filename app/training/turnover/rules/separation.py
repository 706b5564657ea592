"""How fast staff leaves: person-time, and what ended in it (domain: "Definitions")."""

from collections.abc import Iterable
from datetime import date

from app.training.turnover.rules.spans import days_in, overlap_of, spans_by_person
from app.training.turnover.values import CertificateLife, Exposure, PostTerm

DAYS_A_YEAR = 365.25


def exposure(
    terms: Iterable[PostTerm], holdings: Iterable[CertificateLife], since: date, until: date
) -> Exposure:
    """Counts within the window: days from `since` before `until`; what ended after `since` and by
    `until`.
    """
    days = departures = certified_days = certified_departures = lapses = 0
    held = spans_by_person(holdings)
    for person_id, served in spans_by_person(terms).items():
        trained = overlap_of(served, held.get(person_id, []))
        ends = {end for _, end in served}
        days += days_in(served, since, until)
        certified_days += days_in(trained, since, until)
        departures += sum(since < end <= until for end in ends)
        certified_departures += sum(since < end <= until and end in ends for _, end in trained)
        lapses += sum(since < end <= until and end not in ends for _, end in trained)
    return Exposure(
        years=days / DAYS_A_YEAR,
        departures=departures,
        certified_years=certified_days / DAYS_A_YEAR,
        certified_departures=certified_departures,
        lapses=lapses,
    )
