"""The port of the pages of invitations: what packages above add. `app/wiring` fills it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra.platform import platform

GuestLink = tuple[str, str, str, str]
"""The msgid of a label, an endpoint, what it takes ("event_id" or "token", the guest's key), and
when it is shown: "before" the end of the event, "after" it, or "always".
"""


class InvitationStatesOf(Protocol):
    """Returns by number what became of each invitation of an event."""

    def __call__(self, db: Session, *, event_id: UUID) -> Mapping[int, Any]: ...


@dataclass
class InvitationPort:
    states: InvitationStatesOf
    guest_links: Sequence[GuestLink]
    """What a guest's own page leads to."""


def invitation_port() -> InvitationPort:
    return platform().port(InvitationPort)
