"""What a course holds beside its lessons: glossary and sources, and a whole module to print."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.kernel.text import Language, LocalizedText, as_language
from app.training.learning.models import (
    CourseFigure,
    CourseSource,
    GlossaryTerm,
    LessonCheck,
    Module,
    Unit,
    UnitRendition,
)
from app.training.learning.values import CitedKind, UnitKind


@dataclass(frozen=True)
class TermLine:
    term: LocalizedText
    meaning: LocalizedText
    module_number: int


@dataclass(frozen=True)
class CitedLine:
    """`year` 0 and `url` empty: not given. `modules` are the numbers of those that rest on it."""

    title: LocalizedText
    body: LocalizedText
    year: int
    kind: CitedKind
    url: str
    notes: tuple[tuple[int, LocalizedText], ...]


@dataclass(frozen=True)
class PrintedCheck:
    stem: LocalizedText
    options: tuple[LocalizedText, ...]
    answers: tuple[tuple[LocalizedText, LocalizedText], ...]
    """The right options with why."""


@dataclass(frozen=True)
class PrintedUnit:
    title: LocalizedText
    kind: UnitKind
    screens: tuple[str, ...]
    language: Language
    checks: tuple[PrintedCheck, ...]


_TERMS = (
    select(GlossaryTerm.term, GlossaryTerm.meaning, Module.number)
    .join(Module, Module.id == GlossaryTerm.module_id)
    .where(Module.edition_id == bindparam("edition_id"))
    .order_by(Module.number, GlossaryTerm.position)
)
_SOURCES = (
    select(CourseSource, Module.number)
    .join(Module, Module.id == CourseSource.module_id)
    .where(Module.edition_id == bindparam("edition_id"))
    .order_by(Module.number, CourseSource.position)
)


def glossary_of(db: Session, *, edition_id: int, language: Language) -> tuple[TermLine, ...]:
    """Returns every term once, where it is first explained, by the alphabet of the reader."""
    lines: dict[str, TermLine] = {}
    for term, meaning, number in db.execute(_TERMS, {"edition_id": edition_id}):
        lines.setdefault(term.in_(language).casefold(), TermLine(term, meaning, number))
    return tuple(lines[key] for key in sorted(lines, key=_plain))


def _plain(word: str) -> str:
    """Returns a word without accents, which do not change its place in the alphabet."""
    return word.translate(str.maketrans("áéíóúüñ", "aeiouun"))


def sources_of_course(db: Session, *, edition_id: int, language: Language) -> tuple[CitedLine, ...]:
    """Returns every source once, with what each module uses it for; by kind, then by year."""
    lines: dict[str, CitedLine] = {}
    for row, number in db.execute(_SOURCES, {"edition_id": edition_id}):
        key = row.title.in_(language).casefold()
        known = lines.get(key)
        notes = (*(known.notes if known else ()), (number, row.note))
        lines[key] = CitedLine(
            title=row.title,
            body=row.body,
            year=row.year or 0,
            kind=CitedKind(row.kind),
            url=row.url or (known.url if known else ""),
            notes=notes,
        )
    order = list(CitedKind)
    return tuple(
        sorted(lines.values(), key=lambda line: (order.index(line.kind), line.year or 9999))
    )


def printed_module(db: Session, *, module_id: int, language: Language) -> tuple[PrintedUnit, ...]:
    """Returns the texts of a module with its checks, in order; the quiz is not printed."""
    units = db.execute(
        select(Unit.id, Unit.title, Unit.kind)
        .where(
            Unit.module_id == module_id,
            Unit.kind.not_in((UnitKind.QUIZ.value, UnitKind.WEBINAR.value)),
        )
        .order_by(Unit.position)
    ).all()
    bodies: dict[int, dict[Language, list[str]]] = {}
    screens = (
        select(UnitRendition)
        .join(Unit, Unit.id == UnitRendition.unit_id)
        .where(Unit.module_id == module_id)
        .order_by(UnitRendition.screen)
    )
    for row in db.scalars(screens):
        given = bodies.setdefault(row.unit_id, {})
        given.setdefault(as_language(row.language), []).append(row.body)
    checks: dict[int, list[PrintedCheck]] = {}
    rows = select(LessonCheck).join(Unit, Unit.id == LessonCheck.unit_id)
    for check in db.scalars(rows.where(Unit.module_id == module_id).order_by(LessonCheck.id)):
        checks.setdefault(check.unit_id, []).append(_printed(check))
    return tuple(
        _printed_unit(title, kind, bodies.get(id_, {}), checks.get(id_, []), language)
        for id_, title, kind in units
    )


def _printed_unit(
    title: LocalizedText,
    kind: str,
    bodies: dict[Language, list[str]],
    checks: list[PrintedCheck],
    language: Language,
) -> PrintedUnit:
    shown = language if language in bodies else next(iter(bodies), language)
    return PrintedUnit(
        title=title,
        kind=UnitKind(kind),
        screens=tuple(bodies.get(shown, ())),
        language=shown,
        checks=tuple(checks),
    )


def _printed(check: LessonCheck) -> PrintedCheck:
    return PrintedCheck(
        stem=check.stem,
        options=tuple(LocalizedText(option["text"]) for option in check.options),
        answers=tuple(
            (LocalizedText(option["text"]), LocalizedText(option["feedback"]))
            for option in check.options
            if option["correct"]
        ),
    )


@dataclass(frozen=True)
class Drawing:
    """The SVG of a figure, or the fingerprint and kind of a file that the storage holds."""

    svg: str
    sha256: str
    media_type: str


def drawings_of(db: Session, *, module_id: int) -> dict[tuple[str, Language], Drawing]:
    """Returns the figures of a module, by code and language."""
    rows = db.scalars(select(CourseFigure).where(CourseFigure.module_id == module_id))
    return {
        (row.code, row.language): Drawing(row.body, row.sha256, row.media_type or "")
        for row in rows
    }
