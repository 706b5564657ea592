"""A calendar file → the occurrences within the window and a sentence for everything that could not
be read.

Pure and bounded: bytes in, values out, no clock. One bad component costs itself only.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from app.kernel.refusal import Sentence
from app.kernel.text import N_
from app.kernel.timespan import Timespan
from app.planning.calendars.rules.events import (
    TOO_LONG,
    CalendarReader,
    ImportedEvent,
    ImportedSeries,
    OccurrenceTime,
    Unusable,
)
from app.planning.calendars.rules.lines import Component, components_in
from app.planning.calendars.rules.recurrence import (
    BUDGET,
    SERIES_BUDGET,
    TOO_MANY,
    BadRule,
    Exhausted,
    Meter,
    times_of,
)
from app.planning.calendars.rules.zones import named_zone, written_zones
from app.planning.calendars.values import CalendarEntry, CalendarReading, ReadingProblem, SourceKind
from app.planning.scheduling.rules.refusals import LONGEST

BEHIND, AHEAD = timedelta(days=90), timedelta(days=400)
SLACK = timedelta(days=2)  # wall times differ from instants by at most a day
MOST_ENTRIES = 5_000
MOST_PROBLEMS = 100

NOT_CLOSED = N_("It is not closed: the file is damaged or cut off here, so it is left out.")
TOO_MANY_ENTRIES = N_(
    "The calendar has more than %(most)s entries around today; the later ones are left out."
)
TOO_MANY_COMPONENTS = N_("The calendar has more than %(most)s components; the rest is not read.")
MORE_PROBLEMS = N_("There are %(count)s more problems of this sort.")
OUTSIDE = N_("Its dates lie outside the calendar.")


def window_around(now: datetime) -> Timespan:
    return Timespan(now - BEHIND, now + AHEAD)


def read_calendar(
    content: bytes, *, kind: SourceKind, now: datetime, timezone: str
) -> CalendarReading:
    """Returns what the calendar holds from 90 days ago to 400 days ahead.

    `timezone` is that of times which name none, unless the file says another. Refuses with
    NotACalendar what is none.
    """
    contents = components_in(content)
    components = contents.components
    window, meter = window_around(now), Meter(BUDGET)
    default = _zone_of_nobody(contents.timezone, timezone)
    last = (window.ends_at + SLACK).replace(tzinfo=None)
    reader = CalendarReader(kind, default, written_zones(components, last=last, meter=meter))
    entries: dict[str, CalendarEntry] = {}
    for series in _series(components, reader):
        for entry in _Expansion(series, reader, window, meter).entries():
            entries[entry.key] = entry
    for busy in _busy_lists(components, reader):
        if busy.span.overlaps(window):
            entries[busy.key] = busy
    in_order = sorted(entries.values(), key=lambda entry: (entry.span, entry.key))
    if contents.most is not None:
        reader.problems.append(
            ReadingProblem(Sentence(TOO_MANY_COMPONENTS, {"most": f"{contents.most}"}))
        )
    if len(in_order) > MOST_ENTRIES:
        reader.problems.append(
            ReadingProblem(Sentence(TOO_MANY_ENTRIES, {"most": f"{MOST_ENTRIES}"}))
        )
    return CalendarReading(tuple(in_order[:MOST_ENTRIES]), _shortened(reader.problems))


def _zone_of_nobody(own: str, given: str) -> ZoneInfo:
    """Returns the zone of whole days and of hours without one.

    UTC is what programs write when nobody chose.
    """
    named = named_zone(own)
    return ZoneInfo(given) if named is None or named.key in ("UTC", "Etc/UTC", "GMT") else named


def _shortened(problems: list[ReadingProblem]) -> tuple[ReadingProblem, ...]:
    ordered = sorted(problems, key=lambda problem: problem.line or 0)
    if len(ordered) <= MOST_PROBLEMS:
        return tuple(ordered)
    more = ReadingProblem(Sentence(MORE_PROBLEMS, {"count": str(len(ordered) - MOST_PROBLEMS)}))
    return (*ordered[:MOST_PROBLEMS], more)


def _series(components: Iterable[Component], reader: CalendarReader) -> Iterator[ImportedSeries]:
    events = []
    for component in (one for one in components if one.name == "VEVENT"):
        if not component.is_closed:
            reader.say(component, NOT_CLOSED)
            continue
        try:
            events.append(reader.event(component))
        except Unusable as unusable:
            reader.say(component, unusable.sentence.msgid, **unusable.sentence.params)
    events.sort(key=lambda event: event.uid)  # stable: within a series the order of the file
    for _, of_one in groupby(events, key=lambda event: event.uid):
        yield from _split(list(of_one))


def _split(events: list[ImportedEvent]) -> Iterator[ImportedSeries]:
    """Yields the newest state of a series.

    Two that differ only in their time are two series that share a UID by mistake.
    """
    wholes = [event for event in events if event.replaces is None]
    newest = max((event.sequence for event in wholes), default=0)
    heads = {event.start: event for event in wholes if event.sequence == newest}
    moved: dict[str, ImportedEvent] = {}
    first = next(iter(heads.values()), None)
    for event in events:
        if event.replaces is not None:
            name = event.replaces.name_in(first or event)
            known = moved.get(name)
            if known is None or known.sequence <= event.sequence:
                moved[name] = event
    several = len(heads) > 1
    for position, head in enumerate(heads.values() or [None]):
        yield ImportedSeries(head, moved if position == 0 else {}, is_twin=several)


def _busy_lists(components: Iterable[Component], reader: CalendarReader) -> Iterator[CalendarEntry]:
    if reader.kind is not SourceKind.PERSON:
        return
    for component in components:
        if component.name != "VFREEBUSY":
            continue
        for span in reader.busy_spans(component):
            if span.duration <= LONGEST:
                yield CalendarEntry(
                    _key("free-busy", span.starts_at.isoformat()), "", span, reader.default.key
                )
            else:
                reader.say(component, TOO_LONG, days=str(LONGEST.days))


def _key(uid: str, recurrence: str) -> str:
    return hashlib.sha256(f"{uid}\n{recurrence}".encode("utf-8", "replace")).hexdigest()[:40]


def _is_among(recurrence: str, excluded: set[str]) -> bool:
    """Returns True for what is excluded itself or with its whole day."""
    return recurrence in excluded or recurrence.partition("T")[0] in excluded


def _following(
    head: ImportedEvent, changes: Iterable[ImportedEvent]
) -> list[tuple[datetime, ImportedEvent]]:
    """Changes that hold for all later times too (RANGE=THISANDFUTURE), by the wall time from which
    on.
    """
    lasting = [
        (one.replaces.wall_in(head), one)
        for one in changes
        if one.replaces and one.is_for_following
    ]
    return sorted(lasting, key=lambda one: one[0])


def _start_of(extra: OccurrenceTime, head: ImportedEvent) -> datetime:
    wall = extra.wall_in(head)
    return datetime.combine(wall.date(), time()) if head.is_day else wall


@dataclass
class _Expansion:
    """One series within the window."""

    series: ImportedSeries
    reader: CalendarReader
    window: Timespan
    meter: Meter

    def entries(self) -> Iterator[CalendarEntry]:
        head, moved = self.series.head, dict(self.series.moved)
        if head is not None and head.is_cancelled:
            return
        excluded: set[str] = set()
        if head is not None:
            excluded = self.reader.exclusions(head)
            following = _following(head, moved.values())
            extra = self.reader.extra_dates(head)
            lengths = {one.name_in(head): one.length for one in extra}
            for wall in self._walls(head, excluded, extra):
                recurrence = head.recurrence_of(wall)
                changed = moved.pop(recurrence, None) or moved.pop(
                    recurrence.partition("T")[0], None
                )
                number = bisect_right(following, wall, key=lambda one: one[0])
                if changed is not None:
                    yield from self._entry(changed, changed.start, recurrence)
                elif number:
                    latest = following[number - 1][1]
                    yield from self._entry(latest, head.shifted(wall, latest), recurrence)
                else:
                    yield from self._entry(
                        head,
                        wall,
                        recurrence if head.repeats else "",
                        length=lengths.get(recurrence),
                    )
        for (
            recurrence,
            event,
        ) in moved.items():  # of days that the rule does not know, or whose head is missing
            if (
                head is None
                or head.sequence <= event.sequence
                or not _is_among(recurrence, excluded)
            ):
                yield from self._entry(event, event.start, recurrence)

    def _walls(
        self, head: ImportedEvent, excluded: set[str], extra: Iterable[OccurrenceTime]
    ) -> Iterator[datetime]:
        """Yields the wall times of the series, its first included, each once, without what is
        excluded.
        """
        earliest = (self.window.starts_at - head.length - SLACK).replace(tzinfo=None)
        known: set[str] = set()
        for wall in (
            head.start,
            *(_start_of(one, head) for one in extra),
            *self._ruled(head, excluded, earliest),
        ):
            recurrence = head.recurrence_of(wall)
            if wall >= earliest and recurrence not in known and not _is_among(recurrence, excluded):
                known.add(recurrence)
                yield wall

    def _ruled(
        self, head: ImportedEvent, excluded: set[str], earliest: datetime
    ) -> Iterator[datetime]:
        """Yields the wall times of RRULE; adds what EXRULE excludes to `excluded` first."""
        last = (self.window.ends_at + SLACK).replace(tzinfo=None)
        own = Meter(SERIES_BUDGET, self.meter)

        def times(rule: str) -> Iterator[datetime]:
            until = self.reader.until(rule, head)
            return times_of(rule, head.start, until=until, last=last, meter=own, first=earliest)

        try:
            for rule in head.component.all("EXRULE"):
                excluded.update(map(head.recurrence_of, times(rule.value)))
            for rule in head.component.all("RRULE"):
                yield from times(rule.value)
        except BadRule as bad:
            self.reader.say(head.component, bad.sentence.msgid, **bad.sentence.params)
        except Exhausted:
            self.reader.say(head.component, TOO_MANY, day=(own.reached or head.start).date())

    def _entry(
        self,
        event: ImportedEvent,
        wall: datetime,
        recurrence: str,
        *,
        length: timedelta | None = None,
    ) -> Iterator[CalendarEntry]:
        if not event.takes_time:
            return
        try:
            span = event.span_at(wall, length)
        except (ValueError, OverflowError):
            self.reader.say(event.component, OUTSIDE)
            return
        if not span.overlaps(self.window):
            return
        twin = f"{event.uid}\n{event.start.isoformat()}" if self.series.is_twin else event.uid
        yield CalendarEntry(_key(twin, recurrence), event.title, span, event.timezone)
