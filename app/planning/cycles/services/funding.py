"""Donors and funds, and the editions and events that they pay for."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.seen import require_as_seen
from app.kernel.text import N_, LocalizedText, field_in
from app.planning.cycles.facts import EditionFundingChanged, EventFundingChanged, FundingSourceAdded
from app.planning.cycles.rules import editions as rules
from app.planning.cycles.services.editions import edition_to_change
from app.planning.events import policy
from app.planning.events.models import EditionFunding, EventFunding, FundingSource
from app.planning.events.queries.events import event_of
from app.planning.events.queries.funding import slugs_of, sources_of_edition, sources_of_event
from app.planning.scheduling import services as scheduling

UNKNOWN_SOURCE = N_("Choose from the list.")


def add_source(db: Session, *, actor: Actor, name: LocalizedText, now: datetime) -> str:
    """Adds a donor or fund; returns its slug. Raises InvalidInput at the field where the list has
    it already.
    """
    policy.require_may_keep_editions(actor)
    scheduling.lock(db)
    name = rules.require_words("name", name, rules.NO_NAME, rules.LONGEST_NAME)
    slug = rules.slug_of(name.in_(), prefix="")
    if not slug:
        raise InvalidInput({field_in("name"): Sentence(rules.NO_NAME)})
    if db.scalar(select(FundingSource.id).where(FundingSource.slug == slug)) is not None:
        raise InvalidInput({field_in("name"): Sentence(rules.NAME_TAKEN)})
    row = FundingSource(slug=slug, name=name)
    db.add(row)
    db.flush()
    journal.record(db, FundingSourceAdded(row.id), actor=actor, now=now)
    return slug


def set_edition_funding(
    db: Session, *, actor: Actor, slug: str, sources: Collection[str], now: datetime, seen: str = ""
) -> None:
    """Sets who pays for the edition; saving the same again changes nothing. `seen`, here and for an
    event: the mark of those who paid when the form was shown. Raises ChangedMeanwhile where others
    pay now.
    """
    edition = edition_to_change(db, actor, slug)
    wanted, standing = _ids(db, sources), slugs_of(sources_of_edition(db, edition_id=edition.id))
    if set(standing) == set(sources):
        return
    require_as_seen(seen, standing)
    db.execute(delete(EditionFunding).where(EditionFunding.edition_id == edition.id))
    db.add_all(EditionFunding(edition_id=edition.id, funding_source_id=source) for source in wanted)
    db.flush()
    journal.record(db, EditionFundingChanged(edition.id, wanted), actor=actor, now=now)


def set_event_funding(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    sources: Collection[str],
    now: datetime,
    seen: str = "",
) -> None:
    """Sets who pays for the event. Whoever may change the event may do so."""
    scheduling.lock(db)
    event = event_of(db, actor=actor, event_id=event_id)
    policy.require_may_plan_for(actor, event.group_slugs, event.kind)
    wanted, standing = _ids(db, sources), slugs_of(sources_of_event(db, event_id=event_id))
    if set(standing) == set(sources):
        return
    require_as_seen(seen, standing)
    db.execute(delete(EventFunding).where(EventFunding.event_id == event_id))
    db.add_all(EventFunding(event_id=event_id, funding_source_id=source) for source in wanted)
    db.flush()
    journal.record(db, EventFundingChanged(event_id, wanted), actor=actor, now=now)


def _ids(db: Session, slugs: Collection[str]) -> tuple[int, ...]:
    rows = db.execute(
        select(FundingSource.slug, FundingSource.id).where(FundingSource.slug.in_(slugs))
    )
    known = dict(rows.all())
    if set(slugs) - known.keys():
        raise InvalidInput({"sources": Sentence(UNKNOWN_SOURCE)})
    return tuple(sorted(known.values()))
