"""Days served and days certified as spans: half-open, of one person neither touching nor overlapping."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar

from app.kernel.dated import in_force
from app.training.turnover.values import CertificateLife, PostTerm

Span = tuple[date, date]
Spans = dict[int, list[Span]]
"""By person, in order, neither touching nor overlapping."""
Row = TypeVar("Row", PostTerm, CertificateLife)
Part = TypeVar("Part", bound=Hashable)


def spans_by_person(rows: Iterable[PostTerm] | Iterable[CertificateLife]) -> Spans:
    """Returns each person's days as spans that neither touch nor overlap; no end is the last day of
    all.
    """
    spans: defaultdict[int, list[Span]] = defaultdict(list)
    for row in rows:
        end = row.valid_until or date.max
        if row.valid_from < end:
            spans[row.person_id].append((row.valid_from, end))
    return {person: own if len(own) == 1 else merged(sorted(own)) for person, own in spans.items()}


@dataclass(frozen=True)
class CountryTraining:
    """The certificates of people who served in a country until a day, and their training elsewhere
    that stands for the course; what several figures ask of them is worked out once. `people` are
    those of whom it was asked.
    """

    on: date
    people: frozenset[int]
    holdings: Sequence[CertificateLife]
    elsewhere: Sequence[CertificateLife]

    @cached_property
    def valid(self) -> list[CertificateLife]:
        return on_day(self.holdings, self.on)

    @cached_property
    def held(self) -> Spans:
        return spans_by_person(self.holdings)


def merged(spans: list[Span]) -> list[Span]:
    joined = spans[:1]
    for start, end in spans[1:]:
        if start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def overlap_of(one: list[Span], other: list[Span]) -> list[Span]:
    shared = [(max(a, c), min(b, d)) for a, b in one for c, d in other]
    return [(start, end) for start, end in shared if start < end]


def days_in(spans: Iterable[Span], since: date, until: date) -> int:
    days = 0
    for start, end in spans:
        if start < until and since < end:
            days += (min(end, until) - max(start, since)).days
    return days


def is_on(span: PostTerm | CertificateLife, on: date) -> bool:
    return in_force(span.valid_from, span.valid_until, on)


def on_day(rows: Iterable[Row], on: date) -> list[Row]:
    """Returns those that are in force on the day."""
    return [row for row in rows if in_force(row.valid_from, row.valid_until, on)]


def parted(
    terms: Iterable[PostTerm], key: Callable[[PostTerm], Part]
) -> dict[Part, list[PostTerm]]:
    """Returns the appointments of each part, such as an institution or a mandate."""
    parts: defaultdict[Part, list[PostTerm]] = defaultdict(list)
    for term in terms:
        parts[key(term)].append(term)
    return dict(parts)
