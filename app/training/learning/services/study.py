"""Enrols learners, stores what they read and attended, and completes what is done."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import ANONYMOUS, SYSTEM, Actor
from app.kernel.refusal import NotFound
from app.kernel.text import Language, as_language
from app.people.directory.models import Person
from app.training.learning.facts import (
    CourseCompleted,
    EnrolmentStarted,
    ModuleCompleted,
    OfficialEnrolled,
    RenewalOpened,
)
from app.training.learning.models import (
    CheckAnswer,
    Completion,
    CourseEdition,
    Enrolment,
    LessonNote,
    UnitProgress,
)
from app.training.learning.policy import require_learner, require_may_enrol_officials_of
from app.training.learning.queries.courses import (
    outline_of_edition,
    own_courses,
    require_enrolled,
    seat_of,
    standing_of,
    unit_at,
)
from app.training.learning.queries.lessons import (
    CheckCard,
    WebinarUnit,
    attended,
    checks_under,
    open_enrolments,
    webinar_units,
)
from app.training.learning.rules import progress, quiz
from app.training.learning.rules.progress import (
    RULE_VERSION,
    edition_is_complete,
    module_is_complete,
    require_note,
)
from app.training.learning.services.recording import Tail, ends_of, record, record_each, tail_of
from app.training.learning.values import (
    CoursePosition,
    EditionStep,
    EventLine,
    Keeping,
    LearningVerb,
    ModuleOutline,
    Outline,
    Press,
    UnitOutline,
)


def complete_what_is_done(
    db: Session,
    *,
    actor: Actor,
    enrolment: Enrolment,
    outline: Outline,
    module: ModuleOutline,
    now: datetime,
) -> None:
    """Completes the module and then the edition where everything is done. The caller holds the lock
    of the enrolment, so each completion and its fact are written once.
    """
    db.flush()
    before = standing_of(db, enrolment.id)
    of_enrolment = (enrolment.person_id, enrolment.id, outline.edition_id)
    if module.id not in before.completed_modules and module_is_complete(module, before):
        db.add(
            Completion(
                enrolment_id=enrolment.id,
                module_id=module.id,
                rule_version=RULE_VERSION,
                decided_at=now,
            )
        )
        fact = ModuleCompleted(*of_enrolment, module_id=module.id, completed_at=now)
        journal.record(db, fact, actor=actor, now=now)
    if before.completed_at is None and edition_is_complete(outline, before):
        db.add(
            Completion(
                enrolment_id=enrolment.id, module_id=None, rule_version=RULE_VERSION, decided_at=now
            )
        )
        enrolment.closed_at = now
        journal.record(db, CourseCompleted(*of_enrolment, completed_at=now), actor=actor, now=now)
    db.flush()


# Modules that count as complete although no screen of this enrolment led there.

_COMPLETED = insert(Completion).execution_options(render_nulls=True)


@dataclass(frozen=True)
class Credit:
    """Modules that count as complete in an enrolment at an instant (UTC). `earned_in`: the earlier
    enrolment in which they were completed.
    """

    enrolment: Enrolment
    module_ids: tuple[int, ...]
    at: datetime
    earned_in: UUID | None = None


def credit_editions(db: Session, *, credits_: Sequence[Credit]) -> None:
    """Completes the modules and the whole edition of each enrolment, in a number of statements that
    does not grow with them.

    For records that come from elsewhere, such as the demonstration's.
    """
    _credit(db, credits_, completes_edition=True)
    for credit in credits_:
        credit.enrolment.closed_at = credit.at
    db.flush()


def carry_over(
    db: Session,
    *,
    enrolment: Enrolment,
    module_ids: Iterable[int],
    now: datetime,
    earned_in: UUID | None = None,
) -> None:
    """Credits modules in an enrolment: each becomes an event and a completion. `earned_in`: the
    earlier enrolment in which they were completed.
    """
    credit = Credit(enrolment, tuple(module_ids), now, earned_in)
    _credit(db, [credit], completes_edition=False)
    db.flush()


def _credit(db: Session, credits_: Sequence[Credit], *, completes_edition: bool) -> None:
    ends = ends_of(db, [credit.enrolment.id for credit in credits_])
    record_each(
        db, [(ends[one.enrolment.id], _events(ends[one.enrolment.id], one)) for one in credits_]
    )
    whole = (None,) if completes_edition else ()
    completions = [
        _completion(credit.enrolment, module_id, credit.at)
        for credit in credits_
        for module_id in (*credit.module_ids, *whole)
    ]
    if completions:
        db.execute(_COMPLETED, completions)


def _events(tail: Tail, credit: Credit) -> list[EventLine]:
    payload = {"earned_in": str(credit.earned_in)} if credit.earned_in else {}
    return [
        EventLine(
            number=number,
            client_id=Press().id,
            verb=LearningVerb.CREDITED,
            edition_id=credit.enrolment.edition_id,
            language=credit.enrolment.language,
            at=credit.at,
            module_id=module_id,
            payload=payload,
        )
        for number, module_id in enumerate(credit.module_ids, start=tail.number + 1)
    ]


def credit_reading(
    db: Session, *, enrolment: Enrolment, outline: Outline, earned_in: UUID, now: datetime
) -> None:
    """Credits all that is read or attended, at the instant of the enrolment (`now`), so that the
    quizzes are left. Each unit becomes an event.
    """
    units = [unit for module in outline.available for unit in module.units if not unit.is_quiz]
    if not units:
        return
    end = ends_of(db, [enrolment.id])[enrolment.id]
    events = [
        EventLine(
            number=number,
            client_id=Press().id,
            verb=LearningVerb.CREDITED,
            edition_id=enrolment.edition_id,
            language=enrolment.language,
            at=now,
            unit_id=unit.id,
            payload={"earned_in": str(earned_in)},
        )
        for number, unit in enumerate(units, start=end.number + 1)
    ]
    record_each(db, [(end, events)])
    read = [
        {
            "enrolment_id": enrolment.id,
            "unit_id": unit.id,
            "screen": unit.screens,
            "completed_at": now,
        }
        for unit in units
    ]
    db.execute(insert(UnitProgress), read)


def exempt_module(
    db: Session,
    *,
    enrolment: Enrolment,
    module_id: int,
    payload: Mapping[str, object],
    now: datetime,
) -> None:
    """Completes a module by its pre-test; `payload` says by which rule and with what result."""
    record(
        db,
        tail_of(db, enrolment.id, Press().id),
        LearningVerb.EXEMPTED,
        edition_id=enrolment.edition_id,
        language=enrolment.language,
        now=now,
        module_id=module_id,
        payload=payload,
    )
    db.execute(_COMPLETED, _completion(enrolment, module_id, now))
    db.flush()


def _completion(enrolment: Enrolment, module_id: int | None, now: datetime) -> dict[str, object]:
    return {
        "enrolment_id": enrolment.id,
        "module_id": module_id,
        "rule_version": RULE_VERSION,
        "decided_at": now,
    }


# Enrols learners and stores what they read: when they go on, never when a page is opened.

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
    keeps: Keeping = Keeping.NOTHING,
) -> UUID:
    """Returns a new enrolment in the newest edition, or the open one. Completed enrolments stay.

    What `keeps` names is credited: modules that the learner completed before and that no author
    called materially changed since, or all reading. Raises NothingToRenew for somebody who never
    completed the course. Whether a renewal is due is decided by `certificates`.
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
    _keep(db, enrolment, step, keeps, now)
    return enrolment.id


def renew_official(
    db: Session, *, actor: Actor, person_id: int, course_slug: str, now: datetime
) -> UUID | None:
    """Enrols somebody else whose certificate holds again, with what `EditionStep.keeps` says.
    Returns None for whoever takes the course already or never completed it. The caller asked
    whether the actor may.
    """
    lock_person(db, person_id)
    own = own_courses(db, person_id=person_id)
    step = own.steps.get(course_slug)
    if course_slug in own.open or step is None:
        return None
    language = as_language(db.get_one(Person, person_id).language)
    edition = db.get_one(CourseEdition, step.edition_id)
    enrolment = _added(db, person_id, edition, language, now, renews=step.earned_in)
    _keep(db, enrolment, step, step.keeps, now)
    fact = RenewalOpened(
        person_id=person_id, enrolment_id=enrolment.id, edition_id=enrolment.edition_id
    )
    journal.record(db, fact, actor=actor, now=now)
    return enrolment.id


def _keep(
    db: Session, enrolment: Enrolment, step: EditionStep, keeps: Keeping, now: datetime
) -> None:
    """Credits in a new enrolment what counts already."""
    if keeps is Keeping.MODULES:
        kept = [module.id for module in step.kept]
        carry_over(db, enrolment=enrolment, module_ids=kept, now=now, earned_in=step.earned_in)
    elif keeps is Keeping.READING:
        outline = outline_of_edition(db, step.edition_id)
        credit_reading(db, enrolment=enrolment, outline=outline, earned_in=step.earned_in, now=now)


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
    """Enrols an official of the actor's country in the newest edition, whoever completed it before
    again in the whole of it; returns None when they take the course already. The caller checks that
    the official serves in the country without a valid certificate.
    """
    require_may_enrol_officials_of(actor, country_code)
    lock_person(db, person_id)
    own = own_courses(db, person_id=person_id)
    if course_slug in own.open:
        return None
    completed = own.steps.get(course_slug)
    if completed is not None:
        edition_id, renews = completed.edition_id, completed.earned_in
    else:
        seat = seat_of(db, actor=replace(ANONYMOUS, person_id=person_id), slug=course_slug)
        edition_id, renews = seat.outline.edition_id, None
    language = as_language(db.get_one(Person, person_id).language)
    edition = db.get_one(CourseEdition, edition_id)
    enrolment = _added(db, person_id, edition, language, now, renews=renews)
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


# Practice inside lessons: answers to checks and private lines. Neither counts for anything.


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


# Webinar units follow from who was where; nobody presses anything.


def follow_attendance(db: Session, *, person_ids: Iterable[int], now: datetime) -> None:
    """Settles the webinar units of everybody named, after their minutes were recorded or corrected.

    Told again, it writes nothing: what stands is compared with what should.
    """
    for enrolment_id in open_enrolments(db, sorted(person_ids)):
        settle_webinars(db, enrolment_id=enrolment_id, now=now)


def settle_webinars(db: Session, *, enrolment_id: UUID, now: datetime) -> None:
    """Marks each webinar unit as attended or not. A unit of a module that is complete stays as it
    is: a pass is never lost.
    """
    enrolment = lock_enrolment(db, enrolment_id)
    units = webinar_units(db, [enrolment.edition_id]).get(enrolment.edition_id, ())
    done = set(
        db.scalars(select(Completion.module_id).where(Completion.enrolment_id == enrolment_id))
    )
    changed = {
        unit.module_id
        for unit in units
        if unit.module_id not in done and _settle(db, enrolment, unit, now)
    }
    if not changed:
        return
    outline = outline_of_edition(db, enrolment.edition_id)
    for module in outline.modules:
        if module.id in changed:
            complete_what_is_done(
                db, actor=SYSTEM, enrolment=enrolment, outline=outline, module=module, now=now
            )


def _settle(db: Session, enrolment: Enrolment, unit: WebinarUnit, now: datetime) -> bool:
    """Counts the unit or takes it back; returns True when that changed anything."""
    lines = attended(
        db,
        person_id=enrolment.person_id,
        webinar=unit.webinar,
        started_at=enrolment.started_at,
    )
    counts = any(line.counts for line in lines)
    row = db.get(UnitProgress, (enrolment.id, unit.id))
    if counts == (row is not None and row.completed_at is not None):
        return False
    if row is not None and row.completed_at == enrolment.started_at:
        return False  # credited: it was attended before an earlier certificate
    if row is None:
        row = UnitProgress(enrolment_id=enrolment.id, unit_id=unit.id, completed_at=None)
        db.add(row)
    row.completed_at = now if counts else None
    db.flush()
    record(
        db,
        tail_of(db, enrolment.id, Press().id),
        LearningVerb.ATTENDED,
        edition_id=enrolment.edition_id,
        language=enrolment.language,
        now=now,
        unit_id=unit.id,
        position=1,
        payload={"counts": counts},
    )
    return True
