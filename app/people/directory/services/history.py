"""Brings in who served in earlier years, from the sheets in which a country kept it. Nobody gets a
letter, and nothing that is on record is changed.
"""

from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.people.directory import policy
from app.people.directory.facts import AppointmentBrought
from app.people.directory.models import Appointment, Person, Post
from app.people.directory.queries.roster import is_in_scope, titled
from app.people.directory.services.counts_only import require_names
from app.people.directory.services.protecting import withhold_in_unit
from app.people.directory.services.roster import new_person, new_post
from app.people.directory.values import EndReason


def bring_person(
    db: Session, *, actor: Actor, country_code: str, full_name: str, email: str
) -> int:
    """Writes down somebody of a country of whom there is no record; returns the number. An address
    is not needed, because nobody is written to.
    """
    policy.require_may_correct(actor, country_code)
    return new_person(db, country_code, full_name, email).id


def bring_appointment(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    person_id: int,
    institution_id: int,
    post_title: str,
    valid_from: date,
    valid_until: date | None,
    today: date,
    now: datetime,
) -> int:
    """Writes down that somebody held a post; returns the number of the appointment.

    What is still open is to be confirmed, because a sheet of earlier years does not say who serves
    today. A post that is made for somebody who left is closed with them: nobody says that it is
    still there.
    """
    policy.require_may_correct(actor, country_code)
    require_names(db, country_code)
    post_id = _free_post(db, institution_id, post_title, valid_from, valid_until)
    if post_id is None:
        is_target = is_in_scope(db, institution_id, post_title)
        post_id = new_post(db, institution_id, post_title, is_target=is_target)
        db.get_one(Post, post_id).closed_on = valid_until
    row = Appointment(
        person_id=person_id,
        post_id=post_id,
        valid_from=valid_from,
        valid_until=valid_until,
        end_reason=EndReason.UNKNOWN.value if valid_until else "",
        end_recorded_on=today if valid_until else None,
    )
    db.add(row)
    if valid_until is None or valid_until > today:
        withhold_in_unit(db, db.get_one(Person, person_id), institution_id)
    db.flush()
    fact = AppointmentBrought(row.id, person_id, country_code, valid_from)
    journal.record(db, fact, actor=actor, now=now)
    return row.id


def _free_post(
    db: Session, institution_id: int, title: str, valid_from: date, valid_until: date | None
) -> int | None:
    """Returns a post of that title in which nobody served in those days, None where there is none."""
    overlaps = [or_(Appointment.valid_until.is_(None), Appointment.valid_until > valid_from)]
    stands = [or_(Post.closed_on.is_(None), Post.closed_on >= (valid_until or date.max))]
    if valid_until is not None:
        overlaps.append(Appointment.valid_from < valid_until)
    taken = select(Appointment.id).where(Appointment.post_id == Post.id, *overlaps)
    there = select(Post.id).where(
        Post.institution_id == institution_id, titled(title), *stands, ~taken.exists()
    )
    return db.scalar(there.order_by(Post.id).limit(1))
