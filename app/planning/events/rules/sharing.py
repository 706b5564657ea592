"""The short address of an event, and the lines that are forwarded; pure."""

import re
from collections.abc import Sequence
from uuid import UUID

from app.kernel.refusal import NotFound
from app.kernel.text import N_

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
    """The parts that say something, one a line."""
    return "\n".join(part.strip() for part in parts if part.strip())
