"""The rows by which events are judged: a fixed number of statements, however many events."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, exists, func, select
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.journal import JournalEntry
from app.kernel import dated
from app.kernel.text import languages
from app.office.outbox.queries.about_events import LetterAbout, letters_about
from app.participation.attendance.queries.imports import taking_part
from app.participation.invitations.facts import InvitationSent
from app.participation.registrations.models import Invitation
from app.participation.registrations.values import Way
from app.participation.speakers.models import OutsideSpeaker
from app.people.directory.models import FocalPoint, Person
from app.people.identity.models import Account
from app.planning.events.models import EventSession, SessionPerson
from app.planning.events.queries.life import phase_of_event
from app.planning.events.rules.stages import open_points, why_unreached
from app.planning.events.values import (
    CountryAsked,
    EventDetail,
    EventWork,
    Inviting,
    LetterArrival,
    OpenPoint,
    PersonRole,
    SessionKind,
    Unreached,
)

IDS: Any = bindparam("ids", type_=Uuid(), expanding=True)
STANDING = (
    select(
        Invitation.id,
        Invitation.event_id,
        Invitation.way,
        Invitation.country_code,
        Invitation.sent_at,
    )
    .where(Invitation.event_id.in_(IDS), Invitation.revoked_at.is_(None))
    .order_by(Invitation.country_code, Invitation.id)
)
OUTSIDE = (
    select(OutsideSpeaker.event_id, OutsideSpeaker.state)
    .where(OutsideSpeaker.event_id.in_(IDS), OutsideSpeaker.taken_out_at.is_(None))
    .order_by(OutsideSpeaker.person_id)
)
LED = exists().where(
    SessionPerson.session_id == EventSession.id,
    SessionPerson.role.in_([PersonRole.SPEAKER.value, PersonRole.MODERATOR.value]),
)
LED_AGENDAS = (
    select(EventSession.event_id)
    .where(EventSession.event_id.in_(IDS), EventSession.kind != SessionKind.BREAK.value)
    .group_by(EventSession.event_id)
    .having(func.count() == func.count().filter(LED))
)
SENDINGS = select(JournalEntry.id, JournalEntry.payload).where(
    JournalEntry.subject_kind == InvitationSent.subject_kind,
    JournalEntry.subject_id.in_(bindparam("subjects", expanding=True)),
    JournalEntry.fact == InvitationSent.__name__,
)
FOCAL_POINTS = (
    select(
        FocalPoint.country_code,
        FocalPoint.valid_from,
        FocalPoint.valid_until,
        func.coalesce(func.nullif(Person.email, ""), Account.email),
    )
    .join(Person, Person.id == FocalPoint.person_id)
    .outerjoin(Account, Account.person_id == Person.id)
    .where(FocalPoint.country_code.in_(bindparam("codes", expanding=True)))
)


@dataclass(frozen=True)
class SentInvitation:
    """An invitation that is not withdrawn, with the letters that it became."""

    id: int
    way: Way
    country_code: str
    is_sent: bool
    letters: tuple[LetterAbout, ...] = ()

    @property
    def arrivals(self) -> tuple[LetterArrival, ...]:
        return tuple(letter.arrival for letter in self.letters)

    @property
    def outcomes(self) -> dict[int | None, LetterArrival]:
        """Returns by person how the letters to them ended: one that arrived makes up for those that
        did not, else the last counts. None for a guest.
        """
        found: dict[int | None, LetterArrival] = {}
        for letter in self.letters:
            if found.get(letter.person_id) is not LetterArrival.HANDED_OVER:
                found[letter.person_id] = letter.arrival
        return found


@dataclass
class FocalPointToday:
    """Who answers for a country: `serves` today, `is_reachable` by mail; `since` when the last one
    left.
    """

    serves: bool = False
    is_reachable: bool = False
    since: date | None = None


@dataclass(frozen=True)
class Letters:
    """The invitations of events, and all letters about them."""

    invitations: Mapping[UUID, Sequence[SentInvitation]] = field(default_factory=dict)
    letters: Mapping[UUID, Sequence[LetterAbout]] = field(default_factory=dict)


def open_work(
    db: Session, *, events: Collection[EventDetail], now: datetime
) -> dict[UUID, tuple[OpenPoint, ...]]:
    """Returns what is open for each of the events. `events`: as their organizer sees them."""
    work = work_of(db, [event.id for event in events])
    return {
        event.id: open_points(
            event, phase_of_event(event, now), work[event.id], languages=languages()
        )
        for event in events
    }


def work_of(db: Session, event_ids: Collection[UUID]) -> dict[UUID, EventWork]:
    """Returns the rows by which each event is judged; nine statements. Not scoped by actor: for
    whoever plans the events.
    """
    return work_and_letters(db, event_ids)[0]


def work_and_letters(
    db: Session, event_ids: Collection[UUID]
) -> tuple[dict[UUID, EventWork], Letters]:
    """Returns the same as `work_of`, with the letters by which it was judged."""
    ids = list(event_ids)
    part = taking_part(db, ids)
    letters = letters_of(db, ids)
    offices = _offices(db, letters.invitations.values(), clock.today())
    outside: dict[UUID, list[str]] = defaultdict(list)
    for event_id, state in db.execute(OUTSIDE, {"ids": ids}):
        outside[event_id].append(state)
    led = set(db.scalars(LED_AGENDAS, {"ids": ids}))
    work = {
        one: EventWork(
            part[one],
            _inviting(letters.invitations.get(one, ()), offices),
            tuple(outside[one]),
            is_agenda_led=one in led,
        )
        for one in ids
    }
    return work, letters


def sent_invitations(
    db: Session, event_id: UUID
) -> tuple[Sequence[SentInvitation], Mapping[str, CountryAsked]]:
    """Returns the invitations of one event that stand, and by country what became of its own. Not
    scoped by actor: for whoever plans the event.
    """
    letters = letters_of(db, [event_id])
    found = letters.invitations.get(event_id, ())
    offices = _offices(db, [found], clock.today())
    asked = [_asked(one, offices[one.country_code]) for one in found if one.country_code]
    return found, {one.code: one for one in asked}


def letters_of(db: Session, event_ids: Sequence[UUID]) -> Letters:
    ids = {"ids": list(event_ids)}
    rows = db.execute(STANDING, ids).all()
    subjects = [str(event_id) for event_id in event_ids]
    sendings = {
        entry_id: payload["invitation_id"]
        for entry_id, payload in db.execute(SENDINGS, {"subjects": subjects})
    }
    about = letters_about(db, event_ids)
    of_invitation: dict[int, list[LetterAbout]] = defaultdict(list)
    for letter in (letter for some in about.values() for letter in some):
        if letter.cause in sendings:
            of_invitation[sendings[letter.cause]].append(letter)
    found: dict[UUID, list[SentInvitation]] = defaultdict(list)
    for number, event_id, way, code, sent_at in rows:
        one = SentInvitation(
            id=number,
            way=Way(way),
            country_code=code or "",
            is_sent=sent_at is not None,
            letters=tuple(of_invitation[number]),
        )
        found[event_id].append(one)
    return Letters(found, about)


def _inviting(some: Sequence[SentInvitation], offices: Mapping[str, FocalPointToday]) -> Inviting:
    to_countries = [one for one in some if one.way is Way.COUNTRY and one.is_sent]
    others = [end for one in some if one.way is not Way.COUNTRY for end in one.outcomes.values()]
    countries = tuple(_asked(one, offices[one.country_code]) for one in to_countries)
    outcomes = [end for one in some for end in one.outcomes.values()]
    return Inviting(
        standing=len(some),
        reached=outcomes.count(LetterArrival.HANDED_OVER),
        waiting=others.count(LetterArrival.WAITING),
        returned=others.count(LetterArrival.RETURNED),
        countries=countries,
    )


def _asked(one: SentInvitation, office: FocalPointToday) -> CountryAsked:
    why = why_unreached(one.arrivals, serves=office.serves, has_address=office.is_reachable)
    return CountryAsked(
        code=one.country_code,
        invitation_id=one.id,
        why=why,
        since=office.since if why is Unreached.VACANT else None,
        returned=one.arrivals.count(LetterArrival.RETURNED),
    )


def _offices(
    db: Session, invitations: Iterable[Sequence[SentInvitation]], on: date
) -> dict[str, FocalPointToday]:
    codes = {one.country_code for some in invitations for one in some if one.country_code}
    found = {code: FocalPointToday() for code in codes}
    if not codes:
        return found
    for code, since, until, address in db.execute(FOCAL_POINTS, {"codes": sorted(codes)}):
        office = found[code]
        if dated.in_force(since, until, on):
            office.serves = True
            office.is_reachable = office.is_reachable or bool(address)
        elif until is not None and until <= on:
            office.since = max(until, office.since or until)
    return found
