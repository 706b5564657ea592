"""Season planning without machines: what a season must be, its board, its plan, and what two plans hold twice."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from difflib import SequenceMatcher
from functools import cached_property, partial
from itertools import combinations
from zoneinfo import ZoneInfo, available_timezones

from app.kernel.refusal import Kind, Refusal, Sentence
from app.kernel.text import N_, LocalizedText
from app.kernel.timespan import Timespan
from app.people.directory.rules.people import plain_key
from app.planning.scheduling.rules.clock import ONE_DAY, zone_of
from app.planning.scheduling.rules.judging import judge, with_overrides
from app.planning.scheduling.rules.limits import reach, working_days_until
from app.planning.scheduling.rules.overlaps import of_kind
from app.planning.scheduling.rules.slots import SATURDAY, Search, free_days, touching
from app.planning.scheduling.rules.spec import Question, Terms
from app.planning.scheduling.values import (
    Approver,
    Finding,
    FreeSlot,
    Nature,
    Party,
    PartyKind,
    Rule,
    Severity,
    Standing,
)
from app.planning.seasons.values import (
    LONGEST_SEASON_DAYS,
    MOST_WISHES,
    SeasonDraft,
    SeasonLimits,
    Want,
    WishRow,
)

# The calendar of record with the webinars of a season in it, and what the rule book says of each.
#
# The rule book alone says what clashes and what is counted. A season asks for a little more, which
# no other event has to keep: its days and hours, events a day, and the distance and order of its
# webinars.

EVERY = timedelta(hours=1)
"""How far apart the starts are that a day offers."""

Plan = Mapping[int, datetime]
"""Where each wish starts; a wish that is not named has no place."""


@dataclass(frozen=True)
class Wish:
    """One webinar that is wished for.

    `holder`: whoever claims its time, or would. `at` returns what it asks of the calendar at a
    span, and reads nothing. `first` and `last` are the days that it may have, both included;
    `wished_on` is the one it would like best. `after`: the wishes that must be over before it
    starts. `published_at`: where its published event is today, which may move but not vanish.
    `chosen_at`: where a person placed it, who alone moves it.
    """

    key: int
    holder: str
    title: LocalizedText
    minutes: int
    at: Callable[[Timespan], Question]
    first: date
    last: date
    spacing: int = 0
    wished_on: date | None = None
    after: frozenset[int] = frozenset()
    published_at: datetime | None = None
    chosen_at: datetime | None = None

    def span(self, starts_at: datetime) -> Timespan:
        return Timespan(starts_at, starts_at + timedelta(minutes=self.minutes))

    def weeks_away(self, day: date) -> int:
        return abs((day - self.wished_on).days) // 7 if self.wished_on else 0


@dataclass(frozen=True)
class Shortfall:
    """What the season asks for and a place does not give. `other`: the event in question."""

    want: Want
    other: Standing | None = None
    count: int = 0
    limit: int = 0


@dataclass
class Board:
    """A calendar in which wishes are placed and moved. `standing` and `around` are those of
    `judge`, without the season's own events; `placed` are the wishes that have a place.
    """

    limits: SeasonLimits
    timezone: str
    terms: Terms
    now: datetime
    wishes: Mapping[int, Wish]
    standing: Sequence[Standing] = ()
    around: Sequence[Standing] = ()
    placed: dict[int, Standing] = field(default_factory=dict)
    _standing_near: dict[date, list[Standing]] = field(default_factory=dict)
    _around_near: dict[date, list[Standing]] = field(default_factory=dict)
    _known: dict[tuple[str, datetime], tuple[date, frozenset[str]]] = field(default_factory=dict)

    def place(self, key: int, starts_at: datetime) -> None:
        wish = self.wishes[key]
        span = wish.span(starts_at)
        self.placed[key] = Standing(
            holder=wish.holder,
            title=wish.title,
            span=span,
            timezone=self.timezone,
            is_confidential=False,
            parties=wish.at(span).parties,
        )

    def take_away(self, key: int) -> datetime:
        """Returns where the wish was."""
        return self.placed.pop(key).span.starts_at

    def plan(self) -> dict[int, datetime]:
        return {key: other.span.starts_at for key, other in sorted(self.placed.items())}

    def day_of(self, instant: datetime) -> date:
        return instant.astimezone(zone_of(self.timezone)).date()

    def key_of(self, other: Standing) -> int | None:
        """Returns the wish that an engagement is; None for what stands in the calendar."""
        return self._keys.get(other.holder)

    @cached_property
    def _keys(self) -> dict[str, int]:
        return {wish.holder: key for key, wish in self.wishes.items()}

    # What the rule book says.

    def findings(self, key: int) -> tuple[Finding, ...]:
        """Returns what the rule book says of a wish where it is placed, hardest first.

        A published event at its own time was let in under the rules of its day: only what other
        wishes have against it is said.
        """
        wish, span = self.wishes[key], self.placed[key].span
        all_findings = self.findings_at(key, span)
        if wish.published_at != span.starts_at:
            return all_findings
        return tuple(finding for finding in all_findings if self.wishes_in(finding))

    def findings_at(self, key: int, span: Timespan) -> tuple[Finding, ...]:
        """Returns what the rule book would say of a wish at another time, hardest first."""
        wish = self.wishes[key]
        question, day = wish.at(span), self.day_of(span.starts_at)
        found = judge(
            question,
            standing=self._near(day, key),
            around=self._counted(day, key),
            terms=self.terms,
        )
        return with_overrides(found, permitted=(), main=question.holder or "")

    def wishes_in(self, finding: Finding) -> frozenset[int]:
        """Returns the other wishes that a finding speaks of."""
        others = (*finding.others, *((finding.other,) if finding.other else ()))
        return frozenset(key for other in others if (key := self.key_of(other)) is not None)

    def hindrances(self, key: int, span: Timespan) -> list[frozenset[int]]:
        """Returns for each thing that refuses a wish a time the wishes of which one is enough to
        step aside; an empty set where none would help.
        """
        hindering = [self.wishes_in(finding) for finding in refused(self.findings_at(key, span))]
        day = self.day_of(span.starts_at)
        on_day = frozenset(
            number
            for number in self.placed
            if self.day_of(self.placed[number].span.starts_at) == day
        )
        for shortfall in self.shortfalls(key, span):
            number = self.key_of(shortfall.other) if shortfall.other else None
            hindering.append(
                on_day
                if shortfall.want is Want.DAY
                else frozenset(() if number is None else (number,))
            )
        return hindering

    def slots(self, key: int, day: date) -> Iterator[FreeSlot]:
        """Yields the best time of a day that neither the rule book nor the season refuses."""
        wish = self.wishes[key]
        hours = self.hours(key, day)
        if not hours or any(self._of_day(wish, day)):
            return iter(())
        search = Search(
            wish=hours[0],
            at=wish.at,
            parties=(),
            accepts=lambda span: not any(self._of_order(wish, span)),
            spans_on=lambda _day: hours,
        )
        return free_days(
            [day],
            search,
            standing=self._near(day, key),
            around=self._counted(day, key),
            terms=self.terms,
        )

    def days(self, key: int) -> list[date]:
        """Returns the working days that a wish may have, those nearest to its wish first."""
        wish = self.wishes[key]
        days = (
            wish.first + number * ONE_DAY for number in range((wish.last - wish.first).days + 1)
        )
        nearest = wish.wished_on or wish.first
        return sorted(
            (day for day in days if day.weekday() < SATURDAY),
            key=lambda day: (abs((day - nearest).days), day),
        )

    def hours(self, key: int, day: date) -> list[Timespan]:
        """Returns the spans to come that a day offers within the hours of the season."""
        wish, zone = self.wishes[key], zone_of(self.timezone)
        opens, closes = (
            datetime.combine(day, hour, zone) for hour in (self.limits.opens, self.limits.closes)
        )
        latest = closes - timedelta(minutes=wish.minutes)
        starts = (opens + number * EVERY for number in range((latest - opens) // EVERY + 1))
        return [wish.span(starts_at) for starts_at in starts if starts_at > self.now]

    def _near(self, day: date, key: int) -> list[Standing]:
        """Returns what stands on the day or the days beside it, without the parts of the wish's
        own event, which go where it goes.
        """
        if day not in self._standing_near:
            self._standing_near[day] = touching(self.standing, self._around(day, ONE_DAY))
        holder = self.wishes[key].holder
        stands = [other for other in self._standing_near[day] if not _is_part_of(other, holder)]
        return [*stands, *touching(self._others(key), self._around(day, ONE_DAY))]

    def _counted(self, day: date, key: int) -> list[Standing]:
        if day not in self._around_near:
            self._around_near[day] = touching(self.around, reach(self._around(day, ONE_DAY)))
        return [*self._around_near[day], *self._others(key)]

    def _others(self, key: int) -> Iterator[Standing]:
        return (other for number, other in self.placed.items() if number != key)

    def _around(self, day: date, margin: timedelta) -> Timespan:
        midnight = datetime.combine(day, time(), zone_of(self.timezone))
        return Timespan(midnight - margin, midnight + ONE_DAY + margin)

    # What the season asks for besides.

    def shortfalls(self, key: int, span: Timespan) -> list[Shortfall]:
        """Returns what the season asks for and the time does not give the wish."""
        wish, day = self.wishes[key], self.day_of(span.starts_at)
        if wish.published_at == span.starts_at:
            return []
        return [
            *self._of_window(wish, span),
            *self._of_day(wish, day),
            *self._of_order(wish, span),
        ]

    def _of_window(self, wish: Wish, span: Timespan) -> Iterator[Shortfall]:
        zone = zone_of(self.timezone)
        starts, ends = span.starts_at.astimezone(zone), span.ends_at.astimezone(zone)
        if not wish.first <= starts.date() <= wish.last:
            yield Shortfall(Want.WINDOW)
        if starts.weekday() >= SATURDAY:
            yield Shortfall(Want.WEEKEND)
        is_inside = self.limits.opens <= starts.time() and ends.time() <= self.limits.closes
        if not is_inside or starts.date() != ends.date():
            yield Shortfall(Want.HOURS)

    def _of_day(self, wish: Wish, day: date) -> Iterator[Shortfall]:
        """Yields what is alike for all hours of a day: events on it, and working days to the other
        events of the wish's groups.
        """
        groups = _groups_of(wish.at(wish.span(self._noon(day))).parties)
        on_day = 1
        for other in self._counted(day, wish.key):
            if other.nature is not Nature.EVENT:
                continue
            theirs, their_groups = self._day_and_groups(other)
            on_day += theirs == day
            if not groups & their_groups:
                continue
            key = self.key_of(other)
            apart = max(wish.spacing, self.wishes[key].spacing if key is not None else 0)
            days = working_days_until(min(day, theirs), max(day, theirs))
            if days < apart:
                yield Shortfall(want=Want.SPACING, other=other, count=days, limit=apart)
        if on_day > self.limits.per_day:
            yield Shortfall(Want.DAY, count=on_day, limit=self.limits.per_day)

    def _day_and_groups(self, other: Standing) -> tuple[date, frozenset[str]]:
        key = (other.holder, other.span.starts_at)
        if key not in self._known:
            self._known[key] = self.day_of(other.span.starts_at), _groups_of(other.parties)
        return self._known[key]

    def _of_order(self, wish: Wish, span: Timespan) -> Iterator[Shortfall]:
        for key in sorted(wish.after & self.placed.keys()):
            if span.starts_at < self.placed[key].span.ends_at:
                yield Shortfall(Want.AFTER, self.placed[key])
        for key, other in self.placed.items():
            if wish.key in self.wishes[key].after and other.span.starts_at < span.ends_at:
                yield Shortfall(Want.BEFORE, other)

    def _noon(self, day: date) -> datetime:
        return datetime.combine(day, time(12), zone_of(self.timezone))


def refused(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.is_refused]


def _groups_of(parties: Sequence[Party]) -> frozenset[str]:
    return frozenset(party.key for party in of_kind(PartyKind.WORKING_GROUP, parties))


def _is_part_of(other: Standing, holder: str) -> bool:
    return other.nature is Nature.SITTING and any(against == holder for _, against in other.permits)


# Two draft plans side by side: which wishes of different seasons say the same thing at about the
# same time.

ALIKE = 0.8
LEAST_LETTERS = 4
"""Shorter words (“de”, “the”) say nothing about the subject."""


@dataclass(frozen=True)
class Intent:
    """What a plan means to hold, within the days [first, last], both included. `plan` tells the
    plans apart.
    """

    key: int
    plan: str
    title: LocalizedText
    first: date
    last: date


@dataclass(frozen=True)
class Duplicate:
    first: int
    second: int
    is_same_title: bool


def duplicates(intents: Iterable[Intent]) -> tuple[Duplicate, ...]:
    """Returns pairs of different plans with the same or a similar title, in either language, whose
    days overlap.
    """
    pairs = []
    for one, other in combinations(intents, 2):
        if one.plan == other.plan or one.last < other.first or other.last < one.first:
            continue
        if _are_parts(one.title, other.title):
            continue
        is_same = _is_same(one.title, other.title)
        if is_same or likeness(one.title, other.title) >= ALIKE:
            pairs.append(Duplicate(one.key, other.key, is_same))
    return tuple(pairs)


def likeness(one: LocalizedText, other: LocalizedText) -> float:
    """Returns how alike two titles are, from 0 to 1, whatever the order of the words, accents,
    capitals and numbers.
    """
    return max((_alike(one[language], other[language]) for language in one), default=0)


def _alike(one: str, other: str) -> float:
    first, second = _subject(one), _subject(other)
    if not first or not second:
        return 0
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def _are_parts(one: LocalizedText, other: LocalizedText) -> bool:
    """Returns True for titles numbered differently, like the first and the second session on a
    subject, which are not meant twice.
    """
    first, second = (re.findall(r"\d+", " ".join(title.values())) for title in (one, other))
    return bool(first and second) and set(first) != set(second)


def _is_same(one: LocalizedText, other: LocalizedText) -> bool:
    """Returns True for titles alike word for word in one of the languages, whatever the accents,
    capitals and numbers.
    """
    return any(_words(one[language]) == _words(other[language]) != [] for language in one)


def _subject(title: str) -> str:
    return " ".join(sorted(word for word in _words(title) if len(word) >= LEAST_LETTERS))


def _words(title: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", plain_key(title))


# Plans a season: the hardest webinar first, each at the best time that is free, and swaps for
# those that find none. The same wishes give the same plan.

NO_PLACE, MOVED, WARNING = 1_000, 20, 10
HOLIDAY, OUTSIDE_HOURS = 3, 1
TRIES, MOST_HELPED, MOST_SWAPS, NEAR = 2, 8, 6, 30
"""How often the whole season is planned, those without a place first; how many of these are helped
by a swap, with how many others each; and on how many days near its wish.
"""

Tell = Callable[[int], None]


@dataclass(frozen=True)
class Proposal:
    """A plan with its cost, and for each wish without a place the time that comes nearest."""

    plan: Plan
    cost: int
    nearest: Plan


def propose(board: Board, *, tell: Tell = lambda _percent: None) -> Proposal:
    """Returns the best plan of a few tries; the board ends as the last of them. `tell` is called
    with the progress in per cent.

    What a person placed and what is published begins where it is; the latter steps aside for a
    wish that would have no place.
    """
    urgent: Counter[int] = Counter()
    best: dict[int, datetime] = {}
    lowest = NO_PLACE * len(board.wishes) + 1
    for number in range(TRIES):
        _set_out(board)
        missing = _fill(board, urgent, partial(_tell_share, tell, number))
        cost = _cost(board)
        if cost < lowest:
            best, lowest = board.plan(), cost
        urgent.update(missing)
        if not missing:
            break
    board.placed.clear()
    for key, starts_at in best.items():
        board.place(key, starts_at)
    missing = [key for key in board.wishes if key not in best]
    nearest = {key: at for key in missing if (at := least_refused(board, key)) is not None}
    return Proposal(best, lowest, nearest)


def _tell_share(tell: Tell, number: int, percent: int) -> None:
    tell((100 * number + percent) // TRIES)


def _set_out(board: Board) -> None:
    board.placed.clear()
    for key, wish in board.wishes.items():
        starts_at = wish.chosen_at or wish.published_at
        if starts_at is not None:
            board.place(key, starts_at)


def _fill(board: Board, urgent: Counter[int], tell: Tell) -> list[int]:
    """Places all wishes that it can and returns the others."""
    waiting = sorted(
        (key for key in board.wishes if key not in board.placed),
        key=lambda key: (-urgent[key], len(board.days(key)), key),
    )
    missing = []
    for number, key in enumerate(waiting, start=1):
        if not _settle(board, key):
            missing.append(key)
        tell(90 * number // len(waiting))
    helped = {key for key in missing[:MOST_HELPED] if _swap(board, key)}
    for key in waiting:
        if key in board.placed and _cost_of(board, key):
            board.take_away(key)
            _settle(board, key)
    return [key for key in missing if key not in helped and not _settle(board, key)]


def _settle(board: Board, key: int) -> bool:
    """Places a wish at its cheapest free time; days too far to be cheaper are not looked at."""
    wish = board.wishes[key]
    best: tuple[int, datetime] | None = None
    for day in board.days(key):
        if best is not None and best[0] <= wish.weeks_away(day):
            break
        for slot in board.slots(key, day):
            cost = _price(slot.findings) + _distance(board, key, slot.span.starts_at)
            if best is None or cost < best[0]:
                best = cost, slot.span.starts_at
    if best is None:
        return False
    board.place(key, best[1])
    return True


def _swap(board: Board, key: int) -> bool:
    """Places a wish where one other stands in the way that finds room elsewhere."""
    for other in _in_the_way(board, key):
        held = board.take_away(other)
        if _settle(board, key):
            if _settle(board, other):
                return True
            board.take_away(key)
        board.place(other, held)
    return False


def _in_the_way(board: Board, key: int) -> list[int]:
    """Returns the wishes that alone keep another from the times nearest to it, those that keep it
    from most times first.
    """
    times_in_the_way: Counter[int] = Counter()
    for day in board.days(key)[:NEAR]:
        for span in board.hours(key, day):
            hindrances = board.hindrances(key, span)
            times_in_the_way.update(frozenset.intersection(*hindrances) if hindrances else ())
    return [
        other for other, _times in times_in_the_way.most_common() if _may_step_aside(board, other)
    ][:MOST_SWAPS]


def _may_step_aside(board: Board, key: int) -> bool:
    """Returns False for what a person placed, and for a published event that breaks a rule where it
    is: it was put there by people.
    """
    wish, span = board.wishes[key], board.placed[key].span
    if wish.chosen_at is not None:
        return False
    return wish.published_at != span.starts_at or not refused(board.findings_at(key, span))


def least_refused(board: Board, key: int) -> datetime | None:
    """Returns the time near its wish at which least is said against a webinar; None where it may
    have no working day.
    """
    spans = [span for day in board.days(key)[:NEAR] for span in board.hours(key, day)]
    if not spans:
        return None
    hardness = {span: _hardness(board, key, span) for span in spans}
    return min(spans, key=lambda span: hardness[span]).starts_at


def _hardness(board: Board, key: int, span: Timespan) -> tuple[bool, int, int]:
    against = refused(board.findings_at(key, span))
    is_final = any(finding.approver is Approver.NOBODY for finding in against)
    return is_final, len(against), len(board.shortfalls(key, span))


def _cost(board: Board) -> int:
    missing = len(board.wishes) - len(board.placed)
    return NO_PLACE * missing + sum(_cost_of(board, key) for key in board.placed)


def _cost_of(board: Board, key: int) -> int:
    starts_at = board.placed[key].span.starts_at
    return _price(board.findings(key)) + _distance(board, key, starts_at)


def _price(findings: Iterable[Finding]) -> int:
    """Returns what a time costs although nothing refuses it: each country on holiday or outside its
    office hours, and whatever else the rule book warns of.
    """
    price = 0
    for finding in findings:
        if finding.rule == Rule.HOLIDAY:
            price += HOLIDAY * len(finding.countries)
        elif finding.rule == Rule.OUTSIDE_HOURS:
            price += OUTSIDE_HOURS * len(finding.countries)
        elif finding.severity is not Severity.INFO:
            price += WARNING
    return price


def _distance(board: Board, key: int, starts_at: datetime) -> int:
    """Returns what it costs that a time is weeks away from the wish, or that a published event
    moves.
    """
    wish = board.wishes[key]
    moves = wish.published_at is not None and wish.published_at != starts_at
    return wish.weeks_away(board.day_of(starts_at)) + (MOVED if moves else 0)


# What a season must be before it is planned, and when it may no longer be changed.

LONGEST_TITLE, LONGEST_NAME, MOST_NAMES = 200, 200, 60
SHORTEST, LONGEST = 15, 420
MOST_SPACING = 60

NO_TITLE = N_("Give the season a title.")
LONG_TITLE = N_("Write at most %(max)d characters.")
BAD_ORDER = N_("The season must end after it begins.")
TOO_LONG = N_("A season has at most %(days)d days.")
NO_ZONE = N_("There is no time zone called “%(value)s”.")
NO_WISHES = N_("Give at least one webinar.")
TOO_MANY_WISHES = N_("A season has at most %(most)d webinars; these are %(count)d.")
NO_WISH_TITLE = N_("The title is missing in both languages.")
NO_GROUP = N_("Name at least one group.")
BAD_MINUTES = N_("Between %(least)d and %(most)d minutes.")
BAD_SPACING = N_("Between 0 and %(most)d working days.")
BAD_WINDOW = N_("The latest day is before the earliest.")
OUTSIDE_SEASON = N_("These days are not within the season.")
BAD_PARENT = N_("Write the number of an earlier row.")
TOO_MANY_NAMES = N_("At most %(most)d names.")
UNPRINTABLE = N_("This text holds characters that cannot be stored. Please type it again.")
DOES_NOT_FIT = N_("It is longer than the hours of the day that the season uses.")


class AlreadyAccepted(Refusal):
    rule = "season-already-accepted"
    msgid = N_("This season was accepted; its events are in the programme. Change them there.")


class NotProposed(Refusal):
    rule = "season-not-proposed"
    msgid = N_("There is no finished proposal to accept yet.")


class AlreadyAsked(Refusal):
    rule = "season-wish-asked"
    msgid = N_(
        "The presidency was asked for a time for this webinar; it is an event of its own now."
    )


class NoSuchWish(Refusal):
    kind = Kind.MISSING
    rule = "no-such-wish"
    msgid = N_("The season has no such webinar.")


def defects(draft: SeasonDraft) -> Iterator[tuple[str, Sentence]]:
    """Yields what cannot be accepted, by field; the fields of a row are "rows.3.minutes"."""
    yield from _of_season(draft)
    if not draft.rows:
        yield "rows", Sentence(NO_WISHES)
    if len(draft.rows) > MOST_WISHES:
        yield "rows", Sentence(TOO_MANY_WISHES, {"most": MOST_WISHES, "count": len(draft.rows)})
        return
    for number, row in enumerate(draft.rows, start=1):
        for column, sentence in _of_row(draft, row, number):
            yield f"rows.{number}.{column}", sentence


def _of_season(draft: SeasonDraft) -> Iterator[tuple[str, Sentence]]:
    yield from _of_title([draft.title], missing=NO_TITLE)
    if draft.ends_on < draft.starts_on:
        yield "ends_on", Sentence(BAD_ORDER)
    elif (draft.ends_on - draft.starts_on).days >= LONGEST_SEASON_DAYS:
        yield "ends_on", Sentence(TOO_LONG, {"days": LONGEST_SEASON_DAYS})
    if not is_zone(draft.timezone):
        yield "timezone", Sentence(NO_ZONE, {"value": draft.timezone[:60]})


def _of_title(texts: Collection[str], *, missing: str) -> Iterator[tuple[str, Sentence]]:
    """Yields what is wrong with a title, in each language that it is written in."""
    if not any(text.strip() for text in texts):
        yield "title", Sentence(missing)
    elif max(map(len, texts)) > LONGEST_TITLE:
        yield "title", Sentence(LONG_TITLE, {"max": LONGEST_TITLE})
    elif not all(map(is_printable, texts)):
        yield "title", Sentence(UNPRINTABLE)


def _of_row(draft: SeasonDraft, row: WishRow, number: int) -> Iterator[tuple[str, Sentence]]:
    yield from _of_title(row.title.values(), missing=NO_WISH_TITLE)
    if not row.groups:
        yield "groups", Sentence(NO_GROUP)
    for column, named in (
        ("groups", row.groups),
        ("people", row.people),
        ("countries", row.countries),
    ):
        if len(named) > MOST_NAMES or any(len(name) > LONGEST_NAME for name in named):
            yield column, Sentence(TOO_MANY_NAMES, {"most": MOST_NAMES})
    if not SHORTEST <= row.minutes <= LONGEST:
        yield "minutes", Sentence(BAD_MINUTES, {"least": SHORTEST, "most": LONGEST})
    elif row.minutes > _minutes_of_day(draft):
        yield "minutes", Sentence(DOES_NOT_FIT)
    if not 0 <= row.spacing <= MOST_SPACING:
        yield "spacing", Sentence(BAD_SPACING, {"most": MOST_SPACING})
    if row.earliest and row.latest and row.latest < row.earliest:
        yield "latest", Sentence(BAD_WINDOW)
    elif (row.earliest and row.earliest > draft.ends_on) or (
        row.latest and row.latest < draft.starts_on
    ):
        yield "earliest", Sentence(OUTSIDE_SEASON)
    if row.after is not None and not 1 <= row.after < number:
        yield "after", Sentence(BAD_PARENT)


def _minutes_of_day(draft: SeasonDraft) -> int:
    opens, closes = draft.limits.opens, draft.limits.closes
    return (closes.hour - opens.hour) * 60 + closes.minute - opens.minute


def is_printable(text: str) -> bool:
    return all(character.isprintable() for character in text)


def is_zone(name: str) -> bool:
    return name in available_timezones() and bool(ZoneInfo(name))
