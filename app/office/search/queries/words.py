"""The words of everything that is indexed, read from the tables of the packages below."""

from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.followup.agreements.models import Agreement
from app.kernel.text import LocalizedText
from app.office.search.values import HitKind, SearchWords
from app.participation.materials.models import Material
from app.people.directory.models import Country
from app.planning.events.models import Event, EventBrief, EventSession
from app.training.learning.models import CourseEdition, Module, Unit, UnitRendition
from app.training.national.models import NationalLine, NationalPageRow

EVENTS = select(Event, EventBrief).outerjoin(EventBrief, EventBrief.event_id == Event.id)
TITLES = select(EventSession.event_id, EventSession.title)
AGREEMENTS = select(Agreement).where(Agreement.is_draft.is_(False))
MATERIALS = select(Material).where(Material.withdrawn_at.is_(None))
NATIONAL_PAGES = select(Country.code, Country.name, NationalPageRow.notes).join(
    NationalPageRow, NationalPageRow.country_code == Country.code
)
NATIONAL_LINES = select(NationalLine).order_by(NationalLine.id)
NEWEST = select(func.max(CourseEdition.id)).group_by(CourseEdition.course_id)
LESSONS = (
    select(Unit.id, Unit.title, Module.title)
    .join(Module, Module.id == Unit.module_id)
    .join(CourseEdition, CourseEdition.id == Module.edition_id)
    .where(CourseEdition.id.in_(NEWEST), Module.is_available, Unit.kind != "quiz")
)


def words_in(db: Session, kind: HitKind, subject: str | None = None) -> Iterator[SearchWords]:
    """Returns the words of all things of a kind, or of one of them; nothing for what is gone."""
    readers = {
        HitKind.EVENT: _events,
        HitKind.AGREEMENT: _agreements,
        HitKind.MATERIAL: _materials,
        HitKind.LESSON: _lessons,
        HitKind.NATIONAL: _national_pages,
    }
    return readers[kind](db, subject)


def _text(*texts: LocalizedText | str | None) -> str:
    said = (text if isinstance(text, str) else " ".join(text.values()) for text in texts if text)
    return " ".join(said)


def _events(db: Session, subject: str | None) -> Iterator[SearchWords]:
    events, titles = EVENTS, TITLES
    if subject is not None:
        events = events.where(Event.id == UUID(subject))
        titles = titles.where(EventSession.event_id == UUID(subject))
    sittings: dict[UUID, list[LocalizedText]] = defaultdict(list)
    for event_id, title in db.execute(titles):
        sittings[event_id].append(title)
    for event, brief in db.execute(events):
        body = _text(event.summary, event.place, *_about(brief), *sittings[event.id])
        yield SearchWords(str(event.id), _text(event.title), body)


def _about(brief: EventBrief | None) -> tuple[LocalizedText, ...]:
    return () if brief is None else (brief.concept, brief.objectives)


def _agreements(db: Session, subject: str | None) -> Iterator[SearchWords]:
    agreements = AGREEMENTS
    if subject is not None:
        agreements = agreements.where(Agreement.id == int(subject))
    for row in db.scalars(agreements):
        yield SearchWords(str(row.id), _text(row.text), row.evidence)


def _materials(db: Session, subject: str | None) -> Iterator[SearchWords]:
    materials = MATERIALS
    if subject is not None:
        materials = materials.where(Material.id == UUID(subject))
    for row in db.scalars(materials):
        yield SearchWords(str(row.id), _text(row.title), _text(row.theme, row.filename))


def _lessons(db: Session, subject: str | None) -> Iterator[SearchWords]:
    """Yields the lessons of the newest edition of each course."""
    units = LESSONS
    if subject is not None:
        units = units.where(Unit.id == int(subject))
    rows = db.execute(units).all()
    bodies: dict[int, list[str]] = defaultdict(list)
    wanted = select(UnitRendition.unit_id, UnitRendition.body).where(
        UnitRendition.unit_id.in_(units.with_only_columns(Unit.id))
    )
    for unit_id, body in db.execute(wanted):
        bodies[unit_id].append(body)
    for unit_id, title, module in rows:
        yield SearchWords(str(unit_id), _text(title), _text(module, *bodies[unit_id]))


def _national_pages(db: Session, subject: str | None) -> Iterator[SearchWords]:
    pages, lines = NATIONAL_PAGES, NATIONAL_LINES
    if subject is not None:
        pages = pages.where(Country.code == subject)
        lines = lines.where(NationalLine.country_code == subject)
    bodies: dict[str, list[str]] = defaultdict(list)
    for row in db.scalars(lines):
        bodies[row.country_code].append(_text(row.name, row.about, row.address, row.spoken))
    for code, name, notes in db.execute(pages):
        if bodies[code] or notes:
            yield SearchWords(code, _text(name), _text(*bodies[code], notes))
