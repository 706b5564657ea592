"""Reads of authoring: drafts with their parts, editions as content that a draft begins from, reviews that are due."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased

from app.kernel.actor import Actor
from app.kernel.reference import reference_day
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.people.directory.models import Person
from app.people.identity.models import Account
from app.training.authoring.models import CourseDraft, CourseReview, DraftPart
from app.training.authoring.policy import may_write_courses, require_author
from app.training.authoring.rules.publishing import next_review
from app.training.authoring.values import (
    CoursePart,
    CoursePartKind,
    Draft,
    DraftLine,
    DueReview,
    EditableCourse,
    NextReview,
)
from app.training.learning.models import Course, CourseEdition
from app.training.learning.queries.editions import content_of
from app.training.learning.values import CourseContent
from app.training.library.models import GuidelineSection, GuidelineVersion
from app.training.library.values import GuidelineContent, SectionContent

_WRITER = (
    select(Account.id, Person.full_name).join(Person, Person.id == Account.person_id).subquery()
)
_PARTS = (
    select(DraftPart, _WRITER.c.full_name)
    .outerjoin(_WRITER, _WRITER.c.id == DraftPart.changed_by)
    .where(DraftPart.draft_id == bindparam("draft_id"), DraftPart.removed_at.is_(None))
    .order_by(DraftPart.position, DraftPart.id)
)
_REMOVED = (
    select(DraftPart, _WRITER.c.full_name)
    .outerjoin(_WRITER, _WRITER.c.id == DraftPart.changed_by)
    .where(DraftPart.draft_id == bindparam("draft_id"), DraftPart.removed_at.is_not(None))
    .order_by(DraftPart.removed_at.desc(), DraftPart.id)
)


def draft_of(db: Session, *, actor: Actor, draft_id: int) -> Draft:
    """Returns an open draft with its parts, without those that were removed and what lies under them."""
    require_author(actor)
    row = db.get(CourseDraft, draft_id) if draft_id < 2**62 else None
    if row is None or row.closed_at is not None:
        raise NotFound
    return Draft(row.id, row.slug, row.base_edition_id, _standing(_read(db, draft_id)))


def published_from(db: Session, *, actor: Actor, draft_id: int) -> str | None:
    """Returns the address of the course that a draft became an edition of; None while it is open."""
    require_author(actor)
    row = db.get(CourseDraft, draft_id) if draft_id < 2**62 else None
    return row.slug if row is not None and row.edition_id is not None else None


def _read(db: Session, draft_id: int) -> list[CoursePart]:
    return [part_value(row, name) for row, name in db.execute(_PARTS, {"draft_id": draft_id})]


def _standing(parts: Iterable[CoursePart]) -> tuple[CoursePart, ...]:
    """Returns the parts in order, without those under a removed part."""
    below: dict[int | None, list[CoursePart]] = {}
    for part in parts:
        below.setdefault(part.parent_id, []).append(part)
    standing: list[CoursePart] = []
    waiting = list(below.get(None, ()))
    while waiting:
        part = waiting.pop()
        standing.append(part)
        waiting.extend(below.get(part.id, ()))
    return tuple(sorted(standing, key=lambda one: (one.position, one.id)))


def part_value(row: DraftPart, changed_by: str | None = None) -> CoursePart:
    return CoursePart(
        id=row.id,
        parent_id=row.parent_id,
        kind=CoursePartKind(row.kind),
        position=row.position,
        data=row.data,
        marks=row.marks,
        changed_at=row.changed_at,
        changed_by=changed_by or "",
    )


def removed_parts(db: Session, *, actor: Actor, draft_id: int) -> tuple[CoursePart, ...]:
    """Returns what was taken out of an open draft and can come back, the latest first."""
    require_author(actor)
    rows = db.execute(_REMOVED, {"draft_id": draft_id})
    return tuple(part_value(row, name) for row, name in rows)


def open_drafts(db: Session, *, actor: Actor) -> tuple[DraftLine, ...]:
    """Returns every open draft with who began it and who wrote last, the latest first."""
    require_author(actor)
    latest = (
        select(DraftPart.draft_id, func.max(DraftPart.changed_at).label("at"))
        .group_by(DraftPart.draft_id)
        .subquery()
    )
    last = (
        select(DraftPart.draft_id, func.max(DraftPart.id).label("id"))
        .join(
            latest,
            (latest.c.draft_id == DraftPart.draft_id) & (latest.c.at == DraftPart.changed_at),
        )
        .group_by(DraftPart.draft_id)
        .subquery()
    )
    part, begun = aliased(DraftPart), aliased(_WRITER)
    rows = db.execute(
        select(CourseDraft, DraftPart.data, part.changed_at, _WRITER.c.full_name, begun.c.full_name)
        .join(
            DraftPart,
            (DraftPart.draft_id == CourseDraft.id)
            & (DraftPart.kind == CoursePartKind.COURSE.value),
        )
        .join(last, last.c.draft_id == CourseDraft.id)
        .join(part, part.id == last.c.id)
        .outerjoin(_WRITER, _WRITER.c.id == part.changed_by)
        .outerjoin(begun, begun.c.id == CourseDraft.started_by)
        .where(CourseDraft.closed_at.is_(None))
        .order_by(part.changed_at.desc(), CourseDraft.id)
    )
    return tuple(
        DraftLine(
            id=row.id,
            slug=row.slug,
            title=LocalizedText(data.get("title") or {}),
            edition=data.get("edition") or "",
            started_at=row.started_at,
            started_by=started_by or "",
            changed_at=at,
            changed_by=changed_by or "",
        )
        for row, data, at, changed_by, started_by in rows
    )


def courses_to_edit(db: Session, *, actor: Actor) -> tuple[EditableCourse, ...]:
    """Returns each published course with its present edition, its open draft and its next review."""
    require_author(actor)
    rows = db.execute(
        select(Course.slug, CourseEdition, CourseDraft.id, CourseReview)
        .join(CourseEdition, CourseEdition.course_id == Course.id)
        .outerjoin(CourseReview, CourseReview.course_id == Course.id)
        .outerjoin(CourseDraft, (CourseDraft.slug == Course.slug) & CourseDraft.closed_at.is_(None))
        .order_by(Course.slug, CourseEdition.published_at.desc(), CourseEdition.id.desc())
    )
    lines: dict[str, EditableCourse] = {}
    for slug, edition, draft_id, review in rows:
        if slug not in lines:
            lines[slug] = EditableCourse(
                slug,
                edition.title,
                edition=edition.label,
                draft_id=draft_id,
                review=_next_review(edition, review),
            )
    return tuple(lines.values())


def _next_review(edition: CourseEdition, review: CourseReview | None) -> NextReview:
    if review is not None:
        return NextReview(review.due_on, opened_at=review.opened_at)
    published_on = reference_day(edition.published_at)
    return NextReview(next_review(published_on), is_proposed=True)


def course_to_edit(db: Session, *, actor: Actor, slug: str) -> EditableCourse:
    for line in courses_to_edit(db, actor=actor):
        if line.slug == slug:
            return line
    raise NotFound


def documents(db: Session, *, actor: Actor) -> tuple[tuple[str, LocalizedText], ...]:
    """Returns the documents of the library that a course can rest on: label and title."""
    require_author(actor)
    rows = db.execute(
        select(GuidelineVersion.label, GuidelineVersion.title).order_by(GuidelineVersion.id)
    )
    return tuple((label, title) for label, title in rows)


# A published edition as content again: what a draft begins from and is compared with.


def present_edition(db: Session, *, actor: Actor, slug: str) -> tuple[int, CourseContent]:
    """Returns the edition of a course that was published last, with its id. What it rests on is said
    as the library has it now: titles of sections may have been mended since.
    """
    require_author(actor)
    edition = db.scalar(
        select(CourseEdition)
        .join(Course, Course.id == CourseEdition.course_id)
        .where(Course.slug == slug)
        .order_by(CourseEdition.published_at.desc(), CourseEdition.id.desc())
        .limit(1)
    )
    if edition is None:
        raise NotFound
    content = content_of(db, edition_id=edition.id)
    guidelines = document_named(db, label=content.guidelines.label)
    return edition.id, replace(content, guidelines=guidelines)


def labels_of(db: Session, *, slug: str) -> frozenset[str]:
    """Returns the labels of the editions of a course."""
    labels = select(CourseEdition.label).join(Course, Course.id == CourseEdition.course_id)
    return frozenset(db.scalars(labels.where(Course.slug == slug)))


def document_named(db: Session, *, label: str) -> GuidelineContent:
    """Returns a document of the library by its label."""
    version = db.scalar(select(GuidelineVersion).where(GuidelineVersion.label == label))
    if version is None:
        raise NotFound
    sections = db.scalars(
        select(GuidelineSection)
        .where(GuidelineSection.guideline_version_id == version.id)
        .order_by(GuidelineSection.position)
    )
    return GuidelineContent(
        version.label,
        version.title,
        version.source_note,
        tuple(SectionContent(row.code, row.title, row.verified) for row in sections),
    )


_IS_DUE = (CourseReview.due_on <= bindparam("today"), CourseReview.opened_at.is_(None))
HAS_DUE = exists().where(*_IS_DUE)
"""Whether a review of a course is due on a day, to be asked together with other numbers."""
_DUE = (
    select(Course.slug, CourseEdition.title, CourseReview.due_on)
    .join(CourseReview, CourseReview.course_id == Course.id)
    .join(CourseEdition, CourseEdition.course_id == Course.id)
    .where(*_IS_DUE)
    .order_by(
        CourseReview.due_on,
        Course.slug,
        CourseEdition.published_at.desc(),
        CourseEdition.id.desc(),
    )
)


def due_reviews(db: Session, *, actor: Actor, today: date) -> tuple[DueReview, ...]:
    """Returns the due reviews that nobody has opened, the longest overdue first; none for those who
    write no courses. A course is called as in its present edition.
    """
    if not may_write_courses(actor):
        return ()
    reviews: dict[str, DueReview] = {}
    title: LocalizedText
    for slug, title, due_on in db.execute(_DUE, {"today": today}):
        reviews.setdefault(slug, DueReview(slug, title, due_on))
    return tuple(reviews.values())
