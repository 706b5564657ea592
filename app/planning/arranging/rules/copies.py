"""What a copy of an event takes over, and where the agenda goes in its hours; pure."""

from collections.abc import Iterable
from dataclasses import replace

from app.kernel.refusal import Refusal
from app.kernel.text import N_
from app.kernel.timespan import Timespan
from app.planning.events.values import (
    Brief,
    DatePrecision,
    EventDraft,
    EventKind,
    LinkRole,
)

COPIED_KINDS = frozenset(EventKind) - {EventKind.CONGRESS, EventKind.EXTERNAL}
"""A congress is made from the edition before it, with its cycle; a meeting of others is theirs."""


class NotCopied(Refusal):
    rule = "not-copied"
    msgid = N_(
        "A congress is made as a new edition from the last one, and a meeting of others is planned by them."
    )


def copy_of(draft: EventDraft, *, editions: frozenset[str]) -> EventDraft:
    """Returns the draft without date, link to join, source and plan entry: an entry is of one year,
    and counts what is held under it.

    `editions` are those whose congress is still to come: links to others are left behind. Raises
    NotCopied for a congress and for an external meeting.
    """
    if draft.kind not in COPIED_KINDS:
        raise NotCopied
    links = tuple(
        link
        for link in draft.links
        if link.role is not LinkRole.PREPARATORY or link.edition in editions
    )
    return replace(
        draft,
        span=None,
        is_all_day=False,
        date_precision=DatePrecision.UNKNOWN,
        found_start="",
        found_end="",
        source_url="",
        join_url="",
        side_event_of=None,
        links=links,
        plan_entry_id=None,
    )


def copy_of_brief(brief: Brief) -> Brief:
    """Returns the brief without what belongs to the meeting that was held."""
    return replace(brief, dial_in="", recording_url="")


def agenda_in(
    spans: Iterable[Timespan], before: Timespan, after: Timespan
) -> tuple[Timespan | None, ...]:
    """Returns each sitting as long after the start as before, or None where it does not fit."""
    moved = (span.moved_to(after.starts_at + (span.starts_at - before.starts_at)) for span in spans)
    return tuple(span if span.ends_at <= after.ends_at else None for span in moved)
