"""Reads calendars of other bodies; everybody sees only those that they may keep."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session

from app.infra.language import both
from app.kernel.actor import Actor
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText, languages
from app.people.directory.models import Person
from app.planning.calendars import policy
from app.planning.calendars.models import CalendarSource
from app.planning.calendars.values import Errand, ReadProblem, SourceKind, SourceLine

MOST_AT_ONCE = 50


def calendars_of(db: Session, *, actor: Actor) -> tuple[SourceLine, ...]:
    """Returns the calendars of processes, then those of people, by name."""
    rows = db.execute(
        select(CalendarSource, Person.full_name)
        .outerjoin(Person, Person.id == CalendarSource.person_id)
        .where(_kept_by(actor))
        .order_by(CalendarSource.kind.desc(), Person.sort_key, CalendarSource.id)
    )
    return tuple(_line(source, name or "") for source, name in rows)


def calendar_of(db: Session, *, actor: Actor, source_id: int) -> SourceLine:
    """Returns one calendar. Raises NotFound where it does not exist or the actor may not keep it."""
    calendar = next((line for line in calendars_of(db, actor=actor) if line.id == source_id), None)
    if calendar is None:
        raise NotFound
    return calendar


def due(db: Session, *, now: datetime) -> Sequence[int]:
    """Returns the ids of calendars to be read now, the longest waiting first."""
    calendars = select(CalendarSource.id).where(
        CalendarSource.next_at <= now, CalendarSource.url != ""
    )
    return db.scalars(calendars.order_by(CalendarSource.next_at).limit(MOST_AT_ONCE)).all()


def errand_of(db: Session, *, source_id: int) -> Errand | None:
    """Returns what a background job needs to read a calendar; None for a file and for a calendar
    that is gone. Not scoped by actor.
    """
    row = db.execute(
        select(CalendarSource, Person.timezone)
        .outerjoin(Person, Person.id == CalendarSource.person_id)
        .where(CalendarSource.id == source_id, CalendarSource.url != "")
    ).one_or_none()
    if row is None:
        return None
    source, timezone = row
    return Errand(
        source_id=source.id,
        kind=SourceKind(source.kind),
        url=source.url,
        timezone=timezone or REFERENCE_ZONE,
        etag=source.etag,
        last_modified=source.last_modified,
        content_sha256=source.content_sha256,
        refreshed_at=source.refreshed_at,
    )


def timezone_of(db: Session, *, person_id: int | None) -> str:
    """Returns the time zone of the person's calendar; for a process, the reference zone."""
    timezone = (
        db.scalar(select(Person.timezone).where(Person.id == person_id))
        if person_id is not None
        else None
    )
    return timezone or REFERENCE_ZONE


def people_called(db: Session, *, actor: Actor, words: str) -> tuple[tuple[int, str], ...]:
    """Returns at most ten people whose name or address holds each of the words; nobody for an actor
    who may keep only their own calendar.
    """
    if not policy.may_keep_anyones(actor) or not words.strip():
        return ()
    people = select(Person.id, Person.full_name).order_by(Person.sort_key, Person.id).limit(10)
    for word in words.split()[:5]:
        people = people.where(
            or_(
                Person.full_name.icontains(word, autoescape=True),
                Person.email.icontains(word, autoescape=True),
            )
        )
    return tuple((number, name) for number, name in db.execute(people))


def _kept_by(actor: Actor) -> ColumnElement[bool]:
    if policy.may_keep_anyones(actor):
        return true()
    own = CalendarSource.person_id == actor.person_id if actor.person_id is not None else false()
    if policy.may_keep_processes(actor):
        return or_(CalendarSource.kind == SourceKind.PROCESS.value, own)
    return own


def _line(source: CalendarSource, person: str) -> SourceLine:
    return SourceLine(
        id=source.id,
        kind=SourceKind(source.kind),
        name=source.name,
        person=person,
        host=urlsplit(source.url).hostname or "",
        entries=source.entries,
        problems=tuple(map(_problem, source.problems)),
        failures=source.failures,
        error=_error(source.error),
        refreshed_at=source.refreshed_at,
        next_at=source.next_at,
    )


def _problem(kept: dict[str, Any]) -> ReadProblem:
    return ReadProblem(
        kept["component"],
        kept["line"],
        LocalizedText({code: kept.get(code, "") for code in languages()}),
    )


def _error(kept: str) -> LocalizedText | None:
    if not kept:
        return None
    msgid, params = json.loads(kept)
    return both(msgid, **params)


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns the addresses of the calendars with the person's busy hours."""
    calendars = (
        select(CalendarSource)
        .where(CalendarSource.person_id == person_id)
        .order_by(CalendarSource.id)
    )
    return {"busy_hours": [{"address": row.url} for row in db.scalars(calendars)]}
