"""Pure rules of handing over: which two terms meet, and what a note may be."""

from collections.abc import Sequence
from datetime import date, timedelta

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_
from app.office.handover.values import Handover, OfficeKind, PresidencyYear

BEFORE = timedelta(days=30)
AFTER = timedelta(days=60)
TOLD_BEFORE = timedelta(days=14)
LATE = timedelta(days=7)  # a letter that could not be written for a week comes too late to help
LONGEST_NOTE = 8_000


def handover_among(
    office: OfficeKind, terms: Sequence[PresidencyYear], today: date
) -> Handover | None:
    """Returns the one that a reader means on a day: the latest until sixty days after it, then the
    next to come.

    `terms` are those of one office, of which at most one holds on a day. None when nobody ever held
    it until today.
    """
    ordered = sorted(terms, key=lambda term: (term.since, term.id))
    begun = [term for term in ordered if term.since <= today]
    if not begun:
        return None
    present, before = begun[-1], begun[-2] if len(begun) > 1 else None
    if before is not None and today < present.since + AFTER:
        return Handover(office, before, present)
    later = next((term for term in ordered if term.since > today), None)
    return Handover(office, present, later)


def is_near(handover: Handover, today: date) -> bool:
    """Returns True when the day lies within thirty days ahead or sixty days back."""
    return handover.on is not None and handover.on - BEFORE <= today < handover.on + AFTER


def stage_due(handover: Handover, today: date) -> str | None:
    """Returns which letter is due: fourteen days before, or on the day itself; each may come a week
    late, not on top of the other.
    """
    if handover.on is None:
        return None
    if handover.on <= today < handover.on + LATE:
        return "day"
    if handover.on - TOLD_BEFORE <= today < handover.on - TOLD_BEFORE + LATE:
        return "before"
    return None


def required_note(text: str) -> str:
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise InvalidInput({"text": Sentence(N_("Write what your successor should know."))})
    if len(words) > LONGEST_NOTE or "\x00" in words:
        raise InvalidInput(
            {"text": Sentence(N_("Write at most %(count)s characters."), {"count": LONGEST_NOTE})}
        )
    return words
