"""Putting a good practice forward, and reviewing it."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.followup.practices import policy, rules
from app.followup.practices.facts import (
    PracticeAccepted,
    PracticeCompleted,
    PracticeReturned,
    PracticeSubmitted,
)
from app.followup.practices.models import GoodPractice
from app.followup.practices.queries import fields_of_practice
from app.followup.practices.values import PracticeDraft, PracticeStatus, RepositoryFields
from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, Kind, NotFound, Refusal, Sentence
from app.kernel.seen import require_as_seen
from app.kernel.text import N_
from app.people.directory.queries.reference import is_country
from app.planning.events.queries.events import event_of

MOST_WAITING = 10
FROM_THE_LIST = N_("Choose a country from the list.")


class TooManyWaiting(Refusal):
    kind = Kind.TOO_MANY
    rule = "practices-waiting"
    msgid = N_(
        "%(most)s of yours are already waiting for review. Please wait until they have been read."
    )


def submit_practice(
    db: Session, *, actor: Actor, draft: PracticeDraft, event_id: UUID | None, now: datetime
) -> UUID:
    """Puts a practice forward for review; returns its id. `event_id`: the event that a guest was
    invited to. Refuses by field.
    """
    policy.require_may_submit(actor)
    rules.require_sound(draft)
    if draft.country_code and not is_country(db, draft.country_code):
        raise InvalidInput({"country_code": Sentence(FROM_THE_LIST)})
    if event_id is not None:
        event_of(db, actor=actor, event_id=event_id)
    submitted = select(func.count(GoodPractice.id)).where(
        GoodPractice.submitted_by == actor.person_id,
        GoodPractice.status == PracticeStatus.SUBMITTED,
    )
    if (db.scalar(submitted) or 0) >= MOST_WAITING:
        raise TooManyWaiting(most=MOST_WAITING)
    row = _row(draft, now=now)
    row.event_id, row.submitted_by = event_id, actor.person_id
    db.add(row)
    db.flush()
    journal.record(db, PracticeSubmitted(row.id, actor.person_id or 0), actor=actor, now=now)
    return row.id


def keep_practice(db: Session, *, actor: Actor, draft: PracticeDraft, now: datetime) -> UUID:
    """Publishes what the secretariat has read elsewhere, such as a row of the matrix, as a good
    practice that nobody put forward by name. Returns its id.

    Not checked again: the caller has what the draft says from its own rules.
    """
    policy.require_may_review(actor)
    row = _row(draft, now=now)
    row.status = PracticeStatus.ACCEPTED
    row.reviewed_by, row.reviewed_at = actor.account_id or None, now
    db.add(row)
    db.flush()
    journal.record(db, PracticeAccepted(row.id), actor=actor, now=now)
    return row.id


def accept_practice(db: Session, *, actor: Actor, practice_id: UUID, now: datetime) -> None:
    """Accepts a practice, which everybody reads from now on."""
    row = _reviewable(db, actor, practice_id)
    row.status, row.reviewed_by, row.reviewed_at = (
        PracticeStatus.ACCEPTED,
        actor.account_id or None,
        now,
    )
    db.flush()
    journal.record(db, PracticeAccepted(row.id), actor=actor, now=now)


def return_practice(
    db: Session, *, actor: Actor, practice_id: UUID, note: str, now: datetime
) -> None:
    """Gives a practice back to whoever put it forward, with a note that says why."""
    said = rules.require_note(note)
    row = _reviewable(db, actor, practice_id)
    row.status, row.reviewed_by, row.reviewed_at = (
        PracticeStatus.RETURNED,
        actor.account_id or None,
        now,
    )
    row.note = said
    db.flush()
    journal.record(db, PracticeReturned(row.id), actor=actor, now=now)


def fill_repository_fields(
    db: Session,
    *,
    actor: Actor,
    practice_id: UUID,
    fields: RepositoryFields,
    seen: str,
    now: datetime,
) -> None:
    """Keeps what the practice repository asks of a published practice (R72). The same again changes
    nothing. `seen`: the mark of the fields that the form was filled from. Refuses by field, and with
    ChangedMeanwhile.
    """
    policy.require_may_review(actor)
    row = db.scalar(select(GoodPractice).where(GoodPractice.id == practice_id).with_for_update())
    if row is None or row.status != PracticeStatus.ACCEPTED:
        raise NotFound
    rules.require_sound_fields(fields)
    standing = fields_of_practice(row)
    if fields == standing:
        return
    require_as_seen(seen, standing)
    row.objectives, row.goals = list(fields.objectives), list(fields.goals)
    row.principles = list(fields.principles)
    row.benefits, row.lessons = fields.benefits, fields.lessons
    row.recommendations = fields.recommendations
    db.flush()
    journal.record(db, PracticeCompleted(practice_id), actor=actor, now=now)


def _row(draft: PracticeDraft, *, now: datetime) -> GoodPractice:
    return GoodPractice(
        id=uuid4(),
        category=draft.category,
        title=draft.title,
        summary=draft.summary,
        organisation=draft.organisation,
        organisation_type=draft.organisation_type,
        country_code=draft.country_code or None,
        url=draft.url,
        submitted_at=now,
    )


def _reviewable(db: Session, actor: Actor, practice_id: UUID) -> GoodPractice:
    policy.require_may_review(actor)
    row = db.scalar(select(GoodPractice).where(GoodPractice.id == practice_id).with_for_update())
    if row is None:
        raise NotFound
    rules.require_reviewable(PracticeStatus(row.status))
    return row


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Removes the person's name from the good practices that they put forward; the practices stay."""
    db.execute(
        update(GoodPractice).where(GoodPractice.submitted_by == person_id).values(submitted_by=None)
    )
    db.flush()
