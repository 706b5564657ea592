"""Facts in words: a function is one letter in the recipient's language, with times in the event's zone and theirs."""

from zoneinfo import ZoneInfo

from app.infra.language import translate
from app.kernel.text import N_, Language
from app.kernel.timespan import Timespan
from app.notifications.values import EventNotice, Letter, Recipient
from app.web.render import day_text, hours_text, zone_label

OTHER_HOUR_ELSEWHERE = N_(
    "The official time of a place has changed. “%(title)s” keeps the hours agreed there, so in other places it is now "
    "at another hour:"
)
OWN_HOURS_STAND = N_(
    "The official time of its place has changed. It keeps the hours agreed there; in other places it is now at another "
    "hour:"
)
MEETS_WITH_ANOTHER = N_(
    "At this hour it meets with another event. Nothing was cancelled: the secretariat decides with you."
)


def registration_made(to: Recipient, event: EventNotice, *, url: str, calendar_url: str) -> Letter:
    lang, title = to.language, event.title.in_(to.language)
    return letter(
        lang,
        translate(lang, "You are registered: %(title)s", title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(lang, "You are registered for “%(title)s”.", title=title),
        when_text(to, event),
        translate(lang, "The page of the webinar, with the link to join when it is time: %(url)s", url=url),
        translate(lang, "To add it to your calendar: %(url)s", url=calendar_url),
    )


def event_moved(to: Recipient, event: EventNotice, *, url: str) -> Letter:
    lang, title = to.language, event.title.in_(to.language)
    return letter(
        lang,
        translate(lang, "New date or time: %(title)s", title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(lang, "The date, time or place of “%(title)s” has changed. It is now:", title=title),
        when_text(to, event),
        translate(lang, "Your registration stands. Details: %(url)s", url=url),
    )


def event_moved_by_zone_rules(to: Recipient, event: EventNotice, *, url: str) -> Letter:
    """To those registered: the event's own hours stand, the rest of the region meets it at another hour."""
    lang, title = to.language, event.title.in_(to.language)
    return letter(
        lang,
        translate(lang, "Check the hour: %(title)s", title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(lang, OTHER_HOUR_ELSEWHERE, title=title),
        when_text(to, event),
        translate(lang, "Your registration stands. Details: %(url)s", url=url),
    )


def own_event_moved_by_zone_rules(to: Recipient, event: EventNotice, *, url: str, is_in_conflict: bool) -> Letter:
    """To whoever planned it."""
    lang, title = to.language, event.title.in_(to.language)
    return letter(
        lang,
        translate(lang, "The official time changed: %(title)s", title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(lang, "You planned “%(title)s”.", title=title) + " " + translate(lang, OWN_HOURS_STAND),
        when_text(to, event),
        *([translate(lang, MEETS_WITH_ANOTHER)] if is_in_conflict else []),
        translate(lang, "Whoever is registered has been told. To choose another hour: %(url)s", url=url),
    )


def event_cancelled(to: Recipient, event: EventNotice, *, url: str) -> Letter:
    lang, title = to.language, event.title.in_(to.language)
    return letter(
        lang,
        translate(lang, "Cancelled: %(title)s", title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(lang, "“%(title)s” will not take place. It was planned for:", title=title),
        when_text(to, event),
        translate(lang, "Details: %(url)s", url=url),
    )


def conflict_case_opened(to: Recipient, *, sentence: str, cause: str, url: str) -> Letter:
    """To the secretariat: a clash arose after scheduling. `sentence` names events and hours; `cause` is a msgid."""
    lang = to.language
    return letter(
        lang,
        translate(lang, "A conflict case was opened"),
        translate(lang, "Hello, %(name)s:", name=to.name),
        sentence,
        translate(lang, cause),
        translate(lang, "Nothing was moved or cancelled. Move, replace or accept with a reason: %(url)s", url=url),
    )


def certificate_issued(to: Recipient, *, course: str, url: str, verify_url: str) -> Letter:
    lang = to.language
    return letter(
        lang,
        translate(lang, "Your certificate is ready"),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(lang, "Congratulations: you have completed “%(course)s”.", course=course),
        translate(lang, "Your certificate, to download or print: %(url)s", url=url),
        translate(lang, "Anyone can check it here: %(url)s", url=verify_url),
    )


def sign_in_link(lang: Language, *, url: str, minutes: int) -> Letter:
    return letter(
        lang,
        translate(lang, "Your link to sign in"),
        translate(lang, "Open this link and press the button to sign in: %(url)s", url=url),
        translate(lang, "It works once and for %(minutes)s minutes. If you did not ask for it, ignore this message.",
                  minutes=minutes),
    )  # fmt: skip


def when_text(to: Recipient, event: EventNotice) -> str:
    """Date, hours and zone in plain words: filters strip calendar attachments, so the body must be enough."""
    if event.span is None:
        return translate(to.language, "The date is still to be announced.")
    lines = [_in_zone(to.language, event.span, event.timezone)]
    start = event.span.starts_at
    here, there = (start.astimezone(ZoneInfo(zone)).utcoffset() for zone in (to.timezone, event.timezone))
    if here != there:
        mine = _in_zone(to.language, event.span, to.timezone)
        lines.append(translate(to.language, "In your time: %(when)s", when=mine))
    if event.place:
        lines.append(translate(to.language, "Place: %(place)s", place=event.place))
    return "\n".join(lines)


def _in_zone(lang: Language, span: Timespan, timezone: str) -> str:
    day = day_text(span.starts_at.astimezone(ZoneInfo(timezone)).date(), lang)
    hours = hours_text(span.starts_at, span.ends_at, timezone)
    return f"{day}, {hours} ({zone_label(timezone, span.starts_at, lang)})"


def letter(lang: Language, subject: str, *paragraphs: str) -> Letter:
    closing = translate(lang, "Convoca · Regional Conference on Migration")
    return Letter(" ".join(subject.split())[:300], "\n\n".join((*paragraphs, closing)) + "\n")
