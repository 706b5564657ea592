"""A course edition is published once and stands for good."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import Refusal
from app.kernel.text import N_
from app.training.learning.facts import CourseEditionPublished
from app.training.learning.models import (
    Course,
    CourseEdition,
    Item,
    ItemOption,
    Module,
    Objective,
    Unit,
    UnitRendition,
)
from app.training.learning.policy import require_may_publish
from app.training.learning.values.content import CourseContent, ModuleContent, UnitContent
from app.training.library.services import keep_guidelines


class EditionIsPublished(Refusal):
    rule = "edition-published"
    msgid = N_(
        "Edition %(label)s is published with other content and cannot change. Give the new content a new label."
    )


def publish_edition(db: Session, *, actor: Actor, content: CourseContent, now: datetime) -> int:
    """Publishes the edition and returns its id; the same content under the same label again changes
    nothing.
    """
    require_may_publish(actor)
    course = db.scalar(select(Course).where(Course.slug == content.slug))
    if course is None:
        course = Course(slug=content.slug, title=content.title)
        db.add(course)
        db.flush()
    same_label = select(CourseEdition).where(
        CourseEdition.course_id == course.id, CourseEdition.label == content.edition
    )
    standing = db.scalar(same_label)
    if standing is not None:
        if standing.content_hash != content.fingerprint:
            raise EditionIsPublished(label=content.edition)
        return standing.id
    course.title = content.title
    edition = CourseEdition(
        course_id=course.id,
        label=content.edition,
        title=content.title,
        summary=content.summary,
        published_at=now,
        guideline_version_id=keep_guidelines(db, actor=actor, content=content.guidelines),
        content_hash=content.fingerprint,
        validity_months=content.validity_months,
    )
    db.add(edition)
    db.flush()
    for module in content.modules:
        _add_module(db, edition.id, module)
    fact = CourseEditionPublished(
        edition_id=edition.id, course_slug=content.slug, label=content.edition
    )
    journal.record(db, fact, actor=actor, now=now)
    return edition.id


def _add_module(db: Session, edition_id: int, content: ModuleContent) -> None:
    module = Module(
        edition_id=edition_id,
        number=content.number,
        slug=content.slug,
        title=content.title,
        outcome=content.outcome,
        minutes=content.minutes,
        is_available=content.is_available,
    )
    db.add(module)
    db.flush()
    db.add_all(
        Objective(
            module_id=module.id, code=given.code, text=given.text, sections=list(given.sections)
        )
        for given in content.objectives
    )
    for position, given in enumerate(content.units, start=1):
        _add_unit(db, module.id, position, given)
    for item in content.items:
        row = Item(
            module_id=module.id,
            code=item.code,
            objective_code=item.objective,
            kind=item.kind.value,
            section=item.section,
            stem=item.stem,
        )
        db.add(row)
        db.flush()
        db.add_all(
            ItemOption(
                item_id=row.id,
                position=position,
                is_correct=option.is_correct,
                text=option.text,
                feedback=option.feedback,
            )
            for position, option in enumerate(item.options, start=1)
        )
    db.flush()


def _add_unit(db: Session, module_id: int, position: int, content: UnitContent) -> None:
    quiz = content.quiz
    unit = Unit(
        module_id=module_id,
        code=content.code,
        position=position,
        kind=content.kind.value,
        minutes=content.minutes,
        title=content.title,
        screens=content.screen_count,
        draw=dict(quiz.draw) if quiz else {},
        pass_mark=quiz.pass_mark if quiz else None,
        pause_minutes=quiz.pause_minutes if quiz else 0,
    )
    db.add(unit)
    db.flush()
    if content.screens:
        db.execute(insert(UnitRendition), list(_renditions(unit.id, content)))


def _renditions(unit_id: int, content: UnitContent) -> Iterator[dict[str, Any]]:
    for language, screens in content.screens.items():
        for number, body in enumerate(screens, start=1):
            yield {"unit_id": unit_id, "language": language, "screen": number, "body": body}
