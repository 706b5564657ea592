"""What the list of messages is asked for in its address."""

from collections.abc import Mapping

from app.notifications.values import Shown

MOST_DIGITS = 6


def shown_of(args: Mapping[str, str]) -> Shown:
    """What did not arrive, unless something else that we know is asked for."""
    asked = args.get("show", "")
    return Shown(asked) if asked in set(Shown) else Shown.UNDELIVERED


def page_of(args: Mapping[str, str]) -> int:
    asked = args.get("page", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= MOST_DIGITS else 1
