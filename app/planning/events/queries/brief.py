"""An event's brief, and what the form for it offers."""

from dataclasses import Field, fields
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.kernel.text import LocalizedText
from app.people.directory.models import Institution
from app.planning.events.models import EventBrief
from app.planning.events.values import NO_TEXT
from app.planning.events.values.brief import Brief, BriefShown

NOTHING = BriefShown(Brief())
BRIEF = (
    select(EventBrief, Institution.name)
    .outerjoin(Institution, Institution.id == EventBrief.institution_id)
    .where(EventBrief.event_id == bindparam("event_id"))
)


def brief_of(db: Session, *, event_id: UUID) -> BriefShown:
    """Whole, one statement; whether the event may be seen was asked before. An event without one
    has an empty brief.
    """
    found = db.execute(BRIEF, {"event_id": event_id}).one_or_none()
    if found is None:
        return NOTHING
    row: EventBrief = found[0]
    institution: LocalizedText | None = found[1]
    brief = Brief(**{field.name: _value(row, field) for field in fields(Brief)})
    return BriefShown(brief, institution or NO_TEXT)


def _value(row: EventBrief, field: Field[Any]) -> Any:
    """Returns the column of the field's name; several codes are stored as words of one text."""
    value = getattr(row, field.name)
    return tuple(value.split()) if isinstance(field.default, tuple) else value


def institutions(db: Session) -> tuple[tuple[int, str, LocalizedText], ...]:
    """Number, country and name, by country."""
    rows = db.scalars(
        select(Institution)
        .where(Institution.closed_on.is_(None))
        .order_by(Institution.country_code, Institution.id)
    )
    return tuple((row.id, row.country_code, row.name) for row in rows)
