"""Connecting the office's account; meetings that follow events, own links, reports."""

import json
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.database import lock_by_name
from app.infra.meetings.port import BUSY, MeetingFailed, MeetingMade, MeetingOrder, OwnLink
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import NotAllowed, NotFound, Sentence
from app.kernel.text import languages
from app.participation.attendance.services.importing import upload_report
from app.participation.attendance.values import ParticipantReport
from app.participation.meetings import policy
from app.participation.meetings.facts import (
    MeetingAwaited,
    MeetingCancelled,
    MeetingCreated,
    MeetingMoved,
    MeetingReported,
    MeetingsConnected,
    MeetingsDisconnected,
    OwnLinkGiven,
    OwnLinkTaken,
)
from app.participation.meetings.models import EventMeeting, MeetingConnection
from app.participation.meetings.queries import (
    connection_row,
    is_ref_taken,
    links_to_give,
    links_to_take,
    meetings_in_trouble,
)
from app.participation.meetings.rules import DISCONNECTED, next_act, report_due_at, wish_of
from app.participation.meetings.values import (
    Errands,
    EventWish,
    LinkErrands,
    MeetingAct,
    MeetingState,
    MeetingTold,
    PersonToAdmit,
    PersonToDismiss,
)
from app.participation.registrations.services.registering import drop_own_links, keep_own_link
from app.planning.arranging.services.planning import link_room
from app.planning.events.queries.events import event_of
from app.planning.events.queries.locking import locked_event
from app.planning.events.rules.joining import MeetingProvider

# The office's account at a meeting program: entered, replaced, removed. The program has been asked
# before, outside of any transaction.

CONNECTION = "meeting-connection"


def connect(
    db: Session,
    *,
    actor: Actor,
    provider: MeetingProvider,
    sealed: str,
    host: str,
    ending: str,
    now: datetime,
) -> None:
    """Keeps the keys in place of any before. Meetings that were in trouble are tried again."""
    policy.require_may_connect(actor)
    lock_by_name(db, CONNECTION)
    db.execute(delete(MeetingConnection))
    db.add(
        MeetingConnection(
            provider=provider.value, sealed=sealed, host=host, ending=ending, checked_at=now
        )
    )
    db.flush()
    waiting = [MeetingAwaited(event_id) for event_id in meetings_in_trouble(db, now=now)]
    journal.record_all(db, [MeetingsConnected(provider.value), *waiting], actor=actor, now=now)


def disconnect(db: Session, *, actor: Actor, now: datetime) -> None:
    """Removes the keys; what was made with them stays in the program as it is."""
    policy.require_may_connect(actor)
    lock_by_name(db, CONNECTION)
    row = connection_row(db)
    if row is None:
        return
    journal.record(db, MeetingsDisconnected(row.provider), actor=actor, now=now)
    db.delete(row)


# A meeting follows its event in three steps: what is to do is written down, the program is asked
# outside of any transaction, and what it answered is kept. Each step may be repeated.

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
            row = _asked(
                db,
                row or EventMeeting(event_id=event_id),
                provider=known.provider,
                wish=wish,
                now=now,
            )
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


# Each registered person gets a link of their own, in three steps as a meeting does: what is to do is
# written down, the program is asked outside of any transaction, and each answer is kept at once. Who
# asks is alone with the links of the event.

LINKS_LEASE = timedelta(minutes=15)
"""Longer than a program takes for all people of one errand."""


def take_up_links(db: Session, *, event_id: UUID, now: datetime) -> LinkErrands | None:
    """Returns who is to get a link and whose is to be taken away; None when there is nothing to do.

    Raises MeetingFailed while another worker is at it.
    """
    row = db.get(EventMeeting, event_id, with_for_update=True)
    if row is None or not row.has_own_links or row.state != MeetingState.MADE or row.ends_at <= now:
        return None
    known = connection_row(db)
    if known is None or known.provider != row.provider:
        return None
    if row.links_busy_until is not None and row.links_busy_until > now:
        raise MeetingFailed(BUSY, is_passing=True)
    to_give = links_to_give(db, event_id=event_id, meeting=row.key)
    to_take = links_to_take(db, event_id=event_id, meeting=row.key)
    if not to_give and not to_take:
        return None
    row.links_busy_until = now + LINKS_LEASE
    return LinkErrands(
        event_id=event_id,
        meeting=row.key,
        provider=MeetingProvider(row.provider),
        sealed=known.sealed,
        external_id=row.external_id,
        to_give=to_give,
        to_take=to_take,
        busy_until=row.links_busy_until,
    )


def keep_link(
    db: Session,
    *,
    errand: LinkErrands,
    person: PersonToAdmit,
    link: OwnLink | None,
    now: datetime,
) -> bool:
    """Keeps what the program gave; None when it takes no such address. Two who share an address are
    one person there, so only the first gets the link. False when another worker has taken the links
    up since.
    """
    if _held(db, errand) is None:
        return False
    given = link
    if link is not None and is_ref_taken(db, event_id=errand.event_id, ref=link.ref):
        given = None
    keep_own_link(
        db,
        registration_id=person.registration_id,
        url=given.url if given else "",
        ref=given.ref if given else "",
        meeting=errand.meeting,
    )
    if given is not None:
        fact = OwnLinkGiven(errand.event_id, person.person_id)
        journal.record(db, fact, actor=SYSTEM, now=now)
    return True


def drop_link(db: Session, *, errand: LinkErrands, person: PersonToDismiss, now: datetime) -> bool:
    """Forgets a link that the program has taken away. Returns False as `keep_link` does."""
    if _held(db, errand) is None:
        return False
    keep_own_link(db, registration_id=person.registration_id, url="", ref="", meeting="")
    if person.ref:
        fact = OwnLinkTaken(errand.event_id, person.person_id)
        journal.record(db, fact, actor=SYSTEM, now=now)
    return True


def end_links(db: Session, *, errand: LinkErrands, problem: Sentence | None, now: datetime) -> None:
    """Lets others at it again. `problem`: why the program did not do it."""
    row = _held(db, errand)
    if row is None:
        return
    row.links_busy_until, row.changed_at = None, now
    if problem is not None:
        row.problem = json.dumps([problem.msgid, dict(problem.params)])


def _held(db: Session, errand: LinkErrands) -> EventMeeting | None:
    row = db.get(EventMeeting, errand.event_id, with_for_update=True)
    if row is None or (row.key, row.links_busy_until) != (errand.meeting, errand.busy_until):
        return None
    return row


# The report of who was there: asked for when it is due, handed to attendance as a file is.


def take_up_report(db: Session, *, event_id: UUID, now: datetime) -> Errands | None:
    """Returns what is to be asked for; None when it is not due.

    Meanwhile no other worker asks: should this one be killed, it is due again when the lease ends.
    """
    row = db.get(EventMeeting, event_id, with_for_update=True)
    if row is None or row.state != MeetingState.MADE or row.import_id is not None:
        return None
    if row.report_at is None or row.report_at > now:
        return None
    known = connection_row(db)
    if known is None or known.provider != row.provider:
        _miss(row, Sentence(DISCONNECTED), now)
        return None
    busy_until = row.report_at = now + LEASE
    order = MeetingOrder(
        key=row.key, topic=row.topic, starts_at=row.starts_at, ends_at=row.ends_at, timezone="UTC"
    )
    return Errands(
        event_id=event_id,
        act=MeetingAct.NOTHING,
        provider=MeetingProvider(row.provider),
        sealed=known.sealed,
        external_id=row.external_id,
        was_asked=True,
        order=order,
        busy_until=busy_until,
    )


def note_missed(db: Session, *, errand: Errands, sentence: Sentence, now: datetime) -> None:
    """Notes that there was no report, or none that could be read: it is asked for again later, in
    the end no more.
    """
    row = db.get(EventMeeting, errand.event_id, with_for_update=True)
    if row is not None and row.import_id is None and row.report_at == errand.busy_until:
        _miss(row, sentence, now)


def hand_over(
    db: Session,
    *,
    event_id: UUID,
    content: bytes,
    filename: str,
    report: ParticipantReport,
    now: datetime,
) -> None:
    """Makes the report an import of attendance, for somebody to look through and apply. Refuses
    what a file would be refused for.
    """
    locked_event(db, actor=SYSTEM, event_id=event_id)  # its lock comes before the meeting's
    row = db.get(EventMeeting, event_id, with_for_update=True)
    if row is None or row.import_id is not None:
        return
    made = upload_report(
        db,
        actor=SYSTEM,
        event_id=event_id,
        content=content,
        filename=filename,
        report=report,
        zone="UTC",
        now=now,
    )
    row.import_id, row.report_at, row.problem, row.changed_at = made.import_id, None, "", now
    journal.record(db, MeetingReported(event_id, made.import_id), actor=SYSTEM, now=now)


def _miss(row: EventMeeting, sentence: Sentence, now: datetime) -> None:
    row.report_tries += 1
    row.report_at = report_due_at(row.ends_at, row.report_tries, now)
    row.problem = json.dumps([sentence.msgid, dict(sentence.params)])
    row.changed_at = now
