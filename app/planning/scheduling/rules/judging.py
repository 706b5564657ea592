"""The whole rule book about one proposed time, over values that were read before."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.kernel.timespan import Timespan
from app.planning.scheduling.rules.book import SOFT, Terms, clashes, in_order, of_kind
from app.planning.scheduling.rules.clock import remarks
from app.planning.scheduling.rules.delegates import Delegations, shared_delegates
from app.planning.scheduling.rules.limits import counted, soft
from app.planning.scheduling.values import (
    Finding,
    Holiday,
    InvitedCountry,
    Party,
    PartyKind,
    Standing,
)


@dataclass(frozen=True)
class Question:
    """Is this time free, for whom, and what must be confirmed? `holder` is the asker's own
    engagement, left out.

    `holidays` are those that bind nobody: binding ones stand in the calendar. `permitted`: (rule,
    against) overridden now. Without `is_timely` nothing is said about notice: for what is past, or
    was agreed elsewhere. `also`: what would be claimed in the same act and stands nowhere yet.
    `sittings`: the parts of the event with the people whom only these need; a free slot must suit
    them too.
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
    sittings: tuple[tuple[Timespan, tuple[Party, ...]], ...] = ()


def judge(
    question: Question, *, standing: Sequence[Standing], around: Sequence[Standing], terms: Terms
) -> tuple[Finding, ...]:
    """Returns every finding, hardest first, without overrides.

    `standing`: the engagements near the span that hold something the parties need, and soft ones.
    `around`: those that the limits count (`limits.reach`). What the question claims `also` is in
    both.
    """
    return in_order((*judge_day(question, around, terms), *judge_hour(question, standing, terms)))


def judge_day(question: Question, around: Sequence[Standing], terms: Terms) -> tuple[Finding, ...]:
    """Returns what is alike for all spans of the same length that start on the same day: notice,
    caps and load.
    """
    return counted(
        question.span,
        parties=question.parties,
        around=around,
        in_person=question.in_person,
        now=question.now if question.is_timely else None,
        book=terms.book,
    )


def judge_hour(
    question: Question, standing: Sequence[Standing], terms: Terms
) -> tuple[Finding, ...]:
    """Returns what depends on the hour: who stands there, shared delegates, holidays, office hours,
    other calendars.
    """
    return (
        *clashes(question.span, question.parties, standing, terms),
        *_delegates(question, standing, terms),
        *remarks(question.span, question.countries, question.holidays, terms.book),
        *soft(question.span, question.parties, standing, terms.book),
    )


def _delegates(
    question: Question, standing: Sequence[Standing], terms: Terms
) -> tuple[Finding, ...]:
    groups = {party.key for party in of_kind(PartyKind.WORKING_GROUP, question.parties)}
    if not groups or not question.delegations:
        return ()
    return tuple(
        finding
        for other in standing
        if other.nature not in SOFT
        for finding in shared_delegates(
            question.span,
            groups,
            other,
            delegations=question.delegations,
            countries=question.countries,
            book=terms.book,
        )
    )
