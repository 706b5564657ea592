"""What a lesson says, in the reader's language or in the one there is, with its figures."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.kernel.refusal import NotFound
from app.kernel.text import Language, LocalizedText, as_language
from app.training.learning.models import CourseFigure, Item, Objective, Unit, UnitRendition


@dataclass(frozen=True)
class LessonText:
    """The Markdown of each screen, and the language it is in: not always the one asked for."""

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


_SCREENS = (
    select(UnitRendition.language, UnitRendition.body)
    .where(UnitRendition.unit_id == bindparam("unit_id"))
    .order_by(UnitRendition.screen)
)
_FIGURES = (
    select(CourseFigure.code, CourseFigure.sha256, CourseFigure.width, CourseFigure.height)
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
_DRAWING = select(CourseFigure.body).where(CourseFigure.sha256 == bindparam("sha256")).limit(1)


def lesson_text(db: Session, *, unit_id: int, language: Language) -> LessonText:
    """Part of a published edition, so whoever may open the unit may read it."""
    bodies: dict[Language, list[str]] = {}
    for found, body in db.execute(_SCREENS, {"unit_id": unit_id}):
        bodies.setdefault(as_language(found), []).append(body)
    if not bodies:
        raise NotFound
    shown = language if language in bodies else next(iter(bodies))
    return LessonText(tuple(bodies[shown]), shown)


def figures_of_unit(db: Session, *, unit_id: int, language: Language) -> tuple[FigureLine, ...]:
    """The drawings of the unit's module in one language."""
    rows = db.execute(_FIGURES, {"unit_id": unit_id, "language": language})
    return tuple(FigureLine(*row) for row in rows)


def objectives_of_unit(db: Session, *, unit_id: int) -> tuple[LocalizedText, ...]:
    """What a unit works towards: the objectives of the questions whose reasons are read in it. None
    where no question says where.
    """
    return tuple(db.scalars(_OBJECTIVES, {"unit_id": unit_id}))


def drawing(db: Session, *, sha256: str) -> str:
    """The SVG of a figure by its fingerprint; the same whatever edition shows it."""
    body = db.scalar(_DRAWING, {"sha256": sha256})
    if body is None:
        raise NotFound
    return body
