"""Which events have a reminder to go round, and who is registered for them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.infra.journal import JournalEntry
from app.office.notifications.queries.people import people, place_in, place_of, recipient_of
from app.office.notifications.rules.reminders import (
    FIRST,
    Key,
    ReminderKind,
    current_kind,
    wanted_kinds,
)
from app.office.notifications.values import RegistrationState
from app.office.outbox.models import Message, ReminderRound
from app.participation.registrations.models import Registration
from app.participation.registrations.values import RegistrationStatus
from app.people.directory.models import Person
from app.planning.events.models import Event
from app.planning.events.values import EventStatus


@dataclass(frozen=True)
class Round:
    """One kind of reminder of one event at one start. `told_at`: when the event was last moved,
    None if never.
    """

    event_id: UUID
    kind: ReminderKind
    starts_at: datetime
    is_all_day: bool
    told_at: datetime | None = None


def due_rounds(db: Session, *, now: datetime) -> list[Round]:
    """Rounds whose moment has come and that are not done, the soonest event first."""
    e = Event
    rows = db.execute(
        select(e.id, e.starts_at, e.is_all_day)
        .where(
            e.status == EventStatus.PUBLISHED,
            e.closed_at.is_(None),
            e.starts_at > now,
            e.starts_at <= now + FIRST,
        )
        .order_by(e.starts_at, e.id)
    ).all()
    done = {
        tuple(row)
        for row in db.execute(
            select(ReminderRound.event_id, ReminderRound.kind, ReminderRound.starts_at).where(
                ReminderRound.starts_at > now
            )
        )
    }
    moved = _moved(db, [row[0] for row in rows])
    found = []
    for event_id, starts_at, is_all_day in rows:
        kind = current_kind(starts_at, now, is_all_day=is_all_day) if starts_at else None
        if (
            kind is not None
            and starts_at is not None
            and (event_id, kind.value, starts_at) not in done
        ):
            found.append(
                Round(
                    event_id=event_id,
                    kind=kind,
                    starts_at=starts_at,
                    is_all_day=is_all_day,
                    told_at=moved.get(str(event_id)),
                )
            )
    return found


def _moved(db: Session, event_ids: Collection[UUID]) -> dict[str, datetime]:
    j = JournalEntry
    rows = db.execute(
        select(j.subject_id, func.max(j.at))
        .where(
            j.subject_kind == "event", j.subject_id.in_(map(str, event_ids)), j.fact == "EventMoved"
        )
        .group_by(j.subject_id)
    )
    return {row[0]: row[1] for row in rows}


def is_still_due(db: Session, one: Round, *, now: datetime) -> bool:
    """Locks the event, so that two who go round at once do so one after the other; False when
    somebody else holds it, when it was moved, cancelled or closed in the meantime, or when its
    round is done.
    """
    event = db.scalar(
        select(Event).where(Event.id == one.event_id).with_for_update(skip_locked=True, of=Event)
    )
    if (
        event is None
        or event.status != EventStatus.PUBLISHED
        or event.starts_at != one.starts_at
        or event.closed_at
    ):
        return False
    return (
        one.starts_at > now
        and db.get(ReminderRound, (one.event_id, one.kind.value, one.starts_at)) is None
    )


def next_places(
    db: Session, one: Round, *, after: int, limit: int
) -> list[RegistrationState | int]:
    """Whoever is registered, in the order of persons from beyond `after`; a bare number is who
    cannot be written to.
    """
    rows = db.execute(
        people()
        .join(Registration, Registration.person_id == Person.id)
        .where(
            Registration.event_id == one.event_id,
            Registration.status == RegistrationStatus.REGISTERED,
            Person.id > after,
        )
        .add_columns(Registration)
        .limit(limit)
    ).all()
    return [place_of(row[4], to) if (to := recipient_of(*row[:4])) else row[0].id for row in rows]


def sent_of(db: Session, dedupes: Sequence[str]) -> set[str]:
    return set(db.scalars(select(Message.dedupe).where(Message.dedupe.in_(dedupes))))


def still_reminded(db: Session, key: Key, *, now: datetime) -> RegistrationState | None:
    """Returns the place to remind of; None when the event is elsewhere in time, off or begun, when
    the place was given back, the reminder is no longer wished, or a later one is on its way.
    """
    event, place = db.get(Event, key.event_id), place_in(db, key.event_id, key.person_id)
    if (
        event is None
        or event.starts_at is None
        or place is None
        or place.status is not RegistrationStatus.REGISTERED
    ):
        return None
    stands = (
        event.status == EventStatus.PUBLISHED and event.closed_at is None and event.starts_at > now
    )
    if (
        not stands
        or int(event.starts_at.timestamp()) != key.starts_at
        or key.kind not in wanted_kinds(place.to.wishes)
    ):
        return None
    return None if sent_of(db, [later.dedupe() for later in key.later()]) else place
