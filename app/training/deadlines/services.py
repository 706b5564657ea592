"""Setting deadlines and giving them to those who enter a post: the only writers."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.text import N_
from app.people.directory.services.counts_only import appointments_in
from app.training.deadlines import policy, queries
from app.training.deadlines.facts import CourseDeadlineSet, CourseDueGiven
from app.training.deadlines.models import CourseDeadline, CourseDue
from app.training.deadlines.rules import due_day
from app.training.deadlines.values import FEWEST_DAYS, MOST_DAYS, DeadlineStep
from app.training.learning.queries.courses import locked_course

BAD_DAYS = N_("Write a number of days from %(fewest)s to %(most)s, or nothing for no deadline.")


def set_deadline(
    db: Session,
    *,
    actor: Actor,
    course_slug: str,
    days: int | None,
    kinds: Collection[str],
    now: datetime,
) -> None:
    """Sets how many days somebody has who enters a post from now on; None for no deadline.

    Dates that were given stay.
    """
    policy.require_may_set_deadlines(actor)
    course_id = locked_course(db, course_slug)
    if course_id is None:
        raise NotFound
    if days is not None and not FEWEST_DAYS <= days <= MOST_DAYS:
        values = {"fewest": FEWEST_DAYS, "most": MOST_DAYS}
        raise InvalidInput({"days": Sentence(BAD_DAYS, values)})
    row = db.get(CourseDeadline, course_id)
    if days is None:
        if row is not None:
            db.delete(row)
    elif row is None:
        db.add(CourseDeadline(course_id=course_id, days=days, kinds=sorted(kinds)))
    else:
        row.days, row.kinds = days, sorted(kinds)
    db.flush()
    journal.record(db, CourseDeadlineSet(course_slug, days or 0), actor=actor, now=now)


def give_deadlines(db: Session, *, appointment_id: int, today: date, now: datetime) -> None:
    """Gives whoever entered a post the day of each course that asks it of such posts, unless they
    hold its certificate. Again it changes nothing.
    """
    entered = queries.appointment_entered(db, appointment_id)
    if entered is None or not entered[1].is_target:
        return
    appointment, _post, kind = entered
    starts_on = max(appointment.valid_from, today)
    given = set(
        db.scalars(select(CourseDue.course_id).where(CourseDue.appointment_id == appointment_id))
    )
    held = queries.certified_courses(db, person_id=appointment.person_id, on=starts_on)
    for rule in queries.rules_of_courses(db):
        wanted = rule.days is not None and (not rule.kinds or kind in rule.kinds)
        if not wanted or rule.days is None or rule.course_id in given | held:
            continue
        row = CourseDue(
            person_id=appointment.person_id,
            course_id=rule.course_id,
            appointment_id=appointment_id,
            starts_on=starts_on,
            due_on=due_day(starts_on, rule.days),
            given_at=now,
        )
        db.add(row)
        db.flush()
        fact = CourseDueGiven(row.id, row.person_id, rule.slug, row.due_on)
        journal.record(db, fact, actor=SYSTEM, now=now)


def note_told(db: Session, due_ids: Collection[int], *, step: DeadlineStep) -> None:
    """Notes that the letter of a step was written about these dates."""
    db.execute(update(CourseDue).where(CourseDue.id.in_(due_ids)).values(told=step.value))


def note_reported(db: Session, due_ids: Collection[int], *, now: datetime) -> None:
    """Notes that focal points were told of these dates."""
    db.execute(update(CourseDue).where(CourseDue.id.in_(due_ids)).values(digest_at=now))


def forget_country(db: Session, *, country_code: str, names: Collection[str]) -> None:
    """Takes out the days that were given for appointments of a country, which are about to go."""
    appointments = appointments_in(db, country_code)
    db.execute(delete(CourseDue).where(CourseDue.appointment_id.in_(appointments)))
