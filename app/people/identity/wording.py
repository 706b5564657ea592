"""Roles and their days as words."""

from app.infra.language import date_text, translate
from app.kernel.actor import Role
from app.kernel.text import N_, Language
from app.people.identity.values import HeldRole

ROLE_NAMES = {
    Role.ORGANIZER: N_("Organizer"),
    Role.PRESIDENCY: N_("Presidency pro tempore"),
    Role.CONVENOR: N_("Convenor"),
    Role.FOCAL_POINT: N_("Focal point"),
    Role.OFFICIAL: N_("Official"),
    Role.AUTHOR: N_("Author of courses"),
}


def span_text(language: Language, held: HeldRole) -> str:
    first = date_text(language, held.valid_from)
    if held.last_day is None:
        return translate(language, "from %(first)s, without an end date", first=first)
    return translate(
        language, "from %(first)s to %(last)s", first=first, last=date_text(language, held.last_day)
    )


def role_text(language: Language, held: HeldRole) -> str:
    """Returns a role with its scope, such as "Focal point, Honduras"."""
    name = translate(language, ROLE_NAMES[held.role])
    scope = held.scope_name.in_(language) if held.scope_name else held.scope
    return f"{name}, {scope}" if scope else name
