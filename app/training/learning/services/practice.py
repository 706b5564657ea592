"""Practice inside lessons: answers to checks and private lines. Neither counts for anything."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import Language
from app.training.learning.models import CheckAnswer, Enrolment, LessonNote
from app.training.learning.policy import require_learner
from app.training.learning.queries.practice import CheckCard, checks_under
from app.training.learning.queries.seat import require_enrolled, seat_of, unit_at
from app.training.learning.rules import quiz
from app.training.learning.rules.practice import require_note
from app.training.learning.services.recording import record, tail_of
from app.training.learning.services.study import lock_enrolment
from app.training.learning.values.events import LearningVerb, Press
from app.training.learning.values.outline import CoursePosition


def answer_check(
    db: Session,
    *,
    actor: Actor,
    course_slug: str,
    place: CoursePosition,
    code: str,
    chosen: frozenset[int],
    language: Language,
    press: Press | None = None,
    now: datetime,
) -> CheckCard:
    """Keeps the answer to a check, in place of an earlier one; returns the check with it. The same
    press again writes nothing, also when another answer came after it.
    """
    pressed = press or Press()
    enrolment, unit_id = _seat_at(db, actor, course_slug, place)
    enrolment_id = enrolment.id
    card = _card_at(db, enrolment_id, unit_id, place.screen, code)
    numbers = [option.number for option in card.options]
    answer = quiz.require_answer(card.kind, numbers, chosen)
    if not answer:
        raise quiz.NoOptionChosen
    tail = tail_of(db, enrolment_id, pressed.key(LearningVerb.CHECKED, card.id, answer))
    if tail.is_known:
        return card
    row = db.get(CheckAnswer, (enrolment_id, card.id))
    if row is None:
        row = CheckAnswer(enrolment_id=enrolment_id, check_id=card.id)
        db.add(row)
    row.response, row.is_correct = list(answer), quiz.is_right(card.correct, answer)
    row.answered_at = now
    db.flush()
    record(
        db,
        tail,
        LearningVerb.CHECKED,
        edition_id=enrolment.edition_id,
        language=language,
        now=now,
        client_at=pressed.at,
        unit_id=unit_id,
        position=place.screen,
        payload={"check": card.code},
    )
    return _card_at(db, enrolment_id, unit_id, place.screen, code)


def _card_at(db: Session, enrolment_id: UUID, unit_id: int, screen: int, code: str) -> CheckCard:
    cards = checks_under(db, enrolment_id=enrolment_id, unit_id=unit_id, screen=screen)
    card = next((one for one in cards if one.code == code), None)
    if card is None:
        raise NotFound
    return card


def write_note(
    db: Session,
    *,
    actor: Actor,
    course_slug: str,
    place: CoursePosition,
    text: str,
    now: datetime,
) -> None:
    """Keeps the private line at a screen, in place of an earlier one; an empty one is forgotten."""
    words = require_note(text)
    enrolment, unit_id = _seat_at(db, actor, course_slug, place)
    enrolment_id = enrolment.id
    row = db.get(LessonNote, (enrolment_id, unit_id, place.screen))
    if not words:
        if row is not None:
            db.delete(row)
        return
    if row is None:
        row = LessonNote(enrolment_id=enrolment_id, unit_id=unit_id, screen=place.screen)
        db.add(row)
    row.text, row.written_at = words, now
    db.flush()


def _seat_at(
    db: Session, actor: Actor, course_slug: str, place: CoursePosition
) -> tuple[Enrolment, int]:
    """Returns the actor's locked enrolment and the unit; refuses a screen that the unit does not
    have.
    """
    require_learner(actor)
    seat = seat_of(db, actor=actor, slug=course_slug)
    _module, unit = unit_at(seat, place.module_slug, place.unit_code)
    if not unit.is_read or not 1 <= place.screen <= unit.screens:
        raise NotFound
    return lock_enrolment(db, require_enrolled(seat)), unit.id
