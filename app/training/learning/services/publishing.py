"""A course edition is published once and stands for good."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.orm import Base
from app.kernel.actor import Actor
from app.kernel.refusal import Refusal
from app.kernel.text import N_
from app.training.learning.facts import CourseEditionPublished
from app.training.learning.models import (
    Course,
    CourseEdition,
    CourseFigure,
    CourseVideo,
    EditionDocument,
    Item,
    ItemOption,
    LessonCheck,
    Module,
    Objective,
    ObjectiveChange,
    Unit,
    UnitRendition,
    Vignette,
)
from app.training.learning.policy import require_may_publish
from app.training.learning.rules.duration import minutes_of
from app.training.learning.values import (
    DOCUMENT_VERSION,
    CourseContent,
    ModuleContent,
    UnitContent,
    WebinarContent,
)
from app.training.library.services import keep_guidelines

_OPTIONS = insert(ItemOption)


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
    db.add(
        EditionDocument(edition_id=edition.id, version=DOCUMENT_VERSION, content=content.document)
    )
    for module in content.modules:
        _add_module(db, edition.id, module)
    db.add_all(
        ObjectiveChange(
            edition_id=edition.id,
            module_slug=given.module,
            objective_code=given.objective,
            change=given.change.value,
            told=given.told or None,
        )
        for given in content.changes
    )
    db.flush()
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
    units = _add_units(db, module.id, content)
    _add_items(db, module.id, content)
    db.add_all(_beside(module.id, units, content))
    db.flush()


def _add_items(db: Session, module_id: int, content: ModuleContent) -> None:
    rows = [
        Item(
            module_id=module_id,
            code=item.code,
            objective_code=item.objective,
            kind=item.kind.value,
            section=item.section,
            stem=item.stem,
            explanation=item.explanation or None,
            is_critical=item.is_critical,
            screen=item.screen or None,
            case_code=item.case or None,
            weight=item.weight or 1,
            strict=[one.value for one in item.strict] or None,
        )
        for item in content.items
    ]
    db.add_all(rows)
    db.flush()
    options = [
        {
            "item_id": row.id,
            "position": position,
            "is_correct": option.is_correct,
            "text": option.text,
            "feedback": option.feedback,
            "weight": option.weight or None,
            "match": option.match or None,
            "number": option.number or None,
            "tolerance": option.tolerance or None,
        }
        for row, item in zip(rows, content.items, strict=True)
        for position, option in enumerate(item.options, start=1)
    ]
    if options:
        db.execute(_OPTIONS, options)


def _beside(module_id: int, units: Mapping[str, int], content: ModuleContent) -> Iterator[Base]:
    """Yields vignettes, checks, figures and films. `units` maps codes to ids."""
    for case in content.cases:
        yield Vignette(module_id=module_id, code=case.code, text=case.text)
    for check in content.checks:
        yield LessonCheck(
            unit_id=units[check.unit],
            code=check.code,
            screen=check.after,
            kind=check.kind.value,
            stem=check.stem,
            options=[
                {
                    "text": dict(option.text),
                    "feedback": dict(option.feedback),
                    "correct": option.is_correct,
                }
                for option in check.options
            ],
        )
    for figure in content.figures:
        yield CourseFigure(
            module_id=module_id,
            code=figure.code,
            language=figure.language,
            sha256=figure.sha256 or hashlib.sha256(figure.svg.encode()).hexdigest(),
            width=figure.width,
            height=figure.height,
            body=figure.svg,
            media_type=figure.media_type or None,
        )
    for video in content.videos:
        yield CourseVideo(
            module_id=module_id,
            code=video.code,
            title=video.title,
            url=video.url or None,
            sha256=video.sha256 or None,
            media_type=video.media_type or None,
            captions=video.captions,
            transcript=video.transcript,
        )


def _add_units(db: Session, module_id: int, content: ModuleContent) -> dict[str, int]:
    """Adds the units in order, with the minutes their texts take; returns ids by code."""
    minutes = minutes_of(content)
    return {
        unit.code: _add_unit(db, module_id, position, unit, minutes[unit.code])
        for position, unit in enumerate(content.units, start=1)
    }


def _add_unit(
    db: Session, module_id: int, position: int, content: UnitContent, minutes: int
) -> int:
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
        max_attempts=quiz.max_attempts if quiz else 0,
        webinar=_webinar(content.webinar) if content.webinar else None,
        is_optional=content.is_optional,
        measured=minutes,
    )
    db.add(unit)
    db.flush()
    if content.screens:
        db.execute(insert(UnitRendition), list(_renditions(unit.id, content)))
    return unit.id


def _webinar(content: WebinarContent) -> dict[str, Any]:
    return {
        "percent": content.percent,
        "kinds": list(content.kinds),
        "series": list(content.series),
        "events": list(content.events),
    }


def _renditions(unit_id: int, content: UnitContent) -> Iterator[dict[str, Any]]:
    for language, screens in content.screens.items():
        for number, body in enumerate(screens, start=1):
            yield {"unit_id": unit_id, "language": language, "screen": number, "body": body}
