"""Letters about accounts."""

from app.infra.language import translate
from app.office.notifications.values import Letter, Recipient
from app.office.notifications.wording.letters import letter


def account_invited(to: Recipient, *, url: str, course_url: str) -> Letter:
    """To somebody whose country added them: how to come in, without a password, and what waits
    there.
    """
    lang = to.language
    return letter(
        lang,
        translate(lang, "You can take the course on the Guidelines"),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(
            lang,
            "Your country's focal point added you to the list of officials who may take the course.",
        ),
        translate(
            lang,
            "To come in, write this address of yours and ask for a link; there is no password: %(url)s",
            url=url,
        ),
        translate(
            lang,
            "The course, in pieces of ten minutes, on a phone or a computer: %(url)s",
            url=course_url,
        ),
    )
