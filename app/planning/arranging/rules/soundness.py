"""What must be true of every draft, and which changes calendars must show; pure."""

from datetime import datetime

from app.kernel.refusal import InvalidInput, Refusal, Sentence
from app.kernel.text import N_, SEVERAL_LINES, is_one_line
from app.planning.arranging.rules.clock import UNKNOWN_ZONE, known_zones, span_of_instants
from app.planning.events.values import DatePrecision, EventDraft, EventKind, LinkRole

NO_TITLE = N_("Write the title in Spanish or in English.")
NO_DATE = N_("Choose the date, the start and the end.")
GONE_BY = N_("This time has already passed. Choose one that is still to come.")
NOT_THE_CONGRESS = N_("Only an event of the kind “congress” can be the congress of an edition.")


class AlreadyCancelled(Refusal):
    rule = "already-cancelled"
    msgid = N_("This event was cancelled. Plan a new one instead.")


class NotSwappable(Refusal):
    rule = "not-swappable"
    msgid = N_("Only two different events with date and hour can change places.")


def require_sound(draft: EventDraft) -> None:
    """Refuses a draft that breaks one of these rules, whoever sends it."""
    errors: dict[str, Sentence] = {}
    if not draft.title.map(str.strip):
        errors["title"] = Sentence(NO_TITLE)
    elif not all(map(is_one_line, draft.title.values())):
        errors["title"] = Sentence(SEVERAL_LINES)
    if not is_one_line(draft.place):
        errors["place"] = Sentence(SEVERAL_LINES)
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


def require_to_come(before: EventDraft, after: EventDraft, *, now: datetime) -> None:
    """Refuses to move an announced event that has not begun to an hour in the past: it is usually a
    wrong year, and everybody would get a letter. Raises InvalidInput at starts_at.
    """
    if before.span is None or after.span is None or before.span.starts_at <= now:
        return
    if after.span.starts_at <= now:
        raise InvalidInput({"starts_at": Sentence(GONE_BY)})


def is_moved(before: EventDraft, after: EventDraft) -> bool:
    """Returns whether time or place changed, so that calendars must show it (RFC 5545 §3.8.7.4:
    SEQUENCE rises).
    """
    return (before.span, before.timezone, before.mode, before.place) != (
        after.span,
        after.timezone,
        after.mode,
        after.place,
    )
