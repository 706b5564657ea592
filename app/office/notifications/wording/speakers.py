"""Letters about speakers from outside in words."""

from app.infra.body import current_body
from app.infra.language import translate
from app.kernel.text import N_
from app.office.notifications.values import EventNotice, Recipient
from app.office.notifications.wording.letters import about_event
from app.office.outbox.values import Letter

ASKED = N_(
    "The presidency and the secretariat %(of_body)s have the honour to ask you to speak at "
    "“%(title)s”."
)
CONFIRM = N_(
    "Please say here whether you will speak, and add a photo and two lines about yourself if you "
    "like. You need no account, and the link is yours alone: %(url)s"
)
DECLINED = N_("%(name)s will not speak at “%(title)s”.")


def speaker_asked(to: Recipient, event: EventNotice, *, url: str) -> Letter:
    lang, title = to.language, event.title.in_(to.language)
    return about_event(
        to,
        event,
        translate(lang, "You are asked to speak: %(title)s", title=title),
        translate(lang, ASKED, title=title, of_body=current_body().of_name),
        translate(lang, CONFIRM, url=url),
        kind="speaker-asked",
    )


def speaker_declined(to: Recipient, event: EventNotice, *, name: str, url: str) -> Letter:
    lang, title = to.language, event.title.in_(to.language)
    return about_event(
        to,
        event,
        translate(lang, "A speaker declined: %(title)s", title=title),
        translate(lang, DECLINED, name=name, title=title),
        translate(lang, "Add somebody else here: %(url)s", url=url),
        kind="speaker-declined",
    )
