"""How far the events of the demo are: the next webinar has its invitations, letters of inviting were
handed over, and what is long over is closed.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.journal import Delivery, JournalEntry
from app.kernel.actor import SYSTEM, Actor, Grant, Role
from app.kernel.text import as_language
from app.office.notifications.queries.people import recipients
from app.office.outbox.facts import MessageQueued
from app.office.outbox.models import Message
from app.participation.attendance.models import AttendanceImport
from app.participation.invitations.facts import InvitationSent, NominationMade
from app.participation.invitations.rules import Keyring
from app.participation.invitations.services.inviting import invite_countries
from app.participation.invitations.services.nominating import nominate
from app.participation.invitations.values import InvitationClass, InvitationDraft
from app.participation.registrations.models import Invitation
from app.participation.registrations.queries.entitlement import invitation_by_id, people_to_write_to
from app.participation.registrations.values import Way
from app.people.directory.models import Appointment, Country, FocalPoint, Institution, Person, Post
from app.planning.events.models import Event, EventStep
from app.planning.events.rules.life import Step

SENDER = "notifications.send_message"
NAMED = (("HN", 3), ("GT", 2))
STILL_OPEN = 1
"""So many wait for somebody to close them, beside the one whose report is not applied yet."""


def load_progress(db: Session, *, today: date, now: datetime, secret: str) -> None:
    """Once all else is there: what is closed takes no attendance any more."""
    event = db.scalars(
        select(Event)
        .where(Event.kind == "webinar", Event.status == "published", Event.starts_at > now)
        .order_by(Event.starts_at)
        .offset(1)
        .limit(1)
    ).first()
    if event is not None:
        _invite(db, event.id, today=today, now=now, keys=Keyring(secret))
    db.flush()
    _hand_over(db, today=today, now=now)
    _close(db, now=now)


def _invite(db: Session, event_id: UUID, *, today: date, now: datetime, keys: Keyring) -> None:
    """All countries, beside those who register by themselves; two have named people already."""
    invite_countries(
        db,
        actor=SYSTEM,
        event_id=event_id,
        codes=tuple(db.scalars(select(Country.code).order_by(Country.code))),
        terms=InvitationDraft(InvitationClass.MEMBER_COUNTRY, Way.COUNTRY, keeps_open=True),
        keys=keys,
        now=now,
    )
    db.flush()
    for code, number in NAMED:
        focal = db.scalar(select(FocalPoint.person_id).where(FocalPoint.country_code == code))
        grants = frozenset({Grant(Role.FOCAL_POINT, code)})
        nominate(
            db,
            actor=Actor(person_id=focal, grants=grants, country=code),
            event_id=event_id,
            country_code=code,
            person_ids=_serving(db, code, number),
            today=today,
            now=now,
        )


def _serving(db: Session, code: str, number: int) -> Sequence[int]:
    asked = (
        select(Person.id)
        .join(Appointment, Appointment.person_id == Person.id)
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
        .where(Institution.country_code == code, Person.country_code == code)
        .where(Appointment.valid_until.is_(None), Person.email != "")
        .order_by(Person.id)
        .distinct()
    )
    return db.scalars(asked.limit(number)).all()


def _hand_over(db: Session, *, today: date, now: datetime) -> None:
    """Writes the letters of inviting as they were handed over, so that none of them is ever sent."""
    facts = (InvitationSent.__name__, NominationMade.__name__)
    for entry in db.scalars(select(JournalEntry).where(JournalEntry.fact.in_(facts))).all():
        event = db.get_one(Event, UUID(entry.payload["event_id"]))
        subject = f"Invitación: {event.title.in_('es')}"
        if entry.fact == NominationMade.__name__:
            _letters(db, entry, [entry.payload["person_id"]], subject, event.id, at=now)
            continue
        invitation = invitation_by_id(db, entry.payload["invitation_id"])
        if invitation is None:
            continue
        if invitation.way == Way.GUEST:
            _guest_letter(db, entry, invitation, subject, at=now)
        elif invitation.way != Way.LINK:
            meant = people_to_write_to(db, invitation, on=today)
            _letters(db, entry, meant, subject, event.id, at=now)


def _letters(
    db: Session,
    entry: JournalEntry,
    person_ids: Sequence[int],
    subject: str,
    event_id: UUID,
    *,
    at: datetime,
) -> None:
    for to in recipients(db, person_ids).values():
        message = Message(
            dedupe=f"{entry.id}.{to.person_id}",
            person_id=to.person_id,
            event_id=event_id,
            recipient=to.address,
            language=to.language,
            subject=subject,
            body="",
            created_at=at,
            sent_at=at + timedelta(seconds=2),
        )
        _settled(db, message, at)


def _guest_letter(
    db: Session, entry: JournalEntry, invitation: Invitation, subject: str, *, at: datetime
) -> None:
    message = Message(
        dedupe=f"{entry.id}.guest",
        event_id=invitation.event_id,
        recipient=invitation.email,
        language=as_language(invitation.language),
        subject=subject,
        body="",
        created_at=at,
        sent_at=at + timedelta(seconds=2),
    )
    _settled(db, message, at)


def _settled(db: Session, message: Message, at: datetime) -> None:
    db.add(message)
    db.flush()
    queued = journal.record(db, MessageQueued(message.id), actor=SYSTEM, now=at)
    message.entry_id = queued.id
    db.add(Delivery(entry_id=queued.id, handler=SENDER, state="done", next_at=at, done_at=at))


def _close(db: Session, *, now: datetime) -> None:
    """Two days after the end, without letters: history was told long ago."""
    over = db.scalars(
        select(Event)
        .where(Event.status == "published", Event.closed_at.is_(None), Event.ends_at < now)
        .where(Event.id.not_in(select(AttendanceImport.event_id)))
        .order_by(Event.ends_at.desc())
        .offset(STILL_OPEN)
    ).all()
    for event in over:
        assert event.ends_at is not None  # noqa: S101 - asked for above
        event.closed_at = min(event.ends_at + timedelta(days=2), now)
        db.add(EventStep(event_id=event.id, step=Step.CLOSE.value, at=event.closed_at))
    db.flush()
