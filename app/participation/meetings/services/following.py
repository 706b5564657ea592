"""A meeting follows its event in three steps: what is to do is written down, the program is asked
outside of any transaction, and what it answered is kept. Each step may be repeated.
"""

import json
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.meetings.port import BUSY, MeetingFailed, MeetingMade, MeetingOrder
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import NotAllowed, NotFound, Sentence
from app.kernel.text import languages
from app.participation.meetings import policy
from app.participation.meetings.facts import (
    MeetingAwaited,
    MeetingCancelled,
    MeetingCreated,
    MeetingMoved,
)
from app.participation.meetings.models import EventMeeting
from app.participation.meetings.queries import connection_row
from app.participation.meetings.rules import DISCONNECTED, next_act, report_due_at, wish_of
from app.participation.meetings.values import (
    Errands,
    EventWish,
    MeetingAct,
    MeetingState,
    MeetingTold,
)
from app.participation.registrations.services.own_links import drop_own_links
from app.planning.arranging.services.rooms import link_room
from app.planning.events.queries.events import event_of
from app.planning.events.queries.locking import locked_event
from app.planning.events.rules.joining import MeetingProvider

LEASE = timedelta(minutes=5)
"""Longer than asking a program can take: after it the worker that asked is taken for dead."""


def ask_again(db: Session, *, actor: Actor, event_id: UUID, now: datetime) -> None:
    """Lets the background try now what is to do, creating or the report, for whoever plans the
    event. Refuses everybody else.
    """
    event = event_of(db, actor=actor, event_id=event_id)
    if not policy.may_ask_for(actor, event.group_slugs, event.kind):
        raise NotAllowed
    row = db.get(EventMeeting, event_id, with_for_update=True)
    if row is not None and row.import_id is None and row.ends_at <= now:
        row.report_at, row.report_tries = now, 0
    journal.record(db, MeetingAwaited(event_id), actor=actor, now=now)


def take_up(db: Session, *, event_id: UUID, now: datetime) -> Errands | None:
    """Writes down what is about to be asked and returns it; None when there is nothing to do.
    Raises MeetingFailed while another worker is asking.
    """
    try:
        locked_event(db, actor=SYSTEM, event_id=event_id)
    except NotFound:
        return None
    event = event_of(db, actor=SYSTEM, event_id=event_id)
    wish = wish_of(event, event.title.in_(languages()[0]), now)
    row = db.get(EventMeeting, event_id, with_for_update=True)
    if row is not None and row.busy_until is not None and row.busy_until > now:
        raise MeetingFailed(BUSY, is_passing=True)
    act = next_act(wish, _told(row))
    if act is MeetingAct.NOTHING:
        if row is not None and not wish.is_over:
            row.problem = ""
        return None
    known = connection_row(db)
    if act is MeetingAct.CREATE:
        if known is None:
            return None
        if row is None or row.state == MeetingState.GONE or row.provider != known.provider:
            row = _asked(db, row or EventMeeting(event_id=event_id), known.provider, wish, now)
            was_asked = False
        else:
            was_asked = True
        row.topic, row.starts_at, row.ends_at = _wanted(wish)
    elif row is None or known is None or known.provider != row.provider:
        if row is not None:
            _tell(row, Sentence(DISCONNECTED), now)
        return None
    else:
        was_asked = True
    row.busy_until = now + LEASE
    db.flush()
    return Errands(
        event_id=event_id,
        act=act,
        provider=MeetingProvider(row.provider),
        sealed=known.sealed,
        external_id=row.external_id,
        was_asked=was_asked,
        order=_order(row, wish),
        busy_until=row.busy_until,
    )


def keep(db: Session, *, errand: Errands, made: MeetingMade | None, now: datetime) -> None:
    """Writes down what the program has done; `made`: the meeting it made or had made before."""
    event = locked_event(db, actor=SYSTEM, event_id=errand.event_id)
    row = _taken_up(db, errand)
    if row is None:
        return
    row.busy_until, row.problem, row.changed_at = None, "", now
    provider = row.provider
    if errand.act is MeetingAct.CANCEL:
        drop_own_links(db, event_id=row.event_id)
        row.state, row.report_at = MeetingState.GONE.value, None
        if not event.cancelled_at:
            link_room(
                db, actor=SYSTEM, event_id=row.event_id, url="", replaced=row.join_url, now=now
            )
        fact: MeetingCancelled | MeetingCreated | MeetingMoved
        fact = MeetingCancelled(row.event_id, provider)
        journal.record(db, fact, actor=SYSTEM, now=now)
        return
    order = errand.order
    row.topic, row.starts_at, row.ends_at = order.topic, order.starts_at, order.ends_at
    row.report_at, row.report_tries = report_due_at(order.ends_at, 0, now), 0
    if made is not None:
        row.external_id, row.join_url = made.external_id, made.join_url
        row.state, row.has_own_links = MeetingState.MADE.value, made.has_own_links
        journal.record(db, MeetingCreated(row.event_id, provider), actor=SYSTEM, now=now)
    elif errand.act is MeetingAct.MOVE:
        journal.record(db, MeetingMoved(row.event_id, provider), actor=SYSTEM, now=now)
    if not event.cancelled_at:
        link_room(db, actor=SYSTEM, event_id=row.event_id, url=row.join_url, replaced="", now=now)


def note_problem(db: Session, *, errand: Errands, sentence: Sentence, now: datetime) -> None:
    """Notes why the program did not do it; the meeting is free for another try."""
    row = _taken_up(db, errand)
    if row is not None:
        _tell(row, sentence, now)


def note_missing(db: Session, *, errand: Errands, now: datetime) -> None:
    """Notes that somebody removed the meeting in the program: it is as if it had been cancelled
    there.
    """
    event = locked_event(db, actor=SYSTEM, event_id=errand.event_id)
    row = _taken_up(db, errand)
    if row is None:
        return
    drop_own_links(db, event_id=row.event_id)
    row.state, row.busy_until, row.report_at, row.changed_at = (
        MeetingState.GONE.value,
        None,
        None,
        now,
    )
    if not event.cancelled_at:
        link_room(db, actor=SYSTEM, event_id=row.event_id, url="", replaced=row.join_url, now=now)


def _taken_up(db: Session, errand: Errands) -> EventMeeting | None:
    """Returns the meeting's row, locked, always after the event's; None when another worker has
    taken it up since.
    """
    row = db.get(EventMeeting, errand.event_id, with_for_update=True)
    if row is None or (row.key, row.busy_until) != (errand.order.key, errand.busy_until):
        return None
    return row


def _tell(row: EventMeeting, sentence: Sentence, now: datetime) -> None:
    row.problem = json.dumps([sentence.msgid, dict(sentence.params)])
    row.busy_until, row.changed_at = None, now


def _asked(
    db: Session, row: EventMeeting, provider: str, wish: EventWish, now: datetime
) -> EventMeeting:
    """Returns the row of a meeting nobody has been asked for yet, under a key of its own."""
    row.provider, row.key, row.state = provider, uuid4().hex, MeetingState.ASKED.value
    row.external_id, row.join_url, row.problem = "", "", ""
    row.has_own_links, row.links_busy_until = False, None
    row.topic, row.starts_at, row.ends_at = _wanted(wish)
    row.report_at, row.report_tries, row.import_id, row.changed_at = None, 0, None, now
    db.add(row)
    return row


def _wanted(wish: EventWish) -> tuple[str, datetime, datetime]:
    if wish.starts_at is None or wish.ends_at is None:
        raise ValueError("an event without hours wants no meeting")
    return wish.topic, wish.starts_at, wish.ends_at


def _order(row: EventMeeting, wish: EventWish) -> MeetingOrder:
    return MeetingOrder(
        key=row.key,
        topic=wish.topic,
        starts_at=wish.starts_at or row.starts_at,
        ends_at=wish.ends_at or row.ends_at,
        timezone=wish.timezone,
    )


def _told(row: EventMeeting | None) -> MeetingTold | None:
    if row is None:
        return None
    return MeetingTold(
        state=MeetingState(row.state),
        external_id=row.external_id,
        join_url=row.join_url,
        topic=row.topic,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )
