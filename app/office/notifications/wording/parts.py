"""Letters to the people named in the programme of an event, and the sentence about it in other
letters to them.
"""

from collections.abc import Collection, Sequence

from app.infra.language import translate
from app.kernel.text import N_, Language
from app.office.notifications.values import EventNotice, Recipient, RegistrationState
from app.office.notifications.wording.letters import letter, page_text, when_text
from app.office.outbox.values import Letter
from app.planning.events.values import PersonRole
from app.planning.events.values.places import RegistrationStatus

AS_ROLE = {
    PersonRole.SPEAKER: N_("speaker"),
    PersonRole.MODERATOR: N_("moderator"),
    PersonRole.RAPPORTEUR: N_("rapporteur"),
    PersonRole.INTERPRETER: N_("interpreter"),
}

PART_IN_PROGRAMME = N_("You are in its programme. Your role: %(roles)s.")
PART_IN_CANCELLED = N_("You were in its programme. Your role was: %(roles)s.")


def part_given(
    place: RegistrationState,
    event: EventNotice,
    *,
    url: str,
    calendar_url: str,
    instead: Sequence[str] = (),
) -> Letter:
    to = place.to
    lang, title = to.language, event.title.in_(to.language)
    return letter(
        lang,
        translate(lang, "You are in the programme: %(title)s", title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(
            lang,
            "You are in the programme of “%(title)s”. Your role: %(roles)s.",
            title=title,
            roles=roles_text(lang, place.roles),
        ),
        when_text(to, event),
        *instead,
        *_registered_too(place),
        page_text(lang, event, url),
        translate(lang, "To add it to your calendar: %(url)s", url=calendar_url),
        translate(lang, "If you cannot do it, please tell whoever invited you soon."),
        kind="part-given",
        values={"name": to.name, "event": title, "roles": roles_text(lang, place.roles)},
    )


def part_changed(
    place: RegistrationState, event: EventNotice, *, url: str, calendar_url: str
) -> Letter:
    to = place.to
    lang, title = to.language, event.title.in_(to.language)
    return letter(
        lang,
        translate(lang, "Your role has changed: %(title)s", title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(
            lang,
            "Your role in “%(title)s” is now: %(roles)s.",
            title=title,
            roles=roles_text(lang, place.roles),
        ),
        when_text(to, event),
        *_registered_too(place),
        page_text(lang, event, url),
        translate(lang, "To add it to your calendar: %(url)s", url=calendar_url),
        kind="part-changed",
        values={"name": to.name, "event": title, "roles": roles_text(lang, place.roles)},
    )


def part_taken(
    place: RegistrationState, event: EventNotice, *, url: str, is_registered: bool
) -> Letter:
    to = place.to
    lang, title = to.language, event.title.in_(to.language)
    return letter(
        lang,
        translate(lang, "You are no longer in the programme: %(title)s", title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(lang, "You are no longer in the programme of “%(title)s”.", title=title),
        when_text(to, event),
        *([translate(lang, "You are still registered for it.")] if is_registered else []),
        translate(lang, "Details: %(url)s", url=url),
        kind="part-taken",
        values={"name": to.name, "event": title},
    )


def part_declined(
    to: Recipient, event: EventNotice, *, name: str, roles: Collection[PersonRole], url: str
) -> Letter:
    """To whoever planned the event."""
    lang, title = to.language, event.title.in_(to.language)
    return letter(
        lang,
        translate(lang, "%(name)s cannot come: %(title)s", name=name, title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(
            lang,
            "The calendar of %(name)s declined “%(title)s”. Their role: %(roles)s.",
            name=name,
            title=title,
            roles=roles_text(lang, roles),
        ),
        when_text(to, event),
        translate(lang, "The programme still names them. To change it: %(url)s", url=url),
        kind="part-declined",
        values={"name": to.name, "event": title, "person": name, "roles": roles_text(lang, roles)},
    )


def _registered_too(place: RegistrationState) -> tuple[str, ...]:
    """The sentence for who has a place as well: this letter takes the place of one about it that
    has not left yet.
    """
    if place.status is not RegistrationStatus.REGISTERED:
        return ()
    return (translate(place.to.language, "You are registered for it, too."),)


def part_text(place: RegistrationState, *, is_cancelled: bool = False) -> tuple[str, ...]:
    """The sentence about a part in the programme, for a letter about something else; none for who
    has no part.
    """
    if not place.roles:
        return ()
    lang = place.to.language
    sentence = PART_IN_CANCELLED if is_cancelled else PART_IN_PROGRAMME
    return (translate(lang, sentence, roles=roles_text(lang, place.roles)),)


def roles_text(lang: Language, roles: Collection[PersonRole]) -> str:
    return ", ".join(translate(lang, AS_ROLE[role]) for role in roles)
