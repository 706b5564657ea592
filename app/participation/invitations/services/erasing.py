"""Forgetting a person: what happened stays countable, whose name and address it bore does not."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.participation.invitations.rules.keys import digest, fresh_bits
from app.participation.registrations.models import Guest, Invitation


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Deletes a guest's address and link; invitations in that name end. Nominations keep
    the number alone.
    """
    guest = db.get(Guest, person_id)
    named = [Invitation.person_id == person_id]
    if guest is not None:
        guest.email, guest.bits = None, fresh_bits()
        guest.token_sha256, guest.form_sha256 = digest(fresh_bits()), digest(fresh_bits())
        named = [Invitation.id == guest.invitation_id, Invitation.way == "guest"]
    for row in db.scalars(select(Invitation).where(*named)):
        row.name = row.organisation = row.email = row.note = ""
        row.target = row.bits = row.token_sha256 = None
        row.revoked_at = row.revoked_at or now
    db.flush()
