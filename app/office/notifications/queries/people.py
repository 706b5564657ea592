"""Reads for letters. Not scoped by actor: only the platform itself writes letters, to those a fact
concerns.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.infra.orm import in_force
from app.kernel.actor import Role
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.text import as_language
from app.kernel.timespan import Timespan
from app.office.notifications.values import (
    ALL_LETTERS,
    NOBODY,
    EventNotice,
    Recipient,
    RegistrationState,
    RequestNotice,
    Wishes,
)
from app.office.outbox.models import MailWish
from app.participation.registrations.models import Guest, Registration
from app.participation.registrations.values import RegistrationStatus
from app.people.directory.models import Person
from app.people.identity.models import Account, RoleGrant
from app.planning.events.models import AuthorizationRequest, Event, EventBrief, EventStep, NamedPart
from app.planning.events.queries.people import parts_told, roles_in
from app.planning.events.values import (
    EventStatus,
    Mode,
    PersonRole,
    RequestState,
    holder_of,
)
from app.planning.scheduling.models import ConflictCase

People = Select[Person, str, MailWish, str]
LONG_AGO = datetime.min.replace(tzinfo=UTC)
NAMED = "named"
"""The origin of somebody who is not in the list and has a part in the programme."""


@cache
def people() -> People:
    """Returns persons with the address they sign in with, if any, what they wish, and the bits of a
    guest's key; to be narrowed by the caller.
    """
    return (
        select(Person, Account.email, MailWish, Guest.bits)
        .select_from(Person)
        .outerjoin(Account, Account.person_id == Person.id)
        .outerjoin(MailWish, MailWish.person_id == Person.id)
        .outerjoin(Guest, Guest.person_id == Person.id)
        .order_by(Person.id)
    )


def recipient(db: Session, person_id: int) -> Recipient | None:
    """Returns the person with the contact of the directory, else the address they sign in with;
    None without any.
    """
    row = db.execute(people().where(Person.id == person_id)).first()
    return recipient_of(*row) if row else None


def recipients(db: Session, person_ids: Collection[int]) -> dict[int, Recipient]:
    """Returns those of the persons who can be written to, by id."""
    rows = db.execute(people().where(Person.id.in_(person_ids)))
    return {to.person_id: to for row in rows if (to := recipient_of(*row)) is not None}


def registered(db: Session, event_id: UUID) -> list[Recipient]:
    return [place.to for place in taking_part(db, event_id, (RegistrationStatus.REGISTERED,))]


def taking_part(
    db: Session, event_id: UUID, statuses: Collection[RegistrationStatus]
) -> list[RegistrationState]:
    """Whoever stands so in an event's list and can be written to, with how they stand."""
    rows = db.execute(
        people()
        .join(Registration, Registration.person_id == Person.id)
        .where(Registration.event_id == event_id, Registration.status.in_(statuses))
        .add_columns(Registration)
    )
    return [place_of(row[4], to) for row in rows if (to := recipient_of(*row[:4]))]


def place_in(db: Session, event_id: UUID, person_id: int) -> RegistrationState | None:
    """How one person stands with an event, in its list or its programme; None who cannot be written
    to, and who never was in either.
    """
    row = db.execute(_beside_registration(event_id).where(Person.id == person_id)).first()
    to = recipient_of(*row[:4]) if row else None
    if row is None or to is None:
        return None
    roles, part = (
        roles_in(db, event_id).get(person_id, ()),
        db.get(NamedPart, (event_id, person_id)),
    )
    if row[4] is None and part is None and not roles:
        return None
    return with_part(_place_or_none(row[4], to), roles, part)


def concerned(
    db: Session, event_id: UUID, statuses: Collection[RegistrationStatus]
) -> list[RegistrationState]:
    """Whoever stands so in an event's list or has a part in its programme, each once, and can be
    written to.
    """
    roles, told = roles_in(db, event_id), parts_told(db, event_id)
    listed = taking_part(db, event_id, statuses)
    others = roles.keys() - {place.to.person_id for place in listed}
    places = [
        with_part(place, roles.get(place.to.person_id, ()), told.get(place.to.person_id))
        for place in listed
    ]
    if others:
        rows = db.execute(_beside_registration(event_id).where(Person.id.in_(others)))
        for row in rows:
            if to := recipient_of(*row[:4]):
                places.append(
                    with_part(
                        _place_or_none(row[4], to), roles[to.person_id], told.get(to.person_id)
                    )
                )
    return places


def position_in_line(db: Session, event_id: UUID, person_id: int) -> int | None:
    """1 for who is given the next free place; None for who is not waiting."""
    r = Registration
    mine = db.scalar(
        select(r).where(r.event_id == event_id, r.person_id == person_id, r.status == "waiting")
    )
    if mine is None or mine.waiting_since is None:
        return None
    before = or_(
        r.waiting_since < mine.waiting_since,
        (r.waiting_since == mine.waiting_since) & (r.id < mine.id),
    )
    ahead = (
        db.scalar(select(func.count()).where(r.event_id == event_id, r.status == "waiting", before))
        or 0
    )
    return ahead + 1


def owner_of(db: Session, event_id: UUID) -> Recipient | None:
    """Returns who planned the event, while their account is active; somebody who is not in the
    directory has no person.
    """
    planned = (
        select(Account)
        .join(Event, Event.created_by == Account.id)
        .where(Event.id == event_id, Account.active)
    )
    return _of_account(db, db.scalar(planned))


def request_notice(db: Session, request_id: UUID) -> RequestNotice | None:
    """Returns a request for the presidency's authorization as it stands now, with who asked."""
    row = db.execute(
        select(AuthorizationRequest, Event.status, Account)
        .join(Event, Event.id == AuthorizationRequest.event_id)
        .outerjoin(
            Account, and_(Account.id == AuthorizationRequest.asked_by, Account.active.is_(True))
        )
        .where(AuthorizationRequest.id == request_id)
    ).one_or_none()
    if row is None:
        return None
    one, status, account = row
    offered = (
        Timespan(one.offered_starts_at, one.offered_ends_at)
        if one.offered_starts_at and one.offered_ends_at
        else None
    )
    return RequestNotice(
        asked_by=_of_account(db, account),
        span=Timespan(one.starts_at, one.ends_at),
        timezone=one.timezone,
        reason=one.reason,
        decide_by=one.decide_by,
        answer=one.answer,
        is_offered=one.state == RequestState.OFFERED,
        offered=offered,
        is_move=status != EventStatus.DRAFT,
    )


def _of_account(db: Session, account: Account | None) -> Recipient | None:
    if account is None:
        return None
    if account.person_id is None:
        return Recipient(
            person_id=NOBODY,
            name=account.email,
            address=account.email,
            language=as_language("es"),
            timezone=REFERENCE_ZONE,
        )
    return recipient(db, account.person_id)


def is_in_conflict(db: Session, event_id: UUID) -> bool:
    """Returns True when a conflict case about the event waits for the secretariat."""
    holder = holder_of(event_id)
    about = or_(ConflictCase.holder == holder, ConflictCase.against == holder)
    return (
        db.scalar(select(ConflictCase.id).where(about, ConflictCase.state == "open").limit(1))
        is not None
    )


def organizers(db: Session, *, on: date) -> list[Recipient]:
    """Returns the secretariat."""
    return holders(db, Role.ORGANIZER, on=on)


def holders(db: Session, role: Role, *, on: date) -> list[Recipient]:
    """Whoever holds the role on a day, with an active account and a person behind it."""
    held = select(RoleGrant.account_id).where(
        RoleGrant.role == role.value,
        in_force(RoleGrant, on),
    )
    rows = db.execute(people().where(Account.active, Account.id.in_(held)))
    return [found for row in rows if (found := recipient_of(*row))]


def event_notice(db: Session, event_id: UUID) -> EventNotice | None:
    row = db.execute(
        select(Event, EventBrief.dial_in)
        .outerjoin(EventBrief, EventBrief.event_id == Event.id)
        .where(Event.id == event_id)
    ).one_or_none()
    if row is None:
        return None
    event, dial_in = row
    span = Timespan(event.starts_at, event.ends_at) if event.starts_at and event.ends_at else None
    return EventNotice(
        event_id=event.id,
        title=event.title,
        span=span,
        timezone=event.timezone,
        place=event.place,
        sequence=event.sequence,
        dial_in=dial_in or "",
        is_online=event.mode != Mode.IN_PERSON,
        is_all_day=event.is_all_day,
        is_cancelled=event.status == EventStatus.CANCELLED,
    )


def return_note(db: Session, event_id: UUID) -> str:
    """Returns what the presidency wrote when it last returned the event; "" when it never did."""
    return step_note(db, event_id, "return")


def step_note(db: Session, event_id: UUID, step: str) -> str:
    """Returns what was written when a step of the event's life was last taken; "" where nothing
    was.
    """
    said = select(EventStep.note).where(EventStep.event_id == event_id, EventStep.step == step)
    return db.scalar(said.order_by(EventStep.id.desc()).limit(1)) or ""


def recipient_of(
    person: Person, account_email: str | None, wish: MailWish | None, guest_bits: str | None = None
) -> Recipient | None:
    address = person.email or account_email
    if not address:
        return None
    language = as_language(person.language)
    return Recipient(
        person_id=person.id,
        name=person.full_name,
        address=address,
        language=language,
        timezone=person.timezone,
        wishes=wishes_of(wish),
        guest_bits=guest_bits or "",
    )


def wishes_of(wish: MailWish | None) -> Wishes:
    if wish is None:
        return ALL_LETTERS
    return Wishes(
        week=wish.week,
        day=wish.day,
        hour=wish.hour,
        calendar=wish.calendar,
        attachment=wish.attachment,
        letters=wish.letters,
        changed_at=wish.changed_at,
    )


def place_of(registration: Registration, to: Recipient) -> RegistrationState:
    """An answer of before the place was given once more says nothing about it."""
    r = registration
    is_fresh = r.answered_at is not None and r.answered_at >= r.changed_at
    partstat = r.partstat if is_fresh else ""
    return RegistrationState(
        to=to,
        status=RegistrationStatus(r.status),
        changed_at=r.changed_at,
        origin=r.origin,
        partstat=partstat,
        turns=r.invitation_turns,
        own_url=r.own_url,
    )


def with_part(
    place: RegistrationState, roles: tuple[PersonRole, ...], part: NamedPart | None
) -> RegistrationState:
    """The same with what the person is named as: each has one invitation, whose turns are those of
    place and part.
    """
    if part is None:
        return replace(place, roles=roles)
    return replace(
        place,
        roles=roles,
        changed_at=max(place.changed_at, part.changed_at),
        partstat=place.partstat if place.status is RegistrationStatus.REGISTERED else part.partstat,
        turns=place.turns + part.turns,
    )


def _place_or_none(registration: Registration | None, to: Recipient) -> RegistrationState:
    return (
        place_of(registration, to)
        if registration
        else RegistrationState(to=to, status=None, changed_at=LONG_AGO, origin=NAMED)
    )


def _beside_registration(event_id: UUID) -> Select[Person, str, MailWish, str, Registration | None]:
    beside = and_(Registration.person_id == Person.id, Registration.event_id == event_id)
    return people().outerjoin(Registration, beside).add_columns(Registration)
