"""Refreshers: what may be asked, what was asked, how somebody stands, and counts by country."""

from collections.abc import Collection, Mapping, Sequence
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
from app.people.directory.queries import roster
from app.people.directory.values import SharedFigures
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
    select(Enrolment.person_id, CourseEdition.course_id, Module.slug)
    .join(Completion, Completion.enrolment_id == Enrolment.id)
    .join(Module, Module.id == Completion.module_id)
    .join(CourseEdition, CourseEdition.id == Module.edition_id)
)
_DONE_OF = _DONE.where(Enrolment.person_id.in_(bindparam("people", expanding=True))).distinct()
_READERS = (
    select(Person.id, Person.language)
    .where(Person.id.in_(bindparam("people", expanding=True)))
    .order_by(Person.id)
    .with_for_update(key_share=True)
)
_ASKED = (
    select(LessonCheck, CourseEdition.course_id)
    .join(Unit, Unit.id == LessonCheck.unit_id)
    .join(Module, Module.id == Unit.module_id)
    .join(CourseEdition, CourseEdition.id == Module.edition_id)
    .where(LessonCheck.id.in_(bindparam("ids", expanding=True)))
)
_WISH = RefresherWish.person_id == bindparam("person_id")
_STANDING = select(
    select(RefresherWish.state).where(_WISH).scalar_subquery(),
    select(RefresherWish.next_on).where(_WISH).scalar_subquery(),
    _DONE.where(Enrolment.person_id == bindparam("person_id")).exists(),
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
        RefresherItem.refresher_id,
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
    .where(RefresherItem.refresher_id.in_(bindparam("refresher_ids", expanding=True)))
    .order_by(RefresherItem.refresher_id, RefresherItem.position)
)
_ANSWERS = (
    select(
        RefresherRow.id,
        RefresherRow.person_id,
        RefresherRow.sent_at,
        func.count(RefresherItem.answered_at),
    )
    .join(RefresherItem, RefresherItem.refresher_id == RefresherRow.id)
    .where(
        RefresherRow.person_id.in_(bindparam("people", expanding=True)),
        RefresherRow.sent_at >= bindparam("since"),
    )
    .group_by(RefresherRow.id, RefresherRow.person_id, RefresherRow.sent_at)
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


def lock_readers(db: Session, people: Collection[int]) -> dict[int, Language]:
    """Returns the language of each person's letters; whatever else is done about them waits.

    Who is not there is not in the answer.
    """
    rows = db.execute(_READERS, {"people": sorted(people)})
    return {person_id: as_language(language) for person_id, language in rows}


def wishes_of(db: Session, people: Collection[int]) -> Sequence[RefresherWish]:
    query = select(RefresherWish).where(RefresherWish.person_id.in_(people))
    return db.scalars(query.order_by(RefresherWish.person_id)).all()


def lock_refreshers(db: Session, ids: Collection[UUID]) -> dict[UUID, RefresherRow]:
    query = (
        select(RefresherRow)
        .where(RefresherRow.id.in_(ids))
        .order_by(RefresherRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in db.scalars(query)}


def items_of(db: Session, ids: Collection[UUID]) -> dict[tuple[UUID, int], RefresherItem]:
    """Returns the questions of refreshers by their number; read anew, for whoever holds the lock."""
    query = select(RefresherItem).where(RefresherItem.refresher_id.in_(ids))
    rows = db.scalars(query.execution_options(populate_existing=True))
    return {(row.refresher_id, row.position): row for row in rows}


def lock_cards(
    db: Session, keys: Collection[tuple[int, int, str]]
) -> dict[tuple[int, int, str], ReviewCard]:
    people, codes = {person_id for person_id, _, _ in keys}, {code for _, _, code in keys}
    query = (
        select(ReviewCard)
        .where(ReviewCard.person_id.in_(people), ReviewCard.check_code.in_(codes))
        .order_by(ReviewCard.person_id, ReviewCard.course_id, ReviewCard.check_code)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    rows = db.scalars(query)
    return {(row.person_id, row.course_id, row.check_code): row for row in rows}


def asked_checks(db: Session, ids: Collection[int]) -> dict[int, AskedCheck]:
    """Returns checks by their ids, with what is right."""
    checks = {}
    for check, course_id in db.execute(_ASKED, {"ids": list(ids)}):
        correct = frozenset(
            number for number, one in enumerate(check.options, start=1) if one["correct"]
        )
        checks[check.id] = AskedCheck(course_id, check.code, correct, len(check.options))
    return checks


def checks_of(db: Session, people: Collection[int]) -> dict[int, tuple[PracticeCheck, ...]]:
    """Returns the practice questions, in the newest editions, of the modules that each person
    completed.
    """
    done: dict[int, set[tuple[int, str]]] = {person_id: set() for person_id in people}
    for person_id, course_id, slug in db.execute(_DONE_OF, {"people": list(people)}):
        done[person_id].add((course_id, slug))
    courses = sorted({course_id for modules in done.values() for course_id, _slug in modules})
    if not courses:
        return dict.fromkeys(people, ())
    rows = [
        ((course_id, slug), PracticeCheck(id_, course_id, code, number))
        for id_, course_id, code, number, slug in db.execute(_CHECKS, {"courses": courses})
    ]
    return {
        person_id: tuple(check for module, check in rows if module in modules)
        for person_id, modules in done.items()
    }


def cards_of(db: Session, people: Collection[int]) -> dict[int, dict[tuple[int, str], MemoryCard]]:
    cards: dict[int, dict[tuple[int, str], MemoryCard]] = {person_id: {} for person_id in people}
    for row in db.scalars(select(ReviewCard).where(ReviewCard.person_id.in_(people))):
        card = MemoryCard(row.course_id, row.check_code, row.state, row.due_at)
        cards[row.person_id][row.course_id, row.check_code] = card
    return cards


def own_refreshers(db: Session, *, actor: Actor) -> OwnRefreshers:
    person_id = policy.require_may_have(actor)
    state, next_on, may_begin = db.execute(_STANDING, {"person_id": person_id}).one()
    return OwnRefreshers(WishState(state) if state else None, next_on, may_begin)


def latest_of(db: Session, *, actor: Actor) -> Refresher | None:
    row = db.scalar(_LATEST, {"person_id": policy.require_may_have(actor)})
    return None if row is None else _refresher(db, row)


def refresher_by_id(db: Session, refresher_id: str) -> Refresher:
    """Returns the refresher of a letter's link; whoever holds the link is its reader."""
    try:
        row = db.get(RefresherRow, UUID(refresher_id))
    except ValueError:
        row = None
    if row is None:
        raise NotFound
    return _refresher(db, row)


def refreshers_by_id(db: Session, ids: Collection[UUID]) -> list[Refresher]:
    """Returns refreshers in the order of `ids`; those that are not there are left out."""
    rows = {row.id: row for row in db.scalars(select(RefresherRow).where(RefresherRow.id.in_(ids)))}
    return _refreshers(db, [rows[one] for one in ids if one in rows])


def _refresher(db: Session, row: RefresherRow) -> Refresher:
    (one,) = _refreshers(db, [row])
    return one


def _refreshers(db: Session, rows: Sequence[RefresherRow]) -> list[Refresher]:
    questions: dict[UUID, list[RefresherQuestion]] = {row.id: [] for row in rows}
    for (
        refresher_id,
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
    ) in db.execute(_QUESTIONS, {"refresher_ids": list(questions)}):
        questions[refresher_id].append(
            RefresherQuestion(
                position=position,
                kind=kind,
                stem=stem,
                options=_options(options),
                response=tuple(response),
                is_right=is_correct,
                slug=slug,
                module_slug=module_slug,
                module_title=module_title,
                unit_code=unit_code,
                unit_title=unit_title,
                screen=screen,
            )
        )
    return [
        Refresher(
            id=row.id,
            person_id=row.person_id,
            language=as_language(row.language),
            sent_at=row.sent_at,
            ends_at=row.ends_at,
            questions=tuple(questions[row.id]),
        )
        for row in rows
    ]


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


def answers_lately(db: Session, *, since: Mapping[int, datetime]) -> dict[int, list[int]]:
    """Returns how many questions each person answered in each refresher since an instant of their
    own, the newest first.
    """
    counts: dict[int, list[int]] = {person_id: [] for person_id in since}
    if not since:
        return counts
    rows = db.execute(_ANSWERS, {"people": list(since), "since": min(since.values())})
    for _id, person_id, sent_at, count in rows:
        if sent_at >= since[person_id]:
            counts[person_id].append(count)
    return counts


def due_people(db: Session, *, on: date) -> list[int]:
    """Returns the people who are due a refresher on a day, or were before."""
    due = select(RefresherWish.person_id).where(
        RefresherWish.state == WishState.ON.value, RefresherWish.next_on <= on
    )
    return list(db.scalars(due.order_by(RefresherWish.person_id)))


@dataclass
class _Counts:
    people: int = 0
    answered: int = 0
    right: int = 0
    recall: float = 0.0
    cards: int = 0


def figures(db: Session, *, actor: Actor, now: datetime) -> tuple[RefresherFigures, ...]:
    """Counts by country, four statements. A group that could be recognised has none outside, nor
    has a country that does not share them.
    """
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
        count = counts.setdefault(code or "", _Counts())
        count.answered += number
        count.right += number if is_right else 0
    cards = select(Person.country_code, ReviewCard.state).join(
        ReviewCard, ReviewCard.person_id == Person.id
    )
    for code, state in db.execute(cards.where(Person.country_code.is_not(None))):
        count = counts.setdefault(code or "", _Counts())
        count.recall += rules.recall(state, now)
        count.cards += 1
    kept_back = roster.countries_keeping(
        roster.countries(db), actor=actor, figures=SharedFigures.ALL
    )
    countries = select(Country.code, Country.name).order_by(Country.code)
    return tuple(
        RefresherFigures(code, name, None, None, None, None, is_shared=False)
        if code in kept_back
        else _shown(actor, code, name, counts.get(code, _Counts()))
        for code, name in db.execute(countries)
    )


def _shown(actor: Actor, code: str, name: LocalizedText, count: _Counts) -> RefresherFigures:
    """Returns the figures of a country, without numbers where the actor may not see them."""
    if not policy.shows(actor, code, count.people):
        return RefresherFigures(code, name, None, None, None, None)
    recall = count.recall / count.cards if count.cards else None
    return RefresherFigures(code, name, count.people, count.answered, count.right, recall)


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns all that is kept of a person, answers by the question's words."""
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
            for card in cards_of(db, [person_id])[person_id].values()
        ],
    }
