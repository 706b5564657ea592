"""Letters about an event's way to the programme: asked, approved, returned."""

from app.infra.language import translate
from app.office.notifications.values import EventNotice, Recipient
from app.office.notifications.wording.letters import about_event, letter
from app.office.outbox.values import Letter


def approval_asked(to: Recipient, event: EventNotice, *, url: str) -> Letter:
    """A letter to the presidency."""
    lang, title = to.language, event.title.in_(to.language)
    return about_event(
        to,
        event,
        translate(lang, "Your approval is requested: %(title)s", title=title),
        translate(
            lang,
            "The organizers ask you to approve “%(title)s”. Its time is held in the meantime.",
            title=title,
        ),
        translate(lang, "To approve it, or to return it with a note: %(url)s", url=url),
        kind="approval-asked",
    )


def event_approved(to: Recipient, event: EventNotice, *, url: str) -> Letter:
    lang, title = to.language, event.title.in_(to.language)
    return about_event(
        to,
        event,
        translate(lang, "Approved: %(title)s", title=title),
        translate(lang, "The presidency has approved “%(title)s”.", title=title),
        translate(lang, "It is not public yet. To publish it: %(url)s", url=url),
        kind="approved",
    )


def event_returned(to: Recipient, event: EventNotice, *, url: str, note: str) -> Letter:
    """`note` is the reason that the presidency wrote."""
    lang, title = to.language, event.title.in_(to.language)
    return letter(
        lang,
        translate(lang, "Returned: %(title)s", title=title),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(
            lang, "The presidency has returned “%(title)s”; it is a draft again.", title=title
        ),
        *(
            [translate(lang, "What has to change: %(note)s", note=" ".join(note.split()))]
            if note
            else []
        ),
        translate(lang, "To change it and ask again: %(url)s", url=url),
        kind="returned",
        values={"name": to.name, "event": title},
    )
