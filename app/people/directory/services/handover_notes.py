"""Keeps of whom a handover note was asked and whose has arrived."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.people.directory import policy
from app.people.directory.facts import HandoverNoteAsked, HandoverNoteReceived
from app.people.directory.models import Appointment, Institution, Post


def note_asked(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    person_ids: Collection[int],
    today: date,
    now: datetime,
) -> int:
    """Records that a letter asks these people for a note, each in the post they left last; returns
    how many were not asked before.
    """
    policy.require_may_keep_roster(actor, country_code)
    asked = 0
    for row in _left(db, country_code, person_ids, today):
        if row.note_asked_on is not None or row.note_received_on is not None:
            continue
        row.note_asked_on = today
        fact = HandoverNoteAsked(row.id, row.person_id, country_code, today)
        journal.record(db, fact, actor=actor, now=now)
        asked += 1
    db.flush()
    return asked


def receive_note(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    appointment_id: int,
    is_received: bool,
    today: date,
    now: datetime,
) -> bool:
    """Records that the note of somebody who left has arrived, or that this was a mistake. Returns
    whether anything changed; an appointment of another country, or one that goes on, is not found.
    """
    policy.require_may_keep_roster(actor, country_code)
    row = db.scalar(_ended_in(country_code, today).where(Appointment.id == appointment_id))
    if row is None:
        raise NotFound
    if (row.note_received_on is not None) == is_received:
        return False
    row.note_received_on = today if is_received else None
    fact = HandoverNoteReceived(row.id, row.person_id, country_code, today, is_received)
    journal.record(db, fact, actor=actor, now=now)
    db.flush()
    return True


def _left(
    db: Session, country_code: str, person_ids: Collection[int], today: date
) -> list[Appointment]:
    """Returns the last post that each of them left in the country, locked in one order."""
    rows = db.scalars(
        _ended_in(country_code, today)
        .where(Appointment.person_id.in_(person_ids))
        .order_by(Appointment.valid_from, Appointment.id)
    )
    return list({row.person_id: row for row in rows}.values())


def _ended_in(country_code: str, today: date) -> Select[Appointment]:
    return (
        select(Appointment)
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
        .where(Institution.country_code == country_code, Appointment.valid_until <= today)
        .with_for_update(of=Appointment)
    )
