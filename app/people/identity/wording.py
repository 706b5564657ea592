"""Roles and their days, and sessions and their devices, as words."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.infra.language import date_text, ntranslate, translate
from app.kernel.actor import Role
from app.kernel.text import N_, Language
from app.people.identity.values import DeviceKind, HeldRole, SignInOrigin

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


DEVICE_NAMES = {
    DeviceKind.COMPUTER: N_("Computer"),
    DeviceKind.PHONE: N_("Phone"),
    DeviceKind.TABLET: N_("Tablet"),
    DeviceKind.UNKNOWN: N_("Unknown device"),
}
DEVICES_HERE = {
    DeviceKind.COMPUTER: N_("This computer"),
    DeviceKind.PHONE: N_("This phone"),
    DeviceKind.TABLET: N_("This tablet"),
    DeviceKind.UNKNOWN: N_("This device"),
}


def device_text(language: Language, origin: SignInOrigin, *, is_here: bool = False) -> str:
    """Returns what somebody signs in with, such as "Computer, Windows"."""
    name = translate(language, (DEVICES_HERE if is_here else DEVICE_NAMES)[origin.kind])
    return f"{name}, {origin.system}" if origin.system else name


def network_text(language: Language, network: str, *, here: str) -> str:
    """Returns where a session is used, as far as it is known: on the reader's own network or which
    other; "" for one that is not known. A country cannot be told from an address.
    """
    if not network:
        return ""
    if network == here:
        return translate(language, "same network as now")
    return translate(language, "network %(network)s", network=network)


def seen_text(language: Language, at: datetime, *, timezone: str, now: datetime) -> str:
    """Returns when a session was last used, by the reader's clock, such as "yesterday, 16:20"."""
    zone = ZoneInfo(timezone)
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    hour = f"{local:%H:%M}"
    if local.date() == today:
        return translate(language, "today, %(hour)s", hour=hour)
    if local.date() == today - timedelta(days=1):
        return translate(language, "yesterday, %(hour)s", hour=hour)
    return translate(language, "%(day)s, %(hour)s", day=local.date(), hour=hour)


def length_text(language: Language, length: timedelta) -> str:
    """Returns a length in its largest whole unit up to days, such as "12 hours"; an hour is told in
    minutes.
    """
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    if hours <= 1:
        minutes += 60 * hours
        return ntranslate(language, "%(num)d minute", "%(num)d minutes", minutes)
    if hours % 24:
        return ntranslate(language, "%(num)d hour", "%(num)d hours", hours)
    return ntranslate(language, "%(num)d day", "%(num)d days", hours // 24)
