"""Terms and roles in words."""

from datetime import date

from app.infra.language import date_text, translate
from app.kernel.dated import last_day
from app.kernel.text import Language
from app.office.handover.values import Handover, OfficeKind, RoleHeld
from app.people.identity.wording import ROLE_NAMES


def day_text(language: Language, on: date) -> str:
    return date_text(language, on)


def last_day_text(language: Language, until: date | None) -> str:
    """Returns the last day in words: the day before `until`, which is the first day without the
    office.
    """
    return (
        date_text(language, last_day(until))
        if until
        else translate(language, "without an end date")
    )


def title_of(language: Language, handover: Handover) -> str:
    if handover.office is OfficeKind.PRESIDENCY:
        return translate(language, "Handover of the presidency")
    country = handover.outgoing.country.in_(language)
    return translate(language, "Handover of the focal point: %(country)s", country=country)


def role_of(language: Language, held: RoleHeld) -> str:
    name = translate(language, ROLE_NAMES[held.role])
    return f"{name}, {held.scope.in_(language)}" if held.scope else name
