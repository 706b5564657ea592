"""Letters in words. The words of a kind stand in `templates/letters/<kind>.txt`; here are the
renderer, and what several kinds say of an event and of a registration, with times in the event's
zone and the reader's.
"""

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, meta, pass_context
from jinja2.runtime import Context

from app.infra.body import current_body
from app.infra.language import catalogue, date_text, translate
from app.kernel.actor import Role
from app.kernel.text import N_, Language, LocalizedText
from app.kernel.timespan import Timespan
from app.office.notifications.values import EventNotice, Recipient, RegistrationState
from app.office.outbox.values import Letter
from app.participation.registrations.values import ACTIVE, Origin, RegistrationStatus
from app.people.identity.wording import ROLE_NAMES
from app.planning.events.values import PersonRole
from app.web.render import day_text, days_text, hours_text, zone_label

TEMPLATES = Path(__file__).resolve().parents[4] / "templates" / "letters"
LOADER = FileSystemLoader(TEMPLATES)
BLANK_LINES = re.compile(r"\n\s*\n")
LONGEST_SUBJECT = 300
SOON = timedelta(minutes=90)
AS_ROLE = {
    PersonRole.SPEAKER: N_("speaker"),
    PersonRole.MODERATOR: N_("moderator"),
    PersonRole.RAPPORTEUR: N_("rapporteur"),
    PersonRole.INTERPRETER: N_("interpreter"),
}


def compose(kind: str, to: Recipient, **context: object) -> Letter:
    """Returns the letter of a kind in the reader's language, and in it the context's texts.

    The template sets `subject`, `placeholders` (by which the office's own texts name values) and,
    where the office may replace it, `introduction`; the rest is the body. A paragraph that turns
    out empty is left out. Raises KeyError for a name of the template that the context lacks,
    whether or not this reader's letter would say it.
    """
    lang = to.language
    said = {
        "lang": lang,
        "name": to.name,
        "of_body": current_body().of_name.in_(lang),
        **{key: _in(lang, value) for key, value in context.items()},
    }
    if lacking := names_in(f"{kind}.txt") - said.keys():
        raise KeyError(f"{kind}.txt: {', '.join(sorted(lacking))}")
    written = templates().get_template(f"{kind}.txt").make_module(said)
    parts = vars(written)
    return replace(
        signed(lang, parts["subject"], *_paragraphs(str(written))),
        kind=kind,
        lead="\n\n".join(_paragraphs(parts.get("introduction", ""))),
        values=parts["placeholders"],
    )


def signed(lang: Language, subject: str, *paragraphs: str) -> Letter:
    """Returns a letter of these paragraphs with the platform's signature."""
    signature = f"Convoca · {current_body().name.in_(lang)}"
    return Letter(
        " ".join(subject.split())[:LONGEST_SUBJECT], "\n\n".join((*paragraphs, signature)) + "\n"
    )


def with_foot(lang: Language, written: Letter, *, wishes_url: str) -> Letter:
    """Returns the same letter, ending with where its reader chooses what to get."""
    foot = translate(lang, "To choose which letters you get: %(url)s", url=wishes_url)
    return replace(written, body=f"{written.body.rstrip()}\n{foot}\n")


def about_event(to: Recipient, event: EventNotice) -> dict[str, object]:
    """Returns what a template says of an event: its title, when it is, whether one joins online."""
    return {"title": event.title, "when": when_text(to, event), "is_online": event.is_online}


def about_registration(
    state: RegistrationState, event: EventNotice, *, instead: str = ""
) -> dict[str, object]:
    """Returns what a template says of how its reader stands with an event.

    `instead`: the former date, when the event has moved since the person heard of it.
    """
    return {
        **about_event(state.to, event),
        "instead": instead,
        "roles": roles_text(state.to.language, state.roles),
        "is_nominated": state.origin == Origin.NOMINATION,
        "is_registered": state.status is RegistrationStatus.REGISTERED,
        "is_asked_for": state.status in ACTIVE,
    }


def about_reminder(to: Recipient, event: EventNotice, *, now: datetime) -> dict[str, object]:
    """Returns what a reminder says of an event. `now` is when it is written: its subject counts
    days on the reader's own calendar. Whole days have no hour, and are counted where the event is
    held, as the letter writes them.
    """
    is_soon, days = False, None
    if event.span is not None:
        zone = ZoneInfo(event.timezone if event.is_all_day else to.timezone)
        starts = event.span.starts_at
        is_soon = starts - now <= SOON and not event.is_all_day
        days = (starts.astimezone(zone).date() - now.astimezone(zone).date()).days
    return {
        **about_event(to, event),
        "is_soon": is_soon,
        "days": days,
        "dial_in": event.dial_in.strip(),
    }


def one_line(text: str) -> str:
    """Returns what somebody wrote in several lines as one that a sentence can end with."""
    return " ".join(text.split())


def roles_text(lang: Language, roles: Collection[PersonRole]) -> str:
    return ", ".join(translate(lang, AS_ROLE[role]) for role in roles)


def role_text(lang: Language, role: Role | None, scope_name: LocalizedText | None) -> str:
    """Returns the role by name, with that of its country or group; "" for none."""
    name = translate(lang, ROLE_NAMES[role]) if role else ""
    return f"{name}, {scope_name.in_(lang)}" if scope_name else name


def when_text(to: Recipient, event: EventNotice) -> str:
    """Returns date, hours and zone in plain words: filters strip calendar attachments, so the body
    must be enough.
    """
    if event.span is None:
        return translate(to.language, "The date is still to be announced.")
    return "\n".join(
        span_lines(to, event.span, event.timezone, event.place, is_all_day=event.is_all_day)
    )


def span_lines(
    to: Recipient, span: Timespan, timezone: str, place: str, *, is_all_day: bool = False
) -> list[str]:
    """Returns when it is in the event's zone, in the reader's where it differs (never for whole
    days), and where.
    """
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


def instead_of(to: Recipient, span: Timespan | None, timezone: str, place: str) -> str:
    """Returns the paragraph that says when and where it was to be before, by the clock of then; ""
    where that is not known. From midnight to midnight are whole days, as nothing else says of what
    was.
    """
    if span is None:
        return ""
    is_all_day = {
        at.astimezone(ZoneInfo(timezone)).time() for at in (span.starts_at, span.ends_at)
    } == {time()}
    lines = span_lines(to, span, timezone, place, is_all_day=is_all_day)
    return "\n".join((translate(to.language, "Instead of:"), *lines))


def moment_for(to: Recipient, at: datetime) -> str:
    """Returns a day and an hour by the reader's clock, with its zone."""
    lang, zone = to.language, to.timezone
    day = days_text(at, at, zone, lang)
    return f"{day}, {at.astimezone(ZoneInfo(zone)):%H:%M} ({zone_label(zone, at, lang)})"


@cache
def templates() -> Environment:
    """Returns an environment of its own, because letters are written outside requests. Undefined
    names raise, so that no letter leaves with a hole.
    """
    made = Environment(
        loader=LOADER,
        autoescape=False,  # noqa: S701 - plain text; the page of a letter is made by the outbox
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
    )
    made.policies["ext.i18n.trimmed"] = True  # as tooling/messages.py reads the templates
    made.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.filters.update(day=_day, plain_day=_plain_day, localized=_localized)
    return made


@cache
def names_in(template: str) -> frozenset[str]:
    """Returns the names of the context that a template and what it includes ask for."""
    env = templates()
    tree = env.parse(LOADER.get_source(env, template)[0])
    names = meta.find_undeclared_variables(tree) - env.globals.keys()
    others = filter(None, meta.find_referenced_templates(tree))
    return frozenset(names.union(*map(names_in, others)))


@pass_context
def _gettext(context: Context, msgid: str) -> str:
    return catalogue(context["lang"]).ugettext(msgid)


@pass_context
def _ngettext(context: Context, singular: str, plural: str, n: int) -> str:
    return catalogue(context["lang"]).ungettext(singular, plural, n)


@pass_context
def _day(context: Context, on: date) -> str:
    return day_text(on, context["lang"])


@pass_context
def _plain_day(context: Context, on: date) -> str:
    return date_text(context["lang"], on)


@pass_context
def _localized(context: Context, text: LocalizedText) -> str:
    return text.in_(context["lang"])


def _in(lang: Language, value: Any) -> Any:
    return value.in_(lang) if isinstance(value, LocalizedText) else value


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in BLANK_LINES.split(text) if part.strip()]


def _in_zone(lang: Language, span: Timespan, timezone: str, *, is_all_day: bool = False) -> str:
    day, zone = (
        days_text(span.starts_at, span.ends_at, timezone, lang),
        zone_label(timezone, span.starts_at, lang),
    )
    if is_all_day:
        return translate(lang, "%(day)s, all day (%(zone)s)", day=day, zone=zone)
    return f"{day}, {hours_text(span.starts_at, span.ends_at, timezone)} ({zone})"
