"""Brings, accepts, declines and takes back training taken elsewhere; accepts completion lists."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.database import reading
from app.infra.files import files
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import InvalidInput, NotFound, Refusal, Sentence
from app.kernel.text import N_
from app.people.directory.queries.people import person_of
from app.training.certificates.queries.achievements import lock_people
from app.training.recognised import policy, rules
from app.training.recognised.facts import (
    TrainingBrought,
    TrainingDeclined,
    TrainingListed,
    TrainingRecognised,
    TrainingTakenBack,
    TrainingWithdrawn,
    UploadDropped,
)
from app.training.recognised.models import RecognisedTraining
from app.training.recognised.queries import (
    CourseOfOurs,
    ListTerms,
    course_of,
    courses,
    is_named,
    judged,
)
from app.training.recognised.values import (
    CompletionList,
    JudgedList,
    StoredUpload,
    TrainingClaim,
)

NO_COUNTRY = N_("Your record names no country whose focal point could accept it.")
KNOWN = N_("The same course of this day is on record already.")


class AlreadySettled(Refusal):
    """Somebody decided meanwhile."""

    rule = "training-settled"
    msgid = N_("Somebody has decided on this already.")


def bring_certificate(
    db: Session,
    *,
    actor: Actor,
    person_id: int | None,
    claim: TrainingClaim,
    upload: StoredUpload,
    now: datetime,
    today: date,
) -> RecognisedTraining:
    """Notes a certificate of another platform. The actor's own waits until their country accepts it;
    somebody else's, which the focal point of their country has looked at, counts at once.
    """
    person = person_of(db, person_id, locked=True)
    if person is None or actor.account_id is None:
        raise NotFound
    country = "" if person.is_guest else person.country_code or ""
    is_own = person.id == actor.person_id
    if not is_own:
        policy.require_may_bring_in(actor, country)
    elif not country:
        raise InvalidInput({"": Sentence(NO_COUNTRY)})
    course = _sound(db, person.id, claim, today)
    row = _row(person.id, course, claim, country_code=country, actor=actor, now=now)
    row.file_key, row.media_type = upload.key, upload.media_type
    _put(db, row, course, TrainingBrought, actor=actor, now=now)
    return row


def accept_training(
    db: Session, *, actor: Actor, training_id: int, now: datetime, today: date
) -> RecognisedTraining:
    """Accepts what waits. Refuses what somebody decided meanwhile, and what would count no more."""
    row = _locked(db, actor, training_id)
    _require_waiting(row)
    course = _course_by_id(db, row.course_id)
    last = course.last_valid_on(row.completed_on)
    if last is not None and last < today:
        raise InvalidInput({"": Sentence(rules.OVER_DAY, {"day": last})})
    _accept(row, course, actor=actor, now=now)
    db.flush()
    is_brought = row.batch_id is None
    fact = TrainingRecognised(row.id, row.person_id, row.country_code, is_brought=is_brought)
    journal.record(db, fact, actor=actor, now=now)
    return row


def accept_sheet(
    db: Session, *, actor: Actor, country_code: str, batch_id: UUID, now: datetime
) -> int:
    """Accepts what waits of a sheet of earlier years, but for the actor's own; returns how many. Also
    what has run out since is on record then, and counts no more. Only the country's own focal point
    accepts a whole sheet: the secretariat, which brings them in, looks at one after the other.
    """
    policy.require_may_bring_in(actor, country_code)
    of_sheet = _ROW.where(
        RecognisedTraining.country_code == country_code,
        RecognisedTraining.batch_id == batch_id,
        RecognisedTraining.person_id != (actor.person_id or 0),
        RecognisedTraining.accepted_at.is_(None),
        RecognisedTraining.ended_at.is_(None),
    )
    rows = db.scalars(of_sheet.order_by(RecognisedTraining.id)).all()
    ours = {one.id: one for one in courses(db)}
    for row in rows:
        _accept(row, ours[row.course_id], actor=actor, now=now)
    db.flush()
    facts = [
        TrainingRecognised(row.id, row.person_id, country_code, is_brought=False) for row in rows
    ]
    journal.record_all(db, facts, actor=actor, now=now)
    return len(rows)


def decline_training(
    db: Session, *, actor: Actor, training_id: int, reason: str, now: datetime
) -> None:
    """Declines what waits; whoever brought it reads the reason."""
    row = _locked(db, actor, training_id)
    _require_waiting(row)
    _end(row, actor=actor, reason=reason, now=now)
    db.flush()
    fact = TrainingDeclined(row.id, row.person_id, row.country_code)
    journal.record(db, fact, actor=actor, now=now)


def take_back(db: Session, *, actor: Actor, training_id: int, reason: str, now: datetime) -> None:
    """Takes back what was accepted by mistake. The row stays, with the reason."""
    row = _locked(db, actor, training_id)
    if row.accepted_at is None or row.ended_at is not None:
        raise AlreadySettled
    _end(row, actor=actor, reason=reason, now=now)
    db.flush()
    fact = TrainingTakenBack(row.id, row.person_id, row.country_code)
    journal.record(db, fact, actor=actor, now=now)


def withdraw_certificate(db: Session, *, actor: Actor, training_id: int, now: datetime) -> None:
    """Removes what the actor brought and nobody has decided on yet, with its file."""
    row = db.scalar(_ROW.where(RecognisedTraining.id == training_id))
    if row is None or actor.person_id is None or row.person_id != actor.person_id:
        raise NotFound
    _require_waiting(row)
    fact = TrainingWithdrawn(row.id, row.person_id, row.country_code)
    _drop_upload(db, row, now=now)
    db.delete(row)
    db.flush()
    journal.record(db, fact, actor=actor, now=now)


def accept_list(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    completions: CompletionList,
    terms: ListTerms,
    now: datetime,
    today: date,
) -> JudgedList:
    """Accepts the rows of a list that mean people of the country, and none that is on record: the
    same list again creates nothing. Returns what became of each row.
    """
    policy.require_may_bring_in(actor, country_code)
    first = judged(
        db,
        actor=actor,
        country_code=country_code,
        completions=completions,
        terms=terms,
        today=today,
    )
    lock_people(db, {one.person_id for one in first.recognised if one.person_id})
    done = judged(
        db,
        actor=actor,
        country_code=country_code,
        completions=completions,
        terms=terms,
        today=today,
    )
    course, batch = course_of(db, terms.course), uuid4()
    rows = []
    for one in done.recognised:
        if one.person_id is None or one.on is None:
            continue
        claim = TrainingClaim(
            course=terms.course,
            source=terms.source,
            title=one.line.title or terms.title,
            completed_on=one.on,
            hours=one.line.hours or terms.hours,
        )
        row = _row(one.person_id, course, claim, country_code=country_code, actor=actor, now=now)
        row.batch_id = batch
        _accept(row, course, actor=actor, now=now)
        rows.append(row)
    db.add_all(rows)
    db.flush()
    facts = [
        TrainingRecognised(row.id, row.person_id, country_code, is_brought=False) for row in rows
    ]
    journal.record_all(db, facts, actor=actor, now=now)
    return done


def recognise_past(
    db: Session,
    *,
    actor: Actor,
    person_id: int,
    country_code: str,
    claim: TrainingClaim,
    batch_id: UUID,
    now: datetime,
) -> None:
    """Notes a certificate of earlier years from a sheet: what the focal point of the country brings in
    of others is recognised, also what has run out since and counts no more; all else waits. The
    caller has seen that it is not on record yet.
    """
    policy.require_may_keep(actor, country_code)
    course = course_of(db, claim.course)
    row = _row(person_id, course, claim, country_code=country_code, actor=actor, now=now)
    row.batch_id = batch_id
    _put(db, row, course, TrainingListed, actor=actor, now=now)


def drop_file(key: str) -> None:
    """Removes an uploaded certificate from the store, unless a row still names it."""
    with reading() as db:
        is_kept = is_named(db, key)
    if not is_kept:
        files().delete(key)


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Deletes the uploaded certificates and the words that were typed, and all that waited; what was
    accepted stays as a number.
    """
    own = RecognisedTraining.person_id == person_id
    for row in db.scalars(select(RecognisedTraining).where(own).with_for_update()):
        _drop_upload(db, row, now=now)
        row.source_title = row.end_reason = row.media_type = ""
    db.flush()
    waiting = RecognisedTraining.accepted_at.is_(None) & RecognisedTraining.ended_at.is_(None)
    db.execute(delete(RecognisedTraining).where(own, waiting))


_ROW = select(RecognisedTraining).with_for_update()


def _locked(db: Session, actor: Actor, training_id: int) -> RecognisedTraining:
    row = db.scalar(_ROW.where(RecognisedTraining.id == training_id))
    if row is None:
        raise NotFound
    policy.require_may_decide(actor, owner_id=row.person_id, country_code=row.country_code)
    return row


def _require_waiting(row: RecognisedTraining) -> None:
    if row.accepted_at is not None or row.ended_at is not None:
        raise AlreadySettled


def _sound(db: Session, person_id: int, claim: TrainingClaim, today: date) -> CourseOfOurs:
    """Refuses by field what cannot be, and what is on record. The person is locked."""
    course = course_of(db, claim.course)
    rules.require_sound(claim, last_valid_on=course.last_valid_on(claim.completed_on), today=today)
    known = select(RecognisedTraining.id).where(
        RecognisedTraining.person_id == person_id,
        RecognisedTraining.course_id == course.id,
        RecognisedTraining.completed_on == claim.completed_on,
        RecognisedTraining.ended_at.is_(None),
    )
    if db.scalar(known) is not None:
        raise InvalidInput({"completed_on": Sentence(KNOWN)})
    return course


def _course_by_id(db: Session, course_id: int) -> CourseOfOurs:
    return next(one for one in courses(db) if one.id == course_id)


def _row(
    person_id: int,
    course: CourseOfOurs,
    claim: TrainingClaim,
    *,
    country_code: str,
    actor: Actor,
    now: datetime,
) -> RecognisedTraining:
    return RecognisedTraining(
        person_id=person_id,
        course_id=course.id,
        country_code=country_code,
        source=claim.source.value,
        source_title=claim.title,
        completed_on=claim.completed_on,
        hours=claim.hours,
        brought_at=now,
        brought_by=actor.account_id,
    )


def _put(
    db: Session,
    row: RecognisedTraining,
    course: CourseOfOurs,
    waits: type[TrainingBrought | TrainingListed],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Adds a row: it counts at once, or the fact `waits` tells that it waits to be accepted."""
    counts = policy.counts_at_once(actor, owner_id=row.person_id, country_code=row.country_code)
    if counts:
        _accept(row, course, actor=actor, now=now)
    db.add(row)
    db.flush()
    fact = (
        TrainingRecognised(row.id, row.person_id, row.country_code, is_brought=False)
        if counts
        else waits(row.id, row.person_id, row.country_code)
    )
    journal.record(db, fact, actor=actor, now=now)


def _accept(row: RecognisedTraining, course: CourseOfOurs, *, actor: Actor, now: datetime) -> None:
    row.last_valid_on = course.last_valid_on(row.completed_on)
    row.accepted_at, row.accepted_by = now, actor.account_id


def _end(row: RecognisedTraining, *, actor: Actor, reason: str, now: datetime) -> None:
    rules.require_reason(reason)
    row.ended_at, row.ended_by = now, actor.account_id
    row.end_reason = reason.strip()[: rules.LONGEST_REASON]


def _drop_upload(db: Session, row: RecognisedTraining, *, now: datetime) -> None:
    if row.file_key:
        journal.record(db, UploadDropped(row.id, row.file_key), actor=SYSTEM, now=now)
        row.file_key = ""
