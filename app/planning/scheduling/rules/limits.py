"""The rules that count: notice, what is held already in the week and the month, who carries how
much; and those about calendars that are not ours. "Planning of activities and events must be timely
and limited."

Days, ISO weeks and months are those of the reference zone, Costa Rica's; an event counts where it
starts. Tentative drafts count as well: two of them would otherwise both be the third.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.kernel.reference import reference_day
from app.kernel.timespan import Timespan
from app.planning.scheduling.rules.clock import ONE_DAY, remarks
from app.planning.scheduling.rules.settings import AS_WRITTEN, IN_PERSON_FACTOR, RuleBook
from app.planning.scheduling.values import (
    Finding,
    Holiday,
    InvitedCountry,
    Nature,
    Party,
    PartyKind,
    Rule,
    Standing,
)

SATURDAY = 5
THREE_WEEKS = 21  # days
LONGEST_MONTH = timedelta(days=31)


def working_days_until(today: date, day: date) -> int:
    """Mondays to Fridays after `today` up to and including `day`, as terms are counted; 0 when it
    is not to come.
    """
    if day <= today:
        return 0
    weeks, rest = divmod((day - today).days, 7)
    return 5 * weeks + sum((day - timedelta(days=n)).weekday() < SATURDAY for n in range(rest))


def notice(
    span: Timespan, *, now: datetime, in_person: bool, book: RuleBook = AS_WRITTEN
) -> tuple[Finding, ...]:
    """Fewer working days to go than the rule wants; an event in person needs twice as many."""
    setting = book.setting_for(Rule.NOTICE, span)
    wanted = (setting.threshold or 0) * (IN_PERSON_FACTOR if in_person else 1)
    left = working_days_until(reference_day(now), reference_day(span.starts_at))
    if left >= wanted:
        return ()
    return (
        Finding(
            Rule.NOTICE, setting.severity, span, limit=wanted, count=left, approver=setting.approver
        ),
    )


def group_caps(
    span: Timespan,
    parties: Sequence[Party],
    around: Iterable[Standing],
    book: RuleBook = AS_WRITTEN,
) -> tuple[Finding, ...]:
    """A working group's events in the ISO week and in the calendar month."""
    near = tuple(around)
    week = _Cap(Rule.GROUP_WEEK, PartyKind.WORKING_GROUP, _in_week(span))
    month = _Cap(Rule.GROUP_MONTH, PartyKind.WORKING_GROUP, _in_month(span))
    return _over(week, span, parties, near, book) + _over(month, span, parties, near, book)


def country_caps(
    span: Timespan,
    parties: Sequence[Party],
    around: Iterable[Standing],
    book: RuleBook = AS_WRITTEN,
) -> tuple[Finding, ...]:
    """The events that a country's officials are called to in the ISO week, whichever groups call
    them.
    """
    return _over(
        _Cap(Rule.COUNTRY_WEEK, PartyKind.COUNTRY, _in_week(span)), span, parties, around, book
    )


def loads(
    span: Timespan,
    parties: Sequence[Party],
    around: Iterable[Standing],
    book: RuleBook = AS_WRITTEN,
) -> tuple[Finding, ...]:
    """A person's roles in the month; a country's meetings of several days within three weeks.

    The second is the cap that the Panama cluster of 2023 fails: Communication Forum 22–23 June,
    Labour workshop 28–29 June, V Congress 6–7 July. Three groups, three ISO weeks and two months
    share them out, so no cap by week or month sees that one presidency and the same delegations had
    three meetings of two days within sixteen. Hence a window that moves with the event, and only
    what lasts more than a day: a webinar asks nobody to travel.
    """
    near = tuple(around)
    by_person = _over(
        _Cap(Rule.PERSON_LOAD, PartyKind.PERSON, _in_month(span)), span, parties, near, book
    )
    if not lasts_days(span):
        return by_person
    return by_person + _over_in_three_weeks(
        span, parties, [other for other in near if lasts_days(other.span)], book
    )


def lasts_days(span: Timespan) -> bool:
    """Whether a night lies within it that is spent away from home."""
    return span.duration > ONE_DAY


def soft(
    span: Timespan,
    parties: Sequence[Party],
    standing: Iterable[Standing],
    book: RuleBook = AS_WRITTEN,
) -> tuple[Finding, ...]:
    """Other processes' meetings that overlap, whoever goes there; and people whose own calendar
    says they are busy.

    Observers are no Member Countries, yet the XXI SACM of 5–6 December 2023 drew four of them away
    from the Conference's own meeting of 4–7 December: so an external process need share no party to
    be named.
    """
    found = []
    for other in sorted((o for o in standing if o.span.overlaps(span)), key=_in_order):
        rule = _SOFT.get(other.nature)
        common = _common(parties, other, rule)
        if rule and (common or rule is Rule.EXTERNAL):
            setting = book.setting_for(rule, span)
            found.append(
                Finding(rule, setting.severity, span, other, common, approver=setting.approver)
            )
    return tuple(found)


def counted(
    span: Timespan,
    *,
    parties: Sequence[Party],
    around: Sequence[Standing],
    in_person: bool,
    now: datetime | None,
    book: RuleBook = AS_WRITTEN,
) -> tuple[Finding, ...]:
    """Notice, caps and load. All go by the day on which the span starts, and by whether it lasts
    for days.
    """
    return (
        *(notice(span, now=now, in_person=in_person, book=book) if now else ()),
        *group_caps(span, parties, around, book),
        *country_caps(span, parties, around, book),
        *loads(span, parties, around, book),
    )


def all_limits(
    span: Timespan,
    *,
    parties: Sequence[Party],
    around: Iterable[Standing],
    countries: Sequence[InvitedCountry] = (),
    holidays: Iterable[Holiday] = (),
    in_person: bool = False,
    now: datetime | None = None,
    book: RuleBook = AS_WRITTEN,
) -> tuple[Finding, ...]:
    """All that these rules say, in the order of the book. Without `now` nothing is said about
    notice.

    `around`: the engagements that touch `reach(span)` and hold one of the parties, shared claims
    included, each with its groups, people and countries; besides, the soft ones that overlap. Never
    the asker's own nor lapsed holds.
    """
    near = tuple(around)
    found = (
        *counted(span, parties=parties, around=near, in_person=in_person, now=now, book=book),
        *remarks(span, countries, holidays, book),
        *soft(span, parties, near, book),
    )
    return tuple(sorted(found, key=lambda finding: _PLACES[finding.rule]))


def reach(span: Timespan) -> Timespan:
    """How far around the span the caps look: its month, its week and three weeks on either side."""
    return Timespan(span.starts_at - LONGEST_MONTH, span.ends_at + LONGEST_MONTH)


_SOFT = {Nature.EXTERNAL: Rule.EXTERNAL, Nature.BUSY: Rule.BUSY}
_PLACES = {rule: place for place, rule in enumerate(Rule)}
_PEOPLE_AND_COUNTRIES = (PartyKind.PERSON, PartyKind.COUNTRY)


def _common(mine: Sequence[Party], other: Standing, rule: Rule | None) -> tuple[Party, ...]:
    """Those of the other's people (and countries, of a process) that are mine too."""
    kinds = (PartyKind.PERSON,) if rule is Rule.BUSY else _PEOPLE_AND_COUNTRIES
    return tuple(
        p for p in other.parties if p.kind in kinds and any(p.is_same(own) for own in mine)
    )


def _in_order(standing: Standing) -> tuple[datetime, str]:
    return standing.span.starts_at, standing.holder


def _in_week(span: Timespan) -> Callable[[Standing], bool]:
    week = reference_day(span.starts_at).isocalendar()[:2]
    return lambda other: reference_day(other.span.starts_at).isocalendar()[:2] == week


def _in_month(span: Timespan) -> Callable[[Standing], bool]:
    day = reference_day(span.starts_at)
    return lambda other: reference_day(other.span.starts_at).replace(day=1) == day.replace(day=1)


@dataclass(frozen=True)
class _Cap:
    """A rule about how many events that are near a kind of party may have."""

    rule: Rule
    kind: PartyKind
    is_near: Callable[[Standing], bool]


def _over(
    cap: _Cap, span: Timespan, parties: Sequence[Party], around: Iterable[Standing], book: RuleBook
) -> tuple[Finding, ...]:
    """The parties of a kind that would have more events than the threshold; those with the same
    events together.
    """
    near = sorted((o for o in around if o.nature is Nature.EVENT and cap.is_near(o)), key=_in_order)
    return _beyond(cap.rule, span, _by_party(cap.kind, parties, near), book)


def _over_in_three_weeks(
    span: Timespan, parties: Sequence[Party], around: Iterable[Standing], book: RuleBook
) -> tuple[Finding, ...]:
    """Of all three weeks that hold the event, those with most: each begins with one of the events
    counted.
    """
    near = sorted((o for o in around if o.nature is Nature.EVENT), key=_in_order)
    counted = {}
    for party, its in _by_party(PartyKind.COUNTRY, parties, near).items():
        windows = [_window(first, span, its) for first in (span, *(other.span for other in its))]
        counted[party] = max(windows, key=len)
    return _beyond(Rule.COUNTRY_LOAD, span, counted, book)


def _window(first: Timespan, span: Timespan, others: Iterable[Standing]) -> tuple[Standing, ...]:
    """Those that start within three weeks from the day of `first` on; none when the span asked for
    does not.
    """
    day = reference_day(first.starts_at)
    within = range(THREE_WEEKS)
    if (reference_day(span.starts_at) - day).days not in within:
        return ()
    return tuple(
        other for other in others if (reference_day(other.span.starts_at) - day).days in within
    )


def _beyond(
    rule: Rule, span: Timespan, counted: dict[Party, tuple[Standing, ...]], book: RuleBook
) -> tuple[Finding, ...]:
    setting = book.setting_for(rule, span)
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
    """What each of the parties of a kind takes part in."""
    holding = [
        (other, {party.key for party in other.parties if party.kind is kind}) for other in standing
    ]
    mine = (party for party in parties if party.kind is kind)
    return {party: tuple(other for other, keys in holding if party.key in keys) for party in mine}
