"""How far events are: the rows by which they are judged, and who was reached, answered and comes. A
fixed number of statements.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CompoundSelect,
    Uuid,
    bindparam,
    case,
    exists,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.journal import JournalEntry
from app.kernel import dated
from app.office.outbox.queries import LetterAbout, letters_about
from app.office.progress.values import (
    CountryFigures,
    EnrolmentFigures,
    EventProgress,
    Figures,
    Furnishing,
    PartRow,
    Word,
)
from app.participation.attendance.queries.imports import taking_part
from app.participation.invitations.facts import InvitationSent
from app.participation.materials.models import Material
from app.participation.registrations.models import EventQuota, Invitation, Nomination, Registration
from app.participation.registrations.queries.entitlement import PEOPLE_MEANT
from app.participation.registrations.rules import PartStat
from app.participation.registrations.values import RegistrationStatus, Way
from app.participation.speakers.models import OutsideSpeaker
from app.participation.speakers.values import SpeakerState
from app.people.directory.models import FocalPoint, Person
from app.people.identity.models import Account
from app.planning.events.models import EventSession, NamedPart, SessionPerson
from app.planning.events.queries.people import roles_in, who_came
from app.planning.events.rules.stages import why_unreached
from app.planning.events.values import (
    CountryAsked,
    EventDetail,
    EventWork,
    Inviting,
    LetterArrival,
    PersonRole,
    SessionKind,
    Unreached,
)

# The rows by which events are judged: a fixed number of statements, however many events.

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
LED = exists().where(
    SessionPerson.session_id == EventSession.id,
    SessionPerson.role.in_([PersonRole.SPEAKER.value, PersonRole.MODERATOR.value]),
)
WHO_LEADS: CompoundSelect[*tuple[Any, ...]] = union_all(
    select(
        OutsideSpeaker.event_id, OutsideSpeaker.state, OutsideSpeaker.person_id.label("person")
    ).where(OutsideSpeaker.event_id.in_(IDS), OutsideSpeaker.taken_out_at.is_(None)),
    select(EventSession.event_id, null(), null())
    .where(EventSession.event_id.in_(IDS), EventSession.kind != SessionKind.BREAK.value)
    .group_by(EventSession.event_id)
    .having(func.count() == func.count().filter(LED)),
).order_by("person")
"""What speakers from outside have answered, and without an answer each event of which somebody leads
every part of the agenda.
"""
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
        case((Person.withheld == "", func.coalesce(func.nullif(Person.email, ""), Account.email))),
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
        ends: dict[int | None, LetterArrival] = {}
        for letter in self.letters:
            if ends.get(letter.person_id) is not LetterArrival.HANDED_OVER:
                ends[letter.person_id] = letter.arrival
        return ends


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


def work_of(db: Session, event_ids: Collection[UUID]) -> dict[UUID, EventWork]:
    """Returns the rows by which each event is judged; seven statements. Not scoped by actor: for
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
    led: set[UUID] = set()
    for event_id, state, _person in db.execute(WHO_LEADS, {"ids": ids}):
        if state is None:
            led.add(event_id)
        else:
            outside[event_id].append(state)
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
    invitations = letters.invitations.get(event_id, ())
    offices = _offices(db, [invitations], clock.today())
    countries = [_asked(one, offices[one.country_code]) for one in invitations if one.country_code]
    return invitations, {one.code: one for one in countries}


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
    invitations: dict[UUID, list[SentInvitation]] = defaultdict(list)
    for number, event_id, way, code, sent_at in rows:
        one = SentInvitation(
            id=number,
            way=Way(way),
            country_code=code or "",
            is_sent=sent_at is not None,
            letters=tuple(of_invitation[number]),
        )
        invitations[event_id].append(one)
    return Letters(invitations, about)


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
    offices = {code: FocalPointToday() for code in codes}
    if not codes:
        return offices
    for code, since, until, address in db.execute(FOCAL_POINTS, {"codes": sorted(codes)}):
        office = offices[code]
        if dated.in_force(since, until, on):
            office.serves = True
            office.is_reachable = office.is_reachable or bool(address)
        elif until is not None and until <= on:
            office.since = max(until, office.since or until)
    return offices


# Who got the letter of one event, who answered and who comes, and who has a part in it.

WORDS = {
    PartStat.ACCEPTED.value: Word.CONFIRMED,
    PartStat.TENTATIVE.value: Word.TENTATIVE,
    PartStat.DECLINED.value: Word.DECLINED,
    SpeakerState.CONFIRMED.value: Word.CONFIRMED,
    SpeakerState.DECLINED.value: Word.DECLINED,
}

EVENT_ID: Any = bindparam("event_id")
REGISTRATIONS = select(
    Registration.person_id, Registration.status, Registration.country_code
).where(Registration.event_id == EVENT_ID)
INVITED_PEOPLE = select(
    PEOPLE_MEANT.c.invitation_id, PEOPLE_MEANT.c.person_id, Person.country_code
).join(Person, Person.id == PEOPLE_MEANT.c.person_id)
QUOTAS_AND_NOMINATIONS: CompoundSelect[Any] = union_all(
    select(EventQuota.country_code, EventQuota.places, literal(0)).where(
        EventQuota.event_id == EVENT_ID
    ),
    select(Nomination.country_code, null(), func.count(Nomination.id))
    .where(Nomination.event_id == EVENT_ID, Nomination.withdrawn_at.is_(None))
    .group_by(Nomination.country_code),
)
"""By country its quota, or how many it named; one statement, because each costs more than its
rows.
"""
PEOPLE_IN_EVENT = (
    select(Person.id, Person.full_name, Person.country_code, Person.timezone)
    .add_columns(NamedPart.partstat, Registration.partstat.label("as_attendee"))
    .outerjoin(NamedPart, (NamedPart.person_id == Person.id) & (NamedPart.event_id == EVENT_ID))
    .outerjoin(
        Registration,
        (Registration.person_id == Person.id) & (Registration.event_id == EVENT_ID),
    )
    .where(Person.id.in_(bindparam("people", expanding=True)))
    .order_by(Person.sort_key, Person.id)
)
OUTSIDE_SPEAKERS = (
    select(Person.id, Person.full_name, Person.organisation, OutsideSpeaker.state)
    .join(OutsideSpeaker, OutsideSpeaker.person_id == Person.id)
    .where(OutsideSpeaker.event_id == EVENT_ID, OutsideSpeaker.taken_out_at.is_(None))
    .order_by(Person.sort_key, Person.id)
)
FURNISHING = select(
    select(func.count(EventSession.id)).where(EventSession.event_id == EVENT_ID).scalar_subquery(),
    select(func.count(Material.id))
    .where(Material.event_id == EVENT_ID, Material.withdrawn_at.is_(None))
    .scalar_subquery(),
)


@dataclass(frozen=True)
class InvitedPerson:
    """One person whom an invitation means, or a guest who has not answered."""

    country: str
    has_letter: bool
    has_answered: bool
    has_place: bool


def progress_of(db: Session, *, event: EventDetail) -> EventProgress:
    """Returns how far an event is, for whoever plans it; a fixed number of statements."""
    works, letters = work_and_letters(db, [event.id])
    work = works[event.id]
    return EventProgress(
        event_id=event.id,
        work=work,
        enrolment=_enrolment(db, event, work, letters),
        people=_people(db, event.id),
        furnishing=_furnishing(db, event.id),
    )


def _enrolment(
    db: Session, event: EventDetail, work: EventWork, letters: Letters
) -> EnrolmentFigures:
    rows = db.execute(REGISTRATIONS, {"event_id": event.id}).all()
    status = {row.person_id: row.status for row in rows}
    held = [row for row in rows if row.status == RegistrationStatus.REGISTERED]
    places = Counter(row.country_code for row in held)
    on = clock.today(event.timezone)
    invitees = _invitees(db, event.id, letters, status, on=on)
    came = len(who_came(db, event_id=event.id)) or None
    return EnrolmentFigures(
        registered=len(held),
        capacity=event.capacity,
        figures=_figures(invitees),
        countries=_countries(db, event, work, invitees, places),
        came=came,
    )


def _invitees(
    db: Session, event_id: UUID, letters: Letters, status: Mapping[int, str], *, on: date
) -> list[InvitedPerson]:
    """Returns the people who are invited. A focal point whose country was asked for names is asked,
    and not invited by that.
    """
    sent = {one.id: one for one in letters.invitations.get(event_id, ()) if one.is_sent}
    if not sent:
        return []
    told = {
        letter.person_id
        for letter in letters.letters.get(event_id, ())
        if letter.arrival is LetterArrival.HANDED_OVER and letter.person_id
    }
    pairs = db.execute(INVITED_PEOPLE, {"event_id": event_id, "on": on})
    invitees: dict[int, InvitedPerson] = {}
    taken: set[int] = set()
    for invitation_id, person_id, country in pairs:
        invitation = sent.get(invitation_id)
        if invitation is None or invitation.way is Way.LINK:
            continue
        is_guest = invitation.way is Way.GUEST
        if is_guest:
            taken.add(invitation_id)
        has_letter = person_id in told or (
            is_guest and LetterArrival.HANDED_OVER in invitation.arrivals
        )
        before = invitees.get(person_id)
        invitees[person_id] = InvitedPerson(
            country=country or "",
            has_letter=has_letter or (before is not None and before.has_letter),
            has_answered=person_id in status,
            has_place=status.get(person_id) == RegistrationStatus.REGISTERED,
        )
    silent = [
        InvitedPerson(
            "", LetterArrival.HANDED_OVER in one.arrivals, has_answered=False, has_place=False
        )
        for one in sent.values()
        if one.way is Way.GUEST and one.id not in taken
    ]
    return [*invitees.values(), *silent]


def _figures(invitees: Collection[InvitedPerson]) -> Figures:
    received = [one for one in invitees if one.has_letter]
    return Figures(
        len(received),
        sum(one.has_answered for one in received),
        sum(one.has_place for one in received),
    )


def _countries(
    db: Session,
    event: EventDetail,
    work: EventWork,
    invitees: Sequence[InvitedPerson],
    places: Mapping[str, int],
) -> list[CountryFigures]:
    """Returns the countries that were asked, that are invited by name, or of which anybody is
    invited or registered.
    """
    by_country: dict[str, list[InvitedPerson]] = defaultdict(list)
    for one in invitees:
        by_country[one.country].append(one)
    countries_asked = {one.code: one for one in work.inviting.countries}
    quotas: dict[str, int] = {}
    named: dict[str, int] = {}
    for code, quota, nominated in db.execute(QUOTAS_AND_NOMINATIONS, {"event_id": event.id}):
        if quota is None:
            named[code] = nominated
        else:
            quotas[code] = quota
    lettered = {code for code, some in by_country.items() if any(one.has_letter for one in some)}
    codes = {*countries_asked, *event.countries, *lettered, *places}
    return [
        CountryFigures(
            code=code,
            figures=_figures(by_country.get(code, ())),
            places=places.get(code, 0),
            quota=quotas.get(code, event.country_quota) if code else None,
            asked=countries_asked.get(code),
            named=named.get(code, 0),
        )
        for code in sorted(codes)
    ]


def _people(db: Session, event_id: UUID) -> list[PartRow]:
    """Returns those of the event and of its sessions, then the speakers from outside."""
    roles = roles_in(db, event_id)
    given = {"event_id": event_id, "people": list(roles)}
    rows = db.execute(PEOPLE_IN_EVENT, given) if roles else ()
    parts = [
        PartRow(
            person_id=row.id,
            name=row.full_name,
            roles=roles[row.id],
            country=row.country_code or "",
            timezone=row.timezone,
            word=WORDS.get(row.as_attendee or row.partstat or "", Word.SILENT),
        )
        for row in rows
    ]
    outside = db.execute(OUTSIDE_SPEAKERS, {"event_id": event_id})
    parts += [
        PartRow(
            person_id=row.id,
            name=row.full_name,
            roles=(),
            country="",
            timezone="",
            word=WORDS.get(row.state, Word.SILENT),
            organisation=row.organisation,
            is_outside=True,
        )
        for row in outside
    ]
    return parts


def _furnishing(db: Session, event_id: UUID) -> Furnishing:
    return Furnishing(*db.execute(FURNISHING, {"event_id": event_id}).one())
