"""Issuing the certificates of an event, to all who earned them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import Refusal
from app.kernel.text import N_
from app.planning.events.queries.locking import locked_event
from app.training.certificates.facts import CertificatesAsked
from app.training.certificates.queries.events import achievements_at, attested_event, papers_of
from app.training.certificates.services.issuing import put_on_record
from app.training.certificates.values import CertificateKind, IssuedFrom


class NotClosedYet(Refusal):
    """Minutes may still be corrected, and a certificate is never edited."""

    rule = "event-not-closed"
    msgid = N_("Close the event first: until then its attendance may still be corrected.")


def ask_for_certificates(
    db: Session, *, actor: Actor, event_id: UUID, kind: CertificateKind, now: datetime
) -> int:
    """Records that the certificates of one kind are to be issued, by those who plan the event.
    Returns how many there are to issue; with none, nothing is recorded.

    Refuses with NotClosedYet the certificates of attendance of an event that is still open.
    """
    event = attested_event(db, actor=actor, event_id=event_id, now=now)
    if kind is CertificateKind.ATTENDANCE and event.closed_at is None:
        raise NotClosedYet
    papers = papers_of(db, event=event)
    count = papers.of(kind).to_issue
    if count and not papers.is_in_hand:
        journal.record(db, CertificatesAsked(event_id, kind), actor=actor, now=now)
    return count


def issue_for_event(
    db: Session,
    *,
    actor: Actor,
    now: datetime,
    event_id: UUID,
    kind: CertificateKind,
    place: IssuedFrom,
) -> int:
    """Issues the certificates of one kind to all who earned them and have none. Returns how many
    that were.

    In one transaction: a worker that is killed issued none, and the next one issues all. Whoever
    asks twice, or closes an event again, gets what is missing. A name that cannot be printed keeps
    no other back. An event that was opened again since issues none of attendance.
    """
    locked_event(db, actor=actor, event_id=event_id)  # two workers queue here on PostgreSQL
    event = attested_event(db, actor=actor, event_id=event_id, now=now)
    if kind is CertificateKind.ATTENDANCE and event.closed_at is None:
        return 0
    people = papers_of(db, event=event).of(kind).without
    achievements = achievements_at(db, event=event, kind=kind, people=people)
    issued = put_on_record(
        db,
        actor=actor,
        achievements=[(achievement, now) for achievement in achievements],
        place=place,
    )
    return len(issued)
