"""Reads one VEVENT into a value: start, length, zone and what is wrong with it."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from app.kernel.refusal import Sentence
from app.kernel.text import N_
from app.kernel.timespan import Timespan
from app.planning.calendars.rules.lines import Component, Property
from app.planning.calendars.rules.recurrence import BadRule, parts_of
from app.planning.calendars.rules.zones import FOR_EVER, instant, named_zone, wall_time
from app.planning.calendars.values import ReadingProblem, SourceKind
from app.planning.scheduling.rules.refusals import LONGEST

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LONGEST_TITLE = 200
LONGEST_NAME = 80

NO_START = N_("It has no start, so it is left out.")
BAD_DATE = N_("“%(value)s” is not a date, so it is left out.")
BAD_EXTRA_DATE = N_("“%(value)s” is not a date, so that date is passed over.")
BAD_LENGTH = N_("“%(value)s” is not a duration, so it is left out.")
ENDS_BEFORE = N_("It ends before it starts, so it is left out.")
TOO_LONG = N_("It lasts longer than %(days)s days, so it is left out.")
NO_END = N_("It has no end; one hour is assumed.")
UNKNOWN_ZONE = N_(
    "The time zone “%(zone)s” is not known; its hours are read as those of %(assumed)s."
)
BLANK_ZONE = N_("Its time zone is blank; its hours are read as those of %(assumed)s.")


class Unusable(Exception):
    """Raised for a component that has to be left out; carries the sentence."""

    def __init__(self, msgid: str, **params: str) -> None:
        super().__init__(msgid)
        self.sentence = Sentence(msgid, params)


@dataclass(frozen=True)
class OccurrenceTime:
    """The time of an occurrence that a RECURRENCE-ID, an EXDATE or an RDATE names: a day, or a wall
    time of `zone`. `length` is that of an RDATE which is a period (RFC 5545 §3.8.5.2).
    """

    wall: datetime
    is_day: bool
    zone: tzinfo
    length: timedelta | None = None

    def wall_in(self, series: "ImportedEvent") -> datetime:
        """Returns the time as a wall time of the series. For a series of whole days Exchange writes
        the midnight at which the day begins, in any zone; it means that day.
        """
        if (
            self.is_day
            or self.zone is series.zone
            or (series.is_day and self.wall.time() == time())
        ):
            return self.wall
        return instant(self.wall, self.zone).astimezone(series.zone).replace(tzinfo=None)

    def name_in(self, series: "ImportedEvent") -> str:
        """Returns the name as `ImportedEvent.recurrence_of` gives it. A day names all its hours, an
        hour its whole day where the series is one of whole days.
        """
        wall = self.wall_in(series)
        if self.is_day or series.is_day:
            return wall.date().isoformat()
        return f"{wall.date().isoformat()}T{instant(self.wall, self.zone).isoformat()}"


@dataclass(frozen=True)
class ImportedEvent:
    """`start` is a wall time of `zone`. `length` is exact, or whole days when `is_day`. `replaces`
    is the occurrence that this event replaces.
    """

    component: Component
    uid: str
    title: str
    start: datetime
    is_day: bool
    length: timedelta
    zone: tzinfo
    timezone: str
    sequence: int
    replaces: OccurrenceTime | None
    is_for_following: bool
    is_cancelled: bool
    takes_time: bool

    @property
    def repeats(self) -> bool:
        return any(self.component.first(name) for name in ("RRULE", "RDATE"))

    def recurrence_of(self, wall: datetime) -> str:
        """Returns how an occurrence is named from outside: "2026-12-05", or "2026-12-05T15:00:00"
        in UTC, after a "T" rule that lets a whole day name all its hours: the part before "T" is
        the day in the event's own zone.
        """
        day = wall.date().isoformat()
        if self.is_day:
            return day
        try:
            return f"{day}T{instant(wall, self.zone).isoformat()}"
        except (ValueError, OverflowError):
            return f"{day}T{wall.isoformat()}"

    def shifted(self, wall: datetime, change: "ImportedEvent") -> datetime:
        """Returns where a later occurrence goes when this change applies from its own occurrence on
        (RANGE=THISANDFUTURE).
        """
        named = change.replaces.wall_in(self) if change.replaces else change.start
        moved_days = (change.start.date() - named.date()).days
        return datetime.combine(wall.date() + timedelta(days=moved_days), change.start.time())

    def span_at(self, wall: datetime, length: timedelta | None = None) -> Timespan:
        """Returns the occurrence that begins at a wall time; `length` where it has its own.

        Raises ValueError or OverflowError at the ends of the calendar.
        """
        starts_at = instant(wall, self.zone)
        if length is not None:
            return Timespan(starts_at, starts_at + length)
        return Timespan(
            starts_at,
            instant(wall + self.length, self.zone) if self.is_day else starts_at + self.length,
        )


@dataclass(frozen=True)
class ImportedSeries:
    """`head` is None when only changed occurrences are in the file."""

    head: ImportedEvent | None
    moved: Mapping[str, ImportedEvent]
    is_twin: bool = False


@dataclass
class CalendarReader:
    """Reads components with the zones of their file and collects the warnings."""

    kind: SourceKind
    default: ZoneInfo
    zones: Mapping[str, tzinfo]
    problems: list[ReadingProblem] = field(default_factory=list)

    def say(self, component: Component, msgid: str, **params: str | date) -> None:
        name = component.text("SUMMARY") if self.kind is SourceKind.PROCESS else ""
        name = cleaned(name or component.text("UID") or component.name, LONGEST_NAME)
        problem = ReadingProblem(Sentence(msgid, params), name, component.line)
        if problem not in self.problems[-5:]:  # start and end often share what is wrong
            self.problems.append(problem)

    def event(self, component: Component) -> ImportedEvent:
        """Raises Unusable."""
        prop = component.first("DTSTART")
        if prop is None:
            raise Unusable(NO_START)
        start, is_day, _ = _wall(prop)
        zone, timezone = self.zone_of(prop, component)
        length = self._length(component, start, is_day, zone)
        replaced = component.first("RECURRENCE-ID")
        status = component.text("STATUS").upper()
        return ImportedEvent(
            component=component,
            uid=component.text("UID") or _digest(component),
            title=cleaned(component.text("SUMMARY"), LONGEST_TITLE)
            if self.kind is SourceKind.PROCESS
            else "",
            start=start,
            is_day=is_day,
            length=length,
            zone=zone,
            timezone=timezone,
            sequence=_sequence(component),
            replaces=self._occurrence(replaced, component) if replaced else None,
            is_for_following=replaced is not None
            and replaced.params.get("RANGE", "").upper() == "THISANDFUTURE",
            is_cancelled=status == "CANCELLED",
            takes_time=status != "CANCELLED" and not self._is_free(component),
        )

    def _is_free(self, component: Component) -> bool:
        """Returns True for hours that their owner marks as free. Only of a person's calendar: the
        all-day conferences of another process often have the same mark.
        """
        if self.kind is not SourceKind.PERSON:
            return False
        shown = component.text("X-MICROSOFT-CDO-BUSYSTATUS").upper()
        return component.text("TRANSP").upper() == "TRANSPARENT" or shown == "FREE"

    def zone_of(self, prop: Property, component: Component) -> tuple[tzinfo, str]:
        """Returns the zone and the name it is stored under. A name that is missing or unknown
        stands for the default zone.
        """
        named = prop.params.get("TZID")
        _, is_day, is_utc = _wall(prop)
        if is_utc:
            return ZoneInfo("UTC"), self.default.key  # nobody agrees on hours in UTC
        if is_day or named is None:
            return self.default, self.default.key
        known = named_zone(named) or self.zones.get(named) or self.zones.get(named.strip())
        if known is not None:
            return known, known.key if isinstance(known, ZoneInfo) and len(
                known.key
            ) <= 40 else self.default.key  # noqa: PLR2004 - the column
        if named.strip():
            self.say(
                component, UNKNOWN_ZONE, zone=cleaned(named, LONGEST_NAME), assumed=self.default.key
            )
        else:
            self.say(component, BLANK_ZONE, assumed=self.default.key)
        return self.default, self.default.key

    def _length(
        self, component: Component, start: datetime, is_day: bool, zone: tzinfo
    ) -> timedelta:
        end, duration = component.first("DTEND"), component.text("DURATION")
        if end is not None:
            length = self._until_end(component, end, start, is_day, zone)
        elif duration:
            length = _duration(duration)
        else:
            length = timedelta()
        if length < timedelta():
            raise Unusable(ENDS_BEFORE)
        if length > LONGEST:
            raise Unusable(TOO_LONG, days=str(LONGEST.days))
        if length:
            return length
        if not is_day:
            self.say(component, NO_END)
        return DAY if is_day else HOUR

    def _until_end(
        self, component: Component, end: Property, start: datetime, is_day: bool, zone: tzinfo
    ) -> timedelta:
        wall, _, _ = _wall(end)
        if is_day:
            return timedelta(days=(wall.date() - start.date()).days + (wall.time() != time()))
        end_zone = (
            zone
            if "TZID" not in end.params and not end.value.strip().upper().endswith("Z")
            else None
        )
        try:
            ends_at = instant(wall, end_zone or self.zone_of(end, component)[0])
            return ends_at - instant(start, zone)
        except (ValueError, OverflowError):
            raise Unusable(BAD_DATE, value=end.value[:40]) from None

    def _occurrence(self, prop: Property, component: Component) -> OccurrenceTime:
        wall, is_day, _ = _wall(prop)
        zone = self.zone_of(prop, component)[0]
        try:
            instant(wall, zone)
        except (ValueError, OverflowError):
            raise Unusable(BAD_DATE, value=wall.isoformat()) from None
        return OccurrenceTime(wall, is_day, zone)

    def exclusions(self, head: ImportedEvent) -> set[str]:
        """Returns the excluded occurrences. A whole day excludes all its hours; for whole-day
        events an hour excludes its day.
        """
        return {occurrence.name_in(head) for occurrence in self._dates(head, "EXDATE")}

    def extra_dates(self, head: ImportedEvent) -> tuple[OccurrenceTime, ...]:
        """Returns what RDATE adds."""
        return tuple(self._dates(head, "RDATE"))

    def _dates(self, head: ImportedEvent, name: str) -> Iterator[OccurrenceTime]:
        for prop in head.component.all(name):
            for text in filter(None, prop.value.split(",")):
                first, _, end = text.strip().partition("/")
                single = Property(name, prop.params, first)
                try:
                    wall, is_day, is_utc = wall_time(single.value)
                    zone = (
                        self.zone_of(single, head.component)[0]
                        if is_utc or "TZID" in prop.params
                        else head.zone
                    )
                    starts_at = instant(wall, zone)
                    length = _period_end(end, wall, zone) - starts_at if end else None
                except (ValueError, OverflowError, Unusable):
                    self.say(head.component, BAD_EXTRA_DATE, value=text.strip()[:40])
                    continue
                if length is not None and not timedelta() < length <= LONGEST:
                    length = None  # the usual one, then
                yield OccurrenceTime(wall, is_day, zone, length)

    def until(self, rule: str, head: ImportedEvent) -> datetime:
        """Returns the end that a rule names, as a wall time of the event's zone; a day counts until
        its last moment.
        """
        text = parts_of(rule).get("UNTIL")
        if text is None or text > FOR_EVER:
            return datetime.max  # noqa: DTZ901 - a wall time
        try:
            wall, is_day, is_utc = wall_time(text)
            if is_day:
                return datetime.combine(wall.date(), time.max)
            return (
                instant(wall, ZoneInfo("UTC")).astimezone(head.zone).replace(tzinfo=None)
                if is_utc
                else wall
            )
        except (ValueError, OverflowError):
            raise BadRule(Sentence(BAD_EXTRA_DATE, {"value": text[:40]})) from None

    def busy_spans(self, component: Component) -> Iterator[Timespan]:
        """Returns the periods of a VFREEBUSY that are not free."""
        for prop in component.all("FREEBUSY"):
            if prop.params.get("FBTYPE", "BUSY").upper() == "FREE":
                continue
            for text in prop.value.split(","):
                first, _, end = text.strip().partition("/")
                try:
                    wall = wall_time(first)[0]
                    yield Timespan(instant(wall, UTC), _period_end(end, wall, UTC))
                except (ValueError, OverflowError, Unusable):
                    self.say(component, BAD_EXTRA_DATE, value=text.strip()[:40])


def cleaned(text: str, most: int) -> str:
    """Returns one line of text that can be stored and shown, without signs that turn it around."""
    text = (
        re.sub(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]+", " ", text)
        .encode("utf-8", "ignore")
        .decode("utf-8")
    )
    return " ".join(text.split())[:most]


def _wall(prop: Property) -> tuple[datetime, bool, bool]:
    try:
        return wall_time(prop.value)
    except ValueError:
        raise Unusable(BAD_DATE, value=cleaned(prop.value, 40)) from None


def _period_end(text: str, start: datetime, zone: tzinfo) -> datetime:
    """Returns the moment at which a period ends: a length, or a wall time of its start's zone.

    Raises ValueError, OverflowError or Unusable.
    """
    if text.upper().startswith(("P", "+P")):
        return instant(start, zone) + _duration(text)
    wall, _, is_utc = wall_time(text)
    return instant(wall, UTC if is_utc else zone)


def _duration(text: str) -> timedelta:
    from icalendar import vDuration

    try:
        length: timedelta = vDuration.from_ical(text.strip().upper())  # type: ignore[no-untyped-call]  # icalendar's
    except (ValueError, OverflowError, TypeError):
        raise Unusable(BAD_LENGTH, value=cleaned(text, 40)) from None
    return length


def _sequence(component: Component) -> int:
    text = component.text("SEQUENCE")
    return int(text) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else 0


def _digest(component: Component) -> str:
    text = "\n".join(f"{one.name}:{one.value}" for one in component.properties)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
