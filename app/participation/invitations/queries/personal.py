"""What this domain keeps about a person, in plain values, for the person's own copy."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.participation.registrations.models import Guest, Invitation, Nomination


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Invitations by name, being a guest, nominations by a country. Keys are nobody's to take
    along.
    """
    guest = db.get(Guest, person_id)
    named = select(Invitation).where(Invitation.person_id == person_id).order_by(Invitation.id)
    sent = select(Nomination).where(Nomination.person_id == person_id).order_by(Nomination.id)
    return {
        "invitations": [
            {
                "event": str(row.event_id),
                "class": row.invitation_class,
                "sent_at": _text(row.sent_at),
                "revoked_at": _text(row.revoked_at),
                "note": row.note,
            }
            for row in db.scalars(named)
        ],
        "guest": None
        if guest is None
        else {
            "event": str(guest.event_id),
            "email": guest.email,
            "since": _text(guest.created_at),
        },
        "nominations": [
            {
                "event": str(row.event_id),
                "country": row.country_code,
                "at": _text(row.nominated_at),
                "withdrawn_at": _text(row.withdrawn_at),
            }
            for row in db.scalars(sent)
        ],
    }


def _text(value: Any) -> str | None:
    return None if value is None else str(value.isoformat())
