"""An event, its invitations, and letters of inviting that arrived or did not."""

from datetime import date, timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import select, update

from app.infra.database import reading, transaction
from app.infra.journal import Delivery
from app.kernel.actor import SYSTEM
from app.office.outbox.models import Message
from app.office.progress.queries import work_of
from app.participation.invitations.services.inviting import invite_countries
from app.participation.invitations.values import InvitationClass, InvitationDraft
from app.participation.registrations.values import Way
from app.people.directory.models import Country, FocalPoint
from app.planning.events.values import EventWork
from tests.planning.events.rows import NOW
from tests.support.actors import actor_of
from tests.support.following import let_follow

LONG_AGO = date(2024, 1, 1)
INVITED = InvitationDraft(InvitationClass.MEMBER_COUNTRY, Way.COUNTRY, keeps_open=True)


def in_office(app: Flask, code: str, *, until: date | None = None) -> int:
    """The persona who answers for the country, from long ago on."""
    person_id = actor_of(app, f"focal-point-{code.lower()}").person_id or 0
    with app.app_context(), transaction() as db:
        db.add(
            FocalPoint(
                person_id=person_id, country_code=code, valid_from=LONG_AGO, valid_until=until
            )
        )
    return person_id


def invite_all(app: Flask, event_id: UUID) -> None:
    """All countries of the region, with the letters that follow; none of them has left yet."""
    with app.app_context(), transaction() as db:
        codes = tuple(db.scalars(select(Country.code).order_by(Country.code)))
        invite_countries(db, actor=SYSTEM, event_id=event_id, codes=codes, terms=INVITED, now=NOW)
    let_follow(app, "notifications.on_invitation_sent")


def hand_over(app: Flask, *, returned: bool = False) -> None:
    """All letters that wait are taken by a mail server; with `returned` they come back."""
    with app.app_context(), transaction() as db:
        back = NOW + timedelta(minutes=2) if returned else None
        db.execute(update(Message).values(sent_at=NOW, bounced_at=back))
        db.execute(
            update(Delivery)
            .where(Delivery.handler == "notifications.send_message")
            .values(state="done", done_at=NOW)
        )


def work_in(app: Flask, event_id: UUID) -> EventWork:
    with app.app_context(), reading() as db:
        return work_of(db, [event_id])[event_id]
