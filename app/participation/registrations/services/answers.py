"""Answers to an invitation from the attendee's calendar: noted, or the registration cancelled."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import ANONYMOUS, Actor
from app.kernel.refusal import NotFound
from app.kernel.text import as_language
from app.participation.registrations.facts import InvitationAnswered
from app.participation.registrations.models import Registration
from app.participation.registrations.queries.registrations import answered_in, asked_in
from app.participation.registrations.rules import CalendarReply, Effect, effect_of, moment_of
from app.participation.registrations.services.registering import (
    cancel_registration,
    registration_of,
)
from app.participation.registrations.values import RegistrationStatus
from app.people.directory.queries.people import person_of
from app.planning.events.models import Event, NamedPart
from app.planning.events.queries.life import history_of
from app.planning.events.queries.locking import locked_event
from app.planning.events.rules.history import sequence_for
from app.planning.events.values import EventStatus


def answer_invitation(
    db: Session, *, event_id: UUID, person_id: int, answer: CalendarReply, now: datetime
) -> Effect:
    """Records the answer in the person's own name, who proved it by the key in the address.
    Declining cancels the registration. An answer heard before, an older one and one to another time
    change nothing. Who has a part in the programme and is not registered answers for the part.

    Refuses an acceptance without a registration (NoRegistrationToAnswerFor) and, once the event has
    started, cancelling.
    """
    actor = _actor_of(db, person_id)
    event = locked_event(db, actor=actor, event_id=event_id, is_bound=True)
    row = registration_of(db, event_id, person_id)
    status = RegistrationStatus(row.status) if row else None
    part = db.get(NamedPart, (event_id, person_id))
    if part is not None and part.roles and status is not RegistrationStatus.REGISTERED:
        return _answer_for_part(db, event, part=part, row=row, answer=answer, actor=actor, now=now)
    heard = row.answered_at if row else None
    sequence = sequence_for(event.sequence, row.invitation_turns if row else 0)
    as_good = _as_good(db, event, row) if row is not None and answer.sequence < sequence else ()
    heard_of = _heard_of(db, event, row) if row is not None and heard is not None else 0
    effect = effect_of(
        answer,
        status=status,
        sequence=sequence,
        answered_at=heard,
        now=now,
        heard_of=heard_of,
        as_good=as_good,
    )
    if row is None or effect not in (Effect.NOTED, Effect.CANCELLED):
        return effect
    at = moment_of(answer, now)
    row.partstat, row.answered_at = answer.partstat.value, at
    db.flush()
    journal.record(
        db,
        InvitationAnswered(
            event_id=event_id, person_id=person_id, partstat=answer.partstat.value, answered_at=at
        ),
        actor=actor,
        now=now,
    )
    if effect is Effect.CANCELLED:
        cancel_registration(db, actor=actor, event_id=event_id, person_id=person_id, now=now)
    return effect


def _answer_for_part(
    db: Session,
    event: Event,
    part: NamedPart,
    row: Registration | None,
    answer: CalendarReply,
    *,
    actor: Actor,
    now: datetime,
) -> Effect:
    """Notes the answer of somebody who is in the programme and not in the list. Declining takes
    nobody out of the programme; whoever planned the event hears of it and decides.
    """
    sequence = sequence_for(event.sequence, part.turns + (row.invitation_turns if row else 0))
    at = moment_of(answer, now)
    if part.answered_at is not None and at <= part.answered_at:
        return Effect.ALREADY_KNOWN
    if answer.sequence < sequence:
        return Effect.OUTDATED
    part.partstat, part.answered_at = answer.partstat.value, at
    db.flush()
    journal.record(
        db,
        InvitationAnswered(
            event_id=event.id,
            person_id=part.person_id,
            partstat=answer.partstat.value,
            answered_at=at,
        ),
        actor=actor,
        now=now,
    )
    return Effect.NOTED


def _heard_of(db: Session, event: Event, row: Registration) -> int:
    """Returns the greatest SEQUENCE that the attendee's last answer can be about: whoever asked
    again since has turned twice at least.
    """
    entry, turns = answered_in(db, event.id, row.person_id), row.invitation_turns
    is_turned = asked_in(db, event.id, row.person_id) > entry
    return sequence_for(history_of(db, event).sequence_at(entry), turns - 2 if is_turned else turns)


def _as_good(db: Session, event: Event, row: Registration) -> Collection[int]:
    """Returns what an event that moved and moved back was told at before, since the person last
    asked to come: no letter tells of a move that came to nothing, so the calendar goes on answering
    to it.
    """
    if event.status != EventStatus.PUBLISHED:
        return ()
    history, turns = history_of(db, event), row.invitation_turns
    since = history.sequence_at(asked_in(db, event.id, row.person_id))
    return [
        sequence_for(one, turns)
        for one in range(since, event.sequence)
        if history.is_same(one, event.sequence)
    ]


def _actor_of(db: Session, person_id: int) -> Actor:
    """Returns the person alone as an actor, without roles: nobody is signed in."""
    person = person_of(db, person_id)
    if person is None:
        raise NotFound
    return replace(
        ANONYMOUS,
        person_id=person.id,
        name=person.full_name,
        language=as_language(person.language),
        timezone=person.timezone,
        country=person.country_code or "",
    )
