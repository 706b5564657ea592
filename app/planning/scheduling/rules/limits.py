"""The rules that count: notice, what is held already in the week and the month, who carries how
much; and those about calendars that are not ours. "Planning of activities and events must be timely
and limited."

Days, ISO weeks and months are those of the reference zone, Costa Rica's; an event counts where it
starts. Tentative drafts count as well: two of them would otherwise both be the third.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta

from app.kernel.reference import reference_day
from app.kernel.timespan import Timespan
from app.planning.scheduling.rules.clock import ONE_DAY
from app.planning.scheduling.rules.overlaps import of_kind
from app.planning.scheduling.rules.spec import Question, Terms
from app.planning.scheduling.values import (
    Finding,
    Nature,
    Party,
    PartyKind,
    Rule,
    Standing,
)

SATURDAY = 5
THREE_WEEKS = 21  # days
LONGEST_MONTH = timedelta(days=31)
IN_PERSON_FACTOR = 2
"""Whoever travels needs twice the notice: 30 working days for the 15 of a webinar."""


def working_days_until(today: date, day: date) -> int:
    """Returns the number of Mondays to Fridays after `today` up to and including `day`, as terms
    are counted; 0 when it is not to come.
    """
    if day <= today:
        return 0
    weeks, rest = divmod((day - today).days, 7)
    return 5 * weeks + sum((day - timedelta(days=n)).weekday() < SATURDAY for n in range(rest))


def notice(question: Question, _around: Sequence[Standing], terms: Terms) -> tuple[Finding, ...]:
    """Finds fewer working days to go than the rule wants; an event in person needs twice as many."""
    if not question.is_timely:
        return ()
    span = question.span
    setting = terms.setting(Rule.NOTICE, span)
    wanted = (setting.threshold or 0) * (IN_PERSON_FACTOR if question.in_person else 1)
    left = working_days_until(reference_day(question.now), reference_day(span.starts_at))
    if left >= wanted:
        return ()
    return (
        Finding(
            Rule.NOTICE, setting.severity, span, limit=wanted, count=left, approver=setting.approver
        ),
    )


def group_week(question: Question, around: Sequence[Standing], terms: Terms) -> tuple[Finding, ...]:
    """Finds too many events of a working group in the ISO week."""
    near = filter(_in_week(question.span), around)
    return _over(Rule.GROUP_WEEK, PartyKind.WORKING_GROUP, question, near, terms)


def group_month(
    question: Question, around: Sequence[Standing], terms: Terms
) -> tuple[Finding, ...]:
    """Finds too many events of a working group in the calendar month."""
    near = filter(_in_month(question.span), around)
    return _over(Rule.GROUP_MONTH, PartyKind.WORKING_GROUP, question, near, terms)


def country_week(
    question: Question, around: Sequence[Standing], terms: Terms
) -> tuple[Finding, ...]:
    """Finds too many events that call a country's officials in the ISO week, whichever groups call
    them.
    """
    near = filter(_in_week(question.span), around)
    return _over(Rule.COUNTRY_WEEK, PartyKind.COUNTRY, question, near, terms)


def person_load(
    question: Question, around: Sequence[Standing], terms: Terms
) -> tuple[Finding, ...]:
    """Finds too many roles of a person in the calendar month."""
    near = filter(_in_month(question.span), around)
    return _over(Rule.PERSON_LOAD, PartyKind.PERSON, question, near, terms)


def country_load(
    question: Question, around: Sequence[Standing], terms: Terms
) -> tuple[Finding, ...]:
    """Finds too many meetings of several days for a country within three weeks.

    This is the cap that the Panama cluster of 2023 fails: Communication Forum 22–23 June, Labour
    workshop 28–29 June, V Congress 6–7 July. Three groups, three ISO weeks and two months share
    them out, so no cap by week or month sees that one presidency and the same delegations had three
    meetings of two days within sixteen. Hence a window that moves with the event, and only what
    lasts more than a day: a webinar asks nobody to travel. Of all three weeks that hold the event
    those with most count; each begins with one of the events counted.
    """
    span = question.span
    if not lasts_days(span):
        return ()
    near = sorted(
        (o for o in around if o.nature is Nature.EVENT and lasts_days(o.span)), key=_in_order
    )
    counted = {}
    for party, events in _by_party(PartyKind.COUNTRY, question.parties, near).items():
        windows = [
            _window(first, span, events) for first in (span, *(other.span for other in events))
        ]
        counted[party] = max(windows, key=len)
    return _beyond(Rule.COUNTRY_LOAD, span, counted, terms)


def lasts_days(span: Timespan) -> bool:
    """Returns True when a night away from home lies within it."""
    return span.duration > ONE_DAY


def external(question: Question, standing: Sequence[Standing], terms: Terms) -> tuple[Finding, ...]:
    """Finds other processes' meetings that overlap, whoever goes there.

    Observers are no Member Countries, yet the XXI SACM of 5–6 December 2023 drew four of them away
    from the Conference's own meeting of 4–7 December: so an external process need share no party to
    be named.
    """
    return tuple(
        _advice(Rule.EXTERNAL, question, other, _common(question, other), terms)
        for other in _overlapping(Nature.EXTERNAL, question, standing)
    )


def busy(question: Question, standing: Sequence[Standing], terms: Terms) -> tuple[Finding, ...]:
    """Finds the people who are needed and busy by their own calendar."""
    return tuple(
        _advice(Rule.BUSY, question, other, people, terms)
        for other in _overlapping(Nature.BUSY, question, standing)
        if (people := of_kind(PartyKind.PERSON, _common(question, other)))
    )


def _overlapping(
    nature: Nature, question: Question, standing: Sequence[Standing]
) -> list[Standing]:
    overlapping = (o for o in standing if o.nature is nature and o.span.overlaps(question.span))
    return sorted(overlapping, key=_in_order)


def _advice(
    rule: Rule, question: Question, other: Standing, parties: tuple[Party, ...], terms: Terms
) -> Finding:
    setting = terms.setting(rule, question.span)
    return Finding(
        rule=rule,
        severity=setting.severity,
        span=question.span,
        other=other,
        parties=parties,
        approver=setting.approver,
    )


def _common(question: Question, other: Standing) -> tuple[Party, ...]:
    """Returns those of the other's people and countries that are asked for too."""
    return tuple(
        p
        for p in other.parties
        if p.kind in _PEOPLE_AND_COUNTRIES and any(p.is_same(own) for own in question.parties)
    )


def reach(span: Timespan) -> Timespan:
    """Returns how far around the span the limits look: its month, its week and three weeks on
    either side.
    """
    return Timespan(span.starts_at - LONGEST_MONTH, span.ends_at + LONGEST_MONTH)


_PEOPLE_AND_COUNTRIES = (PartyKind.PERSON, PartyKind.COUNTRY)


def _in_order(standing: Standing) -> tuple[datetime, str]:
    return standing.span.starts_at, standing.holder


def _in_week(span: Timespan) -> Callable[[Standing], bool]:
    week = reference_day(span.starts_at).isocalendar()[:2]
    return lambda other: reference_day(other.span.starts_at).isocalendar()[:2] == week


def _in_month(span: Timespan) -> Callable[[Standing], bool]:
    day = reference_day(span.starts_at)
    return lambda other: reference_day(other.span.starts_at).replace(day=1) == day.replace(day=1)


def _over(
    rule: Rule, kind: PartyKind, question: Question, near: Iterable[Standing], terms: Terms
) -> tuple[Finding, ...]:
    """Finds the parties of a kind that would have more events than the threshold; those with the
    same events together.
    """
    parties = of_kind(kind, question.parties)
    if not parties:
        return ()
    events = sorted((other for other in near if other.nature is Nature.EVENT), key=_in_order)
    return _beyond(rule, question.span, _by_party(kind, parties, events), terms)


def _window(first: Timespan, span: Timespan, others: Iterable[Standing]) -> tuple[Standing, ...]:
    """Returns those that start within three weeks from the day of `first` on; none when the span
    asked for does not.
    """
    day = reference_day(first.starts_at)
    within = range(THREE_WEEKS)
    if (reference_day(span.starts_at) - day).days not in within:
        return ()
    return tuple(
        other for other in others if (reference_day(other.span.starts_at) - day).days in within
    )


def _beyond(
    rule: Rule, span: Timespan, counted: dict[Party, tuple[Standing, ...]], terms: Terms
) -> tuple[Finding, ...]:
    setting = terms.setting(rule, span)
    if setting.threshold is None:
        return ()
    together: dict[tuple[str, ...], tuple[tuple[Standing, ...], list[Party]]] = {}
    for party, others in counted.items():
        if len(others) + 1 > setting.threshold:
            together.setdefault(tuple(other.holder for other in others), (others, []))[1].append(
                party
            )
    return tuple(
        Finding(
            rule,
            setting.severity,
            span,
            parties=tuple(whose),
            others=others,
            limit=setting.threshold,
            count=len(others) + 1,
            approver=setting.approver,
        )
        for others, whose in together.values()
    )


def _by_party(
    kind: PartyKind, parties: Iterable[Party], standing: Sequence[Standing]
) -> dict[Party, tuple[Standing, ...]]:
    """Returns what each of the parties of a kind takes part in."""
    holding = [
        (other, {party.key for party in other.parties if party.kind is kind}) for other in standing
    ]
    of_kind = (party for party in parties if party.kind is kind)
    return {
        party: tuple(other for other, keys in holding if party.key in keys) for party in of_kind
    }
