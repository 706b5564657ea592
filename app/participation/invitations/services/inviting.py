"""Inviting: one by one or by a pasted list, sending again with a new key, withdrawing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.installation import secret_keys
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.participation.invitations import policy, rules
from app.participation.invitations.facts import InvitationRevoked, InvitationSent
from app.participation.invitations.queries.nominations import requests_to_hand_on
from app.participation.invitations.values import GuestLine, InvitationClass, InvitationDraft
from app.participation.registrations.models import Guest, Invitation
from app.participation.registrations.rules import require_not_over
from app.participation.registrations.services.registering import cancel_registration
from app.participation.registrations.values import NAMING, WITH_KEY, Way
from app.people.directory.queries.people import is_official
from app.people.directory.queries.reference import group_id_of, is_country, is_institution
from app.planning.events.queries.events import event_of
from app.planning.events.queries.locking import locked_event
from app.planning.events.values import EventDetail, EventStatus

Key = TypeVar("Key")


@dataclass(frozen=True)
class Pasted:
    """`made`: the invitations that are new; `standing`: lines whose address was invited before."""

    made: tuple[int, ...]
    standing: tuple[GuestLine, ...]


def invite(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    draft: InvitationDraft,
    now: datetime,
) -> int:
    """Sends at once when the event is published, else when it will be. Refuses what stands already
    (AlreadyInvited) and whoever could not open a confidential event (ClosedMeeting).
    """
    event = _event(db, actor, event_id=event_id, now=now)
    draft = replace(draft, email=draft.email.lower())
    rules.require_sound(draft)
    needed = {person.id for person in event.people}
    rules.require_can_open(draft, is_confidential=event.is_confidential, needed=needed)
    target = rules.target_of(draft)
    if target is not None and target in _standing(db, event_id, [target]):
        raise rules.AlreadyInvited
    row = _row(db, event_id, draft, actor=actor, now=now)
    row.target = target
    return _made(db, event, row, actor=actor, now=now)


def invite_guests(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    invitation_class: InvitationClass,
    lines: Sequence[GuestLine],
    now: datetime,
) -> Pasted:
    """Invites a guest for each good line of a pasted list; an address that is invited already gets
    no second invitation.
    """
    event = _event(db, actor, event_id=event_id, now=now)
    drafts = [
        InvitationDraft(
            invitation_class,
            Way.GUEST,
            name=line.name,
            organisation=line.organisation,
            email=line.email,
            language=line.language,
        )
        for line in lines
    ]
    targets = [rules.target_of(draft) or "" for draft in drafts]
    before = _standing(db, event_id, targets)
    made: list[int] = []
    known_lines: list[GuestLine] = []
    for line, draft, target in zip(lines, drafts, targets, strict=True):
        if target in before:
            known_lines.append(line)
            continue
        row = _row(db, event_id, draft, actor=actor, now=now)
        row.target = target
        made.append(_made(db, event, row, actor=actor, now=now))
    return Pasted(tuple(made), tuple(known_lines))


@dataclass(frozen=True)
class InvitedCountries:
    """Codes: `made` of those that are new; `refused` with the sentence of each."""

    made: tuple[str, ...]
    refused: tuple[tuple[str, Sentence], ...]


def invite_countries(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    codes: Sequence[str],
    terms: InvitationDraft,
    now: datetime,
) -> InvitedCountries:
    """Invites several countries at once, each by its own rules; `terms` says all but the country.

    Refuses the whole where nobody could be invited so: an event that is over, a confidential one
    (ClosedMeeting), terms that are unsound (InvalidInput), and no country at all.
    """
    event = _event(db, actor, event_id=event_id, now=now)
    if not codes:
        raise InvalidInput({"country": Sentence(rules.NO_COUNTRY)})
    rules.require_can_open(terms, is_confidential=event.is_confidential, needed=())
    made: list[str] = []
    refused: list[tuple[str, Sentence]] = []
    for code in dict.fromkeys(codes):
        draft = replace(terms, way=Way.COUNTRY, country_code=code)
        rules.require_sound(draft)
        target = rules.target_of(draft) or ""
        if target in _standing(db, event_id, [target]):
            refused.append((code, rules.AlreadyInvited().sentence))
            continue
        row = _row(db, event_id, draft, actor=actor, now=now)
        row.target = target
        _made(db, event, row, actor=actor, now=now)
        made.append(code)
    return InvitedCountries(tuple(made), tuple(refused))


def send_again(
    db: Session, *, actor: Actor, event_id: UUID, invitation_id: int, now: datetime
) -> None:
    """Sends an invitation with a new key, so that a link that went astray stops working. Refuses
    before the event is published.
    """
    event = _event(db, actor, event_id=event_id, now=now)
    row = _invitation(db, event_id, invitation_id)
    if event.status is not EventStatus.PUBLISHED:
        raise rules.NotPublishedYet
    _give_key(db, row)
    row.sent_at = now
    db.flush()
    journal.record(db, InvitationSent(event_id, row.id), actor=actor, now=now)


def revoke(db: Session, *, actor: Actor, event_id: UUID, invitation_id: int, now: datetime) -> None:
    """Withdraws an invitation: its link is dead, and the registration of a guest who came by a
    personal one is cancelled. Who came by an open link stays.
    """
    event = event_of(db, actor=actor, event_id=event_id)
    policy.require_may_invite_to(actor, event.group_slugs, event.kind)
    locked_event(
        db, actor=actor, event_id=event_id
    )  # as whoever registers by it does: one of them comes first
    row = _invitation(db, event_id, invitation_id)
    row.revoked_at = now
    db.flush()
    journal.record(db, InvitationRevoked(event_id, row.id), actor=actor, now=now)
    if row.way == Way.GUEST and event.starts_at is not None and event.starts_at > now:
        for person_id in db.scalars(
            select(Guest.person_id).where(Guest.invitation_id == row.id)
        ).all():
            cancel_registration(db, actor=actor, event_id=event_id, person_id=person_id, now=now)


def send_waiting(db: Session, *, event_id: UUID, now: datetime) -> int:
    """Sends what was prepared before the event was published; returns how many."""
    waiting = select(Invitation).where(
        Invitation.event_id == event_id,
        Invitation.sent_at.is_(None),
        Invitation.revoked_at.is_(None),
    )
    rows = db.scalars(waiting.order_by(Invitation.id)).all()
    for row in rows:
        row.sent_at = now
        db.flush()
        journal.record(db, InvitationSent(event_id, row.id), actor=SYSTEM, now=now)
    return len(rows)


def ask_in_office(
    db: Session,
    *,
    country_code: str,
    person_id: int,
    today: date,
    sent_by: datetime,
    now: datetime,
) -> int:
    """Sends a country's requests for names to whoever answers for it from now on, and returns how
    many went out. Those that were sent after `sent_by` do not go again.
    """
    rows = requests_to_hand_on(
        db,
        country_code=country_code,
        person_id=person_id,
        today=today,
        sent_by=sent_by,
        now=now,
    )
    for row in rows:
        row.sent_at = now
        db.flush()
        journal.record(db, InvitationSent(row.event_id, row.id), actor=SYSTEM, now=now)
    return len(rows)


def _event(db: Session, actor: Actor, event_id: UUID, now: datetime) -> EventDetail:
    """Returns the event with its row locked: a second click finds what the first one made, and
    nobody publishes it in between.
    """
    locked_event(db, actor=actor, event_id=event_id)
    event = event_of(db, actor=actor, event_id=event_id)
    policy.require_may_invite_to(actor, event.group_slugs, event.kind)
    require_not_over(event.status, event.ends_at, now)
    return event


def _invitation(db: Session, event_id: UUID, invitation_id: int) -> Invitation:
    """Returns the invitation, locked, so that it is withdrawn or sent once at a time."""
    query = select(Invitation).where(
        Invitation.id == invitation_id, Invitation.event_id == event_id
    )
    row = db.scalar(query.with_for_update())
    if row is None:
        raise NotFound
    if row.revoked_at is not None:
        raise rules.NothingToRevoke
    return row


def _standing(db: Session, event_id: UUID, targets: Sequence[str]) -> set[str | None]:
    query = select(Invitation.target).where(
        Invitation.event_id == event_id,
        Invitation.revoked_at.is_(None),
        Invitation.target.in_(targets),
    )
    return set(db.scalars(query))


def _row(
    db: Session, event_id: UUID, draft: InvitationDraft, *, actor: Actor, now: datetime
) -> Invitation:
    """Refuses, at its field, a target that does not exist."""
    row = Invitation(
        event_id=event_id,
        invitation_class=draft.invitation_class,
        way=draft.way,
        name=draft.name,
        organisation=draft.organisation,
        email=draft.email,
        language=draft.language,
        places=draft.places,
        closes_at=draft.closes_at,
        respond_by=draft.respond_by,
        note=draft.note,
        created_at=now,
        taken=0,
        created_by=actor.account_id or None,
        keeps_open=draft.keeps_open and draft.way in NAMING,
    )
    if draft.way is Way.PERSON:
        is_known = is_official(db, draft.person_id)
        row.person_id = _known(draft.person_id if is_known else None, "person")
    elif draft.way is Way.INSTITUTION:
        is_known = draft.institution_id is not None and is_institution(db, draft.institution_id)
        row.institution_id = _known(draft.institution_id if is_known else None, "institution")
    elif draft.way is Way.GROUP:
        row.working_group_id = _known(group_id_of(db, draft.group), "group")
    elif draft.way is Way.COUNTRY:
        is_known = is_country(db, draft.country_code)
        row.country_code = _known(draft.country_code if is_known else None, "country")
    return row


def _known(key: Key | None, field: str) -> Key:
    if key is None:
        raise InvalidInput({field: Sentence(rules.WHO)})
    return key


def _made(db: Session, event: EventDetail, row: Invitation, *, actor: Actor, now: datetime) -> int:
    _give_key(db, row)
    is_public = event.status is EventStatus.PUBLISHED
    row.sent_at = now if is_public else None
    db.add(row)
    db.flush()
    if is_public:
        journal.record(db, InvitationSent(event.id, row.id), actor=actor, now=now)
    return row.id


def _give_key(db: Session, row: Invitation) -> None:
    if row.way in WITH_KEY:
        link = rules.new_key(secret_keys(db), rules.INVITATION)
        row.sealed_key, row.token_sha256 = link.sealed, link.sha256


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Deletes a guest's address and link; invitations in that name end. Nominations keep
    the number alone.
    """
    guest = db.get(Guest, person_id)
    named = [Invitation.person_id == person_id]
    if guest is not None:
        guest.email, guest.sealed_key = None, ""
        guest.token_sha256, guest.form_sha256 = rules.dead_hash(), rules.dead_hash()
        named = [Invitation.id == guest.invitation_id, Invitation.way == "guest"]
    for row in db.scalars(select(Invitation).where(*named)):
        row.name = row.organisation = row.email = row.note = ""
        row.target = row.token_sha256 = None
        row.sealed_key = ""
        row.revoked_at = row.revoked_at or now
    db.flush()
