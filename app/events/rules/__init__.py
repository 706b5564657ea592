"""What is allowed of an event's time and of its place in a congress cycle; pure."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from app.events.values import REFERENCE_ZONE, DatePrecision, EditionLink, EventDraft, EventKind, LinkRole
from app.kernel.refusal import InvalidInput, Refusal, Sentence
from app.kernel.text import N_, LocalizedText
from app.kernel.timespan import Timespan

LONGEST = timedelta(days=45)
FIRST_YEAR, LAST_YEAR = 1990, 2100
ISO_DAY_LENGTH = 10
WORKDAY_OPENS, WORKDAY_CLOSES = time(8), time(17)
JOIN_OPENS_BEFORE = timedelta(minutes=30)

ENDS_BEFORE_START = N_("It must end after it starts.")
TOO_LONG = N_("An event lasts at most 45 days. Please plan each part as an event of its own.")
OUT_OF_YEARS = N_("Choose a date between the years 1990 and 2100.")
UNKNOWN_ZONE = N_("This time zone is not known. An example: America/Costa_Rica.")
IN_A_GAP = N_("This hour does not exist that day in %(zone)s: the clocks jump over it. Choose another hour.")
NO_TITLE = N_("Write the title in Spanish or in English.")
NO_DATE = N_("Choose the date, the start and the end.")
NOT_THE_CONGRESS = N_("Only an event of the kind “congress” can be the congress of an edition.")


@dataclass(frozen=True)
class CycleEvent:
    """What stands in an edition's cycle already: an event, or (with `event_id` None) the edition's own dates."""

    event_id: UUID | None
    title: LocalizedText | Sentence
    edition: str
    label: str
    role: LinkRole
    span: Timespan


class OutOfOrder(Refusal):
    """A preparatory event ends before its congress starts; a follow-up starts after it has ended."""

    def __init__(self, other: CycleEvent) -> None:
        super().__init__(edition=other.label, title=other.title)
        self.other = other


class PreparatoryTooLate(OutOfOrder):
    rule = "preparatory-before-congress"
    msgid = N_("A preparatory event must end before the congress of edition %(edition)s starts (“%(title)s”).")


class FollowUpTooEarly(OutOfOrder):
    rule = "follow-up-after-congress"
    msgid = N_("A follow-up must start after the congress of edition %(edition)s has ended (“%(title)s”).")


class CycleBroken(OutOfOrder):
    """Moving a congress over what prepares it or follows it up."""

    rule = "congress-keeps-its-cycle"
    msgid = N_("The congress of edition %(edition)s cannot be then: “%(title)s” prepares it or follows it up.")


class EditionTaken(OutOfOrder):
    rule = "one-congress-per-edition"
    msgid = N_("Edition %(edition)s already has its congress: “%(title)s”.")


class AlreadyCancelled(Refusal):
    rule = "already-cancelled"
    msgid = N_("This event was cancelled. Plan a new one instead.")


class ChangedMeanwhile(Refusal):
    rule = "changed-meanwhile"
    msgid = N_("Somebody else changed this event while you were writing. Open it again to see what is new.")


def is_printable(text: str) -> bool:
    """No control characters but line breaks and tabs, and no halves of characters: databases refuse both."""
    return not any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\r\t" for c in text)


@cache
def known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def instant_of(wall: datetime, timezone: str) -> datetime:
    """The instant of a naive wall time in a known zone; of an hour that comes twice, the first.

    Refuses with ValueError an hour that the clocks jump over.
    """
    zone = ZoneInfo(timezone)
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != wall:
        raise ValueError("this wall time does not exist")
    return instant


def span_of_wall(starts: datetime, ends: datetime, timezone: str) -> Timespan:
    """From what people agreed on (naive wall times in a zone) to instants; refuses in words, at the field."""
    if timezone not in known_zones():
        raise InvalidInput({"timezone": Sentence(UNKNOWN_ZONE)})
    instants = []
    for field, wall in (("starts_at", starts), ("ends_at", ends)):
        if not FIRST_YEAR <= wall.year <= LAST_YEAR:
            raise InvalidInput({field: Sentence(OUT_OF_YEARS)})
        try:
            instants.append(instant_of(wall, timezone))
        except ValueError:
            raise InvalidInput({field: Sentence(IN_A_GAP, {"zone": timezone})}) from None
    return span_of_instants(*instants)


def span_of_instants(starts_at: datetime, ends_at: datetime) -> Timespan:
    """From aware datetimes; refuses in words, at the field."""
    for field, instant in (("starts_at", starts_at), ("ends_at", ends_at)):
        if not FIRST_YEAR <= instant.year <= LAST_YEAR:
            raise InvalidInput({field: Sentence(OUT_OF_YEARS)})
    if ends_at <= starts_at:
        raise InvalidInput({"ends_at": Sentence(ENDS_BEFORE_START)})
    if ends_at - starts_at > LONGEST:
        raise InvalidInput({"ends_at": Sentence(TOO_LONG)})
    return Timespan(starts_at, ends_at)


def require_sound(draft: EventDraft) -> None:
    """What must hold of a draft whoever sends it and however it came."""
    errors: dict[str, Sentence] = {}
    if not (draft.title.es.strip() or draft.title.en.strip()):
        errors["title"] = Sentence(NO_TITLE)
    if draft.timezone not in known_zones():
        errors["timezone"] = Sentence(UNKNOWN_ZONE)
    if draft.span is None and draft.date_precision in (DatePrecision.INSTANT, DatePrecision.DAY):
        errors["starts_at"] = Sentence(NO_DATE)
    is_congress_of = any(link.role is LinkRole.CONGRESS for link in draft.links)
    if is_congress_of and draft.kind is not EventKind.CONGRESS:
        errors["links"] = Sentence(NOT_THE_CONGRESS)
    if errors:
        raise InvalidInput(errors)
    if draft.span is not None:
        span_of_instants(draft.span.starts_at, draft.span.ends_at)


def breach(span: Timespan, links: Sequence[EditionLink], cycle: Sequence[CycleEvent]) -> OutOfOrder | None:
    """The first thing that breaks the order of a cycle (R45), or None. `cycle` leaves out the event itself."""
    for link in links:
        for other in cycle:
            if other.edition == link.edition:
                found = _breach_between(span, link.role, other)
                if found is not None:
                    return found
    return None


def _breach_between(span: Timespan, role: LinkRole, other: CycleEvent) -> OutOfOrder | None:
    if role is LinkRole.CONGRESS:
        if other.role is LinkRole.CONGRESS:
            return EditionTaken(other) if other.event_id is not None else None
        early, late = (other.span, span) if other.role is LinkRole.PREPARATORY else (span, other.span)
        return CycleBroken(other) if early.ends_at > late.starts_at else None
    if other.role is not LinkRole.CONGRESS:
        return None
    if role is LinkRole.PREPARATORY:
        return PreparatoryTooLate(other) if span.ends_at > other.span.starts_at else None
    return FollowUpTooEarly(other) if span.starts_at < other.span.ends_at else None


def nearest_lawful_wish(span: Timespan, links: Sequence[EditionLink], cycle: Sequence[CycleEvent]) -> Timespan:
    """Where to look for free slots when the order of a cycle was broken: just outside what stands in the way."""
    found = breach(span, links, cycle)
    if isinstance(found, PreparatoryTooLate):
        return span.moved_to(found.other.span.starts_at - span.duration - timedelta(days=1))
    if isinstance(found, FollowUpTooEarly):
        return span.moved_to(found.other.span.ends_at + timedelta(days=1))
    return span


def days_of_edition(starts_on: str, ends_on: str) -> Timespan | None:
    """An edition's own dates, when both are known to the day ("2023-07-06"), as a span in the reference zone."""
    if len(starts_on) != ISO_DAY_LENGTH or len(ends_on) != ISO_DAY_LENGTH:
        return None
    first, last = date.fromisoformat(starts_on), date.fromisoformat(ends_on)
    zone = ZoneInfo(REFERENCE_ZONE)
    return Timespan(datetime.combine(first, time(), zone), datetime.combine(last + timedelta(days=1), time(), zone))


def is_moved(before: EventDraft, after: EventDraft) -> bool:
    """Whether a calendar must show it elsewhere: time or place (RFC 5545 §3.8.7.4 lets SEQUENCE rise then)."""
    return (before.span, before.timezone, before.mode, before.place) != (
        after.span, after.timezone, after.mode, after.place,
    )  # fmt: skip


def join_link_is_due(span: Timespan, now: datetime) -> bool:
    """From half an hour before the start until the end."""
    return span.starts_at - JOIN_OPENS_BEFORE <= now < span.ends_at


class DayPart(StrEnum):
    """What a country's office clock says of a slot."""

    OPEN = "open"
    EARLY = "early"
    LATE = "late"
    HOLIDAY = "holiday"


def day_part(span: Timespan, timezone: str, is_holiday: bool) -> DayPart:
    """Office hours are 08:00–17:00 local; a span that ends another day ends late."""
    zone = ZoneInfo(timezone)
    starts, ends = span.starts_at.astimezone(zone), span.ends_at.astimezone(zone)
    if is_holiday:
        return DayPart.HOLIDAY
    if starts.time() < WORKDAY_OPENS:
        return DayPart.EARLY
    is_late = starts.time() >= WORKDAY_CLOSES or ends.time() > WORKDAY_CLOSES or ends.date() != starts.date()
    return DayPart.LATE if is_late else DayPart.OPEN
