"""Erases who somebody is. What is counted stays, under a number."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.orm import not_over
from app.kernel.actor import SYSTEM
from app.kernel.reference import REFERENCE
from app.people.directory.facts import AppointmentEnded, DelegateEnded, FocalPointEnded
from app.people.directory.models import (
    Appointment,
    CorrectionRequest,
    FocalPoint,
    HeldNewcomer,
    Institution,
    Membership,
    Person,
    PersonCorrection,
    Post,
    WorkingGroup,
)
from app.people.directory.queries.designations import DELEGATE
from app.people.directory.queries.roster import ERASED
from app.people.directory.values import EndReason


def erased_name(person_id: int) -> str:
    """Returns the text that replaces the name."""
    return f"{ERASED}{person_id}"


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Erases name, address, sex and organisation. Present posts and offices end today, and facts
    about that are recorded.
    """
    person = db.get_one(Person, person_id, with_for_update=True)
    if person.email:
        db.execute(
            delete(HeldNewcomer).where(func.lower(HeldNewcomer.email) == person.email.lower())
        )
    _forget(db, person)
    today = now.astimezone(REFERENCE).date()
    _end_posts(db, person_id, today, now)
    _end_offices(db, person, today, now)
    db.flush()


def take_out_person(db: Session, *, person_id: int) -> None:
    """Takes somebody out who was written down by mistake: the appointments go as if they had never
    been, with posts in which nobody else served. The caller knows that nothing hangs on the record.
    """
    person = db.get_one(Person, person_id, with_for_update=True)
    held = select(Appointment).where(Appointment.person_id == person_id)
    for row in db.scalars(held).all():
        post = row.post_id
        db.delete(row)
        db.flush()
        if db.scalar(select(Appointment.id).where(Appointment.post_id == post).limit(1)) is None:
            db.delete(db.get_one(Post, post))
    _forget(db, person)
    db.flush()


def _forget(db: Session, person: Person) -> None:
    for table in (PersonCorrection, CorrectionRequest):
        db.execute(delete(table).where(table.person_id == person.id))
    person.full_name = person.sort_key = erased_name(person.id)
    person.email = person.sex = person.organisation = ""


def _end_posts(db: Session, person_id: int, today: date, now: datetime) -> None:
    standing = (
        select(Appointment, Institution.country_code)
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
        .where(Appointment.person_id == person_id, _still_open(Appointment, today))
    )
    for row, code in db.execute(standing).all():
        row.valid_until, row.end_reason = max(today, row.valid_from), EndReason.UNKNOWN
        fact = AppointmentEnded(row.id, person_id, code, row.valid_until, EndReason.UNKNOWN)
        journal.record(db, fact, actor=SYSTEM, now=now)


def _end_offices(db: Session, person: Person, today: date, now: datetime) -> None:
    answers = select(FocalPoint).where(
        FocalPoint.person_id == person.id, _still_open(FocalPoint, today)
    )
    for office in db.scalars(answers).all():
        office.valid_until = max(today, office.valid_from)
        told = FocalPointEnded(office.id, person.id, office.country_code, "", office.valid_until)
        journal.record(db, told, actor=SYSTEM, now=now)
    sits = (
        select(Membership, WorkingGroup.slug)
        .join(WorkingGroup, WorkingGroup.id == Membership.working_group_id)
        .where(Membership.person_id == person.id, _still_open(Membership, today))
    )
    for seat, slug in db.execute(sits).all():
        seat.valid_until = max(today, seat.valid_from)
        if seat.role == DELEGATE:
            fact = DelegateEnded(
                seat.id, person.id, person.country_code or "", slug, seat.valid_until
            )
            journal.record(db, fact, actor=SYSTEM, now=now)


def _still_open(
    table: type[Appointment] | type[FocalPoint] | type[Membership], today: date
) -> ColumnElement[bool]:
    return not_over(table, today)
