"""One event as it is reported: a constant number of statements however many came."""

from collections import Counter
from datetime import date
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.followup.agreements.queries.agreements import agreements_of
from app.followup.agreements.queries.events import findings_of
from app.followup.agreements.values import TableFindings
from app.kernel.actor import SYSTEM, Actor
from app.office.reports import policy
from app.office.reports.queries.counting import by_country, by_sex, is_counted
from app.office.reports.values import Audience, EventReport, HandedOut
from app.participation.materials.models import Material, MaterialDownload
from app.participation.registrations.models import Registration
from app.participation.surveys.queries import results
from app.people.directory.models import Person
from app.planning.events.models import Attendance
from app.planning.events.queries.events import event_of
from app.planning.events.queries.people import presence_in
from app.planning.events.values import EventDetail, LinkRole


def event_report(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    today: date,
    audience: Audience = Audience.HANDED_ON,
) -> EventReport:
    """For whoever runs the event. Small cells are hidden in what is handed on, and from nobody who
    holds the names.
    """
    event = event_of(db, actor=actor, event_id=event_id)
    policy.require_may_read_report(actor, event.group_slugs)
    policy.require_may_hear(actor, event.group_slugs, audience)
    came = _came(db, event_id)
    there = presence_in(db, event_id=event_id, starts_at=event.starts_at, ends_at=event.ends_at)
    placed = select(func.count(Registration.id)).where(
        Registration.event_id == event_id, Registration.status == "registered"
    )
    return EventReport(
        event=event,
        placed=db.scalar(placed) or 0,
        present=there.present,
        partly=there.partly,
        countries=by_country(
            Counter(country for _minutes, country, _sex in came), audience=audience
        ),
        sexes=by_sex(Counter(sex for _minutes, _country, sex in came), audience),
        agreements=agreements_of(db, actor=SYSTEM, event_id=event_id),
        tables=_tables(db, event),
        materials=_materials(db, event_id),
        survey=results(db, event=event, today=today),
    )


def _came(db: Session, event_id: UUID) -> list[tuple[int, str, str]]:
    """Minutes, country and sex of everybody who was there at all, "" of who may not be counted by
    them; no names are loaded.
    """
    rows = db.execute(
        select(
            Attendance.minutes,
            case((is_counted(), Person.country_code)),
            case((is_counted(), Person.sex)),
        )
        .join(Person, Person.id == Attendance.person_id)
        .where(Attendance.event_id == event_id, Attendance.minutes > 0)
    )
    return [(row[0], row[1] or "", row[2] or "") for row in rows]


def _tables(db: Session, event: EventDetail) -> tuple[TableFindings, ...]:
    """Of a congress: what its work tables found."""
    editions = [link.slug for link in event.links if link.role is LinkRole.CONGRESS]
    return findings_of(db, actor=SYSTEM, slug=editions[0]).tables if editions else ()


def _materials(db: Session, event_id: UUID) -> tuple[HandedOut, ...]:
    times = select(func.sum(MaterialDownload.times)).where(
        MaterialDownload.material_id == Material.id
    )
    rows = db.execute(
        select(Material.title, Material.file_key, times.scalar_subquery())
        .where(Material.event_id == event_id, Material.withdrawn_at.is_(None))
        .order_by(Material.added_at, Material.id)
    )
    return tuple(HandedOut(title, int(taken or 0) if key else None) for title, key, taken in rows)
