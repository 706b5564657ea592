"""Who registered and who was there: the counts of an event, and its list by pages."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.paging import Paging
from app.kernel.text import LocalizedText
from app.participation.attendance import policy
from app.participation.attendance.queries.series import (
    SeriesLength,
    length_of_series,
    spent_in_series,
)
from app.participation.attendance.rules.counting import AttendanceCounts, CountryCounts, in_public
from app.participation.registrations.models import Registration
from app.people.directory.models import Country, Person
from app.planning.events.models import Attendance
from app.planning.events.queries.events import event_of
from app.planning.events.queries.people import counted, is_partly, is_present, length_of
from app.planning.events.rules.presence import Presence, presence
from app.planning.events.values import EventDetail

A_PAGE = 36


@dataclass(frozen=True)
class SheetRow:
    """`minutes` None: nobody wrote any down. `series_minutes`: over the events of its series held
    so far.
    """

    person_id: int
    name: str
    country: LocalizedText
    organisation: str
    is_registered: bool
    minutes: int | None
    source: str
    presence: Presence
    series_minutes: int


@dataclass(frozen=True)
class AttendanceSheet:
    """`counts` are of everybody the actor may see by name; `countries` of all that are not too
    small.
    """

    event: EventDetail
    most: int
    sees_all: bool
    may_keep: bool
    counts: AttendanceCounts
    countries: tuple[CountryCounts, ...]
    rows: tuple[SheetRow, ...]
    paging: Paging
    series: SeriesLength | None


def sheet_of(
    db: Session, *, actor: Actor, event_id: UUID, words: str = "", number: int = 1
) -> AttendanceSheet:
    """Returns one page of the list. With `words`, only people whose name or country has them.
    Refuses an actor who may see no names.
    """
    event = event_of(db, actor=actor, event_id=event_id)
    seen = policy.countries_seen(actor, event.group_slugs)
    most = length_of(event.starts_at, event.ends_at)
    countries = _countries(db, event_id, most)
    own = [one for one in countries if seen is None or one.code in seen]
    query = _people(event_id, seen)
    if words.strip():
        query = query.where(
            or_(
                Person.sort_key.contains(words.strip().lower(), autoescape=True),
                Person.full_name.icontains(words.strip(), autoescape=True),
            )
        )
    paging = Paging(
        db.scalar(select(func.count()).select_from(query.subquery())) or 0, A_PAGE, number
    )
    series = length_of_series(db, event_id)
    rows = _rows(db, query.limit(A_PAGE).offset(paging.offset), most, series)
    return AttendanceSheet(
        event=event,
        most=most,
        sees_all=seen is None,
        may_keep=policy.may_keep_list(actor, event.group_slugs),
        counts=AttendanceCounts.sum(own),
        countries=in_public(countries, seen),
        rows=rows,
        paging=paging,
        series=series,
    )


def whole_sheet(
    db: Session, *, actor: Actor, event_id: UUID
) -> tuple[EventDetail, int, tuple[SheetRow, ...]]:
    """Returns everybody whom the actor may see, by country and name, for export."""
    event = event_of(db, actor=actor, event_id=event_id)
    seen = policy.countries_seen(actor, event.group_slugs)
    most = length_of(event.starts_at, event.ends_at)
    query = (
        _people(event_id, seen).order_by(None).order_by(Country.code, Person.sort_key, Person.id)
    )
    return event, most, _rows(db, query, most, None)


def _people(event_id: UUID, seen: Collection[str] | None) -> Select:  # type: ignore[type-arg]  # many columns
    query = (
        select(
            Person.id,
            Person.full_name,
            Country.name,
            Person.organisation,
            Registration.status,
            Attendance.minutes,
            Attendance.source,
        )
        .outerjoin(Country, Country.code == Person.country_code)
        .outerjoin(
            Registration,
            and_(Registration.person_id == Person.id, Registration.event_id == event_id),
        )
        .outerjoin(
            Attendance, and_(Attendance.person_id == Person.id, Attendance.event_id == event_id)
        )
        .where(_listed())
        .order_by(Person.sort_key, Person.id)
    )
    return query if seen is None else query.where(Person.country_code.in_(seen))


def _listed() -> ColumnElement[bool]:
    """Returns a condition that holds for people who are registered or were there."""
    return or_(Registration.status == "registered", Attendance.id.is_not(None))


def _rows(
    db: Session,
    query: Select,  # type: ignore[type-arg]
    most: int,
    series: SeriesLength | None,
) -> tuple[SheetRow, ...]:
    people = db.execute(query).all()
    spent = spent_in_series(db, series, [row.id for row in people]) if series else {}
    return tuple(
        SheetRow(
            person_id=row.id,
            name=row.full_name,
            country=_named(row.name),
            organisation=row.organisation,
            is_registered=row.status == "registered",
            minutes=row.minutes,
            source=row.source or "",
            presence=presence(row.minutes, most),
            series_minutes=spent.get(row.id, 0),
        )
        for row in people
    )


def _named(name: LocalizedText | None) -> LocalizedText:
    """Returns an empty text for a person without a country."""
    return name or LocalizedText()


def _countries(db: Session, event_id: UUID, most: int) -> list[CountryCounts]:
    rows = db.execute(
        select(
            Person.country_code,
            Country.name,
            func.count(Person.id),
            counted(Registration.status == "registered"),
            counted(is_present(most)),
            counted(is_partly(most)),
        )
        .outerjoin(Country, Country.code == Person.country_code)
        .outerjoin(
            Registration,
            and_(Registration.person_id == Person.id, Registration.event_id == event_id),
        )
        .outerjoin(
            Attendance, and_(Attendance.person_id == Person.id, Attendance.event_id == event_id)
        )
        .where(_listed())
        .group_by(Person.country_code, Country.name)
        .order_by(Person.country_code)
    )
    return [
        CountryCounts(
            code=code or "",
            name=_named(name),
            listed=listed,
            registered=registered,
            present=all_of_it,
            partly=partly,
        )
        for code, name, listed, registered, all_of_it, partly in rows
    ]
