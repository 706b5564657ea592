"""Roles as words."""

from app.identity.values import HeldRole
from app.infra.language import translate
from app.kernel.actor import Role
from app.kernel.text import N_, Language

ROLE_NAMES = {
    Role.ORGANIZER: N_("Organizer"),
    Role.PRESIDENCY: N_("Presidency pro tempore"),
    Role.CONVENOR: N_("Convenor"),
    Role.FOCAL_POINT: N_("Focal point"),
    Role.OFFICIAL: N_("Official"),
    Role.AUTHOR: N_("Author of courses"),
}


def role_text(language: Language, held: HeldRole) -> str:
    """ "Focal point, Honduras"."""
    name = translate(language, ROLE_NAMES[held.role])
    scope = held.scope_name.in_(language) if held.scope_name else held.scope
    return f"{name}, {scope}" if scope else name
