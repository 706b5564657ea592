"""What a donor or fund paid for (requirement R28 of the first user): its events only, by country,
without names.
"""

from collections import Counter
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.reference import REFERENCE
from app.kernel.refusal import NotFound
from app.kernel.small_numbers import hidden_over
from app.office.reports import policy
from app.office.reports.queries.counting import by_country, is_counted
from app.office.reports.values import Audience, DonorReport, FundedEvent
from app.participation.registrations.models import Registration
from app.people.directory.models import Person
from app.planning.events.models import (
    Attendance,
    EditionFunding,
    Event,
    EventFunding,
    EventLink,
    FundingSource,
)
from app.planning.events.values import EventStatus


def donor_report(
    db: Session, *, actor: Actor, slug: str, year: int, audience: Audience = Audience.HANDED_ON
) -> DonorReport:
    """Events paid for by themselves or through their edition, held in a year (of the secretariat's
    clock).
    """
    policy.require_may_report_to_donors(actor)
    source = db.scalar(select(FundingSource).where(FundingSource.slug == slug))
    if source is None:
        raise NotFound
    events = _events(db, source.id, year)
    ids = [event.id for event in events]
    placed = _per_event(db, ids)
    came = _came_to(db, ids)
    lines = tuple(
        FundedEvent(
            event_id=event.id,
            title=event.title,
            starts_at=event.starts_at,
            ends_at=event.ends_at,
            timezone=event.timezone,
            placed=placed.get(event.id, 0),
            came=came[event.id].total(),
        )
        for event in events
    )
    tables = tuple(came.values())
    countries = by_country(sum(tables, Counter[str]()), hidden_over(tables), audience)
    return DonorReport(slug=slug, name=source.name, year=year, events=lines, countries=countries)


def _came_to(db: Session, ids: list[UUID]) -> dict[UUID, Counter[str]]:
    """Returns how many were there at all, event by event and by country, "" of who may not be
    counted by it.
    """
    country = func.coalesce(case((is_counted(), Person.country_code)), "")
    rows = db.execute(
        select(Attendance.event_id, country, func.count(Attendance.id))
        .join(Person, Person.id == Attendance.person_id)
        .where(Attendance.event_id.in_(ids), Attendance.minutes > 0)
        .group_by(Attendance.event_id, country)
    )
    came = {event_id: Counter[str]() for event_id in ids}
    for event_id, code, count in rows:
        came[event_id][code] = count
    return came


def _events(db: Session, source_id: int, year: int) -> list[Event]:
    own = select(EventFunding.event_id).where(EventFunding.funding_source_id == source_id)
    through = (
        select(EventLink.event_id)
        .join(EditionFunding, EditionFunding.edition_id == EventLink.edition_id)
        .where(EditionFunding.funding_source_id == source_id)
    )
    zone = REFERENCE
    first, last = (datetime(one, 1, 1, tzinfo=zone).astimezone(UTC) for one in (year, year + 1))
    found = select(Event).where(
        or_(Event.id.in_(own), Event.id.in_(through)),
        Event.status == EventStatus.PUBLISHED,
        Event.starts_at >= first,
        Event.starts_at < last,
    )
    return list(db.scalars(found.order_by(Event.starts_at, Event.id)))


def _per_event(db: Session, ids: list[UUID]) -> dict[UUID, int]:
    counted = (
        select(Registration.event_id, func.count(Registration.id))
        .where(Registration.event_id.in_(ids), Registration.status == "registered")
        .group_by(Registration.event_id)
    )
    return {row[0]: row[1] for row in db.execute(counted)}
