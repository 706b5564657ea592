"""Letters of inviting in words. Date, time, zone and link stand in the body: filters strip
attachments.
"""

from datetime import date

from app.infra.body import current_body
from app.infra.language import ntranslate, translate
from app.kernel.text import N_
from app.office.notifications.values import EventNotice, Recipient
from app.office.notifications.wording.letters import about_event, letter, when_text
from app.office.outbox.values import Letter
from app.web.render import day_text

INVITED = N_(
    "The presidency and the secretariat %(of_body)s have the honour to invite you to “%(title)s”."
)
NO_ACCOUNT = N_(
    "Register here; you need no account, and the link works for this event only: %(url)s"
)
ASKED = N_(
    "The presidency and the secretariat %(of_body)s invite your country to “%(title)s” and "
    "ask you to name the officials who will represent it."
)
CONFIRM = N_(
    "Please confirm that you will take part, or give up the place so that somebody else can have it: %(url)s"
)

REGISTERED_ALREADY = N_(
    "Somebody asked, as a guest with your address, to register for “%(title)s”. You are registered already, and "
    "nothing has changed."
)


def guest_invited(to: Recipient, event: EventNotice, *, url: str, note: str) -> Letter:
    lang, title = to.language, event.title.in_(to.language)
    return about_event(
        to,
        event,
        translate(lang, "You are invited: %(title)s", title=title),
        translate(lang, INVITED, title=title, of_body=current_body().of_name),
        *([note] if note else []),
        translate(lang, NO_ACCOUNT, url=url),
        kind="guest-invited",
    )


def person_invited(to: Recipient, event: EventNotice, *, url: str, note: str) -> Letter:
    lang, title = to.language, event.title.in_(to.language)
    return about_event(
        to,
        event,
        translate(lang, "You are invited: %(title)s", title=title),
        translate(lang, INVITED, title=title, of_body=current_body().of_name),
        *([note] if note else []),
        translate(lang, "Register on its page: %(url)s", url=url),
        kind="person-invited",
    )


def names_asked(
    to: Recipient,
    event: EventNotice,
    *,
    url: str,
    note: str,
    places: int | None,
    respond_by: date | None,
) -> Letter:
    """To a focal point."""
    lang, title = to.language, event.title.in_(to.language)
    wanted = []
    if places is not None:
        wanted.append(
            ntranslate(
                lang, "One person is expected.", "%(num)s people are expected.", places, num=places
            )
        )
    if respond_by is not None:
        wanted.append(
            translate(
                lang, "We kindly ask for the names by %(day)s.", day=day_text(respond_by, lang)
            )
        )
    return letter(
        lang,
        translate(lang, "Please say who will take part: %(title)s", title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(lang, ASKED, title=title, of_body=current_body().of_name),
        *([" ".join(wanted)] if wanted else []),
        when_text(to, event),
        *([note] if note else []),
        translate(lang, "Tick people on your list here: %(url)s", url=url),
        kind="names-asked",
        values={"name": to.name, "event": title},
    )


def nominated(to: Recipient, event: EventNotice, *, url: str) -> Letter:
    lang, title = to.language, event.title.in_(to.language)
    return about_event(
        to,
        event,
        translate(lang, "Your country has named you: %(title)s", title=title),
        translate(lang, "Your focal point nominated you for “%(title)s”.", title=title),
        translate(lang, CONFIRM, url=url),
        kind="nominated",
    )


def guest_link(to: Recipient, event: EventNotice, *, url: str) -> Letter:
    lang, title = to.language, event.title.in_(to.language)
    return about_event(
        to,
        event,
        translate(lang, "Your link: %(title)s", title=title),
        translate(
            lang,
            "Somebody asked to register you for “%(title)s”; you are registered already.",
            title=title,
        ),
        translate(lang, "Your own page for it, without an account: %(url)s", url=url),
        kind="guest-link",
    )


def registered_already(to: Recipient, event: EventNotice, *, url: str) -> Letter:
    """To somebody with an account, whose address somebody typed as a guest: the person or anybody
    else.
    """
    lang, title = to.language, event.title.in_(to.language)
    return about_event(
        to,
        event,
        translate(lang, "You are registered already: %(title)s", title=title),
        translate(lang, REGISTERED_ALREADY, title=title),
        translate(lang, "How your registration stands: %(url)s", url=url),
        kind="registered-already",
    )
