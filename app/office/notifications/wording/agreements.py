"""Letters about agreements, to the focal points of the countries that answer for them."""

from app.followup.agreements.values import AgreementView
from app.infra.language import translate
from app.office.notifications.values import Recipient
from app.office.notifications.wording.letters import letter
from app.office.outbox.values import Letter
from app.web.render import day_text


def agreement_recorded(to: Recipient, one: AgreementView, *, url: str) -> Letter:
    lang = to.language
    return letter(
        lang,
        translate(lang, "Your country answers for an agreement: %(title)s", title=_title(to, one)),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(
            lang,
            "Your country was named to answer for agreement %(paragraph)s of “%(title)s”:",
            paragraph=str(one.paragraph),
            title=_title(to, one),
        ),
        one.text.in_(lang),
        _due(to, one),
        translate(lang, "Where it stands, and where you can propose a status: %(url)s", url=url),
        kind="agreement",
        values=_values(to, one),
    )


def agreement_coming_due(to: Recipient, one: AgreementView, *, url: str) -> Letter:
    lang = to.language
    return letter(
        lang,
        translate(lang, "An agreement comes due: %(title)s", title=_title(to, one)),
        translate(lang, "Hello, %(name)s:", name=to.name),
        translate(
            lang,
            "Agreement %(paragraph)s of “%(title)s”, for which your country answers, is not settled yet:",
            paragraph=str(one.paragraph),
            title=_title(to, one),
        ),
        one.text.in_(lang),
        _due(to, one),
        translate(lang, "Tell what was done, with a link to it: %(url)s", url=url),
        kind="agreement-due",
        values=_values(to, one),
    )


def _values(to: Recipient, one: AgreementView) -> dict[str, str]:
    return {"name": to.name, "event": _title(to, one), "paragraph": str(one.paragraph)}


def _title(to: Recipient, one: AgreementView) -> str:
    return one.event_title.in_(to.language)


def _due(to: Recipient, one: AgreementView) -> str:
    if one.due is None:
        return translate(to.language, "It has no day by which it is due.")
    return translate(to.language, "It is due on %(day)s.", day=day_text(one.due, to.language))
