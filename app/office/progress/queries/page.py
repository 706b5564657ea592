"""Who got the letter of one event, who answered and who comes, and who has a part in it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.infra import clock
from app.office.progress.queries.work import Letters, work_and_letters
from app.office.progress.values import (
    CountryFigures,
    EnrolmentFigures,
    EventProgress,
    Figures,
    Furnishing,
    PartRow,
    Word,
)
from app.participation.materials.models import Material
from app.participation.registrations.models import EventQuota, Nomination, Registration
from app.participation.registrations.queries.entitlement import people_meant
from app.participation.registrations.rules import PartStat
from app.participation.registrations.values import RegistrationStatus, Way
from app.participation.speakers.models import OutsideSpeaker
from app.participation.speakers.values import SpeakerState
from app.people.directory.models import Person
from app.planning.events.models import EventSession, NamedPart
from app.planning.events.queries.people import roles_in, who_came
from app.planning.events.values import EventDetail, EventWork, LetterArrival

WORDS = {
    PartStat.ACCEPTED.value: Word.CONFIRMED,
    PartStat.TENTATIVE.value: Word.TENTATIVE,
    PartStat.DECLINED.value: Word.DECLINED,
    SpeakerState.CONFIRMED.value: Word.CONFIRMED,
    SpeakerState.DECLINED.value: Word.DECLINED,
}


@dataclass(frozen=True)
class InvitedPerson:
    """One person whom an invitation means, or a guest who has not answered."""

    country: str
    has_letter: bool
    has_answered: bool
    has_place: bool


def progress_of(db: Session, *, event: EventDetail) -> EventProgress:
    """For whoever plans the event; a fixed number of statements."""
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
    rows = db.execute(
        select(Registration.person_id, Registration.status, Registration.country_code).where(
            Registration.event_id == event.id
        )
    ).all()
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
    """Whoever answers for a country that was asked for names is asked and not meant."""
    sent = {one.id: one for one in letters.invitations.get(event_id, ()) if one.is_sent}
    told = {
        letter.person_id
        for letter in letters.letters.get(event_id, ())
        if letter.arrival is LetterArrival.HANDED_OVER and letter.person_id
    }
    meant = people_meant(event_id, on).subquery()
    pairs = db.execute(
        select(meant.c.invitation_id, meant.c.person_id, Person.country_code).join(
            Person, Person.id == meant.c.person_id
        )
    )
    found: dict[int, InvitedPerson] = {}
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
        before = found.get(person_id)
        found[person_id] = InvitedPerson(
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
    return [*found.values(), *silent]


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
    """Countries that were asked, that are invited by name, or of which anybody is invited or has a
    place.
    """
    by_country: dict[str, list[InvitedPerson]] = defaultdict(list)
    for one in invitees:
        by_country[one.country].append(one)
    asked = {one.code: one for one in work.inviting.countries}
    quotas = {
        row.country_code: row.places
        for row in db.execute(
            select(EventQuota.country_code, EventQuota.places).where(
                EventQuota.event_id == event.id
            )
        )
    }
    nominations = (
        select(Nomination.country_code, func.count(Nomination.id))
        .where(Nomination.event_id == event.id, Nomination.withdrawn_at.is_(None))
        .group_by(Nomination.country_code)
    )
    named = {row[0]: row[1] for row in db.execute(nominations)}
    lettered = {code for code, some in by_country.items() if any(one.has_letter for one in some)}
    codes = {*asked, *event.countries, *lettered, *places}
    return [
        CountryFigures(
            code=code,
            figures=_figures(by_country.get(code, ())),
            places=places.get(code, 0),
            quota=quotas.get(code, event.country_quota) if code else None,
            asked=asked.get(code),
            named=named.get(code, 0),
        )
        for code in sorted(codes)
    ]


def _people(db: Session, event_id: UUID) -> list[PartRow]:
    """Returns those of the event and of its sessions, then the speakers from outside."""
    roles = roles_in(db, event_id)
    rows = db.execute(
        select(Person.id, Person.full_name, Person.country_code, Person.timezone)
        .add_columns(NamedPart.partstat, Registration.partstat.label("as_attendee"))
        .outerjoin(NamedPart, (NamedPart.person_id == Person.id) & (NamedPart.event_id == event_id))
        .outerjoin(
            Registration,
            (Registration.person_id == Person.id) & (Registration.event_id == event_id),
        )
        .where(Person.id.in_(roles))
        .order_by(Person.sort_key, Person.id)
    )
    found = [
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
    outside = db.execute(
        select(Person.id, Person.full_name, Person.organisation, OutsideSpeaker.state)
        .join(OutsideSpeaker, OutsideSpeaker.person_id == Person.id)
        .where(OutsideSpeaker.event_id == event_id, OutsideSpeaker.taken_out_at.is_(None))
        .order_by(Person.sort_key, Person.id)
    )
    found += [
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
    return found


def _furnishing(db: Session, event_id: UUID) -> Furnishing:
    sessions = select(func.count(EventSession.id)).where(EventSession.event_id == event_id)
    materials = select(func.count(Material.id)).where(
        Material.event_id == event_id, Material.withdrawn_at.is_(None)
    )
    row = db.execute(select(sessions.scalar_subquery(), materials.scalar_subquery())).one()
    return Furnishing(row[0], row[1])
