"""Whom a country sends, for its own focal point: another country's rows are never loaded."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from app.infra.orm import in_force
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.participation.invitations import policy
from app.participation.registrations.models import EventQuota, Invitation, Nomination, Registration
from app.participation.registrations.values import RegistrationStatus, Way
from app.people.directory.models import Appointment, Country, FocalPoint, Institution, Person, Post
from app.people.directory.queries.roster import RosterPage, roster_of
from app.planning.events.models import Event
from app.planning.events.queries.events import event_of
from app.planning.events.values import EventDetail, EventStatus


@dataclass(frozen=True)
class Nominee:
    nomination_id: int
    person_id: int
    name: str
    nominated_at: datetime
    status: RegistrationStatus
    has_confirmed: bool


@dataclass(frozen=True)
class NominationPage:
    """`places`: how many were asked for; `quota`: how many of the country may have a place. None:
    no such number.
    """

    event: EventDetail
    country_code: str
    country: LocalizedText
    respond_by: date | None
    places: int | None
    quota: int | None
    note: str
    nominees: Sequence[Nominee]
    roster: RosterPage


@dataclass(frozen=True)
class NominationAsked:
    """A line of "what needs you": an event that waits for the country's names."""

    event_id: UUID
    title: LocalizedText
    country_code: str
    respond_by: date | None
    places: int | None
    named: int


def nominations_of(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    country_code: str,
    on: date,
    search: str = "",
    number: int = 1,
) -> NominationPage:
    """Refuses as if there were nothing where the country was not asked."""
    policy.require_may_nominate_for(actor, country_code)
    request = standing_request(db, event_id, country_code)
    if request is None:
        raise NotFound
    event = event_of(db, actor=actor, event_id=event_id)
    country = db.get_one(Country, country_code)
    quota = db.scalar(
        select(func.coalesce(EventQuota.places, Event.country_quota))
        .select_from(Event)
        .outerjoin(
            EventQuota,
            (EventQuota.event_id == Event.id) & (EventQuota.country_code == country_code),
        )
        .where(Event.id == event_id)
    )
    roster = roster_of(
        db, actor=actor, country_code=country_code, on=on, search=search, number=number
    )
    return NominationPage(
        event=event,
        country_code=country_code,
        country=country.name,
        respond_by=request.respond_by,
        places=request.places,
        quota=quota,
        note=request.note,
        nominees=_nominees(db, event_id, country_code),
        roster=roster,
    )


def standing_request(db: Session, event_id: UUID, country_code: str) -> Invitation | None:
    """Returns the invitation that asks the country to nominate, once it has been sent."""
    return db.scalar(
        select(Invitation).where(
            Invitation.event_id == event_id,
            Invitation.way == Way.COUNTRY,
            Invitation.country_code == country_code,
            Invitation.revoked_at.is_(None),
            Invitation.sent_at.is_not(None),
        )
    )


def countries_asked(db: Session, *, event_id: UUID, among: Collection[str]) -> tuple[str, ...]:
    """Returns those of the countries that were asked to nominate; by code."""
    query = select(Invitation.country_code).where(
        Invitation.event_id == event_id,
        Invitation.way == Way.COUNTRY,
        Invitation.country_code.in_(among),
        Invitation.revoked_at.is_(None),
        Invitation.sent_at.is_not(None),
    )
    return tuple(sorted(code for code in db.scalars(query) if code))


def nominated_now(db: Session, event_id: UUID, country_code: str) -> int:
    counted = select(func.count(Nomination.id)).where(
        Nomination.event_id == event_id,
        Nomination.country_code == country_code,
        Nomination.withdrawn_at.is_(None),
    )
    return db.scalar(counted) or 0


_NAMED = (
    select(func.count(Nomination.id))
    .where(
        Nomination.event_id == Invitation.event_id,
        Nomination.country_code == Invitation.country_code,
        Nomination.withdrawn_at.is_(None),
    )
    .scalar_subquery()
)
_ASKED = (
    select(
        Event.id,
        Event.title,
        Invitation.country_code,
        Invitation.respond_by,
        Invitation.places,
        _NAMED.label("named"),
    )
    .join(Invitation, Invitation.event_id == Event.id)
    .where(
        Invitation.way == Way.COUNTRY,
        Invitation.country_code.in_(bindparam("countries", expanding=True)),
        Invitation.revoked_at.is_(None),
        Invitation.sent_at.is_not(None),
        Event.status == EventStatus.PUBLISHED,
        Event.starts_at > bindparam("now"),
        or_(_NAMED == 0, Invitation.places > _NAMED),
    )
    .order_by(Invitation.respond_by, Event.starts_at)
)


def asked_of(db: Session, *, actor: Actor, now: datetime) -> tuple[NominationAsked, ...]:
    """Returns events to come that asked the actor's countries for names and have not all of them
    yet; one statement.
    """
    countries = actor.countries_named()
    rows = db.execute(_ASKED, {"countries": countries, "now": now}) if countries else ()
    return tuple(
        NominationAsked(
            event_id=row[0],
            title=row[1],
            country_code=row[2] or "",
            respond_by=row.respond_by,
            places=row.places,
            named=row.named,
        )
        for row in rows
    )


def _nominees(db: Session, event_id: UUID, country_code: str) -> tuple[Nominee, ...]:
    rows = db.execute(
        select(Nomination, Person.full_name, Registration.status, Registration.consent_version)
        .join(Person, Person.id == Nomination.person_id)
        .outerjoin(
            Registration,
            (Registration.event_id == event_id) & (Registration.person_id == Nomination.person_id),
        )
        .where(
            Nomination.event_id == event_id,
            Nomination.country_code == country_code,
            Nomination.withdrawn_at.is_(None),
        )
        .order_by(Person.sort_key, Nomination.id)
    )
    return tuple(
        Nominee(
            nomination_id=one.id,
            person_id=one.person_id,
            name=name,
            nominated_at=one.nominated_at,
            status=RegistrationStatus(status or "cancelled"),
            has_confirmed=bool(consent),
        )
        for one, name, status, consent in rows
    )


def serving_in(db: Session, person_ids: Collection[int], country_code: str, on: date) -> set[int]:
    """Returns those among them who are in a post of the country on the day, and of the country
    themselves.
    """
    query = (
        select(Person.id)
        .join(Appointment, Appointment.person_id == Person.id)
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
        .where(
            Person.id.in_(person_ids),
            Person.country_code == country_code,
            Person.is_guest.is_(False),
        )
        .where(Institution.country_code == country_code, in_force(Appointment, on))
    )
    return set(db.scalars(query))


def requests_to_hand_on(
    db: Session,
    *,
    country_code: str,
    person_id: int,
    today: date,
    sent_by: datetime,
    now: datetime,
) -> Sequence[Invitation]:
    """Returns, locked, the requests that a new focal point is to get: of events to come, sent by
    that instant, and without any names. None where the person is not in office today, or where a
    colleague is, who has the letter already.
    """
    in_office = select(FocalPoint.person_id).where(
        FocalPoint.country_code == country_code, in_force(FocalPoint, today)
    )
    if set(db.scalars(in_office)) != {person_id}:
        return ()
    named = exists().where(
        Nomination.event_id == Invitation.event_id,
        Nomination.country_code == country_code,
        Nomination.withdrawn_at.is_(None),
    )
    query = (
        select(Invitation)
        .join(Event, Event.id == Invitation.event_id)
        .where(
            Invitation.way == Way.COUNTRY,
            Invitation.country_code == country_code,
            Invitation.revoked_at.is_(None),
            Invitation.sent_at <= sent_by,
            Event.status == EventStatus.PUBLISHED,
            Event.starts_at > now,
            ~named,
        )
        .order_by(Invitation.id)
        .with_for_update(of=Invitation)
    )
    return db.scalars(query).all()


def coming_into_office(db: Session, *, on: date) -> Sequence[tuple[str, int]]:
    """Returns country and person of the focal points whose first day it is."""
    query = select(FocalPoint.country_code, FocalPoint.person_id).where(FocalPoint.valid_from == on)
    return [(code, person_id) for code, person_id in db.execute(query.order_by(FocalPoint.id))]
