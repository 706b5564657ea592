"""Who pays for what. Public: donors want to be seen."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.kernel.text import LocalizedText
from app.planning.events.models import EditionFunding, EventFunding, FundingSource

OF_EVENT = (
    select(FundingSource.slug, FundingSource.name)
    .join(EventFunding, EventFunding.funding_source_id == FundingSource.id)
    .where(EventFunding.event_id == bindparam("event_id"))
    .order_by(FundingSource.slug)
)


@dataclass(frozen=True)
class Source:
    slug: str
    name: LocalizedText


def sources(db: Session) -> tuple[Source, ...]:
    return tuple(
        _source(row) for row in db.scalars(select(FundingSource).order_by(FundingSource.slug))
    )


def sources_of_edition(db: Session, *, edition_id: int) -> tuple[Source, ...]:
    paying = select(EditionFunding.funding_source_id).where(EditionFunding.edition_id == edition_id)
    rows = db.scalars(
        select(FundingSource).where(FundingSource.id.in_(paying)).order_by(FundingSource.slug)
    )
    return tuple(_source(row) for row in rows)


def sources_of_event(db: Session, *, event_id: UUID) -> tuple[Source, ...]:
    return tuple(Source(slug, name) for slug, name in db.execute(OF_EVENT, {"event_id": event_id}))


def slugs_of(paying: Iterable[Source]) -> tuple[str, ...]:
    return tuple(one.slug for one in paying)


def _source(row: FundingSource) -> Source:
    return Source(row.slug, row.name)
