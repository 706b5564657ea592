"""How an online meeting opens, by where its link leads; pure. Any provider is welcome: what is not
known gets no hint.

Sources: the providers' own help pages on joining from a browser (Zoom's web client at
/wc/join/<number>, Teams on the web, Google Meet, Webex on the web, Jitsi Meet).
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from app.kernel.refusal import NotFound
from app.kernel.text import N_

NUMBER_OF_ZOOM = re.compile(r"/(?:j|s|w)/([0-9]{9,12})")
SHORTEST_ROOM = 16


class MeetingProvider(StrEnum):
    ZOOM = "zoom"
    TEAMS = "teams"
    MEET = "meet"
    WEBEX = "webex"
    JITSI = "jitsi"
    OTHER = "other"


DOMAINS: tuple[tuple[str, MeetingProvider], ...] = (
    ("zoom.us", MeetingProvider.ZOOM),
    ("zoomgov.com", MeetingProvider.ZOOM),
    ("teams.microsoft.com", MeetingProvider.TEAMS),
    ("teams.live.com", MeetingProvider.TEAMS),
    ("teams.cloud.microsoft", MeetingProvider.TEAMS),
    ("meet.google.com", MeetingProvider.MEET),
    ("webex.com", MeetingProvider.WEBEX),
    ("meet.jit.si", MeetingProvider.JITSI),
    ("8x8.vc", MeetingProvider.JITSI),
)
NOTHING_TO_INSTALL = N_("It opens in the browser; nothing has to be installed.")
HINTS = {
    MeetingProvider.ZOOM: N_(
        "Zoom opens in the browser too, by the second link; nothing has to be installed."
    ),
    MeetingProvider.TEAMS: N_(
        "Teams asks how: choose “Continue on this browser”. Nothing has to be installed."
    ),
    MeetingProvider.MEET: NOTHING_TO_INSTALL,
    MeetingProvider.WEBEX: N_(
        "Webex asks how: choose “Join from this browser”. Nothing has to be installed."
    ),
    MeetingProvider.JITSI: NOTHING_TO_INSTALL,
    MeetingProvider.OTHER: "",
}


def provider_of(url: str, *, jitsi: str = "") -> MeetingProvider:
    """Returns whose meeting a link leads to; `jitsi`: the address of a Jitsi server of one's own."""
    host = _host(url)
    if host and host == _host(jitsi):
        return MeetingProvider.JITSI
    for domain, provider in DOMAINS:
        if host == domain or host.endswith(f".{domain}"):
            return provider
    return MeetingProvider.OTHER


def browser_hint(url: str, *, jitsi: str = "") -> str:
    """Returns what to say beside the link, as a msgid; "" where nothing is known."""
    return HINTS[provider_of(url, jitsi=jitsi)]


def browser_address(url: str) -> str:
    """Returns a second address that opens in the browser without asking; "" where the link does so,
    or where none is known.
    """
    if provider_of(url) is not MeetingProvider.ZOOM:
        return ""
    parts = urlsplit(url)
    number = NUMBER_OF_ZOOM.match(parts.path)
    return (
        urlunsplit((parts.scheme, parts.netloc, f"/wc/join/{number[1]}", parts.query, ""))
        if number
        else ""
    )


def room_address(server: str, secret: str) -> str:
    """Returns a Jitsi room that only its link leads to. Refuses with ValueError a secret that could
    be guessed.
    """
    if len(secret) < SHORTEST_ROOM or not re.fullmatch("[A-Za-z0-9_-]+", secret):
        raise ValueError("a room needs a name that nobody guesses")
    return f"{server.rstrip('/')}/convoca-{secret}"


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


# The short address of an event, and the lines that are forwarded.

LETTERS = 10
"""Hexadecimal digits of a short address: among a million events two share them once in a
million."""
LONGEST = 32


class NoShortAddress(NotFound):
    """Said alike of an address that never was and of an event that is not for everybody."""

    rule = "no-short-address"
    msgid = N_(
        "This short address does not lead to an event that is open to everyone. Perhaps "
        "a letter is missing at the end; ask whoever sent it to you."
    )


def short_of(event_id: UUID) -> str:
    return event_id.hex[:LETTERS]


def ids_of(short: str) -> tuple[UUID, UUID] | None:
    """Returns the first and the last id that a short address can mean, or None for what is none."""
    if re.fullmatch(rf"[0-9a-f]{{{LETTERS}}}", short) is None:
        return None
    return UUID(short.ljust(LONGEST, "0")), UUID(short.ljust(LONGEST, "f"))


def lines(parts: Sequence[str]) -> str:
    """Returns the parts that say something, one a line."""
    return "\n".join(part.strip() for part in parts if part.strip())
