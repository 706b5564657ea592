"""Agreements of one event, one by one, and over all; of events that the reader may see."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.followup.agreements.models import Agreement, AgreementParty
from app.followup.agreements.policy import may_read
from app.followup.agreements.queries.parts import (
    editions_of,
    parties_of,
    proposals_of,
    reviews_of,
    sections,
)
from app.followup.agreements.values import (
    UNSETTLED,
    AgreementView,
    Paragraph,
    ReviewView,
    Status,
    Verb,
)
from app.kernel.actor import Actor
from app.kernel.paging import Paging
from app.kernel.refusal import NotFound
from app.planning.events.models import Edition, Event, EventLink
from app.planning.events.queries.events import visible_to

PER_PAGE = 25
MOST_EXPORTED = 5_000
OPEN, OVERDUE, SETTLED, ALL = "open", "overdue", "settled", "all"
WHICH = (OPEN, OVERDUE, SETTLED, ALL)


@dataclass(frozen=True)
class AgreementFilters:
    """`which` is one of WHICH; a country's code and an edition's slug, or ""."""

    which: str = OPEN
    country: str = ""
    edition: str = ""


@dataclass(frozen=True)
class AgreementPage:
    agreements: tuple[AgreementView, ...]
    paging: Paging


def agreements_of(db: Session, *, actor: Actor, event_id: UUID) -> tuple[AgreementView, ...]:
    """Returns what an event agreed, in the order of its paragraphs.

    For reports, SYSTEM sees all.
    """
    return _views(db, _seen(actor).where(Agreement.event_id == event_id), actor=actor)


def agreement_of(
    db: Session, *, actor: Actor, agreement_id: int
) -> tuple[AgreementView, tuple[ReviewView, ...]]:
    """Returns an agreement with all its reviews, oldest first. Raises NotFound for what the reader
    may not see.
    """
    agreements = _views(db, _seen(actor).where(Agreement.id == agreement_id), actor=actor)
    if not agreements:
        raise NotFound
    return agreements[0], reviews_of(db, [agreement_id], actor=actor).get(agreement_id, ())


def agreements_called(
    db: Session, *, actor: Actor, ids: frozenset[int]
) -> tuple[AgreementView, ...]:
    return _views(db, _seen(actor).where(Agreement.id.in_(ids)), actor=actor)


def agreements_page(
    db: Session, *, actor: Actor, filters: AgreementFilters, today: date, number: int = 1
) -> AgreementPage:
    """Returns a page of agreements, those of the newest meeting first.

    A page beyond the last is the last.
    """
    listed = _filtered(actor, filters, today)
    total = (
        db.scalar(
            select(func.count()).select_from(listed.with_only_columns(Agreement.id).subquery())
        )
        or 0
    )
    paging = Paging(total, PER_PAGE, number)
    return AgreementPage(
        _views(db, listed.limit(PER_PAGE).offset(paging.offset), actor=actor), paging
    )


def all_agreements(
    db: Session, *, actor: Actor, filters: AgreementFilters, today: date
) -> tuple[AgreementView, ...]:
    return _views(db, _filtered(actor, filters, today).limit(MOST_EXPORTED), actor=actor)


def overdue_agreements(
    db: Session, *, actor: Actor, today: date, country: str = ""
) -> tuple[int, date | None]:
    """Returns how many the list of overdue ones shows to the actor, of one country or of all, and
    the earliest day that has passed; one statement.
    """
    listed = _filtered(actor, AgreementFilters(OVERDUE, country), today).order_by(None)
    overdue = listed.with_only_columns(Agreement.id, Agreement.due).subquery()
    number, since = db.execute(select(func.count(), func.min(overdue.c.due))).one()
    return number, since


def coming_agreements(
    db: Session, *, actor: Actor, today: date, country: str
) -> tuple[int, date | None]:
    """Returns how many open ones that a country answers for are not overdue, and the next day that
    one is due; one statement.
    """
    listed = _filtered(actor, AgreementFilters(OPEN, country), today).order_by(None)
    coming = listed.where(or_(Agreement.due.is_(None), Agreement.due >= today))
    rows = coming.with_only_columns(Agreement.id, Agreement.due).subquery()
    number, next_due = db.execute(select(func.count(), func.min(rows.c.due))).one()
    return number, next_due


def editions_with_agreements(db: Session, *, actor: Actor) -> tuple[tuple[str, str], ...]:
    """Returns slug and label of the editions that the list can be narrowed to, newest first."""
    linked = select(EventLink.edition_id).where(
        EventLink.event_id.in_(_seen(actor).with_only_columns(Event.id))
    )
    rows = db.execute(
        select(Edition.slug, Edition.label)
        .where(Edition.id.in_(linked))
        .order_by(Edition.id.desc())
    )
    return tuple((row.slug, row.label) for row in rows)


def _seen(actor: Actor) -> Select[Agreement, Event]:
    if not may_read(actor):
        raise NotFound
    return (
        select(Agreement, Event)
        .join(Event, Event.id == Agreement.event_id)
        .where(visible_to(actor))
        .order_by(Event.starts_at.desc().nulls_last(), Event.id, Agreement.number, Agreement.letter)
    )


def _filtered(actor: Actor, filters: AgreementFilters, today: date) -> Select[Agreement, Event]:
    agreements = _seen(actor)
    if filters.which in (OPEN, OVERDUE):
        agreements = agreements.where(Agreement.status.in_(UNSETTLED))
    if filters.which == OVERDUE:
        agreements = agreements.where(Agreement.due < today)
    if filters.which == SETTLED:
        agreements = agreements.where(Agreement.status.not_in(UNSETTLED))
    if filters.country:
        theirs = select(AgreementParty.agreement_id).where(
            AgreementParty.country_code == filters.country
        )
        agreements = agreements.where(Agreement.id.in_(theirs))
    if filters.edition:
        linked = select(EventLink.event_id).join(Edition, Edition.id == EventLink.edition_id)
        agreements = agreements.where(
            Agreement.event_id.in_(linked.where(Edition.slug == filters.edition))
        )
    return agreements


def _views(
    db: Session, agreements: Select[Agreement, Event], *, actor: Actor
) -> tuple[AgreementView, ...]:
    """Reads the agreements in eight statements, however many there are."""
    rows = db.execute(agreements).all()
    return views_of(db, [(row[0], row[1]) for row in rows], actor=actor)


def views_of(
    db: Session, rows: list[tuple[Agreement, Event]], *, actor: Actor
) -> tuple[AgreementView, ...]:
    ids = [agreement.id for agreement, _ in rows]
    parties, reviews = parties_of(db, ids), reviews_of(db, ids, actor=actor)
    proposals, titles = proposals_of(db, ids, actor=actor), sections(db)
    editions = editions_of(db, {event.id for _, event in rows})
    return tuple(
        AgreementView(
            id=one.id,
            event_id=event.id,
            event_title=event.title,
            event_starts_at=event.starts_at,
            editions=editions.get(event.id, ()),
            paragraph=Paragraph(one.number, one.letter),
            text=one.text,
            verb=Verb(one.verb),
            responsible=parties.get(one.id, ()),
            due=one.due,
            section=one.section,
            section_title=titles.get(one.section),
            status=Status(one.status),
            evidence=one.evidence,
            evidence_url=one.evidence_url,
            last_review=reviews.get(one.id, (None,))[-1],
            proposals=proposals.get(one.id, ()),
        )
        for one, event in rows
    )
