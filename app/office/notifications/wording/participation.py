"""Letters about a place at an event. Times stand in the body: filters strip calendar attachments.

`instead`: the former date, for a letter about a place when the event has moved since the person
heard of it.
"""

from collections.abc import Sequence

from app.infra.language import translate
from app.kernel.text import N_
from app.office.notifications.values import EventNotice, Recipient, RegistrationState
from app.office.notifications.wording.letters import letter, page_text, when_text
from app.office.notifications.wording.parts import part_text
from app.office.outbox.values import Letter
from app.planning.events.values.places import Origin

PENDING = N_(
    "You asked for a place at “%(title)s”. The organizers decide on each request; we "
    "will write to you when they have."
)
PENDING_NOMINATION = N_(
    "Your focal point nominated you for “%(title)s”. The organizers decide on each request; we "
    "write to you when they have."
)
NOMINATED = N_("Your focal point nominated you for “%(title)s”.")


def registration_made(
    place: RegistrationState,
    event: EventNotice,
    *,
    url: str,
    calendar_url: str,
    instead: Sequence[str] = (),
) -> Letter:
    """Who was nominated pressed no button: it says whose wish it was, and how to give the place
    back.
    """
    to = place.to
    lang, title = to.language, event.title.in_(to.language)
    return letter(
        lang,
        translate(lang, "You are registered: %(title)s", title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        *by_focal_point(place, event),
        translate(lang, "You are registered for “%(title)s”.", title=title),
        when_text(to, event),
        *instead,
        *part_text(place),
        page_text(lang, event, url),
        translate(lang, "To add it to your calendar: %(url)s", url=calendar_url),
        *([give_back(to, url=url)] if is_nominated(place) else ()),
        kind="registered",
        values={"name": to.name, "event": title},
        lead=1 + is_nominated(place),
    )


def place_given(
    place: RegistrationState,
    event: EventNotice,
    *,
    url: str,
    calendar_url: str,
    instead: Sequence[str] = (),
) -> Letter:
    """From the waiting list or by decision: nobody pressed a button just now, so it says how to
    give it back.
    """
    to = place.to
    lang, title = to.language, event.title.in_(to.language)
    return letter(
        lang,
        translate(lang, "You have a place: %(title)s", title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(lang, "You now have a place at “%(title)s”.", title=title),
        when_text(to, event),
        *instead,
        *part_text(place),
        page_text(lang, event, url),
        translate(lang, "To add it to your calendar: %(url)s", url=calendar_url),
        give_back(to, url=url),
        kind="place-given",
        values={"name": to.name, "event": title},
    )


def waiting(
    place: RegistrationState,
    event: EventNotice,
    *,
    url: str,
    position: int,
    instead: Sequence[str] = (),
) -> Letter:
    to = place.to
    lang, title = to.language, event.title.in_(to.language)
    return letter(
        lang,
        translate(lang, "You are on the waiting list: %(title)s", title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        *by_focal_point(place, event),
        translate(
            lang,
            "There was no free place at “%(title)s”. You are number %(position)s on the waiting list; when "
            "a place becomes free for you, we write to you at once.",
            title=title,
            position=position,
        ),
        when_text(to, event),
        *instead,
        *part_text(place),
        translate(lang, "To see your place on the list, or to leave it: %(url)s", url=url),
        kind="waiting",
        values={"name": to.name, "event": title, "position": str(position)},
        lead=1 + is_nominated(place),
    )


def pending(
    place: RegistrationState, event: EventNotice, *, url: str, instead: Sequence[str] = ()
) -> Letter:
    to = place.to
    lang, title = to.language, event.title.in_(to.language)
    asked = PENDING_NOMINATION if is_nominated(place) else PENDING
    return letter(
        lang,
        translate(lang, "Your request is received: %(title)s", title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(lang, asked, title=title),
        when_text(to, event),
        *instead,
        *part_text(place),
        translate(lang, "Details: %(url)s", url=url),
        kind="pending-nomination" if is_nominated(place) else "pending",
        values={"name": to.name, "event": title},
    )


def declined(place: RegistrationState, event: EventNotice, *, url: str) -> Letter:
    to = place.to
    lang, title = to.language, event.title.in_(to.language)
    return letter(
        lang,
        translate(lang, "No place this time: %(title)s", title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(lang, "The organizers could not give you a place at “%(title)s”.", title=title),
        *part_text(place),
        translate(lang, "Who to ask, and what else is planned: %(url)s", url=url),
        kind="declined",
        values={"name": to.name, "event": title},
    )


def cancelled_own(place: RegistrationState, event: EventNotice, *, url: str) -> Letter:
    to = place.to
    lang, title = to.language, event.title.in_(to.language)
    return letter(
        lang,
        translate(lang, "You are no longer registered: %(title)s", title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(lang, "Your registration for “%(title)s” is cancelled.", title=title),
        when_text(to, event),
        *part_text(place),
        translate(lang, "If that was not what you wanted, register again: %(url)s", url=url),
        kind="registration-cancelled",
        values={"name": to.name, "event": title},
    )


def is_nominated(place: RegistrationState) -> bool:
    return place.origin == Origin.NOMINATION


def by_focal_point(place: RegistrationState, event: EventNotice) -> tuple[str, ...]:
    """The sentence that says who put the person on the list, where it was somebody else."""
    language = place.to.language
    said = translate(language, NOMINATED, title=event.title.in_(language))
    return (said,) if is_nominated(place) else ()


def give_back(to: Recipient, *, url: str) -> str:
    return translate(
        to.language,
        "If you cannot take part, cancel your registration on the same page, so that "
        "somebody else can have the place: %(url)s",
        url=url,
    )
