"""Good practices: what everybody reads, what waits for review, what one has put forward oneself."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.followup.practices import policy
from app.followup.practices.models import GoodPractice
from app.followup.practices.values import (
    Category,
    OrganisationType,
    Practice,
    PracticeStatus,
    RepositoryEntry,
    RepositoryFields,
)
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.small_numbers import is_enough
from app.kernel.text import LocalizedText
from app.people.directory.models import Country, Person
from app.planning.events.models import Event
from app.planning.events.queries.events import brief_of
from app.planning.events.queries.people import who_came
from app.training.turnover.queries import figures
from app.training.turnover.rules.coverage import in_public

PER_PAGE = 20
NOWHERE = LocalizedText()
Row = Select[GoodPractice, LocalizedText | None, LocalizedText | None, str | None]


def accepted(
    db: Session,
    *,
    category: Category | None = None,
    organisation_type: OrganisationType | None = None,
    number: int = 1,
) -> tuple[tuple[Practice, ...], int]:
    """Returns a page of those that everybody reads, the newest first, and how many there are in
    all; two statements.
    """
    wanted = [GoodPractice.status == PracticeStatus.ACCEPTED]
    if category is not None:
        wanted.append(GoodPractice.category == category)
    if organisation_type is not None:
        wanted.append(GoodPractice.organisation_type == organisation_type)
    total = db.scalar(select(func.count(GoodPractice.id)).where(*wanted)) or 0
    page = _rows().where(*wanted).order_by(GoodPractice.submitted_at.desc(), GoodPractice.id)
    rows = db.execute(page.limit(PER_PAGE).offset((max(1, number) - 1) * PER_PAGE))
    return tuple(_practice(*row, is_reviewer=False) for row in rows), total


def accepted_called(db: Session, ids: Collection[UUID]) -> tuple[Practice, ...]:
    """Returns those of the practices that everybody reads, the newest first."""
    wanted = _rows().where(GoodPractice.id.in_(ids), GoodPractice.status == PracticeStatus.ACCEPTED)
    rows = db.execute(wanted.order_by(GoodPractice.submitted_at.desc(), GoodPractice.id))
    return tuple(_practice(*row, is_reviewer=False) for row in rows)


def to_review(db: Session, *, actor: Actor) -> tuple[Practice, ...]:
    """Returns what waits, the oldest first, with who put it forward."""
    policy.require_may_review(actor)
    waiting = _rows().where(GoodPractice.status == PracticeStatus.SUBMITTED)
    rows = db.execute(waiting.order_by(GoodPractice.submitted_at, GoodPractice.id).limit(PER_PAGE))
    return tuple(_practice(*row, is_reviewer=True) for row in rows)


SUBMITTED_PRACTICES = select(func.count(GoodPractice.id)).where(
    GoodPractice.status == PracticeStatus.SUBMITTED
)
"""How many practices wait for review, to be asked together with other numbers."""


def own(db: Session, *, actor: Actor) -> tuple[Practice, ...]:
    """Returns what the actor put forward, with the secretariat's note when it was returned."""
    if actor.person_id is None:
        return ()
    own_rows = _rows().where(GoodPractice.submitted_by == actor.person_id)
    rows = db.execute(
        own_rows.order_by(GoodPractice.submitted_at.desc(), GoodPractice.id).limit(PER_PAGE)
    )
    return tuple(_practice(*row, is_reviewer=True) for row in rows)


def _rows() -> Row:
    return (
        select(GoodPractice, Country.name, Event.title, Person.full_name)
        .outerjoin(Country, Country.code == GoodPractice.country_code)
        .outerjoin(Event, Event.id == GoodPractice.event_id)
        .outerjoin(Person, Person.id == GoodPractice.submitted_by)
    )


def _practice(
    row: GoodPractice,
    country: LocalizedText | None,
    event: LocalizedText | None,
    name: str | None,
    *,
    is_reviewer: bool,
) -> Practice:
    return Practice(
        id=row.id,
        category=Category(row.category),
        title=row.title,
        summary=row.summary,
        organisation=row.organisation,
        organisation_type=OrganisationType(row.organisation_type),
        country=country or NOWHERE,
        url=row.url,
        status=PracticeStatus(row.status),
        submitted_at=row.submitted_at,
        event_title=event,
        submitted_by=name or "" if is_reviewer else "",
        note=row.note if is_reviewer else "",
    )


def repository_entry(
    db: Session, *, actor: Actor, practice_id: UUID, today: date
) -> RepositoryEntry:
    """Returns a published practice with what coverage and attendance add to it (requirement R72 of
    the first user). Figures are those that anybody may read. Raises NotFound for one that waits or
    was returned.
    """
    policy.require_may_review(actor)
    columns = db.execute(
        _rows().where(
            GoodPractice.id == practice_id, GoodPractice.status == PracticeStatus.ACCEPTED
        )
    ).one_or_none()
    if columns is None:
        raise NotFound
    row, came = columns[0], 0
    partners: tuple[str, ...] = ()
    if row.event_id is not None:
        partners = brief_of(db, event_id=row.event_id).brief.partners
        came = len(who_came(db, event_id=row.event_id))
    coverages = (
        [each.coverage for each in figures.region(db, actor=actor, on=today).countries]
        if row.country_code is None
        else [figures.country_coverage(db, actor=actor, country_code=row.country_code, on=today)]
    )
    told = [shown for one in coverages if one and (shown := in_public(one))]
    return RepositoryEntry(
        practice=_practice(*columns, is_reviewer=False),
        fields=fields_of_practice(row),
        partners=partners,
        came=came if is_enough(came) else None,
        countries=len(told),
        certified=sum(one.certified for one in told),
        serving=sum(one.serving for one in told),
        declared=sum(one.serving for one in told if one.declared_on),
    )


def fields_of_practice(row: GoodPractice) -> RepositoryFields:
    return RepositoryFields(
        objectives=tuple(row.objectives),
        goals=tuple(row.goals),
        principles=tuple(row.principles),
        benefits=row.benefits,
        lessons=row.lessons,
        recommendations=row.recommendations,
    )


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns the good practices that somebody put forward; they are of an organisation and not of
    a person.
    """
    own_rows = (
        select(GoodPractice)
        .where(GoodPractice.submitted_by == person_id)
        .order_by(GoodPractice.submitted_at)
    )
    return {
        "submitted": [
            {"id": str(row.id), "title": row.title.in_(), "status": row.status}
            for row in db.scalars(own_rows)
        ]
    }
