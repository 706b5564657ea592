"""When minutes may be written down, how long somebody was there, and how many were; pure."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.kernel.refusal import Refusal
from app.kernel.small_numbers import is_small, may_split
from app.kernel.text import N_, LocalizedText
from app.participation.attendance.rules.readers.tables import folded
from app.participation.attendance.values import ReportParticipant, Span, Stay
from app.participation.registrations.rules import WasCancelled
from app.planning.events.values import EventStatus

NO_TIME = timedelta()
NOT_MINUTES = N_("Write the minutes as a whole number from 0 to %(most)s, or leave it empty.")
DOOR_OPENS = timedelta(hours=3)
"""How long before the start people may be let in at the door."""


class NotStarted(Refusal):
    rule = "not-started"
    msgid = N_("Attendance is recorded once the event has started.")


class IsClosed(Refusal):
    rule = "closed"
    msgid = N_("This event is closed. Its attendance can no longer be changed.")


def require_held(
    status: EventStatus, starts_at: datetime | None, now: datetime, *, early: timedelta = NO_TIME
) -> None:
    """Raises NotStarted or WasCancelled: nobody attends what was called off or has not begun, but
    for those who are let in `early`.
    """
    if status is EventStatus.CANCELLED:
        raise WasCancelled
    if status is not EventStatus.PUBLISHED or starts_at is None or starts_at - early > now:
        raise NotStarted


def require_not_closed(closed_at: datetime | None) -> None:
    if closed_at is not None:
        raise IsClosed


def minutes_of(text: str, most: int) -> int | None:
    """Returns what was typed as whole minutes; None for nothing.

    Refuses anything else with ValueError.
    """
    typed = text.strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit()) or len(typed) > 6 or int(typed) > most:  # noqa: PLR2004 - no huge numbers
        raise ValueError(typed)
    return int(typed)


# Reconnections and second devices: the time somebody was there is the union of all stays, within
# the event.
#
# Whoever waits before the start or stays on after the end was not at the event for that time. Minutes
# are rounded down.

ASIDE = re.compile(r"[(\[{][^)\]}]*[)\]}]?")
BESIDE = timedelta(minutes=30)
NO_LETTERS = re.compile(r"[^\w' ]+")


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Returns the spans in order and without overlaps; spans that touch become one."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.starts_at <= merged[-1].ends_at:
            merged[-1] = Span(merged[-1].starts_at, max(merged[-1].ends_at, span.ends_at))
        else:
            merged.append(span)
    return tuple(merged)


def within(spans: Iterable[Span], event: Span) -> tuple[Span, ...]:
    """Returns the parts of the spans that lie in the event."""
    cut = (Span(max(s.starts_at, event.starts_at), min(s.ends_at, event.ends_at)) for s in spans)
    return tuple(span for span in cut if span.starts_at < span.ends_at)


def minutes_in(spans: Iterable[Span]) -> int:
    """Returns the whole minutes of spans that do not overlap."""
    return int(
        sum((span.ends_at - span.starts_at for span in spans), timedelta()) // timedelta(minutes=1)
    )


def is_beside(report: Span, event: Span) -> bool:
    """Returns True when it begins late and ends late, or both early: most likely its hours are
    those of another zone.
    """
    late, longer = report.starts_at - event.starts_at, report.ends_at - event.ends_at
    return (late >= BESIDE and longer >= BESIDE) or (late <= -BESIDE and longer <= -BESIDE)


def plain_name(name: str) -> str:
    """Returns the name folded, without what stands in brackets ("(Guest)", "[HN]") and without
    signs: two alike are one person.
    """
    return " ".join(NO_LETTERS.sub(" ", ASIDE.sub(" ", folded(name))).replace("_", " ").split())


def participants(
    stays: Iterable[Stay], event: Span, *, shared: frozenset[str] = frozenset()
) -> tuple[ReportParticipant, ...]:
    """Returns one participant for each address, or for each name where there is no address; a
    mailbox in `shared` is one for each name.

    Somebody whose time lies wholly outside the event stays in the list with no minutes.
    """
    groups: dict[tuple[str, str], list[Stay]] = defaultdict(list)
    for stay in stays:
        alone = stay.email and stay.email not in shared
        groups[(stay.email, "" if alone else plain_name(stay.name) or stay.name)].append(stay)
    return tuple(_participant(group, event) for group in groups.values())


def _participant(group: list[Stay], event: Span) -> ReportParticipant:
    spans = union(within((stay.span for stay in group), event))
    longest = max(group, key=lambda stay: len(stay.name))
    return ReportParticipant(
        name=longest.name or longest.email,
        email=longest.email,
        spans=spans,
        minutes=minutes_in(spans),
    )


# How many registered, were present, partly or not at all; and what of it may be shown without
# names.


@dataclass(frozen=True)
class AttendanceCounts:
    """`listed` is the base of the others: who registered, and who came without. Absent: no minutes
    are written down.
    """

    listed: int
    registered: int
    present: int
    partly: int

    @property
    def absent(self) -> int:
        return self.listed - self.present - self.partly

    @staticmethod
    def sum(countries: Iterable["CountryCounts"]) -> "AttendanceCounts":
        rows = list(countries)
        return AttendanceCounts(
            listed=sum(row.listed for row in rows),
            registered=sum(row.registered for row in rows),
            present=sum(row.present for row in rows),
            partly=sum(row.partly for row in rows),
        )


@dataclass(frozen=True)
class CountryCounts:
    """Of one country, or of those without one (code "")."""

    code: str
    name: LocalizedText
    listed: int
    registered: int
    present: int
    partly: int


def in_public(
    countries: Iterable[CountryCounts],
    seen: Collection[str] | None,
    not_shared: Collection[str] = (),
) -> tuple[CountryCounts, ...]:
    """Returns the counts for who may see the names of the countries `seen` (None: of all): without
    the others that are too small, do not share them and, once minutes are recorded, those of which
    everybody was there, was there in part, or was absent.
    """
    rows = list(countries)
    is_recorded = any(row.present or row.partly for row in rows)
    return tuple(
        row
        for row in rows
        if seen is None
        or row.code in seen
        or not (
            row.code in not_shared or _is_small(row) or (is_recorded and not may_split(_split(row)))
        )
    )


def has_small(*cells: int) -> bool:
    return any(is_small(number) for number in cells)


def _is_small(row: CountryCounts) -> bool:
    return has_small(row.listed, row.registered, *_split(row))


def _split(row: CountryCounts) -> tuple[int, int, int]:
    return row.present, row.partly, row.listed - row.present - row.partly
