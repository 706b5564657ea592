"""What a lesson shows and asks, and webinars that count for a unit."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, false, func, or_, select, union_all
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import Language, LocalizedText, as_language
from app.planning.events.models import Attendance, Event, Series
from app.planning.events.queries.events import visible_to
from app.training.learning.models import (
    CheckAnswer,
    Course,
    CourseEdition,
    CourseFigure,
    CourseVideo,
    Enrolment,
    Item,
    LessonCheck,
    LessonNote,
    Module,
    Objective,
    Unit,
    UnitRendition,
)
from app.training.learning.rules.citing import codes_in
from app.training.learning.rules.progress import enough, is_recent, minutes_between
from app.training.learning.values import ItemKind, UnitKind, WebinarContent


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


@dataclass(frozen=True)
class SectionLesson:
    """A lesson that rests on a section of the document behind its course."""

    code: str
    title: LocalizedText
    module: LocalizedText
    module_slug: str


_LESSONS = (
    select(
        Unit.id,
        Unit.code,
        Unit.title,
        Module.title.label("module"),
        Module.slug,
        Module.id.label("module_id"),
    )
    .join(Module, Module.id == Unit.module_id)
    .where(
        Module.edition_id
        == select(func.max(CourseEdition.id))
        .join(Course, Course.id == CourseEdition.course_id)
        .where(Course.slug == bindparam("slug"))
        .scalar_subquery(),
        Module.is_available,
        Unit.kind.in_([UnitKind.PAGE.value, UnitKind.CASE.value]),
    )
    .order_by(Module.number, Unit.position)
)


def lessons_on_section(db: Session, *, slug: str, section: str) -> tuple[SectionLesson, ...]:
    """Returns the lessons of a course's newest edition that rest on a section, in their order: those
    that name its code, and those that explain a question about it. Three statements.
    """
    units = db.execute(_LESSONS, {"slug": slug}).all()
    wanted = [unit.id for unit in units]
    cited: set[int] = set()
    if "." in section:  # "I" alone would be found in any English sentence
        bodies = select(UnitRendition.unit_id, UnitRendition.body).where(
            UnitRendition.unit_id.in_(wanted),
            UnitRendition.body.contains(section, autoescape=True),
        )
        cited = {unit_id for unit_id, body in db.execute(bodies) if section in codes_in(body)}
    modules = {unit.module_id for unit in units}
    explained = {
        (module_id, screen.partition("#")[0])
        for module_id, screen in db.execute(
            select(Item.module_id, Item.screen).where(
                Item.module_id.in_(modules), Item.section == section, Item.screen.is_not(None)
            )
        )
        if screen
    }
    return tuple(
        SectionLesson(code=unit.code, title=unit.title, module=unit.module, module_slug=unit.slug)
        for unit in units
        if unit.id in cited or (unit.module_id, unit.code) in explained
    )


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


# What stands under a screen for practice, with the learner's own answers and private line.


@dataclass(frozen=True)
class CheckOption:
    """`number` counts from 1."""

    number: int
    text: LocalizedText
    feedback: LocalizedText
    is_correct: bool


@dataclass(frozen=True)
class CheckCard:
    """A check with the numbers of the options last chosen; none before the first answer."""

    id: int
    code: str
    kind: ItemKind
    stem: LocalizedText
    options: tuple[CheckOption, ...]
    chosen: frozenset[int]

    @property
    def correct(self) -> frozenset[int]:
        return frozenset(option.number for option in self.options if option.is_correct)

    @property
    def is_right(self) -> bool:
        return self.chosen == self.correct


_CARDS = (
    select(LessonCheck, CheckAnswer.response)
    .outerjoin(
        CheckAnswer,
        and_(
            CheckAnswer.check_id == LessonCheck.id,
            CheckAnswer.enrolment_id == bindparam("enrolment_id"),
        ),
    )
    .where(LessonCheck.unit_id == bindparam("unit_id"), LessonCheck.screen == bindparam("screen"))
    .order_by(LessonCheck.id)
)
_OF_UNIT = (
    select(LessonCheck).where(LessonCheck.unit_id == bindparam("unit_id")).order_by(LessonCheck.id)
)
_NOTE = select(LessonNote.text).where(
    LessonNote.enrolment_id == bindparam("enrolment_id"),
    LessonNote.unit_id == bindparam("unit_id"),
    LessonNote.screen == bindparam("screen"),
)


def checks_under(
    db: Session, *, enrolment_id: UUID, unit_id: int, screen: int
) -> tuple[CheckCard, ...]:
    """Returns the checks under a screen with the answers of an enrolment, the reader's own."""
    at_screen = {"enrolment_id": enrolment_id, "unit_id": unit_id, "screen": screen}
    return tuple(_card(check, response or []) for check, response in db.execute(_CARDS, at_screen))


def checks_of_unit(db: Session, *, unit_id: int) -> dict[int, tuple[CheckCard, ...]]:
    """Returns the checks of a unit by their screen, with nobody's answers."""
    cards: dict[int, tuple[CheckCard, ...]] = {}
    for check in db.scalars(_OF_UNIT, {"unit_id": unit_id}):
        cards[check.screen] = (*cards.get(check.screen, ()), _card(check, []))
    return cards


def _card(check: LessonCheck, response: list[int]) -> CheckCard:
    return CheckCard(
        id=check.id,
        code=check.code,
        kind=ItemKind(check.kind),
        stem=check.stem,
        options=tuple(
            CheckOption(
                number=number,
                text=LocalizedText(option["text"]),
                feedback=LocalizedText(option["feedback"]),
                is_correct=option["correct"],
            )
            for number, option in enumerate(check.options, start=1)
        ),
        chosen=frozenset(response),
    )


def note_at(db: Session, *, enrolment_id: UUID, unit_id: int, screen: int) -> str:
    """Returns the private line at a screen, empty where there is none; the enrolment is the
    reader's own.
    """
    at_screen = {"enrolment_id": enrolment_id, "unit_id": unit_id, "screen": screen}
    return db.scalar(_NOTE, at_screen) or ""


# Webinars that count for a unit of a course: those to come, and who was at which.

MOST_COMING, MOST_NAMED = 5, 60


@dataclass(frozen=True)
class WebinarUnit:
    id: int
    module_id: int
    webinar: WebinarContent


@dataclass(frozen=True)
class WebinarLine:
    """A webinar with the reader's own minutes at it; None where nothing was recorded."""

    event_id: UUID
    title: LocalizedText
    starts_at: datetime | None
    timezone: str
    minutes: int | None = None
    counts: bool = False


@dataclass(frozen=True)
class NamedSeries:
    id: UUID
    title: LocalizedText


def webinar_of(given: dict[str, Any] | None) -> WebinarContent | None:
    """Returns what the column `unit.webinar` says."""
    if not given:
        return None
    return WebinarContent(
        percent=given["percent"],
        kinds=tuple(given.get("kinds", ())),
        series=tuple(given.get("series", ())),
        events=tuple(given.get("events", ())),
    )


def webinar_units(db: Session, edition_ids: Collection[int]) -> dict[int, tuple[WebinarUnit, ...]]:
    """Returns the webinar units of editions, by the edition's id."""
    units: dict[int, tuple[WebinarUnit, ...]] = {}
    rows = select(Module.edition_id, Unit.id, Unit.module_id, Unit.webinar)
    rows = rows.join(Module, Module.id == Unit.module_id).where(
        Module.edition_id.in_(edition_ids), Unit.kind == UnitKind.WEBINAR.value
    )
    for edition_id, unit_id, module_id, given in db.execute(rows.order_by(Unit.id)):
        webinar = webinar_of(given)
        if webinar is not None:
            unit = WebinarUnit(unit_id, module_id, webinar)
            units[edition_id] = (*units.get(edition_id, ()), unit)
    return units


def spec_of_unit(db: Session, unit_id: int) -> WebinarContent | None:
    return webinar_of(db.scalar(select(Unit.webinar).where(Unit.id == unit_id)))


def counting(webinar: WebinarContent) -> ColumnElement[bool]:
    """Returns the events that count; cancelled ones never do."""
    named: list[ColumnElement[bool]] = [false()]
    if webinar.kinds:
        named.append(Event.kind.in_(webinar.kinds))
    if webinar.series:
        named.append(Event.series_id.in_(_ids(webinar.series)))
    if webinar.events:
        named.append(Event.id.in_(_ids(webinar.events)))
    return and_(or_(*named), Event.status == "published")


def _ids(texts: Iterable[str]) -> list[UUID]:
    return [UUID(text) for text in texts]


def coming(
    db: Session, *, actor: Actor, webinar: WebinarContent, now: datetime
) -> tuple[WebinarLine, ...]:
    """Returns the next webinars that count and that the actor may see."""
    rows = (
        select(Event.id, Event.title, Event.starts_at, Event.timezone)
        .where(counting(webinar), visible_to(actor), Event.starts_at > now)
        .order_by(Event.starts_at)
        .limit(MOST_COMING)
    )
    return tuple(WebinarLine(*row) for row in db.execute(rows))


def attended(
    db: Session, *, person_id: int, webinar: WebinarContent, started_at: datetime
) -> tuple[WebinarLine, ...]:
    """Returns what a person attended of it, the newest first, and whether it is enough."""
    rows = (
        select(
            Event.id,
            Event.title,
            Event.starts_at,
            Event.timezone,
            Attendance.minutes,
            Event.ends_at,
        )
        .join(Attendance, Attendance.event_id == Event.id)
        .where(counting(webinar), Attendance.person_id == person_id)
        .order_by(Event.starts_at.desc(), Event.id)
    )
    return tuple(
        WebinarLine(
            event_id=event_id,
            title=title,
            starts_at=starts_at,
            timezone=timezone,
            minutes=minutes,
            counts=is_recent(ends_at, started_at)
            and enough(minutes, minutes_between(starts_at, ends_at), webinar.percent),
        )
        for event_id, title, starts_at, timezone, minutes, ends_at in db.execute(rows)
    )


def attended_in(
    db: Session, *, enrolment_id: UUID, webinar: WebinarContent
) -> tuple[WebinarLine, ...]:
    """Returns what `attended` does, for the reader's own enrolment."""
    enrolment = db.get_one(Enrolment, enrolment_id)
    return attended(
        db, person_id=enrolment.person_id, webinar=webinar, started_at=enrolment.started_at
    )


def open_enrolments(db: Session, person_ids: Collection[int]) -> tuple[UUID, ...]:
    """Returns enrolments of these people that are not complete, in editions that ask for a webinar."""
    rows = (
        select(Enrolment.id)
        .where(
            Enrolment.person_id.in_(person_ids),
            Enrolment.closed_at.is_(None),
            Enrolment.edition_id.in_(
                select(Module.edition_id)
                .join(Unit, Unit.module_id == Module.id)
                .where(Unit.kind == UnitKind.WEBINAR.value)
            ),
        )
        .order_by(Enrolment.id)
    )
    return tuple(db.scalars(rows))


def series_to_name(db: Session) -> tuple[NamedSeries, ...]:
    """Returns the newest series, for an author to choose among."""
    rows = select(Series.id, Series.title).order_by(Series.created_at.desc()).limit(MOST_NAMED)
    return tuple(NamedSeries(*row) for row in db.execute(rows))


def webinars_to_name(db: Session, *, actor: Actor, since: datetime) -> tuple[WebinarLine, ...]:
    """Returns published webinars, workshops and trainings from an instant on, the newest first."""
    rows = (
        select(Event.id, Event.title, Event.starts_at, Event.timezone)
        .where(
            visible_to(actor),
            Event.status == "published",
            Event.kind.in_(("webinar", "workshop", "training")),
            Event.starts_at >= since,
        )
        .order_by(Event.starts_at.desc())
        .limit(MOST_NAMED)
    )
    return tuple(WebinarLine(*row) for row in db.execute(rows))
