"""A small world for inviting: an event, invitations by every way, a roster for a country, guests
with their keys.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.database import reading, transaction
from app.kernel.actor import SYSTEM, Actor
from app.participation.invitations.rules import INVITATION, opened_key
from app.participation.invitations.services.guests import RegisteredGuest, register_guest
from app.participation.invitations.services.inviting import invite
from app.participation.invitations.services.nominating import nominate
from app.participation.invitations.values import GuestDraft, InvitationClass, InvitationDraft
from app.participation.registrations.models import Invitation, Registration
from app.participation.registrations.values import CONSENT_VERSION, REQUIRED_CONSENT, Way
from tests.planning.events.rows import NOW, STARTS
from tests.support.databases import KEYS
from tests.training.turnover.builders import an_institution, an_official, focal_point

ENDS = STARTS + timedelta(minutes=90)
TODAY = date(2026, 11, 24)
HN, GT = replace(focal_point("HN"), account_id=0), replace(focal_point("GT"), account_id=0)
"""Without an account of their own, which rows would have to name."""
_forms = count(1)


def a_guest_draft(
    name: str = "Rigoberta Ñanduy Pérez", email: str = "rigoberta@example.org", form: str = ""
) -> GuestDraft:
    """Of a form of her own, unless told which."""
    return GuestDraft(name, "Red de Mujeres Ñ", email, "HN", "es", form or f"form-{next(_forms)}")


def an_invitation(
    app: Flask, event_id: UUID, way: Way, *, actor: Actor = SYSTEM, now: datetime = NOW, **more: Any
) -> int:
    given: dict[str, Any] = {"invitation_class": InvitationClass.SPECIAL_GUEST, "way": way}
    if way is Way.GUEST:
        given |= {
            "name": "Rigoberta Ñanduy Pérez",
            "email": "rigoberta@example.org",
            "organisation": "Red de Mujeres Ñ",
        }
    if way is Way.LINK:
        given |= {"places": 5, "closes_at": datetime(2026, 12, 9, tzinfo=UTC)}
    if way is Way.COUNTRY:
        given |= {"invitation_class": InvitationClass.MEMBER_COUNTRY, "country_code": "HN"}
    with app.app_context(), transaction() as db:
        return invite(
            db,
            actor=actor,
            event_id=event_id,
            draft=InvitationDraft(**given | more),
            now=now,
        )


def key_of(app: Flask, invitation_id: int) -> str:
    with app.app_context(), reading() as db:
        sealed = db.scalar(select(Invitation.sealed_key).where(Invitation.id == invitation_id))
    return opened_key(sealed or "", own=KEYS, purpose=INVITATION)


def come(
    app: Flask,
    token: str,
    draft: GuestDraft | None = None,
    *,
    now: datetime = NOW,
    consent: str = CONSENT_VERSION,
) -> RegisteredGuest:
    with app.app_context(), transaction() as db:
        return register_guest(
            db,
            token=token,
            draft=draft or a_guest_draft(),
            consent_version=consent,
            purposes=REQUIRED_CONSENT,
            now=now,
        )


def a_roster(app: Flask, country: str = "HN", people: int = 3) -> list[int]:
    """People who serve in the country."""
    with app.app_context(), transaction() as db:
        institution = an_institution(db, country)
        return [an_official(db, institution)[1] for _ in range(people)]


def named(
    app: Flask, event_id: UUID, people: list[int], *, actor: Actor = HN, country: str = "HN"
) -> tuple[int, ...]:
    with app.app_context(), transaction() as db:
        return nominate(
            db,
            actor=actor,
            event_id=event_id,
            country_code=country,
            person_ids=people,
            today=TODAY,
            now=NOW,
        )


def standing(app: Flask, event_id: UUID) -> dict[int, str]:
    """How each person's registration stands."""
    with app.app_context(), reading() as db:
        return states_in(db, event_id)


def states_in(db: Session, event_id: UUID) -> dict[int, str]:
    asked = select(Registration.person_id, Registration.status).where(
        Registration.event_id == event_id
    )
    return {row[0]: row[1] for row in db.execute(asked)}
