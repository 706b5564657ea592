"""What an edition says, read from its document: all of it, its glossary, its sources."""

import json
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Text, bindparam, cast, select
from sqlalchemy.orm import Session

from app.kernel.text import Language, LocalizedText
from app.training.learning.models import EditionDocument
from app.training.learning.values import CitedKind, CourseContent, content_from


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


_DOCUMENT = select(cast(EditionDocument.content, Text), EditionDocument.version).where(
    EditionDocument.edition_id == bindparam("edition_id")
)


def content_of(db: Session, *, edition_id: int) -> CourseContent:
    """Returns all that an edition says, with the key of every question. It is not scoped by actor:
    whoever asks shows only what its reader may open.
    """
    document, version = db.execute(_DOCUMENT, {"edition_id": edition_id}).one()
    return _content(document, version)


@lru_cache(maxsize=4)
def _content(document: str, version: int) -> CourseContent:
    """Reads a document. To read the course on the Guidelines takes 20 ms and some 5 MB, so those
    that are read now are kept; by their text, which is all that the result depends on.
    """
    return content_from(json.loads(document), version)


def glossary_of(db: Session, *, edition_id: int, language: Language) -> tuple[TermLine, ...]:
    """Returns every term once, where it is first explained, by the alphabet of the reader."""
    lines: dict[str, TermLine] = {}
    for module in content_of(db, edition_id=edition_id).modules:
        for term in module.terms:
            line = TermLine(term.term, term.meaning, module.number)
            lines.setdefault(term.term.in_(language).casefold(), line)
    return tuple(lines[key] for key in sorted(lines, key=_plain))


def _plain(word: str) -> str:
    """Returns a word without accents, which do not change its place in the alphabet."""
    return word.translate(str.maketrans("áéíóúüñ", "aeiouun"))


def sources_of_course(db: Session, *, edition_id: int, language: Language) -> tuple[CitedLine, ...]:
    """Returns every source once, with what each module uses it for; by kind, then by year."""
    lines: dict[str, CitedLine] = {}
    for module in content_of(db, edition_id=edition_id).modules:
        for source in module.sources:
            key = source.title.in_(language).casefold()
            known = lines.get(key)
            notes = (*(known.notes if known else ()), (module.number, source.note))
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
