"""Facts in words: a function is one letter in the recipient's language, with times in the event's
zone and theirs.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from app.infra.body import current_body
from app.infra.language import translate
from app.kernel.text import Language
from app.kernel.timespan import Timespan
from app.office.notifications.values import EventNotice, Recipient
from app.office.outbox.values import Letter
from app.web.render import days_text, hours_text, zone_label

NO_VALUES: Mapping[str, str] = {}


def conflict_case_opened(to: Recipient, *, sentence: str, cause: str, url: str) -> Letter:
    """To the secretariat: a clash arose after scheduling. `sentence` names events and hours;
    `cause` is a msgid.
    """
    lang = to.language
    return letter(
        lang,
        translate(lang, "A conflict case was opened"),
        translate(lang, "Hello, %(name)s:", name=to.name),
        sentence,
        translate(lang, cause),
        translate(
            lang,
            "Nothing was moved or cancelled. Move, replace or accept with a reason: %(url)s",
            url=url,
        ),
        kind="conflict-case",
        values={"name": to.name},
        lead=None,
    )


def certificate_issued(
    to: Recipient, *, course: str, taken: str, url: str, verify_url: str
) -> Letter:
    """`taken` says which modules of the course: "modules 1–2 of 8"."""
    lang = to.language
    return letter(
        lang,
        translate(lang, "Your certificate is ready"),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(
            lang,
            "Congratulations: you have completed “%(course)s”, %(taken)s.",
            course=course,
            taken=taken,
        ),
        translate(lang, "Your certificate, to download or print: %(url)s", url=url),
        translate(lang, "Anyone can check it here: %(url)s", url=verify_url),
        kind="certificate",
        values={"name": to.name, "course": course, "modules": taken},
    )


def sign_in_link(lang: Language, *, url: str, minutes: int) -> Letter:
    return letter(
        lang,
        translate(lang, "Your link to sign in"),
        translate(lang, "Open this link and press the button to sign in: %(url)s", url=url),
        translate(
            lang,
            "It works once and for %(minutes)s minutes. If you did not ask for it, ignore this message.",
            minutes=minutes,
        ),
        kind="sign-in",
        values={},
        lead=None,
    )


def when_text(to: Recipient, event: EventNotice) -> str:
    """Date, hours and zone in plain words: filters strip calendar attachments, so the body must be
    enough.
    """
    if event.span is None:
        return translate(to.language, "The date is still to be announced.")
    return "\n".join(
        span_lines(to, event.span, event.timezone, event.place, is_all_day=event.is_all_day)
    )


def span_lines(
    to: Recipient, span: Timespan, timezone: str, place: str, *, is_all_day: bool = False
) -> list[str]:
    """In the event's zone; in the reader's where it differs, but for whole days; and where."""
    lines = [_in_zone(to.language, span, timezone, is_all_day=is_all_day)]
    here, there = (
        span.starts_at.astimezone(ZoneInfo(zone)).utcoffset() for zone in (to.timezone, timezone)
    )
    if here != there and not is_all_day:
        lines.append(
            translate(
                to.language, "In your time: %(when)s", when=_in_zone(to.language, span, to.timezone)
            )
        )
    if place:
        lines.append(translate(to.language, "Place: %(place)s", place=place))
    return lines


def instead_of(to: Recipient, span: Timespan | None, timezone: str, place: str) -> tuple[str, ...]:
    """The paragraph that says when and where it was to be before, by the clock of then; none where
    that is not known. From midnight to midnight are whole days, as nothing else says of what was.
    """
    if span is None:
        return ()
    is_all_day = {
        at.astimezone(ZoneInfo(timezone)).time() for at in (span.starts_at, span.ends_at)
    } == {time()}
    lines = span_lines(to, span, timezone, place, is_all_day=is_all_day)
    return ("\n".join((translate(to.language, "Instead of:"), *lines)),)


def _in_zone(lang: Language, span: Timespan, timezone: str, *, is_all_day: bool = False) -> str:
    day, zone = (
        days_text(span.starts_at, span.ends_at, timezone, lang),
        zone_label(timezone, span.starts_at, lang),
    )
    if is_all_day:
        return translate(lang, "%(day)s, all day (%(zone)s)", day=day, zone=zone)
    return f"{day}, {hours_text(span.starts_at, span.ends_at, timezone)} ({zone})"


def moment_for(to: Recipient, at: datetime) -> str:
    """A day and an hour by the reader's clock, with its zone."""
    lang, zone = to.language, to.timezone
    day = days_text(at, at, zone, lang)
    return f"{day}, {at.astimezone(ZoneInfo(zone)):%H:%M} ({zone_label(zone, at, lang)})"


def page_text(lang: Language, event: EventNotice, url: str) -> str:
    """Where to find it; nobody is promised a link to a room with walls."""
    if not event.is_online:
        return translate(lang, "Page of the event: %(url)s", url=url)
    return translate(
        lang, "The page of the webinar, with the link to join when it is time: %(url)s", url=url
    )


def with_foot(lang: Language, written: Letter, *, wishes_url: str) -> Letter:
    """The same letter, ending with where its reader chooses what to get."""
    foot = translate(lang, "To choose which letters you get: %(url)s", url=wishes_url)
    return replace(written, body=f"{written.body.rstrip()}\n{foot}\n")


def letter(
    lang: Language,
    subject: str,
    *paragraphs: str,
    kind: str = "",
    values: Mapping[str, str] = NO_VALUES,
    lead: int | None = 1,
) -> Letter:
    """`kind`: by which the office finds its texts, "" where it has none to change. `lead`: which
    paragraph is the introduction; `values`: what the placeholders of its texts stand for.
    """
    closing = f"Convoca · {current_body().name.in_(lang)}"
    return Letter(
        " ".join(subject.split())[:300],
        "\n\n".join((*paragraphs, closing)) + "\n",
        kind,
        paragraphs[lead] if kind and lead is not None else "",
        values,
    )


def about_event(
    to: Recipient, event: EventNotice, subject: str, opening: str, *rest: str, kind: str
) -> Letter:
    """A letter that greets its reader, says `opening` and when the event is, and then the rest."""
    lang = to.language
    return letter(
        lang,
        subject,
        translate(lang, "Hello, %(name)s:", name=to.name),
        opening,
        when_text(to, event),
        *rest,
        kind=kind,
        values={"name": to.name, "event": event.title.in_(lang)},
    )
