"""A draft begins as a new course or from the present edition of one, and may be thrown away."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.text import LocalizedText
from app.training.authoring.facts import CourseDraftDiscarded, CourseDraftStarted
from app.training.authoring.models import CourseDraft, CourseReview
from app.training.authoring.policy import require_author
from app.training.authoring.queries.drafts import courses_to_edit
from app.training.authoring.queries.editions import document_named, present_edition
from app.training.authoring.rules.assembly import guidelines_data, parts_of, section_parts
from app.training.authoring.rules.drafting import DraftIsOpen, slug_of
from app.training.authoring.services.storing import Writer, locked_draft, remove_sections
from app.training.authoring.values import CoursePartKind, NewPart
from app.training.learning.queries.catalogue import locked_course


def start_course(
    db: Session,
    *,
    actor: Actor,
    title: LocalizedText,
    summary: LocalizedText,
    document: str = "",
    now: datetime,
) -> int:
    """Starts a draft of a course that does not exist yet; returns its id. `document`: the label of
    what it rests on in the library, or "" for a document of its own.
    """
    require_author(actor)
    taken = {line.slug for line in courses_to_edit(db, actor=actor)}
    taken |= set(db.scalars(select(CourseDraft.slug).where(CourseDraft.closed_at.is_(None))))
    slug = slug_of(title.in_(), taken)
    data: dict[str, Any] = {
        "title": dict(title),
        "summary": dict(summary),
        "edition": "1",
        "validity_months": 24,
    }
    sections: tuple[NewPart, ...] = ()
    if document:
        content = document_named(db, label=document)
        data |= guidelines_data(content)
        sections = section_parts(content)
    else:
        data |= {"document": slug[:20], "document_title": {}, "document_note": {}}
    course = NewPart(CoursePartKind.COURSE, data, sections)
    return _start(db, actor, course, slug=slug, base_edition_id=None, now=now)


def draft_from_edition(db: Session, *, actor: Actor, slug: str, now: datetime) -> int:
    """Starts a draft that says what the present edition says; returns its id. Raises DraftIsOpen
    while there is one.
    """
    require_author(actor)
    edition_id, content = present_edition(db, actor=actor, slug=slug)
    return _start(db, actor, parts_of(content), slug=slug, base_edition_id=edition_id, now=now)


def _start(
    db: Session,
    actor: Actor,
    course: NewPart,
    *,
    slug: str,
    base_edition_id: int | None,
    now: datetime,
) -> int:
    standing = select(CourseDraft.id).where(
        CourseDraft.slug == slug, CourseDraft.closed_at.is_(None)
    )
    open_id = db.scalar(standing)
    if open_id is not None:
        raise DraftIsOpen(open_id)
    draft = CourseDraft(
        slug=slug,
        base_edition_id=base_edition_id,
        started_by=actor.account_id or None,
        started_at=now,
    )
    try:
        with db.begin_nested():
            db.add(draft)
            db.flush()
    except IntegrityError:
        raise DraftIsOpen(db.scalars(standing).one()) from None
    Writer(db, actor, draft.id, now).write_tree(course, None)
    journal.record(db, CourseDraftStarted(draft.id, slug), actor=actor, now=now)
    return draft.id


def rest_on(db: Session, *, actor: Actor, draft_id: int, document: str, now: datetime) -> None:
    """Lets the course rest on another document of the library; its sections replace those of the
    draft.
    """
    row, course = locked_draft(db, actor, draft_id)
    content = document_named(db, label=document)
    remove_sections(db, row.id, now)
    course.data = {**course.data, **guidelines_data(content)}
    course.changed_at, course.changed_by = now, actor.account_id or None
    writer = Writer(db, actor, row.id, now)
    for position, part in enumerate(section_parts(content), start=1):
        writer.write_tree(part, course.id, position)
    db.flush()


def discard_draft(db: Session, *, actor: Actor, draft_id: int, now: datetime) -> None:
    """Closes a draft without an edition. Its parts stay in the database and are shown no more. A
    review that was open is due again.
    """
    row, _course = locked_draft(db, actor, draft_id)
    row.closed_at = now
    course_id = locked_course(db, row.slug)
    review = db.get(CourseReview, course_id) if course_id is not None else None
    if review is not None:
        review.opened_at = None
    db.flush()
    journal.record(db, CourseDraftDiscarded(row.id, row.slug), actor=actor, now=now)
