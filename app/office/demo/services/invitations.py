"""Invitations of the demo to the coming congress and its preparatory webinar: all five classes, a
few guests who have registered, and countries that are asked for names. Every person is invented.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import SYSTEM, Actor, Grant, Role
from app.office.demo.data import demo_data
from app.participation.invitations.rules import Keyring
from app.participation.invitations.services.guests import register_guest
from app.participation.invitations.services.inviting import invite, invite_guests
from app.participation.invitations.services.nominating import nominate
from app.participation.invitations.values import (
    GuestDraft,
    GuestLine,
    InvitationClass,
    InvitationDraft,
)
from app.participation.registrations.models import Invitation
from app.participation.registrations.values import CONSENT_VERSION, REQUIRED_CONSENT, Way
from app.people.directory.models import (
    Appointment,
    FocalPoint,
    Institution,
    Person,
    Post,
    WorkingGroup,
)
from app.planning.events.models import Edition, Event, EventLink
from app.planning.events.values import LinkRole

COMING = "congress-next"
NOMINATED = "GT"


def load_invitations(db: Session, *, today: date, now: datetime, secret: str) -> None:
    keys = Keyring(secret)
    for role in (LinkRole.PREPARATORY, LinkRole.CONGRESS):
        event = _event(db, role)
        if event is None or event.starts_at is None or event.starts_at <= now:
            continue
        _countries(db, event, today=today, now=now, keys=keys)
        for lines, one in (
            ("organisations", InvitationClass.WOMENS_ORGANISATION),
            ("guests", InvitationClass.SPECIAL_GUEST),
        ):
            invite_guests(
                db,
                actor=SYSTEM,
                event_id=event.id,
                invitation_class=one,
                lines=_lines(demo_data("people")[lines]),
                keys=keys,
                now=now,
            )
        _houses(db, event, now=now, keys=keys)
        _come(db, event.id, now=now, keys=keys)


def _event(db: Session, role: LinkRole) -> Event | None:
    linked = select(Event).join(EventLink, EventLink.event_id == Event.id).join(Edition)
    return db.scalars(
        linked.where(Edition.slug == COMING, EventLink.role == role, Event.status == "published")
        .order_by(Event.starts_at.desc())
        .limit(1)
    ).first()


def _countries(db: Session, event: Event, *, today: date, now: datetime, keys: Keyring) -> None:
    """Asks for names a month before, or in ten days; one country has named somebody already."""
    assert event.starts_at is not None  # noqa: S101 - asked by the caller
    by = max(today + timedelta(days=10), event.starts_at.date() - timedelta(days=30))
    for asked in demo_data("people")["countries_asked"]:
        draft = InvitationDraft(
            InvitationClass.MEMBER_COUNTRY,
            Way.COUNTRY,
            country_code=asked["country"],
            places=asked.get("places"),
            respond_by=by,
        )
        invite(db, actor=SYSTEM, event_id=event.id, draft=draft, keys=keys, now=now)
    focal = db.scalars(select(FocalPoint).where(FocalPoint.country_code == NOMINATED)).first()
    official = db.scalar(
        select(Person.id)
        .join(Appointment, Appointment.person_id == Person.id)
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
        .where(
            Institution.country_code == NOMINATED,
            Person.country_code == NOMINATED,
            Appointment.valid_until.is_(None),
        )
        .order_by(Person.id)
        .limit(1)
    )
    if focal is not None and official is not None:
        grants = frozenset({Grant(Role.FOCAL_POINT, NOMINATED)})
        actor = Actor(person_id=focal.person_id, grants=grants, country=NOMINATED)
        nominate(
            db,
            actor=actor,
            event_id=event.id,
            country_code=NOMINATED,
            person_ids=[official],
            today=today,
            now=now,
        )


def _houses(db: Session, event: Event, *, now: datetime, keys: Keyring) -> None:
    """Invites a key institution, a group, and observers with an open link."""
    house = (
        select(Institution.id)
        .where(Institution.kind == "womens-mechanism")
        .order_by(Institution.id)
        .limit(1)
    )
    group = db.scalar(select(WorkingGroup.slug).where(WorkingGroup.slug == "protection"))
    drafts = [
        InvitationDraft(
            InvitationClass.KEY_INSTITUTION, Way.INSTITUTION, institution_id=db.scalar(house)
        ),
        InvitationDraft(InvitationClass.KEY_INSTITUTION, Way.GROUP, group=group or ""),
        InvitationDraft(
            InvitationClass.OBSERVER,
            Way.LINK,
            name="Países y organismos observadores",
            places=20,
            closes_at=event.starts_at,
            language="es",
        ),
    ]
    for draft in drafts:
        invite(db, actor=SYSTEM, event_id=event.id, draft=draft, keys=keys, now=now)


def _come(db: Session, event_id: UUID, *, now: datetime, keys: Keyring) -> None:
    come = demo_data("people")["guests_who_come"]
    asked = select(Invitation).where(Invitation.event_id == event_id, Invitation.email.in_(come))
    for row in db.scalars(asked.order_by(Invitation.id)).all():
        guest = GuestDraft(
            name=row.name,
            organisation=row.organisation,
            email=row.email,
            country_code="",
            language="en" if row.language == "en" else "es",
            form_key=row.email,
        )
        register_guest(
            db,
            token=keys.invitation_key(row.bits or ""),
            draft=guest,
            consent_version=CONSENT_VERSION,
            purposes=REQUIRED_CONSENT,
            keys=keys,
            now=now,
        )


def _lines(people: Sequence[Mapping[str, str]]) -> tuple[GuestLine, ...]:
    return tuple(
        GuestLine(
            number=number,
            name=one["name"],
            organisation=one["organisation"],
            email=one["email"],
            language=one["language"],
        )
        for number, one in enumerate(people, start=1)
    )
