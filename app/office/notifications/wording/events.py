"""Letters about an event as a whole: it is elsewhere in time, will not be, has been."""

from collections.abc import Sequence

from app.infra.language import translate
from app.kernel.text import N_
from app.office.notifications.values import EventNotice, Recipient, RegistrationState
from app.office.notifications.wording.letters import about_event, letter, when_text
from app.office.notifications.wording.parts import part_text
from app.office.outbox.values import Letter
from app.planning.events.values.places import STANDING, RegistrationStatus

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
THANKS, IS_OVER = N_("Thank you for taking part: %(title)s"), N_("It has ended: %(title)s")
IS_OVER_WITH_THANKS = N_("“%(title)s” has ended. Thank you for your time and your interest.")
IS_OVER_SENTENCE = N_("“%(title)s” has ended.")
QUESTIONS_WAIT = N_(
    "There are five questions about it on its page, two minutes in all; you can "
    "answer without giving your name. Materials, the recording and the agreements "
    "appear there as they become ready: %(url)s"
)
QUESTIONS_WAIT_IF_THERE = N_(
    "Materials, the recording and the agreements appear on its page as they become "
    "ready. If you were there, you will also find five questions about it; you can "
    "answer them without giving your name: %(url)s"
)
STANDS = N_("Your registration stands. Details: %(url)s")
STILL_WAITING = N_("Your request still stands; you have no place yet. Details: %(url)s")
DETAILS = N_("Details: %(url)s")


def event_moved(
    place: RegistrationState, event: EventNotice, *, url: str, instead: Sequence[str] = ()
) -> Letter:
    """`instead`: when it was to be before, where that is known."""
    to = place.to
    lang, title = to.language, event.title.in_(to.language)
    return letter(
        lang,
        translate(lang, "New date or time: %(title)s", title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(
            lang, "The date, time or place of “%(title)s” has changed. It is now:", title=title
        ),
        when_text(to, event),
        *instead,
        *part_text(place),
        _as_it_stands(place, url=url),
        kind="moved",
        values={"name": to.name, "event": title},
    )


def event_moved_by_zone_rules(place: RegistrationState, event: EventNotice, *, url: str) -> Letter:
    """The event's own hours stand, the rest of the region meets it at another hour."""
    to = place.to
    lang, title = to.language, event.title.in_(to.language)
    return letter(
        lang,
        translate(lang, "Check the hour: %(title)s", title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(lang, OTHER_HOUR_ELSEWHERE, title=title),
        when_text(to, event),
        *part_text(place),
        _as_it_stands(place, url=url),
        kind="moved-by-zone",
        values={"name": to.name, "event": title},
    )


def own_event_moved_by_zone_rules(
    to: Recipient, event: EventNotice, *, url: str, is_in_conflict: bool
) -> Letter:
    """To whoever planned it."""
    lang, title = to.language, event.title.in_(to.language)
    return about_event(
        to,
        event,
        translate(lang, "The official time changed: %(title)s", title=title),
        translate(lang, "You planned “%(title)s”.", title=title)
        + " "
        + translate(lang, OWN_HOURS_STAND),
        *([translate(lang, MEETS_WITH_ANOTHER)] if is_in_conflict else []),
        translate(
            lang, "Whoever is registered has been told. To choose another hour: %(url)s", url=url
        ),
        kind="moved-by-zone-own",
    )


def _as_it_stands(place: RegistrationState, *, url: str) -> str:
    """Who has no place yet stays where they stood."""
    if place.status is RegistrationStatus.REGISTERED:
        return translate(place.to.language, STANDS, url=url)
    return translate(
        place.to.language, STILL_WAITING if place.status in STANDING else DETAILS, url=url
    )


def event_cancelled(
    place: RegistrationState, event: EventNotice, *, url: str, reason: str = ""
) -> Letter:
    """`reason`: as whoever cancelled it wrote it."""
    to = place.to
    lang, title = to.language, event.title.in_(to.language)
    said = " ".join(reason.split())
    return letter(
        lang,
        translate(lang, "Cancelled: %(title)s", title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(lang, "“%(title)s” will not take place. It was planned for:", title=title),
        when_text(to, event),
        *([translate(lang, "The reason: %(reason)s", reason=said)] if said else []),
        *part_text(place, is_cancelled=True),
        translate(lang, DETAILS, url=url),
        kind="cancelled",
        values={"name": to.name, "event": title},
    )


def event_reinstated(place: RegistrationState, event: EventNotice, *, url: str) -> Letter:
    """The cancellation was taken back."""
    to = place.to
    lang, title = to.language, event.title.in_(to.language)
    return letter(
        lang,
        translate(lang, "It takes place after all: %(title)s", title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(
            lang,
            "The cancellation of “%(title)s” was taken back. It takes place as planned:",
            title=title,
        ),
        when_text(to, event),
        *part_text(place),
        _as_it_stands(place, url=url),
        kind="reinstated",
        values={"name": to.name, "event": title},
    )


def event_ended(to: Recipient, event: EventNotice, *, url: str, came: bool) -> Letter:
    """Thanks only who is on record as having been there (`came`): to others the event is over and
    no more is said.
    """
    lang, title = to.language, event.title.in_(to.language)
    return letter(
        lang,
        translate(lang, THANKS if came else IS_OVER, title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(lang, IS_OVER_WITH_THANKS if came else IS_OVER_SENTENCE, title=title),
        translate(lang, QUESTIONS_WAIT if came else QUESTIONS_WAIT_IF_THERE, url=url),
        kind="ended-with-thanks" if came else "ended",
        values={"name": to.name, "event": title},
    )
