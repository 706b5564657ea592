"""The person behind a check-in code."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_, LocalizedText
from app.participation.attendance.models import AttendanceInterval
from app.participation.attendance.queries.candidates import kept_event
from app.participation.registrations.models import Registration
from app.participation.registrations.values import RegistrationStatus
from app.people.directory.models import Country, Person

LONGEST_CODE = 64


class UnknownCode(Refusal):
    kind = Kind.MISSING
    rule = "check-in-code-unknown"
    msgid = N_("Nobody registered for this event has this code. Check the event and the code.")


@dataclass(frozen=True)
class Caller:
    """`came_at`: since when this person counts as here, or None."""

    person_id: int
    name: str
    country: LocalizedText
    organisation: str
    has_place: bool
    came_at: datetime | None


def code_of(typed: str) -> str:
    """Returns a code as it was given out: in capitals, without spaces and dashes; letters that look
    like digits become digits.
    """
    plain = "".join(letter for letter in typed.upper() if letter.isalnum())[:LONGEST_CODE]
    return plain.translate(str.maketrans("OIL", "011"))


def caller_of(db: Session, *, actor: Actor, event_id: UUID, code: str) -> Caller:
    kept_event(db, actor=actor, event_id=event_id)
    inside = and_(
        AttendanceInterval.event_id == event_id,
        AttendanceInterval.person_id == Registration.person_id,
        AttendanceInterval.source == "check-in",
    )
    row = db.execute(
        select(
            Person.id,
            Person.full_name,
            Country.name,
            Person.organisation,
            Registration.status,
            AttendanceInterval.starts_at,
        )
        .join(Registration, Registration.person_id == Person.id)
        .outerjoin(Country, Country.code == Person.country_code)
        .outerjoin(AttendanceInterval, inside)
        .where(Registration.event_id == event_id, Registration.check_in_code == code_of(code))
        .limit(1)
    ).one_or_none()
    if row is None:
        raise UnknownCode
    has_place = row.status == RegistrationStatus.REGISTERED
    return Caller(
        person_id=row.id,
        name=row.full_name,
        country=row.name or LocalizedText(),
        organisation=row.organisation,
        has_place=has_place,
        came_at=row.starts_at,
    )


def number_inside(db: Session, *, event_id: UUID) -> int:
    query = select(func.count()).where(
        AttendanceInterval.event_id == event_id, AttendanceInterval.source == "check-in"
    )
    return db.scalar(query) or 0
