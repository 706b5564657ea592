"""What the checklist of an edition is computed from; not scoped, for those who plan."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.planning.arranging.queries.publishing import has_guidelines_review
from app.planning.arranging.rules import days_of_edition
from app.planning.arranging.rules.congress import EditionState, TableState
from app.planning.cycles.queries.editions import EditionLine, TableLine, in_role
from app.planning.events.values import EventDetail, EventStatus, LinkRole


def congress_of(events: Sequence[EventDetail], slug: str) -> EventDetail | None:
    """Returns the edition's congress: one with hours before one without, what is published before a
    draft.
    """
    found = [
        event for event in in_role(tuple(events), slug, LinkRole.CONGRESS) if not _is_off(event)
    ]
    return min(
        found,
        key=lambda event: (event.span is None, event.status is EventStatus.DRAFT),
        default=None,
    )


def state_of(
    db: Session, *, edition: EditionLine, events: Sequence[EventDetail], tables: Sequence[TableLine]
) -> EditionState:
    """`events` and `tables` are all of the edition's, as one who leads the region sees them."""
    congress = congress_of(events, edition.slug)
    days = days_of_edition(edition.starts_on, edition.ends_on) if congress is None else None
    prepares = in_role(tuple(events), edition.slug, LinkRole.PREPARATORY)
    starts_at = congress.starts_at if congress else None
    return EditionState(
        are_days_known=starts_at is not None or days is not None,
        is_congress_planned=congress is not None,
        starts_at=starts_at or (days.starts_at if days else None),
        preparatory_ends=tuple(
            e.ends_at for e in prepares if e.ends_at and e.status is EventStatus.PUBLISHED
        ),
        has_guidelines_review=congress is not None and has_guidelines_review(db, congress.id),
        tables=tuple(
            TableState(table.position, table.theme, table.has_moderator, table.has_rapporteur)
            for table in tables
        ),
        texts=(edition.theme, *(table.theme for table in tables)),
        has_presidency=edition.presidency is not None,
        is_decided=bool(edition.decision_ref) or (congress is not None and _is_decided(congress)),
    )


def _is_decided(event: EventDetail) -> bool:
    return event.plan_entry_id is not None or bool(event.decision_ref)


def _is_off(event: EventDetail) -> bool:
    return event.status is EventStatus.CANCELLED
