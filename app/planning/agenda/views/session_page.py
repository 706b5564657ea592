"""Putting the pages of an agenda together: days with their sessions in each clock, and the form of
one session.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.infra.language import translate
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import NotFound
from app.kernel.text import N_
from app.kernel.timespan import Timespan
from app.planning.agenda.forms import TABLE, SessionForm, answers_of_session, hours_of_span
from app.planning.arranging.queries import planning
from app.planning.arranging.queries.agenda import session_details, tables_of
from app.planning.arranging.rules.agenda import NoHours
from app.planning.arranging.views import people_shown
from app.planning.arranging.views.planning import changeable
from app.planning.arranging.wording import PERSON_ROLES
from app.planning.arranging.wording.agenda import SESSION_KINDS
from app.planning.events.queries.events import event_of
from app.planning.events.values import EventDetail, PersonRole
from app.planning.events.values.agenda import (
    SESSION_ROLES,
    SessionDetail,
    SessionKind,
    TableChoice,
)
from app.web.fields import Typed
from app.web.guards import current_actor
from app.web.locale import reader_language, reader_timezone
from app.web.render import hours_text, short_day_text, zone_label

NO_TABLE = N_("None")


@dataclass(frozen=True)
class Clock:
    """The hours of a session by one clock. `day` only where it is another one than the event's."""

    hours: str
    zone: str
    day: date | None


@dataclass(frozen=True)
class ShownSession:
    session: SessionDetail
    clocks: tuple[Clock, ...]


@dataclass(frozen=True)
class AgendaDay:
    on: date
    sittings: tuple[ShownSession, ...]


@dataclass(frozen=True)
class SessionPage:
    form: SessionForm
    event: EventDetail
    session: SessionDetail | None
    zone: str
    people: dict[str, Any]


def days_of(event: EventDetail, sessions: Iterable[SessionDetail]) -> tuple[AgendaDay, ...]:
    """By local day of the event. Each session by the event's clock, then by UTC−6 and by the
    reader's, where these show another hour (R4).
    """
    zone = ZoneInfo(event.timezone)

    def local_day(session: SessionDetail) -> date:
        return session.starts_at.astimezone(zone).date()

    return tuple(
        AgendaDay(on, tuple(ShownSession(session, _clocks(event, session)) for session in its))
        for on, its in groupby(sessions, key=local_day)
    )


def _clocks(event: EventDetail, session: SessionDetail) -> tuple[Clock, ...]:
    found: list[Clock] = []
    offsets = set()
    at, own = session.starts_at, session.starts_at.astimezone(ZoneInfo(event.timezone))
    for timezone in (event.timezone, REFERENCE_ZONE, reader_timezone()):
        local = at.astimezone(ZoneInfo(timezone))
        if local.utcoffset() not in offsets:
            offsets.add(local.utcoffset())
            day = None if local.date() == own.date() else local.date()
            words = zone_label(timezone, at, reader_language())
            found.append(
                Clock(hours_text(session.starts_at, session.ends_at, timezone), words, day)
            )
    return tuple(found)


def session_page(
    db: Session, event_id: UUID, session_id: UUID | None, typed: Typed | None
) -> SessionPage:
    """The form as typed, or as the session is, or for a new one after the last. For the event's
    planners.
    """
    language = reader_language()
    event = changeable(event_of(db, actor=current_actor(), event_id=event_id))
    if event.span is None:
        raise NoHours
    sessions = session_details(db, event_id=event_id)
    session = next((one for one in sessions if one.id == session_id), None)
    if session_id is not None and session is None:
        raise NotFound
    form = SessionForm(typed, data=_answers(event, session, sessions))
    form.offer(
        kinds=_named(SESSION_KINDS),
        tables=[
            (str(table.id), f"{table.edition} · {table.theme.in_(language)}")
            for table in tables_of(db, event_id=event_id)
        ],
        nothing=translate(language, NO_TABLE),
    )
    if typed is not None:
        form.read_people(typed)
        known = people_shown.shown_in(typed) | {
            person.id for person in (session.people if session else ())
        }
        form.people = tuple(part for part in form.people if part.person_id in known)
    elif session is not None:
        form.people = session.as_draft().people
    zone = zone_label(event.timezone, event.span.starts_at, language)
    return SessionPage(form, event, session, zone, _people_of(db, form))


def people_found(db: Session, typed: Typed) -> dict[str, Any]:
    """For the finder alone: those ticked who had been shown, and those whose name fits."""
    form = SessionForm()
    form.read_people(typed)
    known = people_shown.shown_in(typed)
    form.people = tuple(part for part in form.people if part.person_id in known)
    return _people_of(db, form)


def days_to_choose(event: EventDetail) -> list[tuple[str, str]]:
    """Returns the local days of an event with hours, as ISO text and in the reader's words."""
    if event.starts_at is None or event.ends_at is None:
        return []
    zone = ZoneInfo(event.timezone)
    first = event.starts_at.astimezone(zone).date()
    last = (event.ends_at - timedelta(microseconds=1)).astimezone(zone).date()
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [(day.isoformat(), short_day_text(day, "MMMEd", reader_language())) for day in days]


def kinds_with_tables(tables: Iterable[TableChoice]) -> list[tuple[str, str]]:
    """Returns the kinds of sessions; a work table is chosen as the table itself where there are
    any.
    """
    language, found = reader_language(), []
    sits = [(f"{TABLE}{one.id}", one.theme.in_(language)) for one in tables]
    for value, name in _named(SESSION_KINDS):
        if value == SessionKind.WORK_TABLE and sits:
            found += [(number, f"{name}: {theme}") for number, theme in sits]
        else:
            found.append((value, name))
    return found


def _people_of(db: Session, form: SessionForm) -> dict[str, Any]:
    roles = {one.person_id: one.role for one in form.people}
    choices = people_shown.choose_people(db, chosen=roles.keys(), words=form.people_words)
    named = {role: name for role, name in PERSON_ROLES.items() if role in SESSION_ROLES}
    return {
        "people": choices.people,
        "chosen": roles,
        "people_note": people_shown.note_of(choices),
        "seals": people_shown.seals(person.id for person in choices.people),
        "people_words": form.people_words,
        "are_enough": planning.are_enough(form.people_words),
        "roles": _named(named),
        "usual_role": PersonRole.MODERATOR,
    }


def _answers(
    event: EventDetail, session: SessionDetail | None, sessions: tuple[SessionDetail, ...]
) -> dict[str, Any]:
    if session is not None:
        return answers_of_session(session.as_draft(), event.timezone)
    ends: datetime | None = max((one.ends_at for one in sessions), default=event.starts_at)
    if ends is None or event.ends_at is None or ends >= event.ends_at:
        return {}
    return hours_of_span(Timespan(ends, event.ends_at), event.timezone)


def _named(words: Mapping[StrEnum, str]) -> list[tuple[str, str]]:
    return [(value.value, translate(reader_language(), msgid)) for value, msgid in words.items()]
