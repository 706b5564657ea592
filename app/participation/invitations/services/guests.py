"""Guests: somebody with a key and no account registers for one event, cancels, registers again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.email_address import is_email
from app.infra.installation import secret_keys
from app.kernel.actor import ANONYMOUS, Actor
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.participation.invitations.facts import GuestLinkAsked, GuestRegistered
from app.participation.invitations.queries.guests import LONGEST_KEY, GuestSeat, as_actor, came_by
from app.participation.invitations.rules import (
    GUEST,
    NO_EMAIL,
    NO_NAME,
    HasAnotherRegistration,
    LinkTerm,
    digest,
    new_key,
    opened_key,
    require_not_full,
    require_takes_guests,
    unprintable,
)
from app.participation.invitations.values import GuestDraft
from app.participation.registrations.models import Guest, Invitation
from app.participation.registrations.queries.entitlement import registered_there
from app.participation.registrations.rules import require_not_over
from app.participation.registrations.services.registering import (
    cancel_registration,
    register_person,
    registration_of,
)
from app.participation.registrations.values import (
    ACTIVE,
    WITH_KEY,
    ConsentPurpose,
    Origin,
    RegistrationStatus,
    Way,
)
from app.people.directory.models import Country, Person
from app.people.directory.rules.people import sort_key
from app.planning.events.models import Event
from app.planning.events.queries.locking import locked_event
from app.planning.events.values import EventStatus

Agreed = tuple[str, Collection[ConsentPurpose]]
"""The version of the consent that was read, and the purposes agreed to."""


@dataclass(frozen=True)
class RegisteredGuest:
    """`key` opens the guest's page. "" when the address was a guest's already who sent another
    form, or is that of somebody registered with an account: that mailbox hears it, and whoever
    typed the address does not.
    """

    key: str
    status: RegistrationStatus | None
    is_new: bool


def register_guest(
    db: Session,
    *,
    token: str,
    draft: GuestDraft,
    consent_version: str,
    purposes: Collection[ConsentPurpose],
    now: datetime,
) -> RegisteredGuest:
    """Registers a guest by a key: one guest for each address and event, whatever the clicks.
    Whoever asks at the same time waits at the event.

    Refuses an unknown key (missing), a dead or withdrawn one (gone), a full or closed one, and bad
    answers by field.
    """
    invitation, event = _open(db, token, now)
    if invitation.way == Way.GUEST:
        draft = GuestDraft(
            name=draft.name,
            organisation=draft.organisation,
            email=invitation.email,
            country_code=draft.country_code,
            language=draft.language,
            form_key=draft.form_key,
        )
    _require_sound(draft)
    agreed = (consent_version, purposes)
    other = registered_there(db, event.id, draft.email.lower())
    if other is not None:
        journal.record(db, GuestLinkAsked(event.id, other), actor=ANONYMOUS, now=now)
        return RegisteredGuest("", None, is_new=False)
    known = db.scalar(
        select(Guest).where(Guest.event_id == event.id, Guest.email == draft.email.lower())
    )
    if known is not None:
        return _known(db, known, invitation=invitation, draft=draft, agreed=agreed, now=now)
    _count_in(db, invitation)
    guest, actor = _new_guest(db, invitation, event=event, draft=draft, now=now)
    journal.record(
        db, GuestRegistered(event.id, guest.person_id, invitation.id), actor=actor, now=now
    )
    status = _register(db, actor, event_id=event.id, agreed=agreed, now=now)
    return RegisteredGuest(_key_of(db, guest), status, is_new=True)


def register_again(
    db: Session,
    *,
    seat: GuestSeat,
    consent_version: str,
    purposes: Collection[ConsentPurpose],
    now: datetime,
) -> RegistrationStatus:
    """Registers a guest again, from their own page, after they cancelled; they wait if the event is
    full meanwhile. Refuses guests who are registered with an account too (HasAnotherRegistration), and who came
    by a link that was withdrawn or has closed (gone).
    """
    locked_event(db, actor=seat.actor, event_id=seat.event_id, is_bound=True)
    guest = db.get_one(Guest, seat.person_id)
    if registered_there(db, seat.event_id, guest.email or "") is not None:
        raise HasAnotherRegistration
    _come_back(db, guest, now)
    return _register(
        db, seat.actor, event_id=seat.event_id, agreed=(consent_version, purposes), now=now
    )


def cancel_guest(db: Session, *, seat: GuestSeat, now: datetime) -> bool:
    return cancel_registration(
        db, actor=seat.actor, event_id=seat.event_id, person_id=seat.person_id, now=now
    )


def _open(db: Session, token: str, now: datetime) -> tuple[Invitation, Event]:
    """Returns the invitation and its event, whose row is locked, so that those who register by the
    link and for the event are counted one after the other.
    """
    query = select(Invitation).where(
        Invitation.token_sha256 == digest(token[:LONGEST_KEY]), Invitation.way.in_(WITH_KEY)
    )
    invitation = db.scalar(query)
    if invitation is None:
        raise NotFound
    locked = select(Event).where(Event.id == invitation.event_id, Event.published_at.is_not(None))
    event = db.scalar(locked.with_for_update(of=Event, key_share=True))
    if event is None:
        raise NotFound
    db.refresh(invitation)
    require_takes_guests(
        LinkTerm(event.ends_at),
        is_revoked=invitation.revoked_at is not None,
        closes_at=invitation.closes_at,
        now=now,
    )
    require_not_over(EventStatus(event.status), event.ends_at, now)
    return invitation, event


def _known(
    db: Session,
    guest: Guest,
    invitation: Invitation,
    draft: GuestDraft,
    *,
    agreed: Agreed,
    now: datetime,
) -> RegisteredGuest:
    if _comes_anew(db, guest, invitation=invitation, now=now):
        guest.invitation_id = invitation.id  # else none of the guest's links would work again
        db.flush()
    is_own = invitation.way == Way.GUEST and guest.invitation_id == invitation.id
    actor = as_actor(db.get_one(Person, guest.person_id))
    if is_own or guest.form_sha256 == digest(draft.form_key):
        _come_back(db, guest, now)
        status = _register(db, actor, event_id=guest.event_id, agreed=agreed, now=now)
        return RegisteredGuest(_key_of(db, guest), status, is_new=False)
    _key_of(db, guest)  # the letter that follows must have one that it can bear
    journal.record(db, GuestLinkAsked(guest.event_id, guest.person_id), actor=actor, now=now)
    return RegisteredGuest("", None, is_new=False)


def _key_of(db: Session, guest: Guest) -> str:
    """Returns the key of a guest's own page: another one where no listed key of the site opens the
    one they had, whose link then ends.
    """
    key = opened_key(guest.sealed_key, own=secret_keys(db), purpose=GUEST)
    if key:
        return key
    link = new_key(secret_keys(db), GUEST)
    guest.sealed_key, guest.token_sha256 = link.sealed, link.sha256
    db.flush()
    return link.key


def _comes_anew(db: Session, guest: Guest, invitation: Invitation, now: datetime) -> bool:
    """Returns True when the guest's personal invitation was withdrawn and there is a new one; or
    the guest's open link no longer works, and they are not registered.
    """
    before = db.get_one(Invitation, guest.invitation_id)
    if before.way == Way.GUEST:
        return invitation.way == Way.GUEST and before.revoked_at is not None
    is_closed = before.closes_at is not None and before.closes_at <= now
    return (is_closed or before.revoked_at is not None) and not _is_active(db, guest)


def _is_active(db: Session, guest: Guest) -> bool:
    registration = registration_of(db, guest.event_id, guest.person_id)
    return registration is not None and registration.status in ACTIVE


def _count_in(db: Session, invitation: Invitation) -> None:
    """Counts one more guest of an open link, or raises LinkFull. Wants the event's row locked."""
    if invitation.way == Way.LINK:
        invitation.taken = db.scalar(select(came_by(invitation.id))) or 0
        require_not_full(invitation.places, invitation.taken)
        invitation.taken += 1


def _come_back(db: Session, guest: Guest, now: datetime) -> None:
    """Registers a guest who cancelled once more, by the same invitation or link. Wants
    the event's row locked.
    """
    if _is_active(db, guest):
        return
    invitation = db.get_one(Invitation, guest.invitation_id, populate_existing=True)
    ends_at = db.scalar(select(Event.ends_at).where(Event.id == guest.event_id))
    require_takes_guests(
        LinkTerm(ends_at),
        is_revoked=invitation.revoked_at is not None,
        closes_at=invitation.closes_at,
        now=now,
    )
    _count_in(db, invitation)


def _register(
    db: Session, actor: Actor, event_id: UUID, agreed: Agreed, now: datetime
) -> RegistrationStatus:
    assert actor.person_id is not None  # noqa: S101 - a guest is a person
    return register_person(
        db,
        actor=actor,
        event_id=event_id,
        person_id=actor.person_id,
        origin=Origin.GUEST,
        consent_version=agreed[0],
        purposes=agreed[1],
        now=now,
    ).status


def _new_guest(
    db: Session,
    invitation: Invitation,
    event: Event,
    draft: GuestDraft,
    *,
    now: datetime,
) -> tuple[Guest, Actor]:
    country = db.get(Country, draft.country_code) if draft.country_code else None
    person = Person(
        full_name=draft.name,
        sort_key=sort_key(draft.name),
        email=draft.email.lower(),
        is_guest=True,
        organisation=draft.organisation,
        country_code=country.code if country else None,
        language=draft.language,
        timezone=country.timezone if country else event.timezone,
    )
    db.add(person)
    db.flush()
    link = new_key(secret_keys(db), GUEST)
    guest = Guest(
        person_id=person.id,
        event_id=event.id,
        invitation_id=invitation.id,
        email=draft.email.lower(),
        sealed_key=link.sealed,
        token_sha256=link.sha256,
        form_sha256=digest(draft.form_key),
        created_at=now,
    )
    db.add(guest)
    db.flush()
    return guest, as_actor(person)


def _require_sound(draft: GuestDraft) -> None:
    errors = {}
    if not draft.name:
        errors["name"] = Sentence(NO_NAME)
    errors |= unprintable(name=draft.name, organisation=draft.organisation)
    if not is_email(draft.email):
        errors["email"] = Sentence(NO_EMAIL)
    if errors:
        raise InvalidInput(errors)
