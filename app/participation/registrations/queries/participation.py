"""Who registered and who was there, scoped by actor: another country's people are never loaded for
a focal point.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.text import LocalizedText
from app.planning.events.models import Attendance, Event, Registration
from app.planning.events.queries.presence import length_of
from app.planning.events.rules.places import has_door
from app.planning.events.rules.presence import Presence, presence
from app.planning.events.values import EventStatus, Mode
from app.planning.events.values.places import RegistrationStatus

REGISTERED = RegistrationStatus.REGISTERED


@dataclass(frozen=True)
class MyWebinar:
    """An event that the actor registered for. `minutes` is None while nobody has entered them.
    `standing`: the state of the registration; None for people who came without one. `has_pass`:
    there is a code for the entrance.
    """

    event_id: UUID
    title: LocalizedText
    status: EventStatus
    starts_at: datetime | None
    ends_at: datetime | None
    timezone: str
    is_all_day: bool
    standing: RegistrationStatus | None
    has_pass: bool
    minutes: int | None

    @property
    def is_registered(self) -> bool:
        return self.standing is RegistrationStatus.REGISTERED

    @property
    def was_present(self) -> bool:
        """Returns True for 80 % of the time or more."""
        return presence(self.minutes, length_of(self.starts_at, self.ends_at)) is Presence.PRESENT


def my_webinars(db: Session, *, actor: Actor) -> tuple[MyWebinar, ...]:
    """Returns what the actor registered for or attended, the earliest first. Events without an
    exact date are left out.
    """
    person_id = actor.person_id or 0
    registered = and_(Registration.event_id == Event.id, Registration.person_id == person_id)
    attended = and_(Attendance.event_id == Event.id, Attendance.person_id == person_id)
    rows = db.execute(
        select(Event, Registration.status, Registration.check_in_code, Attendance.minutes)
        .outerjoin(Registration, registered)
        .outerjoin(Attendance, attended)
        .where(or_(Registration.status != RegistrationStatus.CANCELLED, Attendance.id.is_not(None)))
        .where(Event.starts_at.is_not(None))
        .order_by(Event.starts_at, Event.id)
    )
    return tuple(_my_webinar(*row) for row in rows)


def _my_webinar(
    event: Event, status: str | None, code: str | None, minutes: int | None
) -> MyWebinar:
    standing = (
        RegistrationStatus(status) if status and status != RegistrationStatus.CANCELLED else None
    )
    return MyWebinar(
        event.id,
        event.title,
        EventStatus(event.status),
        event.starts_at,
        event.ends_at,
        event.timezone,
        event.is_all_day,
        standing,
        bool(code) and standing is REGISTERED and has_door(Mode(event.mode)),
        minutes,
    )
