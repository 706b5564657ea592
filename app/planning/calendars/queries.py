"""Reads of other people's calendars; everybody sees only those that they may keep."""

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
    """Processes first, then people, by name."""
    rows = db.execute(
        select(CalendarSource, Person.full_name)
        .outerjoin(Person, Person.id == CalendarSource.person_id)
        .where(_kept_by(actor))
        .order_by(CalendarSource.kind.desc(), Person.sort_key, CalendarSource.id)
    )
    return tuple(_line(source, name or "") for source, name in rows)


def calendar_of(db: Session, *, actor: Actor, source_id: int) -> SourceLine:
    """Refuses with NotFound what does not exist or is not the actor's to keep."""
    found = next((line for line in calendars_of(db, actor=actor) if line.id == source_id), None)
    if found is None:
        raise NotFound
    return found


def due(db: Session, *, now: datetime) -> Sequence[int]:
    """Addresses whose next reading has come, longest waiting first."""
    wanted = select(CalendarSource.id).where(
        CalendarSource.next_at <= now, CalendarSource.url != ""
    )
    return db.scalars(wanted.order_by(CalendarSource.next_at).limit(MOST_AT_ONCE)).all()


def errand_of(db: Session, *, source_id: int) -> Errand | None:
    """What a reading needs; None for a file and for what is gone. Not scoped: it is for the
    background.
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
        source.id,
        SourceKind(source.kind),
        source.url,
        timezone or REFERENCE_ZONE,
        source.etag,
        source.last_modified,
        source.content_sha256,
        source.refreshed_at,
    )


def timezone_of(db: Session, *, person_id: int | None) -> str:
    """The zone of a person's calendar, or of a process's."""
    found = (
        db.scalar(select(Person.timezone).where(Person.id == person_id))
        if person_id is not None
        else None
    )
    return found or REFERENCE_ZONE


def people_called(db: Session, *, actor: Actor, words: str) -> tuple[tuple[int, str], ...]:
    """People whose name holds each of the words, for who may keep anybody's calendar; at most
    ten.
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
    """The addresses of busy hours that somebody keeps here."""
    mine = (
        select(CalendarSource)
        .where(CalendarSource.person_id == person_id)
        .order_by(CalendarSource.id)
    )
    return {"busy_hours": [{"address": row.url} for row in db.scalars(mine)]}
