"""Reviews of the Guidelines, and what was answered in them."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Date, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import Session

from app.followup.agreements.models import TableFinding
from app.followup.agreements.values import AgreementView
from app.followup.guidelines.queries import references
from app.followup.guidelines.values import FindingLine, LessonLine
from app.followup.matrix.queries import periods, region_matrix
from app.followup.matrix.values import RowKind, RowView
from app.followup.practices.queries import accepted
from app.followup.practices.values import Practice
from app.followup.review import policy, rules
from app.followup.review.models import GuidelinesReview, ReviewAnswer
from app.followup.review.values import (
    About,
    Challenge,
    FlaggedLesson,
    GuidelinesAnswer,
    InputKind,
    OfferedInput,
    Review,
    ReviewedSection,
    ReviewInput,
    ReviewLine,
    ReviewOutcome,
    ReviewState,
    ReviewToSeeTo,
    SectionProposal,
)
from app.infra.body import counted_course
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.participation.materials.values import LibraryItem
from app.people.directory.models import Country
from app.people.identity.queries import Authors, ids_written_by
from app.planning.events.models import Edition, WorkTable
from app.training.authoring.policy import may_write_courses
from app.training.learning.models import (
    Attempt,
    AttemptItem,
    Course,
    CourseEdition,
    Item,
    Module,
    Objective,
    Unit,
)
from app.training.learning.rules.quiz import FEWEST_TO_SAY
from app.training.library.models import GuidelineSection, GuidelineVersion
from app.training.library.queries import version_text

AUTHORS: Authors = {
    "reviews_opened": (GuidelinesReview.id, GuidelinesReview.opened_by),
    "reviews_closed": (GuidelinesReview.id, GuidelinesReview.closed_by),
    "answers_given": (ReviewAnswer.id, ReviewAnswer.answered_by),
}


def review_lines(db: Session, *, actor: Actor) -> tuple[ReviewLine, ...]:
    """Returns all reviews, the newest first; none to guests and visitors."""
    if not policy.may_read_review(actor):
        return ()
    rows = db.execute(
        select(
            GuidelinesReview.id,
            GuidelineVersion.label,
            GuidelinesReview.due_on,
            GuidelinesReview.closed_at,
        )
        .join(GuidelineVersion, GuidelineVersion.id == GuidelinesReview.guideline_version_id)
        .order_by(GuidelinesReview.id.desc())
    )
    return tuple(ReviewLine(*row) for row in rows)


def current_review(db: Session, *, actor: Actor, today: date) -> Review | None:
    """Returns the review that is set, due or open, if there is one (R31)."""
    if not policy.may_read_review(actor):
        return None
    number = db.scalar(
        select(GuidelinesReview.id)
        .where(GuidelinesReview.closed_at.is_(None))
        .order_by(GuidelinesReview.id.desc())
        .limit(1)
    )
    if number is None:
        return None
    return guidelines_review(db, actor=actor, review_id=number, today=today)


HAS_REVIEW = exists().where(
    GuidelinesReview.closed_at.is_(None),
    or_(
        GuidelinesReview.opened_at.is_not(None),
        GuidelinesReview.due_on <= bindparam("today", type_=Date()),
    ),
)
"""Whether a review is due or open on a day, to be asked together with other numbers."""
_FIRST_TO_SEE_TO = (
    select(GuidelinesReview)
    .where(GuidelinesReview.closed_at.is_(None))
    .order_by(GuidelinesReview.opened_at.is_(None), GuidelinesReview.due_on)
    .limit(1)
)


def review_to_see_to(
    db: Session, *, actor: Actor, country: str, today: date
) -> ReviewToSeeTo | None:
    """Returns what the home of who answers for a country, or with country "" of who runs the review,
    says of it: that it is due, or how many challenges lack the answer. None when there is nothing.

    One statement while no review is open, else two.
    """
    if not policy.may_answer_for(actor, country):
        return None
    row = db.scalar(_FIRST_TO_SEE_TO)
    if row is None or state_of(row, today) is ReviewState.SET:
        return None
    if row.opened_at is None:
        return None if country else ReviewToSeeTo(row.id, row.due_on)
    answered = set(
        db.scalars(
            select(ReviewAnswer.key).where(
                ReviewAnswer.review_id == row.id,
                ReviewAnswer.about == About.CHALLENGE,
                ReviewAnswer.country_code == country,
            )
        )
    )
    unanswered = [one["key"] for one in row.challenges if one["key"] not in answered]
    if not unanswered or row.answers_until is None:
        return None
    return ReviewToSeeTo(
        row.id, row.answers_until, unanswered=len(unanswered), next_key=unanswered[0]
    )


def guidelines_review(db: Session, *, actor: Actor, review_id: int, today: date) -> Review:
    """Returns a review with its challenges. Raises NotFound to guests and visitors."""
    row = db.get(GuidelinesReview, review_id)
    if row is None or not policy.may_read_review(actor):
        raise NotFound
    version = db.get_one(GuidelineVersion, row.guideline_version_id)
    inputs, given = inputs_of(row), answers_of(db, review_id=review_id)
    answers = [one for one in given if one.about is About.CHALLENGE]
    return Review(
        id=row.id,
        version_id=version.id,
        version_label=version.label,
        state=state_of(row, today),
        due_on=row.due_on,
        opened_at=row.opened_at,
        answers_until=row.answers_until,
        challenges=tuple(
            Challenge(
                key=one["key"],
                words=LocalizedText(one["words"]),
                answer=next((a for a in answers if a.key == one["key"] and not a.country), None),
                countries=tuple(
                    sorted(a.country for a in answers if a.key == one["key"] and a.country)
                ),
                inputs=sum(ticked.about == one["key"] for ticked in inputs),
            )
            for one in row.challenges
        ),
        inputs=inputs,
        answers=given,
        closed_at=row.closed_at,
        outcome=ReviewOutcome(row.outcome) if row.outcome else None,
        decision_ref=row.decision_ref,
        changed=tuple(row.changed),
        next_version_id=row.next_version_id,
    )


def sections_of_review(db: Session, review: Review) -> tuple[ReviewedSection, ...]:
    """Returns the sections of the version under review and those that would be added, with what the
    countries say of each. The caller has been shown the review.
    """
    texts = {one.code: one for one in version_text(db, review.version_id).sections}
    countries: Sequence[str] = db.scalars(select(Country.code)).all()
    stands = rules.stands_of(tuple(texts), review.answers, countries)
    return tuple(
        ReviewedSection(texts.get(one.code), one)
        for one in stands
        if one.code in texts or one.wordings
    )


def section_under_review(db: Session, *, actor: Actor, version_id: int, code: str) -> int | None:
    """Returns the open review of a version that has the section, for its page to lead there; None
    to guests and visitors.
    """
    if not policy.may_read_review(actor):
        return None
    return db.scalar(
        select(GuidelinesReview.id)
        .join(
            GuidelineSection,
            GuidelineSection.guideline_version_id == GuidelinesReview.guideline_version_id,
        )
        .where(
            GuidelinesReview.guideline_version_id == version_id,
            GuidelinesReview.opened_at.is_not(None),
            GuidelinesReview.closed_at.is_(None),
            GuidelineSection.code == code,
        )
    )


def inputs_of(row: GuidelinesReview) -> tuple[ReviewInput, ...]:
    return tuple(
        ReviewInput(InputKind(one["kind"]), one["ref"], one["about"]) for one in row.inputs
    )


def answers_of(db: Session, *, review_id: int) -> tuple[GuidelinesAnswer, ...]:
    """Returns all answers of a review, oldest first. The caller has checked who asks."""
    rows = db.scalars(
        select(ReviewAnswer)
        .where(ReviewAnswer.review_id == review_id)
        .order_by(ReviewAnswer.answered_at, ReviewAnswer.id)
    )
    return tuple(map(answer_in, rows))


def answer_in(row: ReviewAnswer) -> GuidelinesAnswer:
    """Returns the answer that a row holds."""
    return GuidelinesAnswer(
        id=row.id,
        about=About(row.about),
        key=row.key,
        country=row.country_code,
        proposal=SectionProposal(row.proposal) if row.proposal else None,
        words=row.words,
        reason=row.reason,
        supports_id=row.supports_id,
        answered_at=row.answered_at,
    )


def sections_to_review_lessons(db: Session, *, version_id: int) -> tuple[str, ...]:
    """Returns the codes of sections that changed since a version of the Guidelines: lessons of a
    course that rests on it and cite one of them are to be looked at. In order of code.
    """
    changed: set[str] = set()
    following: int | None = version_id
    while following is not None:
        row = db.scalar(
            select(GuidelinesReview)
            .where(
                GuidelinesReview.guideline_version_id == following,
                GuidelinesReview.next_version_id.is_not(None),
            )
            .limit(1)
        )
        changed |= set(row.changed) if row else set()
        following = row.next_version_id if row else None
    return tuple(sorted(changed))


def flagged_lessons(db: Session, *, actor: Actor) -> tuple[FlaggedLesson, ...]:
    """Returns the lessons and modules of published courses that rest on sections which changed since
    their version of the Guidelines; none to who does not write courses.
    """
    if not may_write_courses(actor):
        return ()
    revised = select(GuidelinesReview.id).where(GuidelinesReview.next_version_id.is_not(None))
    if db.scalar(revised.limit(1)) is None:
        return ()
    flagged: list[FlaggedLesson] = []
    for slug, edition in _present_editions(db).items():
        changed = set(sections_to_review_lessons(db, version_id=edition.guideline_version_id))
        if changed:
            flagged += _flagged(db, slug, edition, changed)
    return tuple(flagged)


def _present_editions(db: Session) -> dict[str, CourseEdition]:
    """Reads the newest edition of each course, by its slug."""
    rows = db.execute(
        select(Course.slug, CourseEdition)
        .join(CourseEdition, CourseEdition.course_id == Course.id)
        .order_by(CourseEdition.published_at, CourseEdition.id)
    )
    return dict(rows.all())


def _flagged(
    db: Session, slug: str, edition: CourseEdition, changed: set[str]
) -> list[FlaggedLesson]:
    cited: dict[str, set[str]] = {}
    for number, sections in db.execute(
        select(Module.number, Objective.sections)
        .join(Objective, Objective.module_id == Module.id)
        .where(Module.edition_id == edition.id)
    ):
        cited.setdefault(f"M{number}", set()).update(changed.intersection(sections))
    for screen, section in db.execute(
        select(Item.screen, Item.section)
        .join(Module, Module.id == Item.module_id)
        .where(Module.edition_id == edition.id, Item.section.in_(changed))
    ):
        if screen:
            cited.setdefault(screen.partition("#")[0], set()).add(section)
    titles: list[tuple[str, LocalizedText]] = []
    for number, module, code, title in db.execute(
        select(Module.number, Module.title, Unit.code, Unit.title)
        .join(Unit, Unit.module_id == Module.id)
        .where(Module.edition_id == edition.id)
        .order_by(Module.number, Unit.position)
    ):
        if not titles or (f"M{number}", module) not in titles:
            titles.append((f"M{number}", module))
        titles.append((code, title))
    return [
        FlaggedLesson(slug, edition.title, code, title, tuple(sorted(cited[code])))
        for code, title in titles
        if cited.get(code)
    ]


MOST_OFFERED = 8
"""Of each kind, beside what is ticked already."""


def inputs_offered(
    db: Session, *, actor: Actor, review: Review, about: str, today: date
) -> tuple[OfferedInput, ...]:
    """Returns what may be ticked as a contribution: to a section what refers to it and the region
    reads, to a challenge the newest of all; with both, the lessons whose questions are answered
    worst.

    Only what the actor may read. What was ticked once may be among it no more.
    """
    if about in section_codes(db, review.version_id):
        offered = _of_section(db, actor, about, today)
    else:
        offered = [
            *_lessons_offered(db, ""),
            *(_newest_findings(db) if policy.may_run_review(actor) else ()),
            *_newest_rows(db, actor, today),
            *map(_practice, accepted(db)[0]),
        ]
    ticked = {(one.kind, one.ref) for one in review.inputs_about(about)}
    by_kind: Counter[InputKind] = Counter()
    shown: list[OfferedInput] = []
    for one in offered:
        by_kind[one.kind] += 1
        if by_kind[one.kind] <= MOST_OFFERED or (one.kind, one.ref) in ticked:
            shown.append(one)
    return tuple(shown)


def _of_section(db: Session, actor: Actor, code: str, today: date) -> list[OfferedInput]:
    cited = references(db, actor=actor, code=code, today=today)
    asked = _lessons_offered(db, code)
    known = {one.ref for one in asked}
    return [
        *asked,
        *(_lesson(one) for one in cited.lessons if one.code not in known),
        *map(_finding, cited.findings),
        *map(_agreement, (*cited.activities, *cited.agreements)),
        *(_row(row) for row in (*cited.rows, *cited.instruments) if row.is_shared),
        *map(_practice, cited.practices),
        *map(_material, cited.materials),
    ]


def _lesson(one: LessonLine) -> OfferedInput:
    return OfferedInput(
        kind=InputKind.LESSON, ref=one.code, title=one.title, mark=one.code, place=one.course_slug
    )


def _finding(one: FindingLine) -> OfferedInput:
    return OfferedInput(
        kind=InputKind.FINDING,
        ref=str(one.id),
        title=one.text,
        mark=one.edition_label,
        place=one.edition_slug if one.may_open else "",
    )


def _agreement(one: AgreementView) -> OfferedInput:
    return OfferedInput(
        kind=InputKind.AGREEMENT, ref=str(one.id), title=one.text, mark=str(one.paragraph)
    )


def _row(row: RowView) -> OfferedInput:
    is_rule = row.kind is RowKind.REGULATORY
    return OfferedInput(
        kind=InputKind.INSTRUMENT if is_rule else InputKind.ROW,
        ref=str(row.id),
        title=row.fact,
        mark=row.country,
        place=str(row.period_id),
    )


def _practice(one: Practice) -> OfferedInput:
    return OfferedInput(kind=InputKind.PRACTICE, ref=str(one.id), title=one.title)


def _material(one: LibraryItem) -> OfferedInput:
    """Offers a material by its first copy, which stays the first when others are handed out."""
    return OfferedInput(
        kind=InputKind.MATERIAL,
        ref=str(one.copies[-1].material_id),
        title=one.title,
        place=one.url,
    )


def _lessons_offered(db: Session, section: str) -> list[OfferedInput]:
    """Returns the lessons where the region's course asks about the section, those with the lowest
    share of right first answers first.
    """
    edition = _present_editions(db).get(counted_course())
    if edition is None:
        return []
    right = func.sum(case((AttemptItem.is_correct.is_(True), 1), else_=0))
    asked = (
        select(Item.screen, func.count(AttemptItem.id), right)
        .join(Module, Module.id == Item.module_id)
        .join(AttemptItem, AttemptItem.item_id == Item.id)
        .join(
            Attempt,
            (Attempt.id == AttemptItem.attempt_id)
            & (Attempt.number == 1)
            & Attempt.submitted_at.is_not(None),
        )
        .where(Module.edition_id == edition.id, Item.screen.is_not(None))
        .group_by(Item.screen)
    )
    if section:
        asked = asked.where(Item.section == section)
    sums: dict[str, tuple[int, int]] = {}
    for screen, answers, correct in db.execute(asked):
        code = str(screen).partition("#")[0]
        before = sums.get(code, (0, 0))
        sums[code] = (before[0] + answers, before[1] + int(correct or 0))
    titles: dict[str, LocalizedText] = dict(
        db.execute(
            select(Unit.code, Unit.title)
            .join(Module, Module.id == Unit.module_id)
            .where(Module.edition_id == edition.id)
        ).all()
    )
    offered = [
        OfferedInput(
            kind=InputKind.LESSON,
            ref=code,
            title=titles[code],
            mark=code,
            place=counted_course(),
            answers=answers,
            right=correct,
        )
        for code, (answers, correct) in sums.items()
        if code in titles and answers >= FEWEST_TO_SAY
    ]
    return sorted(offered, key=lambda one: (one.right / one.answers, one.ref))


def _newest_findings(db: Session) -> list[OfferedInput]:
    """Returns what tables found last. The caller has checked who asks."""
    rows = db.execute(
        select(TableFinding.id, TableFinding.text, Edition.label, Edition.slug)
        .join(WorkTable, WorkTable.id == TableFinding.work_table_id)
        .join(Edition, Edition.id == WorkTable.edition_id)
        .order_by(TableFinding.id.desc())
        .limit(MOST_OFFERED)
    )
    return [
        OfferedInput(
            kind=InputKind.FINDING, ref=str(row.id), title=row.text, mark=row.label, place=row.slug
        )
        for row in rows
    ]


def _newest_rows(db: Session, actor: Actor, today: date) -> list[OfferedInput]:
    """Returns what countries reported in the newest published period, new things first."""
    newest = next((one for one in periods(db, today=today) if one.published_at), None)
    if newest is None:
        return []
    rows = region_matrix(db, actor=actor, period_id=newest.id, today=today).rows
    return [
        _row(row)
        for row in sorted(rows, key=lambda row: (row.agreement_id is not None, -row.id))
        if row.fact and row.is_shared
    ]


def section_codes(db: Session, version_id: int) -> frozenset[str]:
    return frozenset(
        db.scalars(
            select(GuidelineSection.code).where(GuidelineSection.guideline_version_id == version_id)
        )
    )


def state_of(row: GuidelinesReview, today: date) -> ReviewState:
    return rules.state_of_review(
        row.due_on, opened_at=row.opened_at, closed_at=row.closed_at, today=today
    )


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns the ids of what the person answered or decided, by kind."""
    return ids_written_by(db, person_id, AUTHORS)
