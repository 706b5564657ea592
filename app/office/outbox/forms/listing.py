"""What the list of messages is asked for in its address."""

from collections.abc import Mapping

from app.office.outbox.values import MessageFilter


def shown_of(args: Mapping[str, str]) -> MessageFilter:
    """What did not arrive, unless something else that we know is asked for."""
    asked = args.get("show", "")
    return MessageFilter(asked) if asked in set(MessageFilter) else MessageFilter.UNDELIVERED
