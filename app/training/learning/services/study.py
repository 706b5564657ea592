"""Enrols learners and stores what they read: when they go on, never when a page is opened."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import ANONYMOUS, Actor
from app.kernel.refusal import NotFound
from app.kernel.text import Language, as_language
from app.people.directory.models import Person
from app.training.learning.facts import EnrolmentStarted, OfficialEnrolled
from app.training.learning.models import CourseEdition, Enrolment, UnitProgress
from app.training.learning.policy import require_learner, require_may_enrol_officials_of
from app.training.learning.queries.renewing import own_courses
from app.training.learning.queries.seat import require_enrolled, seat_of, unit_at
from app.training.learning.rules import progress
from app.training.learning.services.completing import complete_what_is_done
from app.training.learning.services.crediting import carry_over
from app.training.learning.services.recording import record, tail_of
from app.training.learning.values.events import LearningVerb, Press
from app.training.learning.values.outline import CoursePosition, Outline, UnitOutline

_PERSON = (
    select(Person.id).where(Person.id == bindparam("person_id")).with_for_update(key_share=True)
)
_ENROLMENT = (
    select(Enrolment)
    .where(Enrolment.id == bindparam("enrolment_id"))
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)


def start_enrolment(
    db: Session, *, actor: Actor, course_slug: str, language: Language, now: datetime
) -> UUID:
    """Returns the actor's enrolment in the edition that they take, or a new one in the newest
    edition.
    """
    person_id = require_learner(actor)
    lock_person(db, person_id)
    seat = seat_of(db, actor=actor, slug=course_slug)
    if seat.enrolment_id is not None:
        return seat.enrolment_id
    edition = db.get_one(CourseEdition, seat.outline.edition_id)
    return _enrol(db, actor, edition, language, now).id


def enrol_again(
    db: Session,
    *,
    actor: Actor,
    course_slug: str,
    language: Language,
    now: datetime,
    changes_only: bool = False,
) -> UUID:
    """Returns a new enrolment in the newest edition, or the open one. Completed enrolments stay.

    With `changes_only` the modules are credited that the learner completed before and that no
    author called materially changed since. Raises NothingToRenew for somebody who never completed
    the course. Whether a renewal is due is decided by `certificates`.
    """
    person_id = require_learner(actor)
    lock_person(db, person_id)
    own = own_courses(db, person_id=person_id)
    if course_slug in own.open:
        return own.open[course_slug]
    step = own.steps.get(course_slug)
    if step is None:
        raise progress.NothingToRenew
    edition = db.get_one(CourseEdition, step.edition_id)
    enrolment = _enrol(db, actor, edition, language, now, renews=step.earned_in)
    if changes_only:
        kept = [module.id for module in step.kept]
        carry_over(db, enrolment=enrolment, module_ids=kept, now=now, earned_in=step.earned_in)
    return enrolment.id


def _enrol(
    db: Session,
    actor: Actor,
    edition: CourseEdition,
    language: Language,
    now: datetime,
    *,
    renews: UUID | None = None,
) -> Enrolment:
    enrolment = _added(db, require_learner(actor), edition, language, now, renews=renews)
    fact = EnrolmentStarted(
        person_id=enrolment.person_id, enrolment_id=enrolment.id, edition_id=enrolment.edition_id
    )
    journal.record(db, fact, actor=actor, now=now)
    return enrolment


def enrol_official(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    person_id: int,
    course_slug: str,
    now: datetime,
) -> UUID | None:
    """Enrols an official of the actor's country in the newest edition; returns None when they take
    the course already or have completed it. The caller checks that the official serves in the
    country.
    """
    require_may_enrol_officials_of(actor, country_code)
    lock_person(db, person_id)
    seat = seat_of(db, actor=replace(ANONYMOUS, person_id=person_id), slug=course_slug)
    if seat.enrolment_id is not None:
        return None
    language = as_language(db.get_one(Person, person_id).language)
    edition = db.get_one(CourseEdition, seat.outline.edition_id)
    enrolment = _added(db, person_id, edition, language, now)
    fact = OfficialEnrolled(
        person_id=person_id,
        enrolment_id=enrolment.id,
        edition_id=enrolment.edition_id,
        country_code=country_code,
    )
    journal.record(db, fact, actor=actor, now=now)
    return enrolment.id


def _added(
    db: Session,
    person_id: int,
    edition: CourseEdition,
    language: Language,
    now: datetime,
    *,
    renews: UUID | None = None,
) -> Enrolment:
    enrolment = Enrolment(
        person_id=person_id,
        course_id=edition.course_id,
        edition_id=edition.id,
        language=language,
        started_at=now,
        last_unit_id=None,
        renews_id=renews,
    )
    db.add(enrolment)
    db.flush()
    return enrolment


def lock_person(db: Session, person_id: int) -> None:
    """Locks the person, so that PostgreSQL too runs one writer for each person at a time."""
    if db.scalar(_PERSON, {"person_id": person_id}) is None:
        raise NotFound


def lock_enrolment(db: Session, enrolment_id: UUID) -> Enrolment:
    """Returns the enrolment, locked and read anew: its events get one order on both databases."""
    return db.scalars(_ENROLMENT, {"enrolment_id": enrolment_id}).one()


def leave_screen(
    db: Session,
    *,
    actor: Actor,
    course_slug: str,
    place: CoursePosition,
    language: Language,
    press: Press | None = None,
    now: datetime,
) -> CoursePosition | None:
    """Stores that a screen was read; returns the next place, or None after the last of the module.
    After the last screen the unit is complete, and perhaps the module and the course. A repeated
    call returns the same; the same press writes nothing again.
    """
    pressed = press or Press()
    person_id = require_learner(actor)
    lock_person(db, person_id)
    seat = seat_of(db, actor=actor, slug=course_slug)
    module, unit = unit_at(seat, place.module_slug, place.unit_code)
    if not unit.is_read:
        raise NotFound
    enrolment = lock_enrolment(db, require_enrolled(seat))
    following = progress.place_after(module, unit, place.screen)
    tail = tail_of(db, enrolment.id, pressed.key(LearningVerb.SEEN, unit.id, place.screen))
    if tail.is_known:
        return following
    before = seat.standing.reading.get(unit.id, progress.UNREAD)
    after = progress.advance(unit, before, place.screen)
    _keep_reading(db, enrolment.id, unit, after.screen, done=after.is_done, now=now)
    record(
        db,
        tail,
        LearningVerb.SEEN,
        edition_id=enrolment.edition_id,
        language=language,
        now=now,
        client_at=pressed.at,
        unit_id=unit.id,
        position=place.screen,
    )
    _remember_place(enrolment, seat.outline, following, language)
    if after.is_done and not before.is_done:
        complete_what_is_done(
            db, actor=actor, enrolment=enrolment, outline=seat.outline, module=module, now=now
        )
    db.flush()
    return following


def _keep_reading(
    db: Session, enrolment_id: UUID, unit: UnitOutline, screen: int, *, done: bool, now: datetime
) -> None:
    row = db.get(UnitProgress, (enrolment_id, unit.id))
    if row is None:
        row = UnitProgress(enrolment_id=enrolment_id, unit_id=unit.id, completed_at=None)
        db.add(row)
    row.screen = screen
    if done and row.completed_at is None:
        row.completed_at = now


def _remember_place(
    enrolment: Enrolment, outline: Outline, place: CoursePosition | None, language: Language
) -> None:
    enrolment.language = language
    module = outline.module(place.module_slug) if place else None
    unit = module.unit(place.unit_code) if place and module else None
    if place and unit:
        enrolment.last_unit_id, enrolment.last_screen = unit.id, place.screen
