"""Letters about requests for access."""

from app.infra.language import translate
from app.kernel.text import Language
from app.office.notifications.values import Recipient
from app.office.notifications.wording.letters import letter
from app.office.outbox.values import Letter


def access_requested(to: Recipient, *, name: str, institution: str, url: str) -> Letter:
    lang = to.language
    return letter(
        lang,
        translate(lang, "Someone asks for access"),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(
            lang,
            "%(who)s, of %(institution)s, asks for access.",
            who=name,
            institution=institution,
        ),
        translate(
            lang,
            "Give access if you know that they serve there, or decline. After 30 days the request lapses: %(url)s",
            url=url,
        ),
        kind="access-requested",
        values={"name": to.name, "person": name, "institution": institution},
    )


def access_declined(lang: Language, *, name: str, url: str) -> Letter:
    return letter(
        lang,
        translate(lang, "Your request for access"),
        translate(lang, "Hello, %(name)s:", name=name),
        translate(
            lang,
            "Your request was read. No account was opened with it for now.",
        ),
        translate(
            lang,
            "The programme of webinars is open to all, and your country's focal point can add you at any time: %(url)s",
            url=url,
        ),
        kind="access-declined",
        values={"name": name},
    )


def correction_asked(to: Recipient, *, name: str, url: str) -> Letter:
    lang = to.language
    return letter(
        lang,
        translate(lang, "Someone asks you to put a record right"),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(lang, "%(who)s says that something on their record is wrong.", who=name),
        translate(lang, "See what, and put it right or say why it stays: %(url)s", url=url),
        kind="correction-asked",
        values={"name": to.name, "person": name},
    )


def correction_settled(to: Recipient, *, is_corrected: bool, reason: str, url: str) -> Letter:
    lang = to.language
    if is_corrected:
        what = translate(lang, "Your record was corrected. If something is still wrong, ask again.")
    else:
        what = translate(lang, "Your record stays as it is: %(reason)s", reason=reason)
    return letter(
        lang,
        translate(lang, "Your request about your record"),
        translate(lang, "Hello, %(name)s:", name=to.name),
        what,
        translate(lang, "What is on record: %(url)s", url=url),
        kind="correction-settled",
        values={"name": to.name},
    )
