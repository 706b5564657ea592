"""Letters about a place at an event. Times stand in the body: filters strip calendar attachments."""

from app.infra.language import translate
from app.notifications.values import EventNotice, Letter, Recipient
from app.notifications.wording.letters import letter, when_text


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


def place_given(to: Recipient, event: EventNotice, *, url: str, calendar_url: str) -> Letter:
    """From the waiting list or by decision: nobody pressed a button just now, so it says how to give it back."""
    lang, title = to.language, event.title.in_(to.language)
    return letter(
        lang,
        translate(lang, "You have a place: %(title)s", title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(lang, "You now have a place at “%(title)s”.", title=title),
        when_text(to, event),
        translate(lang, "The page of the webinar, with the link to join when it is time: %(url)s", url=url),
        translate(lang, "To add it to your calendar: %(url)s", url=calendar_url),
        give_back(to, url=url),
    )


def waiting(to: Recipient, event: EventNotice, *, url: str, position: int) -> Letter:
    lang, title = to.language, event.title.in_(to.language)
    return letter(
        lang,
        translate(lang, "You are on the waiting list: %(title)s", title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(lang, "There was no free place at “%(title)s”. You are number %(position)s on the waiting list; when "
                  "a place becomes free for you, we write to you at once.", title=title, position=position),
        when_text(to, event),
        translate(lang, "To see where you stand, or to leave the list: %(url)s", url=url),
    )  # fmt: skip


def pending(to: Recipient, event: EventNotice, *, url: str) -> Letter:
    lang, title = to.language, event.title.in_(to.language)
    return letter(
        lang,
        translate(lang, "Your request is received: %(title)s", title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(lang, "You asked for a place at “%(title)s”. The organizers decide on each request; we write to you "
                  "when they have.", title=title),
        when_text(to, event),
        translate(lang, "Details: %(url)s", url=url),
    )  # fmt: skip


def declined(to: Recipient, event: EventNotice, *, url: str) -> Letter:
    lang, title = to.language, event.title.in_(to.language)
    return letter(
        lang,
        translate(lang, "No place this time: %(title)s", title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(lang, "The organizers could not give you a place at “%(title)s”.", title=title),
        translate(lang, "Whom to ask, and what else is planned: %(url)s", url=url),
    )


def cancelled_own(to: Recipient, event: EventNotice, *, url: str) -> Letter:
    lang, title = to.language, event.title.in_(to.language)
    return letter(
        lang,
        translate(lang, "You are no longer registered: %(title)s", title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(lang, "Your registration for “%(title)s” is cancelled.", title=title),
        when_text(to, event),
        translate(lang, "If that was not what you wanted, register again: %(url)s", url=url),
    )


def give_back(to: Recipient, *, url: str) -> str:
    return translate(
        to.language,
        "If you cannot come, cancel your registration on the same page, so that somebody else can have the place: "
        "%(url)s", url=url,
    )  # fmt: skip
