"""Each registered person gets a link of their own, in three steps as a meeting does: what is to do is
written down, the program is asked outside of any transaction, and each answer is kept at once. Who
asks is alone with the links of the event.
"""

import json
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.meetings.port import BUSY, MeetingFailed, OwnLink
from app.kernel.actor import SYSTEM
from app.kernel.refusal import Sentence
from app.participation.meetings.facts import OwnLinkGiven, OwnLinkTaken
from app.participation.meetings.models import EventMeeting
from app.participation.meetings.queries import (
    connection_row,
    is_ref_taken,
    links_to_give,
    links_to_take,
)
from app.participation.meetings.values import (
    LinkErrands,
    MeetingState,
    PersonToAdmit,
    PersonToDismiss,
)
from app.participation.registrations.services.own_links import keep_own_link
from app.planning.events.rules.joining import MeetingProvider

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
