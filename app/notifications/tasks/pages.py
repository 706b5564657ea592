"""Where a letter leads its reader."""

from uuid import UUID

from sqlalchemy.orm import Session

from app.invitations.queries.guests import guest_key_of
from app.invitations.rules.keys import Keyring
from app.notifications.tasks.letters import settings, site_address
from app.notifications.values import Recipient


def event_page(db: Session, to: Recipient | None, event_id: UUID) -> str:
    """The event's own page; for a guest her own, to which her key leads."""
    key = guest_key_of(db, to.person_id, Keyring(settings().secret)) if to is not None else None
    return f"{site_address()}/guest/{key}" if key else f"{site_address()}/events/{event_id}"
