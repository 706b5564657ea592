"""A published edition as content again: what a draft begins from and is compared with."""

from collections import defaultdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText, as_language
from app.training.authoring.policy import require_author
from app.training.exchange.rules.numbers import number_of, number_text
from app.training.learning.models import (
    Course,
    CourseEdition,
    CourseFigure,
    CourseSource,
    CourseVideo,
    GlossaryTerm,
    Item,
    ItemOption,
    LessonCheck,
    Module,
    Objective,
    Unit,
    UnitRendition,
    Vignette,
)
from app.training.learning.queries.webinars import webinar_of
from app.training.learning.rules.marking import NONE
from app.training.learning.values import CitedKind, ItemKind, Strictness, UnitKind
from app.training.learning.values.content import (
    CaseContent,
    CheckContent,
    CourseContent,
    FigureContent,
    ItemContent,
    ModuleContent,
    ObjectiveContent,
    OptionContent,
    QuizContent,
    SourceContent,
    TermContent,
    UnitContent,
    VideoContent,
)
from app.training.library.models import GuidelineSection, GuidelineVersion
from app.training.library.values import GuidelineContent, SectionContent

NO_TEXT = LocalizedText()


def present_edition(db: Session, *, actor: Actor, slug: str) -> tuple[int, CourseContent]:
    """The edition of a course that was published last, with its id. Its changes are left out."""
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
    return edition.id, content_of(db, edition_id=edition.id)


def content_of(db: Session, *, edition_id: int) -> CourseContent:
    """All that an edition says. Whoever asks has been let in as an author."""
    edition = db.get_one(CourseEdition, edition_id)
    slug = db.scalars(select(Course.slug).where(Course.id == edition.course_id)).one()
    modules = db.scalars(
        select(Module).where(Module.edition_id == edition_id).order_by(Module.number)
    ).all()
    parts = _parts(db, edition_id)
    return CourseContent(
        slug,
        edition.title,
        edition.summary,
        edition.label,
        edition.validity_months,
        document_of(db, version_id=edition.guideline_version_id),
        tuple(_module(row, parts) for row in modules),
    )


def labels_of(db: Session, *, slug: str) -> frozenset[str]:
    """What the editions of a course are called."""
    found = select(CourseEdition.label).join(Course, Course.id == CourseEdition.course_id)
    return frozenset(db.scalars(found.where(Course.slug == slug)))


def document_named(db: Session, *, label: str) -> GuidelineContent:
    """A document of the library by its label."""
    version_id = db.scalar(select(GuidelineVersion.id).where(GuidelineVersion.label == label))
    if version_id is None:
        raise NotFound
    return document_of(db, version_id=version_id)


def document_of(db: Session, *, version_id: int) -> GuidelineContent:
    version = db.get_one(GuidelineVersion, version_id)
    sections = db.scalars(
        select(GuidelineSection)
        .where(GuidelineSection.guideline_version_id == version_id)
        .order_by(GuidelineSection.position)
    )
    return GuidelineContent(
        version.label,
        version.title,
        version.source_note,
        tuple(SectionContent(row.code, row.title, row.verified) for row in sections),
    )


def _parts(db: Session, edition_id: int) -> dict[str, dict[int, list[Any]]]:
    """The rows of every table under an edition, by the number of what they belong to."""
    of_edition = select(Module.id).where(Module.edition_id == edition_id)
    units = select(Unit.id).where(Unit.module_id.in_(of_edition))
    items = select(Item.id).where(Item.module_id.in_(of_edition))
    wanted: tuple[tuple[type[Any], Any, Any, tuple[Any, ...]], ...] = (
        (Objective, Objective.module_id, of_edition, (Objective.id,)),
        (Unit, Unit.module_id, of_edition, (Unit.position,)),
        (UnitRendition, UnitRendition.unit_id, units, (UnitRendition.screen,)),
        (Item, Item.module_id, of_edition, (Item.id,)),
        (ItemOption, ItemOption.item_id, items, (ItemOption.position,)),
        (Vignette, Vignette.module_id, of_edition, (Vignette.id,)),
        (LessonCheck, LessonCheck.unit_id, units, (LessonCheck.id,)),
        (GlossaryTerm, GlossaryTerm.module_id, of_edition, (GlossaryTerm.position,)),
        (CourseSource, CourseSource.module_id, of_edition, (CourseSource.position,)),
        (CourseFigure, CourseFigure.module_id, of_edition, (CourseFigure.id,)),
        (CourseVideo, CourseVideo.module_id, of_edition, (CourseVideo.id,)),
    )
    found: dict[str, dict[int, list[Any]]] = {}
    for table, owner, owners, order in wanted:
        rows: dict[int, list[Any]] = defaultdict(list)
        for row in db.scalars(select(table).where(owner.in_(owners)).order_by(*order)):
            rows[getattr(row, owner.key)].append(row)
        found[table.__name__] = rows
    return found


def _module(row: Module, parts: dict[str, dict[int, list[Any]]]) -> ModuleContent:
    units = parts["Unit"][row.id]
    return ModuleContent(
        number=row.number,
        slug=row.slug,
        title=row.title,
        outcome=row.outcome,
        minutes=row.minutes,
        is_available=row.is_available,
        objectives=tuple(
            ObjectiveContent(one.code, one.text, tuple(one.sections))
            for one in parts["Objective"][row.id]
        ),
        units=tuple(_unit(one, parts["UnitRendition"][one.id]) for one in units),
        items=tuple(_item(one, parts["ItemOption"][one.id]) for one in parts["Item"][row.id]),
        cases=tuple(CaseContent(one.code, one.text) for one in parts["Vignette"][row.id]),
        checks=tuple(
            _check(one, unit.code)
            for one, unit in sorted(
                ((one, unit) for unit in units for one in parts["LessonCheck"][unit.id]),
                key=lambda pair: pair[0].id,
            )
        ),
        terms=tuple(TermContent(one.term, one.meaning) for one in parts["GlossaryTerm"][row.id]),
        sources=tuple(
            SourceContent(
                one.title, one.body, one.year or 0, CitedKind(one.kind), one.url or "", one.note
            )
            for one in parts["CourseSource"][row.id]
        ),
        figures=tuple(
            FigureContent(
                one.code,
                as_language(one.language),
                one.body,
                one.width,
                one.height,
                one.media_type or "",
                one.sha256 if one.media_type else "",
            )
            for one in parts["CourseFigure"][row.id]
        ),
        videos=tuple(
            VideoContent(
                one.code,
                one.title,
                one.url or "",
                one.transcript,
                one.captions,
                one.media_type or "",
                one.sha256 or "",
            )
            for one in parts["CourseVideo"][row.id]
        ),
    )


def _unit(row: Unit, renditions: list[UnitRendition]) -> UnitContent:
    kind = UnitKind(row.kind)
    if kind is UnitKind.QUIZ and row.pass_mark is not None:
        quiz = QuizContent(row.draw, row.pass_mark, row.pause_minutes, row.max_attempts)
        return UnitContent(row.code, kind, row.minutes, row.title, quiz=quiz)
    webinar = webinar_of(row.webinar)
    if webinar is not None:
        return UnitContent(
            row.code, kind, row.minutes, row.title, webinar=webinar, is_optional=row.is_optional
        )
    screens: dict[str, list[str]] = {}
    for rendition in renditions:
        screens.setdefault(as_language(rendition.language), []).append(rendition.body)
    bodies = {language: tuple(given) for language, given in screens.items()}
    return UnitContent(row.code, kind, row.minutes, row.title, bodies)


def _item(row: Item, options: list[ItemOption]) -> ItemContent:
    return ItemContent(
        row.code,
        row.objective_code,
        ItemKind(row.kind),
        row.section,
        row.stem,
        tuple(_option(one) for one in options),
        row.explanation or NO_TEXT,
        row.is_critical,
        row.screen or "",
        row.case_code or "",
        row.weight if row.weight > 1 else 0,
        tuple(map(Strictness, row.strict or ())),
    )


def _option(row: ItemOption) -> OptionContent:
    return OptionContent(
        row.is_correct,
        row.text,
        row.feedback,
        number_of(number_text(row.weight or NONE)) or NONE,
        row.match or NO_TEXT,
        row.number or "",
        row.tolerance or "",
    )


def _check(row: LessonCheck, unit_code: str) -> CheckContent:
    options = tuple(
        OptionContent(one["correct"], LocalizedText(one["text"]), LocalizedText(one["feedback"]))
        for one in row.options
    )
    return CheckContent(row.code, unit_code, row.screen, ItemKind(row.kind), row.stem, options)
