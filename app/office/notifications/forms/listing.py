"""What the list of messages is asked for in its address."""

from collections.abc import Mapping

from app.office.notifications.values import Shown


def shown_of(args: Mapping[str, str]) -> Shown:
    """What did not arrive, unless something else that we know is asked for."""
    asked = args.get("show", "")
    return Shown(asked) if asked in set(Shown) else Shown.UNDELIVERED
