"""What an edition says, read from its document: all of it, a module, its glossary, its sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.kernel.text import Language, LocalizedText
from app.training.learning.models import EditionDocument
from app.training.learning.values import (
    CitedKind,
    CourseContent,
    ModuleContent,
    SourceContent,
    TermContent,
    content_from,
    require_known,
    typed,
)


@dataclass(frozen=True)
class TermLine:
    term: LocalizedText
    meaning: LocalizedText
    module_number: int


@dataclass(frozen=True)
class CitedLine:
    """`year` 0 and `url` empty: not given. `notes` are by the numbers of the modules that rest on
    it.
    """

    title: LocalizedText
    body: LocalizedText
    year: int
    kind: CitedKind
    url: str
    notes: tuple[tuple[int, LocalizedText], ...]


def content_of(db: Session, *, edition_id: int) -> CourseContent:
    """Returns all that an edition says, with the key of every question: for authors."""
    document = db.get_one(EditionDocument, edition_id)
    return content_from(document.content, document.version)


def _modules(db: Session, edition_id: int) -> list[Mapping[str, Any]]:
    """Returns the modules as the document has them: to type all of a course takes 13 ms."""
    document = db.get_one(EditionDocument, edition_id)
    require_known(document.version)
    modules: list[Mapping[str, Any]] = document.content["modules"]
    return modules


def module_content(db: Session, *, edition_id: int, number: int) -> ModuleContent:
    """Returns all that an edition says in one module, for whoever may open it."""
    [module] = [one for one in _modules(db, edition_id) if one["number"] == number]
    content: ModuleContent = typed(ModuleContent, module)
    return content


def glossary_of(db: Session, *, edition_id: int, language: Language) -> tuple[TermLine, ...]:
    """Returns every term once, where it is first explained, by the alphabet of the reader."""
    lines: dict[str, TermLine] = {}
    for module in _modules(db, edition_id):
        for given in module.get("terms", ()):
            term: TermContent = typed(TermContent, given)
            line = TermLine(term.term, term.meaning, module["number"])
            lines.setdefault(term.term.in_(language).casefold(), line)
    return tuple(lines[key] for key in sorted(lines, key=_plain))


def _plain(word: str) -> str:
    """Returns a word without accents, which do not change its place in the alphabet."""
    return word.translate(str.maketrans("áéíóúüñ", "aeiouun"))


def sources_of_course(db: Session, *, edition_id: int, language: Language) -> tuple[CitedLine, ...]:
    """Returns every source once, with what each module uses it for; by kind, then by year."""
    lines: dict[str, CitedLine] = {}
    for module in _modules(db, edition_id):
        for given in module.get("sources", ()):
            source: SourceContent = typed(SourceContent, given)
            key = source.title.in_(language).casefold()
            known = lines.get(key)
            notes = (*(known.notes if known else ()), (module["number"], source.note))
            lines[key] = CitedLine(
                title=source.title,
                body=source.body,
                year=source.year,
                kind=source.kind,
                url=source.url or (known.url if known else ""),
                notes=notes,
            )
    order = list(CitedKind)
    return tuple(
        sorted(lines.values(), key=lambda line: (order.index(line.kind), line.year or 9999))
    )
