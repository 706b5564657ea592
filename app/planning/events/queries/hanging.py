"""What hangs on the record of an event: rows of other tables that would have no event any more."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import Column, Table, func, select
from sqlalchemy.orm import Session

from app.infra.orm import Base

OWN = frozenset(
    {
        "authorization_request",
        "event_brief",
        "event_country",
        "event_funding",
        "event_group",
        "event_link",
        "event_person",
        "event_step",
    }
)
"""Tables that say what the event itself is; they go with it."""


def tables_about_events(*, own: bool) -> Iterator[tuple[Table, Column[UUID]]]:
    """Each table with the column that names an event: those in OWN, or all others."""
    event = Base.metadata.tables["event"]
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table is event for key in column.foreign_keys) and (
                (table.name in OWN) is own
            ):
                yield table, column


def number_hanging_on(db: Session, *, event_id: UUID) -> int:
    """How many rows of other tables name the event. Not scoped: it only counts."""
    return sum(
        db.scalar(select(func.count()).select_from(table).where(column == event_id)) or 0
        for table, column in tables_about_events(own=False)
    )
