"""Letters to people who take part in an event: about their registration, about their part in the
programme, and to speakers from outside.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.installation import site_address
from app.infra.journal import CannotSucceed, Entry, JournalEntry
from app.infra.platform import platform
from app.kernel.actor import Actor
from app.office.notifications import queries
from app.office.notifications.queries import position_in_line, state_in
from app.office.notifications.tasks.letters import (
    calendar_file,
    cancellations,
    draft,
    event_page,
    public_page,
    requests,
    write,
)
from app.office.notifications.values import EventNotice, RegistrationState
from app.office.notifications.wording.letters import (
    about_event,
    about_registration,
    compose,
    roles_text,
)
from app.office.outbox import services
from app.office.outbox.values import Letter
from app.participation.invitations.rules import SPEAKER, opened_key
from app.participation.registrations.rules import PartStat
from app.participation.registrations.values import ACTIVE, Origin, RegistrationStatus
from app.participation.speakers.facts import SpeakerAnswered, SpeakerAsked
from app.participation.speakers.queries import asked_speaker
from app.participation.speakers.values import SpeakerState

PENDING, WAITING, DECLINED = (
    RegistrationStatus.PENDING,
    RegistrationStatus.WAITING,
    RegistrationStatus.DECLINED,
)


def on_registration_made(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    _invite(db, entry, "registered", now=now)


def on_place_given(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    _invite(db, entry, "place-given", now=now)


def on_registration_waiting(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes to somebody on the waiting list, with the position at the time of writing."""
    event_id, person_id = _about(entry)
    position = position_in_line(db, event_id, person_id)
    if position is not None:
        _tell(db, entry, WAITING, now=now, position=position)


def on_registration_pending(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    _tell(db, entry, PENDING, now=now)


def on_registration_declined(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    _tell(db, entry, DECLINED, now=now)


def on_registration_cancelled(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes that a registration was cancelled, with the end of its invitation. No letter when the
    person has registered again in the meantime, because it would take away what a newer letter
    gave. People with a part in the programme keep the event in their calendar.
    """
    event_id, person_id = _about(entry)
    event, state = queries.event_notice(db, event_id), state_in(db, event_id, person_id)
    if event is None or state is None or state.status is not RegistrationStatus.CANCELLED:
        return
    letter = _letter("registration-cancelled", state, event)
    gone = {} if state.roles else cancellations(db, event_id, [state])
    write(
        db,
        entry,
        [(state.to, letter)],
        now=now,
        event_id=event_id,
        invitations=gone,
        sequence=event.sequence,
    )


def standing_now(
    db: Session,
    state: RegistrationState,
    event: EventNotice,
    *,
    instead: str,
    has_asked: bool,
) -> Letter | None:
    """Returns a letter with the state of the registration, in place of one that did not arrive.
    `has_asked`: the person registered or was registered by somebody; otherwise they were promoted
    from the waiting list. None for people who are not in the list any more.
    """
    if state.roles and state.status not in ACTIVE:
        return _letter("part-given", state, event, instead=instead)
    if state.status is RegistrationStatus.REGISTERED:
        kind = "registered" if has_asked else "place-given"
        return _letter(kind, state, event, instead=instead)
    if state.status is PENDING:
        return _letter(_kind_of(state), state, event, instead=instead)
    position = position_in_line(db, event.event_id, state.to.person_id)
    return (
        _letter("waiting", state, event, instead=instead, position=position) if position else None
    )


def _kind_of(state: RegistrationState) -> str:
    if state.status is PENDING and state.origin == Origin.NOMINATION:
        return "pending-nomination"
    return str(state.status)


def _letter(
    kind: str, state: RegistrationState, event: EventNotice, *, instead: str = "", position: int = 0
) -> Letter:
    return compose(
        kind,
        state.to,
        **about_registration(state, event, instead=instead),
        url=event_page(state.to, event.event_id),
        calendar_url=calendar_file(state.to, event.event_id),
        position=position,
    )


def _about(entry: JournalEntry) -> tuple[UUID, int]:
    return UUID(entry.payload["event_id"]), entry.payload["person_id"]


def _invite(db: Session, entry: JournalEntry, kind: str, *, now: datetime) -> None:
    """Writes that somebody is registered, with the invitation. No letter for people who cancelled
    before it could be written, nor when the event was cancelled, because the letter about that is
    the one to get.
    """
    event_id, person_id = _about(entry)
    event, state = queries.event_notice(db, event_id), state_in(db, event_id, person_id)
    if (
        event is None
        or event.is_cancelled
        or state is None
        or state.status is not RegistrationStatus.REGISTERED
    ):
        return
    letter = _letter(kind, state, event)
    invitations = requests(db, event_id, [state])
    write(
        db,
        entry,
        [(state.to, letter)],
        now=now,
        event_id=event_id,
        invitations=invitations,
        sequence=event.sequence,
    )


def _tell(
    db: Session,
    entry: JournalEntry,
    status: RegistrationStatus,
    *,
    now: datetime,
    position: int = 0,
) -> None:
    """Writes the kind of letter that is called like the status; none for who stands otherwise by
    the time it is written: the letter about that may have been written before.
    """
    event_id, person_id = _about(entry)
    event, state = queries.event_notice(db, event_id), state_in(db, event_id, person_id)
    if event is None or state is None or state.status is not status:
        return
    if not (event.is_cancelled and status in ACTIVE):
        letter = _letter(_kind_of(state), state, event, position=position)
        write(db, entry, [(state.to, letter)], now=now, event_id=event_id, sequence=event.sequence)


# Letters to the people named in the programme of an event: given a part, another one, none any
# more.


def on_part_given(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    _tell_of_part(db, entry, is_new=True, now=now)


def on_part_changed(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    _tell_of_part(db, entry, is_new=False, now=now)


def _tell_of_part(db: Session, entry: JournalEntry, *, is_new: bool, now: datetime) -> None:
    """Writes about a part in the programme. No letter for people who lost the part before it could
    be written, nor when there is nothing to come to.
    """
    event, state = _about_part(db, entry)
    if (
        event is None
        or state is None
        or not state.roles
        or event.is_cancelled
        or _is_over(event, now)
    ):
        return
    letter = _letter("part-given" if is_new else "part-changed", state, event)
    invitations = requests(db, event.event_id, [state])
    write(
        db,
        entry,
        [(state.to, letter)],
        now=now,
        event_id=event.event_id,
        invitations=invitations,
        sequence=event.sequence,
    )


def on_part_taken(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes that somebody has no part any more; no letter for people who have one again. People
    who are registered keep the event in their calendar.
    """
    event, state = _about_part(db, entry)
    if event is None or state is None or state.roles or event.is_cancelled or _is_over(event, now):
        return
    is_registered = state.status is RegistrationStatus.REGISTERED
    letter = compose(
        "part-taken",
        state.to,
        **about_registration(state, event),
        url=event_page(state.to, event.event_id),
    )
    gone = {} if is_registered else cancellations(db, event.event_id, [state])
    write(
        db,
        entry,
        [(state.to, letter)],
        now=now,
        event_id=event.event_id,
        invitations=gone,
        sequence=event.sequence,
    )


def on_invitation_answered(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes to whoever planned the event that somebody in its programme has declined."""
    event, state = _about_part(db, entry)
    owner = queries.owner_of(db, event.event_id) if event else None
    if event is None or state is None or owner is None or event.is_cancelled:
        return
    if (
        entry.payload["partstat"] != PartStat.DECLINED
        or not state.roles
        or owner.person_id == state.to.person_id
    ):
        return
    letter = compose(
        "part-declined",
        owner,
        **about_event(owner, event),
        person=state.to.known_as,
        roles=roles_text(owner.language, state.roles),
        url=public_page(event.event_id),
    )
    services.queue_messages(
        db, [draft(f"{entry.id}.owner", owner, letter, event_id=event.event_id)], now=now
    )


def _about_part(
    db: Session, entry: JournalEntry
) -> tuple[EventNotice | None, RegistrationState | None]:
    event_id = UUID(entry.payload["event_id"])
    return queries.event_notice(db, event_id), state_in(db, event_id, entry.payload["person_id"])


def _is_over(event: EventNotice, now: datetime) -> bool:
    return event.span is not None and event.span.ends_at <= now


def on_speaker_asked(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes to a speaker from outside. No letter for people who were taken out meanwhile, nor when
    there is nothing to speak at any more.
    """
    event = queries.event_notice(db, UUID(entry.payload["event_id"]))
    row = asked_speaker(db, entry.payload["person_id"])
    to = queries.recipient(db, entry.payload["person_id"])
    if event is None or row is None or to is None or event.is_cancelled or _is_over(event, now):
        return
    key = opened_key(row.sealed_key, own=platform().keys, purpose=SPEAKER)
    if not key:
        raise CannotSucceed("the key of this speaker's link cannot be read: ask them again")
    url = f"{site_address()}/speaker/{key}"
    letter = compose("speaker-asked", to, **about_event(to, event), url=url)
    drafted = draft(f"{entry.id}.{to.person_id}", to, letter, event_id=event.event_id)
    services.queue_messages(db, [drafted], now=now)


def on_speaker_protected(
    db: Session, entries: Sequence[Entry], *, actor: Actor, now: datetime
) -> None:
    """Deletes every letter to a speaker who gets a chosen name, and those that name them to whoever
    planned the event.
    """
    for entry in entries:
        person_id = db.get_one(JournalEntry, entry.id).payload["person_id"]
        speaker_facts = select(JournalEntry).where(
            JournalEntry.fact.in_([SpeakerAsked.__name__, SpeakerAnswered.__name__]),
            JournalEntry.subject_id == entry.subject_id,
        )
        causes = [
            fact.id for fact in db.scalars(speaker_facts) if fact.payload["person_id"] == person_id
        ]
        services.drop_letters_to(db, person_id=person_id)
        services.drop_letters_from(db, causes=causes)


def on_speaker_answered(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes to whoever planned the event that a speaker declined. A confirmation only appears on
    its page.
    """
    event = queries.event_notice(db, UUID(entry.payload["event_id"]))
    owner = queries.owner_of(db, event.event_id) if event else None
    who = queries.recipient(db, entry.payload["person_id"])
    is_refusal = entry.payload["state"] == SpeakerState.DECLINED
    if event is None or owner is None or who is None or event.is_cancelled or not is_refusal:
        return
    url = f"{public_page(event.event_id)}/speakers"
    letter = compose(
        "speaker-declined", owner, **about_event(owner, event), person=who.name, url=url
    )
    drafted = draft(f"{entry.id}.owner", owner, letter, event_id=event.event_id)
    services.queue_messages(db, [drafted], now=now)
