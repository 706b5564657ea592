"""What the list of messages is asked for in its address."""

from collections.abc import Mapping
from uuid import UUID

from app.office.outbox.values import MessageFilter
from app.web.fields import uuid_in


def shown_of(args: Mapping[str, str]) -> MessageFilter | None:
    """Returns the state whose letters are asked for; None for the overview of all."""
    asked = args.get("show", "")
    return MessageFilter(asked) if asked in set(MessageFilter) else None


def event_of(args: Mapping[str, str]) -> UUID | None:
    """Returns the event whose letters are asked for; None for all letters."""
    return uuid_in(args.get("event", ""))
