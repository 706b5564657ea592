"""All that is to be said about a proposed time: who stands there, what is counted, what clocks and calendars say."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.kernel.timespan import Timespan
from app.scheduling import rules
from app.scheduling.queries.calendar import (
    engagements_during,
    free_slots,
    kept_permissions,
    standing_around,
    terms_of,
    with_buffer,
)  # fmt: skip
from app.scheduling.queries.cases import covered_by_cases
from app.scheduling.rules.book import SOFT, Terms, day_of, of_kind
from app.scheduling.rules.delegates import Delegations, shared_delegates
from app.scheduling.rules.limits import all_limits, counted, reach
from app.scheduling.values import Finding, FreeSlot, Holiday, InvitedCountry, Party, PartyKind, Standing


@dataclass(frozen=True)
class Question:
    """Is this time free, for whom, and what must be confirmed? `holder` is the asker's own engagement, left out.

    `holidays` are those that bind nobody: binding ones stand in the calendar. `permitted`: (rule, against) overridden
    now. Without `is_timely` nothing is said about notice: for what is past, or was agreed elsewhere. `also`: what would
    be claimed in the same act and stands nowhere yet.
    """

    span: Timespan
    parties: tuple[Party, ...]
    now: datetime
    holder: str | None = None
    countries: tuple[InvitedCountry, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    in_person: bool = False
    is_timely: bool = True
    delegations: Delegations = field(default_factory=dict)
    permitted: frozenset[tuple[str, str]] = frozenset()
    side_event_of: str = ""
    also: tuple[Standing, ...] = ()


def answer(db: Session, asked: Question) -> tuple[Finding, ...]:
    """Every finding, hardest first, with what is overridden marked; at most nine statements whatever stands."""
    terms = terms_of(db, beside=asked.side_event_of)
    standing = standing_around(db, span=with_buffer(asked.span, terms), parties=asked.parties, now=asked.now,
                               ignoring_holder=asked.holder, terms=terms)  # fmt: skip
    standing += tuple(other for other in asked.also if other.span.overlaps(with_buffer(asked.span, terms)))
    counted = _counted(db, asked, reach(asked.span))
    found = (
        *rules.clashes(asked.span, asked.parties, standing, terms),
        *_delegates(asked, standing, terms),
        *_limits(asked, asked.span, (*counted, *(other for other in standing if other.nature in SOFT)), terms),
    )
    kept, holder = kept_permissions(db, asked.holder, asked.span)
    cases = covered_by_cases(db, holder=holder)
    return rules.with_overrides(
        rules.in_order(found), permitted={*asked.permitted, *kept}, holder=holder, cases=cases, main=asked.holder or ""
    )  # fmt: skip


def slots(db: Session, asked: Question, *, days: int = 28, limit: int = 3) -> tuple[FreeSlot, ...]:
    """The best spans near the one asked for that nobody has to confirm; only where there is none, those with least."""
    terms = terms_of(db, beside=asked.side_event_of)
    window = rules.search_window(asked.span, days=days, now=asked.now)
    around = _counted(db, asked, reach(Timespan(window.starts_at, window.ends_at + asked.span.duration)))

    by_day: dict[date, int] = {}  # all slots of a day are counted alike

    def burden(slot: FreeSlot) -> int:
        day = day_of(slot.span)
        if day not in by_day:
            now = asked.now if asked.is_timely else None
            found = counted(slot.span, parties=asked.parties, around=around, in_person=asked.in_person, now=now,
                            book=terms.book)  # fmt: skip
            by_day[day] = sum(finding.is_refused for finding in found)
        return by_day[day] + sum(finding.is_refused for finding in slot.findings)

    found = free_slots(db, wish=asked.span, parties=asked.parties, now=asked.now, countries=asked.countries,
                       holidays=asked.holidays, ignoring_holder=asked.holder, days=days, limit=limit, terms=terms,
                       burden=burden)  # fmt: skip
    light = tuple(slot for slot in found if not burden(slot))
    return light or found


def _counted(db: Session, asked: Question, span: Timespan) -> tuple[Standing, ...]:
    held = engagements_during(db, span=span, parties=asked.parties, now=asked.now, ignoring_holder=asked.holder)
    return (*held, *(other for other in asked.also if other.span.overlaps(span)))


def _limits(asked: Question, span: Timespan, around: tuple[Standing, ...], terms: Terms) -> tuple[Finding, ...]:
    return all_limits(
        span, parties=asked.parties, around=around, countries=asked.countries, holidays=asked.holidays,
        in_person=asked.in_person, now=asked.now if asked.is_timely else None, book=terms.book,
    )  # fmt: skip


def _delegates(asked: Question, standing: tuple[Standing, ...], terms: Terms) -> tuple[Finding, ...]:
    groups = {party.key for party in of_kind(PartyKind.WORKING_GROUP, asked.parties)}
    if not groups or not asked.delegations:
        return ()
    return tuple(
        finding
        for other in standing
        if other.nature not in SOFT
        for finding in shared_delegates(asked.span, groups, other, delegations=asked.delegations,
                                        countries=asked.countries, book=terms.book)
    )  # fmt: skip
