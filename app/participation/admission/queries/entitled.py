"""What an event and its invitations say of one person who wishes to register."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.participation.admission.queries.mailboxes import guests_there, mailboxes_of
from app.participation.admission.queries.people import invited
from app.participation.admission.rules import comes_as_named, is_free, require_entitled
from app.people.directory.models import WorkingGroup
from app.planning.events import policy
from app.planning.events.models import Event, EventCountry, EventGroup, EventPerson
from app.planning.events.queries.events import sits_in
from app.planning.events.values import EventDetail
from app.planning.events.values.places import Invited

COUNTRIES_NAMED = select(EventCountry.country_code).where(
    EventCountry.event_id == bindparam("event_id")
)


@dataclass(frozen=True)
class Entitled:
    countries: frozenset[str]
    country: str
    invited: Invited
    has_part: bool
    is_confidential: bool

    @property
    def comes_as_named(self) -> bool:
        return comes_as_named(self.invited, has_part=self.has_part)

    def require(self) -> None:
        """Refuses people who may not register by themselves."""
        require_entitled(
            self.countries,
            self.country,
            self.invited,
            has_part=self.has_part,
            is_confidential=self.is_confidential,
        )


def entitled(
    db: Session, *, actor: Actor, event: Event | EventDetail, country: str, now: datetime
) -> Entitled:
    """Of the actor, who comes from the country ("" for none): two statements where the event is
    open to them.
    """
    person_id = actor.person_id or 0
    on = now.astimezone(ZoneInfo(event.timezone)).date()
    invitations = invited(db, event.id, person_id, country, on)
    named = frozenset(db.scalars(COUNTRIES_NAMED, {"event_id": event.id}))
    needs_no_part = is_free(named, country, invitations, is_confidential=event.is_confidential)
    has_part = not needs_no_part and _has_part(db, actor, event.id)
    return Entitled(named, country, invitations, has_part, event.is_confidential)


def _has_part(db: Session, actor: Actor, event_id: UUID) -> bool:
    """Who runs it, is needed there, sits in a session of it or has a place of a guest, which will
    be the person's own.
    """
    groups = select(WorkingGroup.slug).join(EventGroup).where(EventGroup.event_id == event_id)
    if policy.may_plan_for(actor, db.scalars(groups).all()):
        return True
    person_id = actor.person_id or 0
    if guests_there(db, event_id, mailboxes_of(db, person_id)):
        return True
    needed = exists().where(EventPerson.event_id == Event.id, EventPerson.person_id == person_id)
    return bool(
        db.scalar(select(exists().where(Event.id == event_id, or_(needed, sits_in(person_id)))))
    )
