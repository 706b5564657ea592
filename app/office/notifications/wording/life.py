"""Letters about what the presidency is asked and answers."""

from app.infra.language import translate
from app.kernel.text import N_, Language
from app.office.notifications.values import EventNotice, Recipient
from app.office.notifications.wording.letters import about_event, letter
from app.office.outbox.values import Letter

IN_ITS_WORDS = N_("In its words: %(note)s")
TO_CHANGE = N_("What has to change: %(note)s")


def approval_asked(
    to: Recipient,
    event: EventNotice,
    *,
    url: str,
    reason: str = "",
    until: str = "",
    is_move: bool = False,
) -> Letter:
    """A letter to the presidency. `event` is at the time asked for; `until`: when the answer is
    due.
    """
    lang, title = to.language, event.title.in_(to.language)
    opening = (
        translate(
            lang, "The organizers ask you to let “%(title)s” be moved to this time.", title=title
        )
        if is_move
        else translate(
            lang, "The organizers ask you to authorize “%(title)s” at this time.", title=title
        )
    )
    return about_event(
        to,
        event,
        translate(lang, "Your authorization is requested: %(title)s", title=title),
        opening,
        *_said(lang, reason),
        *(
            [
                translate(
                    lang,
                    "Please decide by %(until)s. Without an answer nothing is authorized.",
                    until=until,
                )
            ]
            if until
            else []
        ),
        translate(lang, "To authorize it, offer another hour, or decline: %(url)s", url=url),
        kind="approval-asked",
    )


def event_approved(
    to: Recipient, event: EventNotice, *, url: str, reason: str = "", is_moved: bool = False
) -> Letter:
    """`is_moved`: it was published already and is at its new time now."""
    lang, title = to.language, event.title.in_(to.language)
    return about_event(
        to,
        event,
        translate(lang, "Authorized: %(title)s", title=title),
        translate(lang, "The presidency has authorized “%(title)s”.", title=title),
        *_said(lang, reason),
        translate(lang, "It has been moved to that time. Its page: %(url)s", url=url)
        if is_moved
        else translate(lang, "It is not public yet. To publish it: %(url)s", url=url),
        kind="approved",
    )


def other_hour_offered(to: Recipient, event: EventNotice, *, url: str) -> Letter:
    """`event` is at the hour that is offered."""
    lang, title = to.language, event.title.in_(to.language)
    return about_event(
        to,
        event,
        translate(lang, "Another hour is offered: %(title)s", title=title),
        translate(
            lang,
            "The presidency did not authorize the time you asked for “%(title)s” and offers "
            "another one:",
            title=title,
        ),
        translate(lang, "To take that hour with one press: %(url)s", url=url),
        kind="hour-offered",
    )


def request_lapsed(to: Recipient, event: EventNotice, *, url: str) -> Letter:
    """`event` is at the time asked for."""
    lang, title = to.language, event.title.in_(to.language)
    return about_event(
        to,
        event,
        translate(lang, "Not answered in time: %(title)s", title=title),
        translate(
            lang,
            "The presidency did not answer your request about “%(title)s” in time, so nothing is "
            "authorized.",
            title=title,
        ),
        translate(lang, "To choose a free time, or to ask again: %(url)s", url=url),
        kind="request-lapsed",
    )


def event_returned(
    to: Recipient, event: EventNotice, *, url: str, note: str, is_request: bool = False
) -> Letter:
    """`note` is the reason that the presidency wrote; `is_request`: in answer to a request."""
    said = IN_ITS_WORDS if is_request else TO_CHANGE
    lang, title = to.language, event.title.in_(to.language)
    return letter(
        lang,
        translate(lang, "Not authorized: %(title)s", title=title)
        if is_request
        else translate(lang, "Returned: %(title)s", title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(lang, "The presidency has not authorized “%(title)s”.", title=title)
        if is_request
        else translate(
            lang, "The presidency has returned “%(title)s”; it is a draft again.", title=title
        ),
        *([translate(lang, said, note=" ".join(note.split()))] if note else []),
        translate(lang, "To change it and ask again: %(url)s", url=url),
        kind="returned",
        values={"name": to.name, "event": title},
    )


def _said(lang: Language, reason: str) -> list[str]:
    words = " ".join(reason.split())
    return [translate(lang, "The reason: %(reason)s", reason=words)] if words else []
