"""Naming speakers from outside, asking them again, taking them out; and their own answer."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.database import forget_after
from app.infra.installation import secret_keys
from app.infra.pictures import NotAPicture, square_jpeg
from app.kernel.actor import ANONYMOUS, Actor
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.text import LocalizedText
from app.participation.invitations.rules import SPEAKER, dead_hash, new_key
from app.participation.materials.services import withdraw_recordings
from app.participation.registrations.rules import require_not_over
from app.participation.speakers import rules
from app.participation.speakers.facts import (
    SpeakerAnswered,
    SpeakerAsked,
    SpeakerProtected,
    SpeakerPutBack,
    SpeakerTakenOut,
)
from app.participation.speakers.models import OutsideSpeaker
from app.participation.speakers.queries import (
    event_to_name_for,
    has_protected,
    is_named,
    speaker_by_key,
    texts_naming,
)
from app.participation.speakers.values import SpeakerAnswer, SpeakerDraft, SpeakerState
from app.people.directory.services.people import add_guest, rename_guest
from app.planning.arranging.services.planning import allow_recording, keep_unrecorded
from app.planning.events.queries.locking import locked_event


def name_speaker(
    db: Session, *, actor: Actor, event_id: UUID, draft: SpeakerDraft, now: datetime
) -> int:
    """Makes a person of their own for this event, who is written to at once; returns its number.
    Somebody who speaks under a chosen name gets no letter and counts as confirmed, because the
    office asked them itself; the event then keeps no recording.

    Refuses bad answers by field, an event that is over, and an address that is named there already
    (NamedAlready).
    """
    event = event_to_name_for(db, actor=actor, event_id=event_id)
    require_not_over(event.status, event.ends_at, now)
    rules.require_sound(draft)
    if draft.is_protected:
        _keep_no_recording(db, actor=actor, event_id=event_id, now=now)
    locked_event(db, actor=actor, event_id=event_id)
    photo = _photo(draft.photo)
    if not draft.is_protected and is_named(db, event_id, draft.email):
        raise rules.NamedAlready
    person_id = add_guest(
        db,
        name=draft.name,
        email=draft.email,
        organisation=draft.organisation,
        language=draft.language,
        timezone=event.timezone,
    )
    link = new_key(secret_keys(db), SPEAKER)
    state = SpeakerState.CONFIRMED if draft.is_protected else SpeakerState.ASKED
    db.add(
        OutsideSpeaker(
            person_id=person_id,
            event_id=event_id,
            state=state.value,
            is_protected=draft.is_protected,
            lines=draft.lines,
            photo=photo,
            has_photo=photo is not None,
            sealed_key=link.sealed,
            token_sha256=link.sha256,
            created_by=actor.account_id or None,
            created_at=now,
            asked_at=now,
            answered_at=now if draft.is_protected else None,
        )
    )
    db.flush()
    fact = (
        SpeakerAnswered(event_id, person_id, state)
        if draft.is_protected
        else SpeakerAsked(event_id, person_id)
    )
    journal.record(db, fact, actor=actor, now=now)
    return person_id


def ask_again(db: Session, *, actor: Actor, event_id: UUID, person_id: int, now: datetime) -> None:
    """Asks with a new key: a link that went astray stops working."""
    event = event_to_name_for(db, actor=actor, event_id=event_id)
    require_not_over(event.status, event.ends_at, now)
    row = _named(db, event_id, person_id)
    if row.is_protected:
        raise NotFound
    link = new_key(secret_keys(db), SPEAKER)
    row.sealed_key, row.token_sha256, row.asked_at = link.sealed, link.sha256, now
    db.flush()
    journal.record(db, SpeakerAsked(event_id, person_id), actor=actor, now=now)


def protect_speaker(
    db: Session, *, actor: Actor, event_id: UUID, person_id: int, name: str, now: datetime
) -> None:
    """Puts a chosen name in the place of everything that is kept of a speaker who was named before
    (R73): their address, organisation, lines, photo, link and letters go, and so do the recordings
    of the event. It can be done after the event too.

    Refuses a name that is none, and while the earlier one stands in the event's own texts.
    """
    event_to_name_for(db, actor=actor, event_id=event_id)
    _keep_no_recording(db, actor=actor, event_id=event_id, now=now)
    row = _named(db, event_id, person_id)
    places = texts_naming(db, event_id=event_id, person_id=person_id)
    rules.require_chosen_name(name, still_named_in=places)
    forget_after(db)
    journal.record(db, SpeakerProtected(event_id, person_id), actor=actor, now=now)
    rename_guest(db, person_id=person_id, name=name)
    _forget_who(row)
    row.is_protected = True
    if row.state != SpeakerState.CONFIRMED:
        row.state, row.answered_at = SpeakerState.CONFIRMED.value, now
        fact = SpeakerAnswered(event_id, person_id, SpeakerState.CONFIRMED)
        journal.record(db, fact, actor=actor, now=now)
    db.flush()


def take_out(db: Session, *, actor: Actor, event_id: UUID, person_id: int, now: datetime) -> None:
    """Takes the speaker out of the event; their link is dead. Before the event begins, whoever spoke
    under a chosen name no longer keeps it from being recorded.
    """
    event = event_to_name_for(db, actor=actor, event_id=event_id)
    row = _named(db, event_id, person_id)
    row.taken_out_at = now
    db.flush()
    has_begun = event.starts_at is not None and event.starts_at <= now
    if row.is_protected and not has_begun and not has_protected(db, event_id):
        allow_recording(db, actor=actor, event_id=event_id)
    journal.record(db, SpeakerTakenOut(event_id, person_id), actor=actor, now=now)


def put_back(db: Session, *, actor: Actor, event_id: UUID, person_id: int, now: datetime) -> None:
    """Undoes `take_out`; their link works again."""
    event_to_name_for(db, actor=actor, event_id=event_id)
    row = db.get(OutsideSpeaker, person_id, with_for_update=True)
    if row is None or row.event_id != event_id:
        raise NotFound
    if row.taken_out_at is not None:
        row.taken_out_at = None
        db.flush()
        if row.is_protected:
            _keep_no_recording(db, actor=actor, event_id=event_id, now=now)
        journal.record(db, SpeakerPutBack(event_id, person_id), actor=actor, now=now)


def answer_as_speaker(
    db: Session, *, token: str, answer: SpeakerAnswer, now: datetime
) -> SpeakerState:
    """Keeps the speaker's own answer, words and photo, which they may change until the event is
    over; returns how they stand. Refuses a dead link (gone) and bad answers by field.
    """
    place = speaker_by_key(db, token, now=now)
    row = db.get_one(OutsideSpeaker, place.person_id, with_for_update=True)
    defects = rules.defects_of_lines(answer.lines)
    if defects:
        raise InvalidInput(defects)
    photo = _photo(answer.photo)
    row.lines = answer.lines
    if photo is not None or answer.drops_photo:
        row.photo, row.has_photo = photo, photo is not None
    if answer.state is not None and answer.state != row.state:
        row.state, row.answered_at = answer.state.value, now
        fact = SpeakerAnswered(row.event_id, row.person_id, row.state)
        journal.record(db, fact, actor=ANONYMOUS, now=now)
    db.flush()
    return SpeakerState(row.state)


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Words and photo go and the link is dead; that somebody spoke stays, under a number."""
    row = db.get(OutsideSpeaker, person_id)
    if row is not None:
        _forget_who(row)
        row.taken_out_at = row.taken_out_at or now
        db.flush()


def _forget_who(row: OutsideSpeaker) -> None:
    """Empties lines and photo; the link that was sent is dead."""
    row.lines, row.photo, row.has_photo = LocalizedText(), None, False
    row.sealed_key, row.token_sha256 = "", dead_hash()


def _keep_no_recording(db: Session, *, actor: Actor, event_id: UUID, now: datetime) -> None:
    """Takes away every recording of the event, in its brief and among its materials, and refuses
    one from now on.
    """
    keep_unrecorded(db, actor=actor, event_id=event_id, now=now)
    withdraw_recordings(db, event_id=event_id, actor=actor, now=now)


def _photo(content: bytes | None) -> bytes | None:
    if content is None:
        return None
    defect = rules.defect_of_size(content)
    try:
        return square_jpeg(content, side=rules.PHOTO_SIDE) if defect is None else _refuse(defect)
    except NotAPicture:
        return _refuse(Sentence(rules.NOT_A_PICTURE))


def _refuse(sentence: Sentence) -> bytes:
    raise InvalidInput({"photo": sentence})


def _named(db: Session, event_id: UUID, person_id: int) -> OutsideSpeaker:
    row = db.get(OutsideSpeaker, person_id, with_for_update=True)
    if row is None or row.event_id != event_id or row.taken_out_at is not None:
        raise NotFound
    return row
