"""Writing an event's brief, and giving it a room to meet in."""

import secrets
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.seen import require_as_seen
from app.kernel.text import N_
from app.people.directory.queries.reference import is_institution
from app.planning.arranging.services.loading import open_event
from app.planning.arranging.services.planning import change_event
from app.planning.events.facts import EventChanged
from app.planning.events.models import EventBrief
from app.planning.events.queries.events import brief_of
from app.planning.events.queries.references import draft_of
from app.planning.events.rules.joining import room_address
from app.planning.events.values import Brief
from app.planning.scheduling import services as scheduling

UNKNOWN_INSTITUTION = N_("Choose one from the list.")
ROOM_BYTES = 18


def write_brief(
    db: Session, *, actor: Actor, event_id: UUID, brief: Brief, now: datetime, seen: str = ""
) -> None:
    """Replaces the event's brief; the same again changes nothing. For its planners, until it is
    closed.

    `seen`: the mark of the brief that the writer began from; refuses ChangedMeanwhile when it is
    another now.
    """
    scheduling.lock(db)
    event = open_event(db, actor, event_id)
    standing = brief_of(db, event_id=event_id).brief
    if standing == brief:
        return
    require_as_seen(seen, standing)
    if brief.institution_id is not None and not is_institution(db, brief.institution_id):
        raise InvalidInput({"institution": Sentence(UNKNOWN_INSTITUTION)})
    row = EventBrief(
        event_id=event.id,
        concept=brief.concept,
        objectives=brief.objectives,
        institution_id=brief.institution_id,
        contact=brief.contact,
        languages=" ".join(brief.languages),
        interpretation=" ".join(brief.interpretation),
        dial_in=brief.dial_in,
        recording_url=brief.recording_url,
    )
    db.merge(row)
    db.flush()
    journal.record(db, EventChanged(event.id), actor=actor, now=now)


def make_room(db: Session, *, actor: Actor, event_id: UUID, server: str, now: datetime) -> str:
    """Fills the link to join with a new Jitsi room on that server and returns it; one that is there
    already stays.
    """
    scheduling.lock(db)
    draft = draft_of(db, open_event(db, actor, event_id))
    if draft.join_url:
        return draft.join_url
    url = room_address(server, secrets.token_urlsafe(ROOM_BYTES))
    change_event(db, actor=actor, event_id=event_id, draft=replace(draft, join_url=url), now=now)
    return url
