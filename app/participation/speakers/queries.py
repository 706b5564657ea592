"""Speakers of an event for its readers and its planners, and who stands behind a key."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, undefer

from app.infra.exchange import SealedColumn
from app.kernel.actor import ANONYMOUS, Actor
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText, as_language
from app.participation.invitations.rules import SPEAKER, LinkUnknown, digest
from app.participation.materials.models import Material
from app.participation.speakers import policy, rules
from app.participation.speakers.models import OutsideSpeaker
from app.participation.speakers.values import SpeakerPage, SpeakerPlace, SpeakerShown, SpeakerState
from app.people.directory.models import Person
from app.planning.events.models import Event, EventBrief, EventSession
from app.planning.events.queries.events import details, event_of
from app.planning.events.values import EventDetail

LONGEST_KEY = 100
SPEAKER_KEYS = SealedColumn("links of speakers", OutsideSpeaker.sealed_key, SPEAKER)
OF_EVENT = (
    select(OutsideSpeaker, Person)
    .join(Person, Person.id == OutsideSpeaker.person_id)
    .where(OutsideSpeaker.event_id == bindparam("event_id"), OutsideSpeaker.taken_out_at.is_(None))
    .order_by(Person.sort_key, Person.id)
)
BY_KEY = (
    select(OutsideSpeaker, Person, Event.ends_at)
    .join(Person, Person.id == OutsideSpeaker.person_id)
    .join(Event, Event.id == OutsideSpeaker.event_id)
    .where(OutsideSpeaker.token_sha256 == bindparam("token"))
)


def speakers_of(db: Session, *, event: EventDetail, may_name: bool) -> tuple[SpeakerShown, ...]:
    """Returns who confirmed, for whoever may see the event. Its planners (`may_name`) see all of
    them, with their addresses.
    """
    rows = db.execute(OF_EVENT, {"event_id": event.id})
    shown = (_shown(row, person, with_email=may_name) for row, person in rows)
    return tuple(one for one in shown if may_name or one.state is SpeakerState.CONFIRMED)


def event_to_name_for(db: Session, *, actor: Actor, event_id: UUID) -> EventDetail:
    """Refuses who does not plan it."""
    event = event_of(db, actor=actor, event_id=event_id)
    policy.require_may_name_for(actor, event)
    return event


def photo_of(db: Session, *, actor: Actor, event_id: UUID, person_id: int) -> bytes:
    """Returns a photo for whoever may see the speaker; refuses everybody else as if there were
    none.
    """
    event = event_of(db, actor=actor, event_id=event_id)
    row = db.get(OutsideSpeaker, person_id, options=[undefer(OutsideSpeaker.photo)])
    if row is None or row.event_id != event_id or row.taken_out_at is not None or not row.photo:
        raise NotFound
    is_public = row.state == SpeakerState.CONFIRMED and event.published_at is not None
    if not is_public and not policy.may_name_for(actor, event):
        raise NotFound
    return row.photo


def speaker_by_key(db: Session, token: str, *, now: datetime) -> SpeakerPlace:
    """Refuses an unknown key as if there were nothing, a dead one as gone."""
    row = db.execute(BY_KEY, {"token": digest(token[:LONGEST_KEY])}).one_or_none()
    if row is None:
        raise LinkUnknown
    speaker, _person, ends_at = row
    rules.require_alive(ends_at, speaker.taken_out_at, now)
    return SpeakerPlace(speaker.person_id, speaker.event_id)


def photo_by_key(db: Session, token: str, *, now: datetime) -> bytes:
    """Returns the speaker's own photo."""
    place = speaker_by_key(db, token, now=now)
    row = db.get(OutsideSpeaker, place.person_id, options=[undefer(OutsideSpeaker.photo)])
    if row is None or not row.photo:
        raise NotFound
    return row.photo


def speaker_page(db: Session, place: SpeakerPlace) -> SpeakerPage:
    """Returns the speaker's page, also of a draft and of a confidential event: the key was given to
    this speaker for it.
    """
    events = details(db, select(Event).where(Event.id == place.event_id), actor=ANONYMOUS)
    row, person = db.get(OutsideSpeaker, place.person_id), db.get(Person, place.person_id)
    if not events or row is None or person is None:
        raise NotFound
    shown = _shown(row, person, with_email=True)
    return SpeakerPage(events[0], shown, as_language(person.language))


def is_named(db: Session, event_id: UUID, email: str) -> bool:
    """Returns True when somebody with this address is named for the event from outside."""
    query = (
        select(OutsideSpeaker.person_id)
        .join(Person, Person.id == OutsideSpeaker.person_id)
        .where(
            OutsideSpeaker.event_id == event_id,
            OutsideSpeaker.taken_out_at.is_(None),
            func.lower(Person.email) == email.lower(),
        )
    )
    return db.scalar(query.limit(1)) is not None


def has_protected(db: Session, event_id: UUID) -> bool:
    """Returns True when somebody is named for the event who speaks under a chosen name."""
    query = select(OutsideSpeaker.person_id).where(
        OutsideSpeaker.event_id == event_id,
        OutsideSpeaker.taken_out_at.is_(None),
        OutsideSpeaker.is_protected,
    )
    return db.scalar(query.limit(1)) is not None


def texts_naming(db: Session, *, event_id: UUID, person_id: int) -> tuple[str, ...]:
    """Returns which texts of the event hold the speaker's name, such as `rules.IN_AGENDA`."""
    name = db.get_one(Person, person_id).full_name
    texts = {
        rules.IN_EVENT: select(Event.title, Event.summary).where(Event.id == event_id),
        rules.IN_BRIEF: select(EventBrief.concept, EventBrief.objectives, EventBrief.contact).where(
            EventBrief.event_id == event_id
        ),
        rules.IN_AGENDA: select(EventSession.title, EventSession.notes).where(
            EventSession.event_id == event_id
        ),
        rules.IN_MATERIALS: select(Material.title, Material.theme, Material.filename).where(
            Material.event_id == event_id, Material.withdrawn_at.is_(None)
        ),
    }
    return tuple(
        place
        for place, query in texts.items()
        if any(
            rules.is_named_in(said, name)
            for row in db.execute(query)
            for text in row
            for said in (text.values() if isinstance(text, LocalizedText) else (text,))
        )
    )


def asked_speaker(db: Session, person_id: int) -> OutsideSpeaker | None:
    """Returns the row for a letter; None for people who were taken out or have a chosen name."""
    row = db.get(OutsideSpeaker, person_id)
    return None if row is None or row.taken_out_at is not None or row.is_protected else row


def guests_who_speak(db: Session, *, before: datetime) -> Sequence[tuple[int, str]]:
    """Returns number and name of the speakers of events that ended before that instant."""
    rows = db.execute(
        select(Person.id, Person.full_name)
        .join(OutsideSpeaker, OutsideSpeaker.person_id == Person.id)
        .join(Event, Event.id == OutsideSpeaker.event_id)
        .where(Event.ends_at < before)
        .order_by(Person.id)
    )
    return [(person_id, name) for person_id, name in rows]


def _shown(row: OutsideSpeaker, person: Person, *, with_email: bool) -> SpeakerShown:
    return SpeakerShown(
        person_id=person.id,
        name=person.full_name,
        organisation=person.organisation,
        lines=row.lines,
        has_photo=row.has_photo,
        state=SpeakerState(row.state),
        asked_at=row.asked_at,
        email=person.email if with_email else "",
        is_protected=row.is_protected,
    )


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns the person's part in an event from outside. The key is nobody's to take along."""
    row = db.get(OutsideSpeaker, person_id, options=[undefer(OutsideSpeaker.photo)])
    if row is None:
        return {"speaker": None}
    return {
        "speaker": {
            "event": str(row.event_id),
            "state": row.state,
            "is_protected": row.is_protected,
            "lines": row.lines.as_dict(),
            "photo_jpeg": b64encode(row.photo).decode() if row.photo else None,
            "asked_at": row.asked_at.isoformat(),
            "answered_at": row.answered_at.isoformat() if row.answered_at else None,
            "taken_out_at": row.taken_out_at.isoformat() if row.taken_out_at else None,
        }
    }
