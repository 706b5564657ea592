"""The agreements that a follow-up webinar reviews: of the editions it follows up, and of its own
series.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from app.followup.agreements.models import Agreement, AgreementReview
from app.followup.agreements.queries.agreements import views_of
from app.followup.agreements.queries.parts import reviews_of
from app.followup.agreements.values import UNSETTLED, AgreementView, ListedAgreement
from app.kernel.actor import SYSTEM, Actor
from app.planning.events.models import Event, EventLink
from app.planning.events.queries.events import event_of
from app.planning.events.values import EventStatus, LinkRole


def review_list(db: Session, *, actor: Actor, event_id: UUID) -> tuple[ListedAgreement, ...]:
    """Returns the agreements in the order of meetings and paragraphs; after closing, those that the
    event reviewed. The list is the same for everybody who may see the event. Agreements of a
    confidential meeting are listed by confidential events only.
    """
    event_of(db, actor=actor, event_id=event_id)
    listed = _listed(db, event_id, actor)
    reviews = reviews_of(db, [one.id for one in listed], actor=actor)
    own = {
        one.id: next((r for r in reviews.get(one.id, ()) if r.event_id == event_id), None)
        for one in listed
    }
    return tuple(ListedAgreement(one, own[one.id]) for one in listed)


def unreviewed(db: Session, *, event_id: UUID) -> tuple[AgreementView, ...]:
    """Returns the listed agreements that this event has not reviewed; they prevent closing it."""
    said = set(
        db.scalars(select(AgreementReview.agreement_id).where(AgreementReview.event_id == event_id))
    )
    return tuple(one for one in _listed(db, event_id, SYSTEM) if one.id not in said)


def listed_ids(db: Session, *, event_id: UUID) -> frozenset[int]:
    return frozenset(
        db.scalars(
            _agreements_listed_by(db.get_one(Event, event_id))
            .with_only_columns(Agreement.id)
            .order_by(None)
        )
    )


def _listed(db: Session, event_id: UUID, actor: Actor) -> tuple[AgreementView, ...]:
    rows = db.execute(_agreements_listed_by(db.get_one(Event, event_id))).all()
    return views_of(db, [(row[0], row[1]) for row in rows], actor=actor)


def _agreements_listed_by(event: Event) -> Select[Agreement, Event]:
    reviewed = select(AgreementReview.agreement_id).where(AgreementReview.event_id == event.id)
    listed: ColumnElement[bool] = Agreement.id.in_(reviewed)
    if event.closed_at is None:
        listed = or_(listed, and_(Agreement.status.in_(UNSETTLED), _is_followed_by(event)))
    return (
        select(Agreement, Event)
        .join(Event, Event.id == Agreement.event_id)
        .where(listed)
        .order_by(Event.starts_at.nulls_first(), Event.id, Agreement.number, Agreement.letter)
    )


def _is_followed_by(event: Event) -> ColumnElement[bool]:
    """Returns the condition that the event joined to an agreement is published, earlier, and of an
    edition followed up or of the same series.
    """
    followed = select(EventLink.edition_id).where(
        EventLink.event_id == event.id, EventLink.role == LinkRole.FOLLOW_UP.value
    )
    related: list[ColumnElement[bool]] = [
        Event.id.in_(select(EventLink.event_id).where(EventLink.edition_id.in_(followed)))
    ]
    if event.series_id is not None:
        related.append(Event.series_id == event.series_id)
    seen = [Event.id != event.id, Event.status == EventStatus.PUBLISHED.value, or_(*related)]
    if event.starts_at is not None:
        seen.append(or_(Event.starts_at.is_(None), Event.starts_at < event.starts_at))
    if not event.is_confidential:
        seen.append(Event.is_confidential.is_(False))
    return and_(*seen)
