"""What attendees' calendars answered."""

from dataclasses import dataclass
from datetime import datetime

from app.planning.events.facts.events import EventFact


@dataclass(frozen=True)
class InvitationAnswered(EventFact):
    """By mail, from the attendee's own calendar. `partstat` as in RFC 5546 §3.2.3; `answered_at` is
    its DTSTAMP.
    """

    person_id: int
    partstat: str
    answered_at: datetime
