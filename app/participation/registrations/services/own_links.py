"""The own links to join of people registered, written by whoever keeps the meeting."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.participation.registrations.models import Registration


def keep_own_link(db: Session, *, registration_id: int, url: str, ref: str, meeting: str) -> None:
    """Keeps the link by which a person joins. `ref` is what the program calls the person, `meeting`
    the key of the meeting that the link opens; a `meeting` with "" for both says that the person
    joins by the link of everybody.
    """
    changed = update(Registration).where(Registration.id == registration_id)
    db.execute(changed.values(own_url=url, own_link_ref=ref, own_link_of=meeting))


def drop_own_links(db: Session, *, event_id: UUID) -> None:
    """Removes all links to a meeting that is gone."""
    changed = update(Registration).where(
        Registration.event_id == event_id, Registration.own_link_of != ""
    )
    db.execute(changed.values(own_url="", own_link_ref="", own_link_of=""))
