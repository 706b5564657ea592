"""What must be settled before an event may be closed (R25, R30)."""

from collections.abc import Sequence

from app.followup.agreements.values import Closing
from app.kernel.refusal import InvalidInput, Refusal, Sentence
from app.kernel.text import N_, LocalizedText, in_every_language

SHORTEST_REASON, LONGEST_REASON = 15, 1000
REASON_TOO_SHORT = N_("Give a reason of at least %(least)s characters.")
REASON_TOO_LONG = N_("Give a reason of at most %(most)s characters.")


class ReviewsMissing(Refusal):
    rule = "reviews-missing"
    msgid = N_(
        "Each listed agreement needs a status before this webinar is closed. Missing: %(numbers)s."
    )


class TablesIncomplete(Refusal):
    rule = "tables-incomplete"
    msgid = N_(
        "Each table needs at least one finding and one priority action. Missing: %(tables)s."
    )


class GuidelinesNotReviewed(Refusal):
    rule = "guidelines-not-reviewed"
    msgid = N_(
        "The agenda has no session that reviewed the Guidelines. A congress is closed only when it had one."
    )


class AttendanceMissing(Refusal):
    rule = "attendance-missing"
    msgid = N_(
        "People registered and no attendance is recorded. Record it, or say why there is none."
    )


class StillOpen(Refusal):
    rule = "still-open"
    msgid = N_(
        "Something is still open. Read what it is, and close the event if it can stay that way."
    )


def breach(closing: Closing, reason: str = "") -> Refusal | None:
    """Returns the first thing that is in the way, or None. `reason`: why there is no attendance."""
    if closing.unreviewed:
        return ReviewsMissing(numbers=", ".join(str(one.paragraph) for one in closing.unreviewed))
    if closing.incomplete:
        return TablesIncomplete(tables=named([table.theme for table in closing.incomplete]))
    if closing.lacks_guidelines_review:
        return GuidelinesNotReviewed()
    if closing.lacks_attendance and not reason.strip():
        return AttendanceMissing()
    return None


def named(names: Sequence[LocalizedText]) -> LocalizedText:
    """Returns several names as one, in each language."""
    return in_every_language(lambda language: ", ".join(name.in_(language) for name in names))


def require_reason(reason: str) -> str:
    """Returns why an event is closed without attendance. Raises InvalidInput for too few words."""
    said = reason.strip()
    if len(said) < SHORTEST_REASON:
        raise InvalidInput({"reason": Sentence(REASON_TOO_SHORT, {"least": SHORTEST_REASON})})
    if len(said) > LONGEST_REASON:
        raise InvalidInput({"reason": Sentence(REASON_TOO_LONG, {"most": LONGEST_REASON})})
    return said
