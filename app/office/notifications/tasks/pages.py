"""Where a letter leads its reader."""

from uuid import UUID

from app.infra.installation import site_address
from app.office.notifications.tasks.letters import settings
from app.office.notifications.values import Recipient
from app.participation.invitations.rules import Keyring


def event_page(to: Recipient, event_id: UUID) -> str:
    """The event's page; for a guest, who has no account, the own page by the key that works for
    this event only.
    """
    if to.guest_bits:
        return f"{site_address()}/guest/{Keyring(settings().secret).guest_key(to.guest_bits)}"
    return public_page(event_id)


def public_page(event_id: UUID) -> str:
    return f"{site_address()}/events/{event_id}"


def request_page(request_id: str) -> str:
    """Where the presidency decides a request, and where those who asked read the answer."""
    return f"{site_address()}/authorizations/{request_id}"


def calendar_file(to: Recipient, event_id: UUID) -> str:
    """A guest's own has the link to join, which the public one has not."""
    return (
        f"{event_page(to, event_id)}/event.ics" if to.guest_bits else f"{public_page(event_id)}.ics"
    )
