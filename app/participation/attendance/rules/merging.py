"""Reconnections and second devices: the time somebody was there is the union of all stays, within
the event.

Whoever waits before the start or stays on after the end was not at the event for that time. Minutes
are rounded down.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from app.participation.attendance.rules.readers.tables import folded
from app.participation.attendance.values import ReportParticipant, Span, Stay

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
