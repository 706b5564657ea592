"""When and how what was agreed is written down, and what an event lacks before it is closed."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from app.followup.agreements.values import (
    ActivityDraft,
    AgreementDraft,
    AgreementView,
    Closing,
    Paragraph,
    Status,
    StatusReport,
)
from app.kernel.refusal import InvalidInput, Refusal, Sentence
from app.kernel.text import (
    N_,
    SEVERAL_LINES,
    LocalizedText,
    field_in,
    in_every_language,
    is_one_line,
)
from app.kernel.timespan import Timespan
from app.planning.events.rules.life import require_not_closed
from app.planning.events.values import EventStatus

LONGEST_TEXT, LONGEST_NOTE, LONGEST_URL, LONGEST_NAME = 2000, 1000, 500, 120
LONGEST_INDICATOR = 200
MOST_RESPONSIBLE, MOST_PARTNERS = 20, 10
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
ODD_PARTNERS = N_("Name at most %(most)s other bodies, each in a few words.")
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


def require_sound_activity(draft: ActivityDraft) -> None:
    """Raises InvalidInput, by field, for what cannot be stored of an activity of a draft plan."""
    errors = text_errors(draft.text)
    if len(draft.responsible) > MOST_RESPONSIBLE:
        errors["responsible"] = Sentence(TOO_MANY_RESPONSIBLE, {"most": MOST_RESPONSIBLE})
    if draft.due is not None and not EARLIEST_DUE <= draft.due < LATEST_DUE:
        errors["due"] = Sentence(ODD_DUE_DAY)
    lines = {
        "indicator": (draft.indicator, LONGEST_INDICATOR),
        "target": (draft.target, LONGEST_NAME),
    }
    for field, (line, most) in lines.items():
        if len(line) > most:
            errors[field] = Sentence(TOO_LONG, {"most": most})
        elif line and not is_one_line(line):
            errors[field] = Sentence(SEVERAL_LINES)
    if len(draft.partners) > MOST_PARTNERS or any(
        not 0 < len(name) <= LONGEST_NAME or not name.isprintable() for name in draft.partners
    ):
        errors["partners"] = Sentence(ODD_PARTNERS, {"most": MOST_PARTNERS})
    if errors:
        raise InvalidInput(errors)


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


LONGEST_TITLE = 200


class NothingChosen(Refusal):
    rule = "no-agreement-chosen"
    msgid = N_("Tick at least one agreement to follow up.")


class NoFreeTime(Refusal):
    rule = "no-free-time"
    msgid = N_(
        "In the next six months no time is free for it. Plan it by hand, where every reason is shown."
    )


def title_of_webinar(activity: AgreementView) -> LocalizedText:
    """Returns the words of an activity, cut to the length of a title."""
    return activity.text.map(_cut)


def title_of(agreements: Sequence[AgreementView]) -> LocalizedText:
    """Returns "Seguimiento: acuerdos 3, 5 — Sexto Congreso", cut to the length of a title."""
    numbers = ", ".join(str(one.paragraph) for one in agreements)
    several = len(agreements) > 1
    event = agreements[0].event_title
    of_one = len({one.event_id for one in agreements}) == 1
    es = f"Seguimiento: {'acuerdos' if several else 'acuerdo'} {numbers}"
    en = f"Follow-up: {'agreements' if several else 'agreement'} {numbers}"
    if of_one:
        es, en = f"{es} — {event.in_('es')}", f"{en} — {event.in_('en')}"
    return LocalizedText(es=_cut(es), en=_cut(en))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TITLE else text[: LONGEST_TITLE - 1].rstrip() + "…"


HALF_HOUR = timedelta(minutes=30)
DAY_OPENS, DAY_CLOSES = time(8), time(17)


def free_half_hours(
    event: Timespan, timezone: str, taken: Iterable[Timespan], count: int
) -> list[Timespan]:
    """Returns the first `count` half hours of the event that meet no session, or as many as there
    are: on each of its days from 08:00 to 17:00 of the event's zone, on the hour and half past.
    """
    busy = sorted(taken)
    free = (
        span
        for span in _half_hours(event, ZoneInfo(timezone))
        if not any(span.overlaps(other) for other in busy)
    )
    return list(islice(free, count))


def _half_hours(event: Timespan, zone: ZoneInfo) -> Iterator[Timespan]:
    day = event.starts_at.astimezone(zone).date()
    while day <= event.ends_at.astimezone(zone).date():
        opens, closes = (datetime.combine(day, hour, zone) for hour in (DAY_OPENS, DAY_CLOSES))
        at = _next_half_hour(max(event.starts_at, opens), zone)
        while at + HALF_HOUR <= min(event.ends_at, closes):
            yield Timespan(at, at + HALF_HOUR)
            at += HALF_HOUR
        day += timedelta(days=1)


def _next_half_hour(at: datetime, zone: ZoneInfo) -> datetime:
    local = at.astimezone(zone)
    over = timedelta(
        minutes=local.minute % 30, seconds=local.second, microseconds=local.microsecond
    )
    return at if not over else at + HALF_HOUR - over
