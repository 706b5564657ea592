"""Writes one letter to many, once; erases to whom letters were sent."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.reference import REFERENCE_ZONE
from app.office.notifications.values import NOBODY
from app.office.writing.facts import LetterWritten
from app.office.writing.models import LetterReader, WrittenLetter
from app.office.writing.queries import (
    country_audiences,
    event_audiences,
    event_to_write_to,
    office_audiences,
)
from app.office.writing.rules import (
    IN_EVENT,
    IN_OFFICE,
    AudienceChanged,
    everybody_in,
    require_words,
)
from app.office.writing.values import AudienceKind, LetterAddressee, LetterOrder
from app.people.directory.services.roster import note_asked


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Erases the person from the readers. The letter and the number of its readers stay."""
    db.execute(delete(LetterReader).where(LetterReader.person_id == person_id))
    db.flush()


# Writing one letter to many, once.


def write_to_event(
    db: Session, *, actor: Actor, event_id: UUID, order: LetterOrder, now: datetime
) -> UUID:
    """Writes to the people of an event. The same letter id again writes nothing. Refuses
    (AudienceChanged) when their number differs from the preview's.
    """
    event = event_to_write_to(db, actor=actor, event_id=event_id)
    if db.get(WrittenLetter, order.letter_id) is not None:
        return order.letter_id
    require_words(order.words, IN_EVENT)
    on = now.astimezone(ZoneInfo(event.timezone)).date()
    people = everybody_in(event_audiences(db, event=event, on=on, now=now), order.audiences)
    return _write(db, order, people, event_id=event_id, actor=actor, now=now)


def write_to_office_audiences(
    db: Session, *, actor: Actor, order: LetterOrder, now: datetime
) -> UUID:
    """Writes from the office; otherwise as `write_to_event`."""
    on = now.astimezone(ZoneInfo(REFERENCE_ZONE)).date()
    offered = office_audiences(db, actor=actor, on=on)
    if db.get(WrittenLetter, order.letter_id) is not None:
        return order.letter_id
    require_words(order.words, IN_OFFICE)
    people = everybody_in(offered.people, order.audiences)
    return _write(db, order, people, event_id=None, actor=actor, now=now)


def write_to_country_audiences(
    db: Session, *, actor: Actor, country_code: str, order: LetterOrder, now: datetime
) -> UUID:
    """Writes from the focal point to officials of the country; otherwise as `write_to_event`. Of whom
    it asks a handover note, that is on record from then on.
    """
    on = now.astimezone(ZoneInfo(actor.timezone)).date()
    offered = country_audiences(db, actor=actor, country_code=country_code, on=on, only=order.only)
    if db.get(WrittenLetter, order.letter_id) is not None:
        return order.letter_id
    require_words(order.words, IN_OFFICE)
    people = everybody_in(offered, order.audiences)
    if AudienceKind.LEFT in order.audiences:
        note_asked(
            db,
            actor=actor,
            country_code=country_code,
            person_ids=[one.to.person_id for one in offered[AudienceKind.LEFT]],
            today=on,
            now=now,
        )
    return _write(db, order, people, event_id=None, country_code=country_code, actor=actor, now=now)


def _write(
    db: Session,
    order: LetterOrder,
    people: Collection[LetterAddressee],
    *,
    event_id: UUID | None,
    country_code: str = "",
    actor: Actor,
    now: datetime,
) -> UUID:
    if len(people) != order.expected:
        raise AudienceChanged(before=order.expected, now=len(people))
    db.add(
        WrittenLetter(
            id=order.letter_id,
            event_id=event_id,
            country_code=country_code,
            audiences=sorted(order.audiences),
            subject=order.words.subject,
            text=order.words.text,
            people=len(people),
            written_by=actor.account_id or None,
            written_at=now,
        )
    )
    db.flush()
    rows = [
        {
            "letter_id": order.letter_id,
            "person_id": None if one.to.person_id == NOBODY else one.to.person_id,
            "invitation_id": one.invitation_id,
        }
        for one in people
    ]
    db.execute(insert(LetterReader), rows)
    fact = LetterWritten(
        letter_id=str(order.letter_id),
        event_id=str(event_id or ""),
        people=len(people),
        country_code=country_code,
    )
    journal.record(db, fact, actor=actor, now=now)
    return order.letter_id
