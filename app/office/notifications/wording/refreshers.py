"""Letters with a refresher, and the one that says that they pause."""

from app.infra.language import ntranslate, translate
from app.office.notifications.values import Recipient
from app.office.notifications.wording.letters import letter
from app.office.outbox.values import Letter


def refresher(to: Recipient, *, count: int, url: str, last_day: str, stop_url: str) -> Letter:
    """`last_day` is the last day on which the link works, in words."""
    lang = to.language
    return letter(
        lang,
        translate(lang, "Three minutes: what do you remember?"),
        translate(lang, "Hello, %(name)s:", name=to.name),
        ntranslate(
            lang,
            "Here is %(n)s short question about what you have learned. It counts for nothing; it keeps it fresh.",
            "Here are %(n)s short questions about what you have learned. They count for nothing; they keep it "
            "fresh.",
            count,
        ),
        translate(lang, "Answer here, without signing in: %(url)s", url=url),
        translate(lang, "The link works until %(day)s.", day=last_day),
        translate(
            lang, "To stop these letters, press the button on this page: %(url)s", url=stop_url
        ),
        kind="refresher",
        values={"name": to.name, "count": str(count)},
    )


def refreshers_paused(to: Recipient, *, url: str) -> Letter:
    lang = to.language
    return letter(
        lang,
        translate(lang, "Your refreshers are paused"),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(
            lang,
            "The last three were not answered, so we send no more for now. Nothing is lost and nothing is noted.",
        ),
        translate(
            lang, "If you would like them again, press the button on this page: %(url)s", url=url
        ),
        kind="refreshers-paused",
        values={"name": to.name},
    )
