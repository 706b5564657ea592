"""Refreshers: what may be asked, what was asked, how somebody stands, and counts by country."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import Language, LocalizedText, as_language
from app.people.directory.models import Country, Person
from app.training.learning.models import (
    Completion,
    Course,
    CourseEdition,
    Enrolment,
    LessonCheck,
    Module,
    Unit,
)
from app.training.refreshers import policy, rules
from app.training.refreshers.models import RefresherItem, RefresherRow, RefresherWish, ReviewCard
from app.training.refreshers.values import (
    MemoryCard,
    OwnRefreshers,
    PracticeCheck,
    Refresher,
    RefresherFigures,
    RefresherOption,
    RefresherQuestion,
    WishState,
)

COUNTED = timedelta(days=90)
_NEWEST = select(func.max(CourseEdition.id)).group_by(CourseEdition.course_id)
_DONE = (
    select(CourseEdition.course_id, Module.slug)
    .join(Module, Module.edition_id == CourseEdition.id)
    .join(Completion, Completion.module_id == Module.id)
    .join(Enrolment, Enrolment.id == Completion.enrolment_id)
    .where(Enrolment.person_id == bindparam("person_id"))
    .distinct()
)
_WISH = RefresherWish.person_id == bindparam("person_id")
_STANDING = select(
    select(RefresherWish.state).where(_WISH).scalar_subquery(),
    select(RefresherWish.next_on).where(_WISH).scalar_subquery(),
    _DONE.exists(),
)
_CHECKS = (
    select(LessonCheck.id, CourseEdition.course_id, LessonCheck.code, Module.number, Module.slug)
    .join(Unit, Unit.id == LessonCheck.unit_id)
    .join(Module, Module.id == Unit.module_id)
    .join(CourseEdition, CourseEdition.id == Module.edition_id)
    .where(
        CourseEdition.id.in_(_NEWEST),
        CourseEdition.course_id.in_(bindparam("courses", expanding=True)),
        Module.is_available,
        LessonCheck.kind.in_(rules.ASKED_KINDS),
    )
    .order_by(CourseEdition.course_id, Module.number, LessonCheck.id)
)
_QUESTIONS = (
    select(
        RefresherItem.position,
        RefresherItem.response,
        RefresherItem.is_correct,
        LessonCheck.kind,
        LessonCheck.stem,
        LessonCheck.options,
        LessonCheck.screen,
        Course.slug,
        Module.slug,
        Module.title,
        Unit.code,
        Unit.title,
    )
    .join(LessonCheck, LessonCheck.id == RefresherItem.check_id)
    .join(Unit, Unit.id == LessonCheck.unit_id)
    .join(Module, Module.id == Unit.module_id)
    .join(CourseEdition, CourseEdition.id == Module.edition_id)
    .join(Course, Course.id == CourseEdition.course_id)
    .where(RefresherItem.refresher_id == bindparam("refresher_id"))
    .order_by(RefresherItem.position)
)
_ANSWERS = (
    select(RefresherRow.id, func.count(RefresherItem.answered_at))
    .join(RefresherItem, RefresherItem.refresher_id == RefresherRow.id)
    .where(
        RefresherRow.person_id == bindparam("person_id"), RefresherRow.sent_at >= bindparam("since")
    )
    .group_by(RefresherRow.id, RefresherRow.sent_at)
    .order_by(RefresherRow.sent_at.desc())
)
_KEPT = (
    select(
        RefresherRow.id,
        RefresherRow.sent_at,
        LessonCheck.stem,
        RefresherItem.response,
        RefresherItem.is_correct,
    )
    .outerjoin(
        RefresherItem,
        and_(RefresherItem.refresher_id == RefresherRow.id, RefresherItem.is_correct.is_not(None)),
    )
    .outerjoin(LessonCheck, LessonCheck.id == RefresherItem.check_id)
    .where(RefresherRow.person_id == bindparam("person_id"))
    .order_by(RefresherRow.sent_at, RefresherRow.id, RefresherItem.position)
)
_LATEST = (
    select(RefresherRow)
    .where(RefresherRow.person_id == bindparam("person_id"))
    .order_by(RefresherRow.sent_at.desc())
    .limit(1)
)


@dataclass(frozen=True)
class AskedCheck:
    """A question as it is marked: the numbers of its right options, of so many."""

    course_id: int
    code: str
    correct: frozenset[int]
    options: int


def lock_reader(db: Session, person_id: int) -> Language | None:
    """The language of a person's letters; whatever else is done about them waits. None: nobody."""
    query = select(Person.language).where(Person.id == person_id).with_for_update(key_share=True)
    language = db.scalar(query)
    return None if language is None else as_language(language)


def asked_check(db: Session, check_id: int) -> AskedCheck:
    check, course_id = db.execute(
        select(LessonCheck, CourseEdition.course_id)
        .join(Unit, Unit.id == LessonCheck.unit_id)
        .join(Module, Module.id == Unit.module_id)
        .join(CourseEdition, CourseEdition.id == Module.edition_id)
        .where(LessonCheck.id == check_id)
    ).one()
    correct = frozenset(
        number for number, one in enumerate(check.options, start=1) if one["correct"]
    )
    return AskedCheck(course_id, check.code, correct, len(check.options))


def checks_of(db: Session, person_id: int) -> tuple[PracticeCheck, ...]:
    """The practice questions, in the newest editions, of the modules that the person completed."""
    done = {(course, slug) for course, slug in db.execute(_DONE, {"person_id": person_id})}
    if not done:
        return ()
    rows = db.execute(_CHECKS, {"courses": sorted({course for course, _slug in done})})
    return tuple(
        PracticeCheck(id_, course, code, number)
        for id_, course, code, number, slug in rows
        if (course, slug) in done
    )


def cards_of(db: Session, person_id: int) -> dict[tuple[int, str], MemoryCard]:
    rows = db.scalars(select(ReviewCard).where(ReviewCard.person_id == person_id))
    return {
        (row.course_id, row.check_code): MemoryCard(
            row.course_id, row.check_code, row.state, row.due_at
        )
        for row in rows
    }


def own_refreshers(db: Session, *, actor: Actor) -> OwnRefreshers:
    person_id = policy.require_may_have(actor)
    state, next_on, may_begin = db.execute(_STANDING, {"person_id": person_id}).one()
    return OwnRefreshers(WishState(state) if state else None, next_on, may_begin)


def latest_of(db: Session, *, actor: Actor) -> Refresher | None:
    row = db.scalar(_LATEST, {"person_id": policy.require_may_have(actor)})
    return None if row is None else _refresher(db, row)


def refresher_by_id(db: Session, refresher_id: str) -> Refresher:
    """By its letter's link; whoever holds the link is its reader."""
    try:
        row = db.get(RefresherRow, UUID(refresher_id))
    except ValueError:
        row = None
    if row is None:
        raise NotFound
    return _refresher(db, row)


def _refresher(db: Session, row: RefresherRow) -> Refresher:
    rows = db.execute(_QUESTIONS, {"refresher_id": row.id})
    return Refresher(
        row.id,
        row.person_id,
        row.language,
        row.sent_at,
        row.ends_at,
        tuple(
            RefresherQuestion(
                position,
                kind,
                stem,
                _options(options),
                tuple(response),
                is_correct,
                slug,
                module_slug,
                module_title,
                unit_code,
                unit_title,
                screen,
            )
            for (
                position,
                response,
                is_correct,
                kind,
                stem,
                options,
                screen,
                slug,
                module_slug,
                module_title,
                unit_code,
                unit_title,
            ) in rows
        ),
    )


def _options(options: Sequence[Mapping[str, Any]]) -> tuple[RefresherOption, ...]:
    return tuple(
        RefresherOption(
            number,
            LocalizedText(one["text"]),
            LocalizedText(one["feedback"]),
            bool(one["correct"]),
        )
        for number, one in enumerate(options, start=1)
    )


def answers_lately(db: Session, *, person_id: int, since: datetime) -> list[int]:
    """How many questions were answered in each refresher since then, the newest first."""
    rows = db.execute(_ANSWERS, {"person_id": person_id, "since": since})
    return [count for _id, count in rows]


def due_people(db: Session, *, on: date) -> list[int]:
    """Who is due a refresher on a day, or was before."""
    found = select(RefresherWish.person_id).where(
        RefresherWish.state == WishState.ON.value, RefresherWish.next_on <= on
    )
    return list(db.scalars(found.order_by(RefresherWish.person_id)))


@dataclass
class _Counts:
    people: int = 0
    answered: int = 0
    right: int = 0
    recall: float = 0.0
    cards: int = 0


def figures(db: Session, *, actor: Actor, now: datetime) -> tuple[RefresherFigures, ...]:
    """Counts by country, three statements. A group that could be recognised has none outside."""
    counts: dict[str, _Counts] = {}
    people = (
        select(Person.country_code, func.count())
        .join(RefresherWish, RefresherWish.person_id == Person.id)
        .where(RefresherWish.state == WishState.ON.value, Person.country_code.is_not(None))
        .group_by(Person.country_code)
    )
    for code, number in db.execute(people):
        counts.setdefault(code or "", _Counts()).people = number
    answers = (
        select(Person.country_code, RefresherItem.is_correct, func.count())
        .join(RefresherRow, RefresherRow.person_id == Person.id)
        .join(RefresherItem, RefresherItem.refresher_id == RefresherRow.id)
        .where(RefresherItem.answered_at >= now - COUNTED, Person.country_code.is_not(None))
        .group_by(Person.country_code, RefresherItem.is_correct)
    )
    for code, is_right, number in db.execute(answers):
        found = counts.setdefault(code or "", _Counts())
        found.answered += number
        found.right += number if is_right else 0
    cards = select(Person.country_code, ReviewCard.state).join(
        ReviewCard, ReviewCard.person_id == Person.id
    )
    for code, state in db.execute(cards.where(Person.country_code.is_not(None))):
        found = counts.setdefault(code or "", _Counts())
        found.recall += rules.recall(state, now)
        found.cards += 1
    countries = select(Country.code, Country.name).order_by(Country.code)
    return tuple(
        _shown(actor, code, name, counts.get(code, _Counts()))
        for code, name in db.execute(countries)
    )


def _shown(actor: Actor, code: str, name: LocalizedText, found: _Counts) -> RefresherFigures:
    if not policy.shows(actor, code, found.people):
        return RefresherFigures(code, name, None, None, None, None)
    recall = found.recall / found.cards if found.cards else None
    return RefresherFigures(code, name, found.people, found.answered, found.right, recall)


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """All that is kept of a person, answers by the question's words."""
    wish = db.get(RefresherWish, person_id)
    refreshers: dict[UUID, dict[str, Any]] = {}
    for number, sent_at, stem, response, is_right in db.execute(_KEPT, {"person_id": person_id}):
        one = refreshers.setdefault(number, {"sent_at": sent_at.isoformat(), "answers": []})
        if is_right is not None:
            answer = {"question": stem.in_(), "chosen": list(response), "right": is_right}
            one["answers"].append(answer)
    return {
        "wish": None if wish is None else {"state": wish.state, "since": wish.since.isoformat()},
        "refreshers": list(refreshers.values()),
        "cards": [
            {"question": card.code, "due_at": card.due_at.isoformat(), "memory": dict(card.state)}
            for card in cards_of(db, person_id).values()
        ],
    }
