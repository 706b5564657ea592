"""Webinars that count for a unit of a course: those to come, and who was at which."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.text import LocalizedText
from app.planning.events.models import Attendance, Event, Series
from app.planning.events.queries.events import visible_to
from app.training.learning.models import Enrolment, Module, Unit
from app.training.learning.rules.attending import enough, is_recent, minutes_between
from app.training.learning.values import UnitKind
from app.training.learning.values.content import WebinarContent

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
    """As `attended`, for the reader's own enrolment."""
    enrolment = db.get_one(Enrolment, enrolment_id)
    return attended(
        db, person_id=enrolment.person_id, webinar=webinar, started_at=enrolment.started_at
    )


def open_enrolments(db: Session, person_ids: Collection[int]) -> tuple[UUID, ...]:
    """Enrolments of these people that are not complete, in editions that ask for a webinar."""
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
