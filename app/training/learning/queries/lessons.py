"""Texts, figures and films of a lesson, in the reader's language or in the one there is."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select, union_all
from sqlalchemy.orm import Session

from app.kernel.refusal import NotFound
from app.kernel.text import Language, LocalizedText, as_language
from app.training.learning.models import (
    CourseFigure,
    CourseVideo,
    Item,
    Objective,
    Unit,
    UnitRendition,
)


@dataclass(frozen=True)
class LessonText:
    """The Markdown of each screen and its language, which may be another than the one asked for."""

    screens: tuple[str, ...]
    language: Language

    def screen(self, number: int) -> str:
        if not 1 <= number <= len(self.screens):
            raise NotFound
        return self.screens[number - 1]


@dataclass(frozen=True)
class FigureLine:
    code: str
    sha256: str
    width: int
    height: int
    media_type: str = ""


@dataclass(frozen=True)
class VideoLine:
    """`sha256` is empty for a film at another address; `captioned` are the languages of its
    captions.
    """

    id: int
    code: str
    title: LocalizedText
    url: str
    sha256: str
    media_type: str
    transcript: LocalizedText
    captioned: tuple[Language, ...]


_SCREENS = (
    select(UnitRendition.language, UnitRendition.body)
    .where(UnitRendition.unit_id == bindparam("unit_id"))
    .order_by(UnitRendition.screen)
)
_FIGURES = (
    select(
        CourseFigure.code,
        CourseFigure.sha256,
        CourseFigure.width,
        CourseFigure.height,
        CourseFigure.media_type,
    )
    .join(Unit, Unit.module_id == CourseFigure.module_id)
    .where(Unit.id == bindparam("unit_id"), CourseFigure.language == bindparam("language"))
    .order_by(CourseFigure.code)
)
_OBJECTIVES = (
    select(Objective.text)
    .join(Unit, Unit.module_id == Objective.module_id)
    .where(
        Unit.id == bindparam("unit_id"),
        Objective.code.in_(
            select(Item.objective_code).where(
                Item.module_id == Unit.module_id, Item.screen.like(Unit.code + "#%")
            )
        ),
    )
    .order_by(Objective.code)
)
_DRAWING = (
    select(CourseFigure.body)
    .where(CourseFigure.sha256 == bindparam("sha256"), CourseFigure.media_type.is_(None))
    .limit(1)
)
_VIDEOS = (
    select(CourseVideo)
    .join(Unit, Unit.module_id == CourseVideo.module_id)
    .where(Unit.id == bindparam("unit_id"))
    .order_by(CourseVideo.code)
)
_FILE = union_all(
    select(CourseFigure.media_type).where(
        CourseFigure.sha256 == bindparam("sha256"), CourseFigure.media_type.is_not(None)
    ),
    select(CourseVideo.media_type).where(CourseVideo.sha256 == bindparam("sha256")),
).limit(1)
_CAPTIONS = select(CourseVideo.captions).where(CourseVideo.id == bindparam("id"))


def lesson_text(db: Session, *, unit_id: int, language: Language) -> LessonText:
    """Returns the text of a unit. It is not scoped by actor: a published edition may be read by
    whoever may open the unit.
    """
    bodies: dict[Language, list[str]] = {}
    for code, body in db.execute(_SCREENS, {"unit_id": unit_id}):
        bodies.setdefault(as_language(code), []).append(body)
    if not bodies:
        raise NotFound
    shown = language if language in bodies else next(iter(bodies))
    return LessonText(tuple(bodies[shown]), shown)


def figures_of_unit(db: Session, *, unit_id: int, language: Language) -> tuple[FigureLine, ...]:
    """Returns the drawings of the unit's module in one language."""
    rows = db.execute(_FIGURES, {"unit_id": unit_id, "language": language})
    return tuple(FigureLine(*row[:4], row[4] or "") for row in rows)


def objectives_of_unit(db: Session, *, unit_id: int) -> tuple[LocalizedText, ...]:
    """Returns the objectives of the questions that the unit explains; none where no question names
    the unit.
    """
    return tuple(db.scalars(_OBJECTIVES, {"unit_id": unit_id}))


def drawing(db: Session, *, sha256: str) -> str:
    """Returns the SVG with a SHA-256, which is the same in every edition that shows it."""
    body = db.scalar(_DRAWING, {"sha256": sha256})
    if body is None:
        raise NotFound
    return body


def videos_of_unit(db: Session, *, unit_id: int) -> tuple[VideoLine, ...]:
    """Returns the films of the unit's module."""
    return tuple(
        VideoLine(
            id=row.id,
            code=row.code,
            title=row.title,
            url=row.url or "",
            sha256=row.sha256 or "",
            media_type=row.media_type or "",
            transcript=row.transcript,
            captioned=tuple(row.captions),
        )
        for row in db.scalars(_VIDEOS, {"unit_id": unit_id})
    )


def media_type_of(db: Session, *, sha256: str) -> str:
    """Returns the media type of the course's file with a SHA-256."""
    media_type = db.scalar(_FILE, {"sha256": sha256})
    if media_type is None:
        raise NotFound
    return str(media_type)


def captions(db: Session, *, video_id: int, language: Language) -> str:
    """Returns the WebVTT of a film in one language."""
    texts = db.scalar(_CAPTIONS, {"id": video_id})
    if texts is None or texts.lacks(language):
        raise NotFound
    return str(texts[language])
