"""Whom to act on. A list for a focal point's work, the longest waiting first; never a ranking of
persons.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from app.kernel.dated import last_day
from app.training.certificates.rules import RENEWABLE_DAYS
from app.training.turnover.rules.spans import is_on, on_day
from app.training.turnover.values import CertificateLife, Concern, PostTerm, ToAct

NEW = timedelta(days=90)


SOON = timedelta(days=RENEWABLE_DAYS)
"""As for the holder, who is offered to renew from the same day on."""


LATELY = timedelta(days=365)
Since = dict[int, date]
"""Since when each person serves."""


def to_act(
    terms: Sequence[PostTerm],
    holdings: Sequence[CertificateLife],
    enrolled: Collection[int],
    on: date,
) -> ToAct:
    since, valid = _serving(terms, on), on_day(holdings, on)
    return ToAct(
        not_certified=_without_any(since, valid),
        newcomers=_new(since, terms, enrolled, on),
        lapsing=_lapsing(since, valid, on),
        certified_left=_left(since, terms, holdings, on),
    )


def without(concerned: ToAct, enrolled: Collection[int]) -> ToAct:
    """Returns the lists without the newcomers who are enrolled."""
    return replace(
        concerned,
        newcomers=tuple(one for one in concerned.newcomers if one[0] not in enrolled),
    )


def to_confirm(serving: Iterable[PostTerm], on: date) -> frozenset[int]:
    """Returns the people of whom no appointment that is open on the day is known to hold on it."""
    is_known: dict[int, bool] = {}
    for term in serving:
        holds = term.last_known_on is not None and on <= term.last_known_on
        is_known[term.person_id] = holds or is_known.get(term.person_id, False)
    return frozenset(person for person, holds in is_known.items() if not holds)


def not_certified(
    terms: Iterable[PostTerm], holdings: Iterable[CertificateLife], on: date
) -> tuple[Concern, ...]:
    """Returns who serves without a valid certificate, the longest in post first."""
    return _without_any(_serving(terms, on), on_day(holdings, on))


def _without_any(since: Since, valid: Iterable[CertificateLife]) -> tuple[Concern, ...]:
    holders = {held.person_id for held in valid}
    return _by_day({person: day for person, day in since.items() if person not in holders})


def newcomers(
    terms: Iterable[PostTerm], enrolled: Collection[int], on: date
) -> tuple[Concern, ...]:
    """Returns who joined within 90 days and never enrolled in the course; the first to join first.

    Who only moved is not new.
    """
    terms = tuple(terms)
    return _new(_serving(terms, on), terms, enrolled, on)


def _new(
    since: Since, terms: Iterable[PostTerm], enrolled: Collection[int], on: date
) -> tuple[Concern, ...]:
    before = on - NEW
    known = {term.person_id for term in terms if term.valid_from <= before}
    return _by_day(
        {
            person: day
            for person, day in since.items()
            if person not in known and person not in enrolled
        }
    )


def lapsing(
    terms: Iterable[PostTerm], holdings: Iterable[CertificateLife], on: date
) -> tuple[Concern, ...]:
    """Returns who serves and is certified today, with a last valid day within 90 days; the first to
    lapse first.

    The day given is the last valid one.
    """
    return _lapsing(_serving(terms, on), on_day(holdings, on), on)


def _lapsing(since: Since, valid: Iterable[CertificateLife], on: date) -> tuple[Concern, ...]:
    soon = on + SOON
    last_days = _last_valid_days(valid)
    return _by_day(
        {person: last for person, last in last_days.items() if person in since and last <= soon}
    )


def certified_left(
    terms: Iterable[PostTerm], holdings: Iterable[CertificateLife], on: date
) -> tuple[Concern, ...]:
    """Returns who left all target posts within a year while holding a valid certificate; the last
    to leave first.
    """
    terms = tuple(terms)
    return _left(_serving(terms, on), terms, holdings, on)


def _left(
    since: Since, terms: Iterable[PostTerm], holdings: Iterable[CertificateLife], on: date
) -> tuple[Concern, ...]:
    left: dict[int, date] = {}
    for term in terms:
        if (
            term.valid_until is not None
            and on - LATELY < term.valid_until <= on
            and term.person_id not in since
        ):
            left[term.person_id] = max(term.valid_until, left.get(term.person_id, term.valid_until))
    trained = {
        held.person_id
        for held in holdings
        if held.person_id in left and is_on(held, left[held.person_id])
    }
    return tuple(
        reversed(_by_day({person: end for person, end in left.items() if person in trained}))
    )


def _serving(terms: Iterable[PostTerm], on: date) -> Since:
    """Returns since when each person serves, by the earliest of the appointments that are open."""
    since: dict[int, date] = {}
    for term in terms:
        if is_on(term, on):
            since[term.person_id] = min(term.valid_from, since.get(term.person_id, term.valid_from))
    return since


def _last_valid_days(valid: Iterable[CertificateLife]) -> dict[int, date]:
    """Returns the last valid day, as paper and pages say it, of those whose certificates are given."""
    until: dict[int, date] = {}
    for held in valid:
        last = last_day(held.valid_until) or date.max
        until[held.person_id] = max(last, until.get(held.person_id, date.min))
    return until


def _by_day(days: dict[int, date]) -> tuple[Concern, ...]:
    return tuple(sorted(days.items(), key=lambda concern: (concern[1], concern[0])))
