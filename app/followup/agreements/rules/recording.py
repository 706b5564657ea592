"""When an event may be written about, and what an agreement must say."""

import re
from collections.abc import Collection
from datetime import date, datetime
from urllib.parse import urlsplit

from app.followup.agreements.values import AgreementDraft, Paragraph, Status, StatusReport
from app.kernel.refusal import InvalidInput, Refusal, Sentence
from app.kernel.text import N_, LocalizedText, field_in
from app.planning.events.rules.life import require_not_closed
from app.planning.events.values import EventStatus

LONGEST_TEXT, LONGEST_NOTE, LONGEST_URL, LONGEST_NAME = 2000, 1000, 500, 120
MOST_RESPONSIBLE = 20
EARLIEST_DUE, LATEST_DUE = date(2000, 1, 1), date(2100, 1, 1)
PARAGRAPH = re.compile(r"([1-9][0-9]{0,2})(?:\(?([a-z])\)?)?")


class NotHeldYet(Refusal):
    rule = "agreements-not-held-yet"
    msgid = N_("This event has not started. Record what it agrees once it has.")


class NotOverYet(Refusal):
    rule = "priorities-not-over-yet"
    msgid = N_("This webinar has not ended. Record its priority issues once it has.")


class NotListed(Refusal):
    rule = "agreement-not-listed"
    msgid = N_("One of these agreements is not on the list of this webinar. Open the page again.")


class NotPreparatory(Refusal):
    rule = "not-preparatory"
    msgid = N_("Only a webinar that prepares a congress defines its priority issues.")


class NoCongressAhead(Refusal):
    rule = "no-congress-ahead"
    msgid = N_("The congress that this webinar prepares is not planned yet, or has already begun.")


class NothingToPlace(Refusal):
    rule = "no-priority-issues"
    msgid = N_("There is no priority issue yet. Record the first one.")


class IssuePlaced(Refusal):
    rule = "priority-issue-placed"
    msgid = N_("This issue is already in the agenda of the congress. Change the agenda there.")


PARAGRAPH_TAKEN = N_("Paragraph %(paragraph)s is already recorded. Choose another number.")
NOT_A_PARAGRAPH = N_("Write the number of the paragraph, such as 4 or 10(a).")
NO_TEXT_GIVEN = N_("Write the text in at least one of the two languages.")
TOO_LONG = N_("Write at most %(most)s characters.")
NOBODY_RESPONSIBLE = N_("Say who answers for it: a country, an institution, a group or a body.")
TOO_MANY_RESPONSIBLE = N_("At most %(most)s can answer for one agreement.")
NO_DUE_DAY = N_("An agreement with a deadline needs the day by which it is due.")
ODD_DUE_DAY = N_("Write a day between 2000 and 2099.")
SAY_WHY = N_("Say in a few words why it no longer applies.")
NOT_A_LINK = N_("Write a link that begins with https:// or http://.")


def require_held(
    status: EventStatus, starts_at: datetime | None, closed_at: datetime | None, now: datetime
) -> None:
    """Raises NotHeldYet before an event has begun.

    A past event with a partial date was held; a draft or a cancelled one never was.
    """
    require_not_closed(closed_at)
    if status is not EventStatus.PUBLISHED or (starts_at is not None and starts_at > now):
        raise NotHeldYet


def require_over(
    status: EventStatus, ends_at: datetime | None, closed_at: datetime | None, now: datetime
) -> None:
    require_not_closed(closed_at)
    if status is not EventStatus.PUBLISHED or (ends_at is not None and ends_at > now):
        raise NotOverYet


def paragraph_of(typed: str) -> Paragraph:
    """Reads "4", "10a" and "10(a)". Raises ValueError for anything else."""
    parts = PARAGRAPH.fullmatch(typed.strip().lower())
    if parts is None:
        raise ValueError(typed)
    return Paragraph(int(parts[1]), parts[2] or "")


def require_sound(draft: AgreementDraft, taken: Collection[Paragraph]) -> None:
    """Raises InvalidInput, by field. `taken`: the other paragraphs of its event."""
    errors = text_errors(draft.text)
    if draft.paragraph in taken:
        errors["paragraph"] = Sentence(PARAGRAPH_TAKEN, {"paragraph": str(draft.paragraph)})
    if not draft.responsible:
        errors["responsible"] = Sentence(NOBODY_RESPONSIBLE)
    elif len(draft.responsible) > MOST_RESPONSIBLE:
        errors["responsible"] = Sentence(TOO_MANY_RESPONSIBLE, {"most": MOST_RESPONSIBLE})
    if draft.due is not None and not EARLIEST_DUE <= draft.due < LATEST_DUE:
        errors["due"] = Sentence(ODD_DUE_DAY)
    if draft.verb == "deadline" and draft.due is None:
        errors["due"] = Sentence(NO_DUE_DAY)
    if errors:
        raise InvalidInput(errors)


def text_errors(text: LocalizedText) -> dict[str, Sentence]:
    if not text.map(str.strip):
        return {field_in("text"): Sentence(NO_TEXT_GIVEN)}
    too_long = Sentence(TOO_LONG, {"most": LONGEST_TEXT})
    return {
        field_in("text", language): too_long
        for language, words in text.items()
        if len(words) > LONGEST_TEXT
    }


def require_sound_report(report: StatusReport, *, suffix: str = "") -> None:
    """Raises InvalidInput, by field. `suffix` follows their names on a page with several reports."""
    errors = {}
    if report.status is Status.NO_LONGER_APPLICABLE and not report.note.strip():
        errors[f"note{suffix}"] = Sentence(SAY_WHY)
    if len(report.note) > LONGEST_NOTE:
        errors[f"note{suffix}"] = Sentence(TOO_LONG, {"most": LONGEST_NOTE})
    if report.evidence_url and not is_link(report.evidence_url):
        errors[f"evidence_url{suffix}"] = Sentence(NOT_A_LINK)
    if errors:
        raise InvalidInput(errors)


def is_link(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    plain = url.isprintable() and " " not in url
    return (
        plain
        and len(url) <= LONGEST_URL
        and parts.scheme in ("http", "https")
        and bool(parts.hostname)
    )
