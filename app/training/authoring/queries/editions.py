"""A published edition as content again: what a draft begins from and is compared with."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.training.authoring.policy import require_author
from app.training.learning.models import Course, CourseEdition, EditionDocument
from app.training.learning.values.content import CourseContent, content_from
from app.training.library.models import GuidelineSection, GuidelineVersion
from app.training.library.values import GuidelineContent, SectionContent


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


def content_of(db: Session, *, edition_id: int) -> CourseContent:
    """Returns all that an edition says. Whoever asks has been let in as an author."""
    document = db.get_one(EditionDocument, edition_id)
    return content_from(document.content, document.version)


def labels_of(db: Session, *, slug: str) -> frozenset[str]:
    """Returns the labels of the editions of a course."""
    found = select(CourseEdition.label).join(Course, Course.id == CourseEdition.course_id)
    return frozenset(db.scalars(found.where(Course.slug == slug)))


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
