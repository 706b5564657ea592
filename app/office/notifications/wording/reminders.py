"""Reminders of an event one is registered for."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.infra.language import ntranslate, translate
from app.kernel.text import N_
from app.office.notifications.values import EventNotice, Recipient
from app.office.notifications.wording.letters import about_event
from app.office.notifications.wording.participation import give_back
from app.office.outbox.values import Letter

SOON = timedelta(minutes=90)
OPENS = N_("The link to join opens 30 minutes before, on the page of the webinar: %(url)s")
OWN_LINK = N_("Your own link to join. It lets you in under your name; do not pass it on: %(url)s")
AT = N_("Page of the event: %(url)s")


def reminder(
    to: Recipient, event: EventNotice, *, now: datetime, url: str, own_url: str = ""
) -> Letter:
    """`now` is when it is written: the subject counts days on the reader's own calendar. `own_url`:
    the reader's own link to join.
    """
    lang, title = to.language, event.title.in_(to.language)
    dial_in = translate(
        lang, "Without internet, by telephone: %(dial_in)s", dial_in=event.dial_in.strip()
    )
    return about_event(
        to,
        event,
        _subject(to, event, now),
        translate(lang, "You are registered for “%(title)s”.", title=title),
        translate(lang, OPENS if event.is_online else AT, url=url),
        *([translate(lang, OWN_LINK, url=own_url)] if own_url else []),
        *([dial_in] if event.dial_in.strip() else []),
        give_back(to, url=url),
        kind="reminder",
    )


def _subject(to: Recipient, event: EventNotice, now: datetime) -> str:
    """Whole days have no hour, and are counted where the event is held, as the letter writes
    them.
    """
    lang, title = to.language, event.title.in_(to.language)
    zone = ZoneInfo(event.timezone if event.is_all_day else to.timezone)
    if event.span is None:
        return title
    starts = event.span.starts_at
    if starts - now <= SOON and not event.is_all_day:
        return translate(lang, "It starts soon: %(title)s", title=title)
    days = (starts.astimezone(zone).date() - now.astimezone(zone).date()).days
    if days == 0:
        return translate(lang, "Today: %(title)s", title=title)
    if days == 1:
        return translate(lang, "Tomorrow: %(title)s", title=title)
    return ntranslate(
        lang, "In %(n)s day: %(title)s", "In %(n)s days: %(title)s", days, title=title
    )
