"""Free slots: days around the time wished for, without what the rule book would refuse, best
first.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from app.kernel.reference import REFERENCE, REFERENCE_ZONE, reference_day
from app.kernel.timespan import Timespan
from app.planning.scheduling.rules.clock import ONE_DAY, local_days
from app.planning.scheduling.rules.judging import judge_day, judge_hour, with_overrides
from app.planning.scheduling.rules.limits import notice
from app.planning.scheduling.rules.overlaps import clash_with
from app.planning.scheduling.rules.spec import Question, Terms
from app.planning.scheduling.values import Finding, FreeSlot, Party, Rule, Standing

# 08:00–17:00 of all eleven capitals at once, all year round, is 08:00–15:00 in Costa Rica.
COMMON_OPENS, COMMON_CLOSES = time(8), time(15)
STEP = timedelta(minutes=15)
LOOK_BACK = timedelta(days=7)
HORIZON = 182
"""Days searched: 26 weeks, more than the longest notice that the rule book may ask for."""
STRETCHES = (28, 35, 63)
"""Days read at once; the last again and again, until the horizon."""
SATURDAY = 5


def accept_all(_span: Timespan) -> bool:
    return True


@dataclass(frozen=True)
class Search:
    """A time that is sought near `wish`.

    `at` returns what would be asked of the calendar for a span: it may be called often and reads
    nothing. `parties`: everybody whom it names on any day. `accepts` tells whether what is no
    matter of the calendar allows a span; it is asked last. `leaving_out`: the spans that are not
    offered, such as the one that was just refused. `spans_on`: the spans that a day offers, where
    they are not every quarter of an hour.
    """

    wish: Timespan
    at: Callable[[Timespan], Question]
    parties: tuple[Party, ...]
    accepts: Callable[[Timespan], bool] = accept_all
    leaving_out: frozenset[Timespan] = frozenset()
    spans_on: Callable[[date], Sequence[Timespan]] | None = None

    def spans(self, day: date) -> list[Timespan]:
        """Returns the spans to try on a day, those of the hour wished for first."""
        offered = quarters(day, self.wish.duration) if self.spans_on is None else self.spans_on(day)
        return sorted(
            (span for span in offered if span not in self.leaving_out), key=self._far_from_hour
        )

    def far_from_day(self, day: date) -> tuple[int, date]:
        return abs((day - reference_day(self.wish.starts_at)).days), day

    def _far_from_hour(self, span: Timespan) -> tuple[int, datetime]:
        return abs(_minute_of_day(span) - _minute_of_day(self.wish)), span.starts_at


def _minute_of_day(span: Timespan) -> int:
    starts = span.starts_at.astimezone(REFERENCE)
    return starts.hour * 60 + starts.minute


def quarters(day: date, duration: timedelta) -> Iterator[Timespan]:
    """Yields a span every quarter of an hour in the common hours; what is longer than these starts
    with them.
    """
    zone = REFERENCE
    opens, closes = (datetime.combine(day, hour, zone) for hour in (COMMON_OPENS, COMMON_CLOSES))
    latest = max(opens, closes - duration)
    for number in range((latest - opens) // STEP + 1):
        span = Timespan(opens + number * STEP, opens + number * STEP + duration)
        if not on_weekend(span):
            yield span


def on_weekend(span: Timespan) -> bool:
    """Returns True when the first or the last day is a Saturday or a Sunday."""
    days = local_days(span, REFERENCE_ZONE)
    return days[0].weekday() >= SATURDAY or days[-1].weekday() >= SATURDAY


def stretches(search: Search, terms: Terms, *, horizon: int = HORIZON) -> Iterator[list[date]]:
    """Yields the days to search, a stretch at a time, in each the nearest to the wish first.

    They begin a week before the wish, never in the past, and not before the day that the minimum
    notice allows.
    """
    now = search.at(search.wish).now
    first = reference_day(max(now, search.wish.starts_at - LOOK_BACK))
    days = [first + number * ONE_DAY for number in range(horizon)]
    while days and not _is_timely(search, days[0], terms):
        del days[0]
    lengths = iter(STRETCHES)
    length = next(lengths)
    while days:
        yield sorted(days[:length], key=search.far_from_day)
        del days[:length]
        length = next(lengths, length)


def _is_timely(search: Search, day: date, terms: Terms) -> bool:
    spans = search.spans(day)
    if not spans:
        return False
    question = search.at(max(spans))
    if question.span.starts_at <= question.now:
        return False
    if not question.is_timely:
        return True
    return not any(finding.is_refused for finding in notice(question, (), terms))


def free_days(
    days: Iterable[date],
    search: Search,
    *,
    standing: Sequence[Standing],
    around: Sequence[Standing],
    terms: Terms,
) -> Iterator[FreeSlot]:
    """Yields for each day, in the order given, its best slot that the whole rule book lets pass;
    none for a full day.

    `standing` and `around` are those of `judge`, for all the days at once.
    """
    for day in days:
        spans = search.spans(day)
        if not spans:
            continue
        question = search.at(spans[0])
        of_day = marked(question, judge_day(question, around, terms))
        if any(map(_is_refusing, of_day)):
            continue
        near = touching(
            standing, Timespan(min(spans).starts_at - ONE_DAY, max(spans).ends_at + ONE_DAY)
        )
        slot = _best_of(_free(spans, search, near, terms))
        if slot is not None:
            yield replace(slot, findings=(*of_day, *slot.findings))


def _free(
    spans: Sequence[Timespan], search: Search, near: Sequence[Standing], terms: Terms
) -> Iterator[FreeSlot]:
    taken = _taken(search.at(spans[0]), near, terms)
    for span in spans:
        question = search.at(span)
        if span.starts_at <= question.now or _meets(
            Timespan(span.starts_at, span.ends_at + terms.buffer(span)), taken
        ):
            continue
        findings = marked(question, judge_hour(question, near, terms))
        if any(finding.is_refused for finding in findings):
            continue
        if not any(map(_is_refusing, _of_sittings(question, near, terms))) and search.accepts(span):
            yield FreeSlot(span, findings)


def marked(question: Question, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Returns the findings, marked with what the calendar permits wherever the asker goes.

    The side events of a congress follow it.
    """
    return with_overrides(findings, permitted=(), main=question.holder or "")


def _is_refusing(finding: Finding) -> bool:
    return finding.is_refused


def _of_sittings(question: Question, near: Sequence[Standing], terms: Terms) -> Iterator[Finding]:
    for span, people in question.sittings:
        yield from judge_hour(Question(span, people, question.now, is_agreed=True), near, terms)


def _best_of(slots: Iterable[FreeSlot]) -> FreeSlot | None:
    """Returns the first slot that makes nobody unhappy, or else the first of those that make fewest
    so.
    """
    best = None
    for slot in slots:
        if not any(unhappy(slot)):
            return slot
        if best is None or unhappy(slot) < unhappy(best):
            best = slot
    return best


def unhappy(slot: FreeSlot) -> tuple[int, int]:
    """Returns how many countries have a holiday then, and how many are outside their office hours."""
    return slot.countries_found(Rule.HOLIDAY), slot.countries_found(Rule.OUTSIDE_HOURS)


def best(slots: Iterable[FreeSlot], *, limit: int) -> list[FreeSlot]:
    """Returns fewest countries on holiday first, then fewest outside office hours, then in the
    order given.

    Stops as soon as enough make nobody unhappy: what is farther need not be looked at.
    """
    happy: list[FreeSlot] = []
    others: list[FreeSlot] = []
    for slot in slots:
        (others if any(unhappy(slot)) else happy).append(slot)
        if len(happy) == limit:
            return happy
    return [*happy, *sorted(others, key=unhappy)][:limit]


def _taken(question: Question, standing: Sequence[Standing], terms: Terms) -> list[Timespan]:
    """Returns the time that engagements keep clear of the parties: a sieve before the rules are
    asked one by one.
    """
    return merged(
        Timespan(other.span.starts_at, other.span.ends_at + terms.buffer(other.span))
        for other in standing
        if (clash := clash_with(other, other.span, question.parties, terms))
        and any(finding.is_refused for finding in marked(question, (clash,)))
    )


def _meets(span: Timespan, taken: Sequence[Timespan]) -> bool:
    place = bisect_right(
        taken, span.starts_at, key=lambda other: other.ends_at
    )  # the first that ends later
    return place != len(taken) and taken[place].overlaps(span)


def touching(standing: Iterable[Standing], span: Timespan) -> list[Standing]:
    """Returns what of it overlaps a span."""
    return [other for other in standing if other.span.overlaps(span)]


def merged(spans: Iterable[Timespan]) -> list[Timespan]:
    """Returns the same time in order and without overlaps."""
    disjoint: list[Timespan] = []
    for span in sorted(spans):
        if disjoint and span.starts_at <= disjoint[-1].ends_at:
            last = disjoint.pop()
            span = Timespan(last.starts_at, max(last.ends_at, span.ends_at))  # noqa: PLW2901 - grown, not replaced
        disjoint.append(span)
    return disjoint
