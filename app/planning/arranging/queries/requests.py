"""What was asked of the presidency, with all that it decides by: the hours around, and who would
be needed twice.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from app.kernel.actor import Actor
from app.kernel.reference import reference_day
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.people.directory.models import Person, WorkingGroup
from app.people.identity.models import Account
from app.people.identity.policy import leads_the_region
from app.planning.arranging.queries.planning import delegates_within
from app.planning.events import policy
from app.planning.events.models import AuthorizationRequest, Event, EventGroup, EventPerson
from app.planning.events.queries.events import event_of
from app.planning.events.values import EventDetail, EventStatus, RequestState

ROLE_OF_DELEGATE = "delegate"


@dataclass(frozen=True)
class RequestDetail:
    """`span` is the time wished for. `is_move`: the event is published and stands elsewhere."""

    id: UUID
    event: EventDetail
    span: Timespan
    timezone: str
    reason: str
    asked_by: str
    asked_at: datetime
    decide_by: datetime
    state: RequestState
    answer: str
    answered_by: str
    answered_at: datetime | None
    offered: Timespan | None

    @property
    def is_move(self) -> bool:
        return self.event.status is not EventStatus.DRAFT

    def is_open(self, now: datetime) -> bool:
        return self.state is RequestState.OPEN and now < self.decide_by


@dataclass(frozen=True)
class AroundEvent:
    """An event that is held around the hour; `title` is None for one that is not the reader's to
    know.
    """

    id: UUID
    title: LocalizedText | None
    span: Timespan
    groups: tuple[str, ...]


@dataclass(frozen=True)
class NeededTwice:
    """Somebody with a part in both events: a role (PersonRole) or a group's delegate."""

    name: str
    country_code: str
    roles: tuple[str, str]


def request_of(db: Session, *, actor: Actor, request_id: UUID) -> RequestDetail:
    """Returns a request, for those who plan the event and for the presidency, the outgoing one too;
    raises NotFound and NotAllowed for others.
    """
    asker, answerer = aliased(Person), aliased(Person)
    its, others = aliased(Account), aliased(Account)
    row = db.execute(
        select(AuthorizationRequest, asker.full_name, answerer.full_name)
        .outerjoin(its, its.id == AuthorizationRequest.asked_by)
        .outerjoin(asker, asker.id == its.person_id)
        .outerjoin(others, others.id == AuthorizationRequest.answered_by)
        .outerjoin(answerer, answerer.id == others.person_id)
        .where(AuthorizationRequest.id == request_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    one, asked_by, answered_by = row
    event = event_of(db, actor=actor, event_id=one.event_id)
    if not leads_the_region(actor):
        policy.require_may_plan_for(actor, event.group_slugs, event.kind)
    offered = (
        Timespan(one.offered_starts_at, one.offered_ends_at)
        if one.offered_starts_at and one.offered_ends_at
        else None
    )
    return RequestDetail(
        id=one.id,
        event=event,
        span=Timespan(one.starts_at, one.ends_at),
        timezone=one.timezone,
        reason=one.reason,
        asked_by=asked_by or "",
        asked_at=one.asked_at,
        decide_by=one.decide_by,
        state=RequestState(one.state),
        answer=one.answer,
        answered_by=answered_by or "",
        answered_at=one.answered_at,
        offered=offered,
    )


LATEST_REQUEST = (
    select(AuthorizationRequest)
    .where(AuthorizationRequest.event_id == bindparam("event_id"))
    .order_by(AuthorizationRequest.asked_at.desc(), AuthorizationRequest.id)
    .limit(1)
)


def latest_request(db: Session, *, event_id: UUID) -> AuthorizationRequest | None:
    """Returns the last thing asked about an event, open or not.

    Not scoped: for those who plan it.
    """
    return db.scalar(LATEST_REQUEST, {"event_id": event_id})


def open_request(db: Session, event_id: UUID, *, now: datetime) -> UUID | None:
    """Returns the request about an event that waits for an answer.

    Not scoped: for those who plan it.
    """
    return db.scalar(
        select(AuthorizationRequest.id).where(
            AuthorizationRequest.event_id == event_id,
            AuthorizationRequest.state == RequestState.OPEN,
            AuthorizationRequest.decide_by > now,
        )
    )


def asked_this_year(db: Session, *, year: int) -> tuple[int, int]:
    """Returns how many requests were authorized, of how many that were asked and not withdrawn."""
    first, last = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    rows = db.execute(
        select(AuthorizationRequest.state, func.count())
        .where(AuthorizationRequest.asked_at >= first, AuthorizationRequest.asked_at < last)
        .where(AuthorizationRequest.state != RequestState.WITHDRAWN)
        .group_by(AuthorizationRequest.state)
    )
    counts = dict(iter(rows))
    return counts.get(RequestState.AUTHORIZED, 0), sum(counts.values())


def events_around(
    db: Session, *, actor: Actor, span: Timespan, leaving_out: UUID
) -> tuple[AroundEvent, ...]:
    """Returns what is published and overlaps the span, in order of time; two statements."""
    rows = db.execute(
        select(Event.id, Event.title, Event.starts_at, Event.ends_at, Event.is_confidential)
        .where(
            Event.status == EventStatus.PUBLISHED,
            Event.starts_at < span.ends_at,
            Event.ends_at > span.starts_at,
            Event.id != leaving_out,
        )
        .order_by(Event.starts_at, Event.id)
    ).all()
    groups = _groups_of(db, [row.id for row in rows])
    sees_all = leads_the_region(actor)
    return tuple(
        AroundEvent(
            id=row.id,
            title=row.title if sees_all or not row.is_confidential else None,
            span=Timespan(row.starts_at, row.ends_at),
            groups=groups.get(row.id, ()),
        )
        for row in rows
    )


def _groups_of(db: Session, event_ids: list[UUID]) -> Mapping[UUID, tuple[str, ...]]:
    slugs: dict[UUID, tuple[str, ...]] = defaultdict(tuple)
    if event_ids:
        rows = db.execute(
            select(EventGroup.event_id, WorkingGroup.slug)
            .join(WorkingGroup, WorkingGroup.id == EventGroup.working_group_id)
            .where(EventGroup.event_id.in_(event_ids))
            .order_by(WorkingGroup.position)
        )
        for event_id, slug in rows:
            slugs[event_id] = (*slugs[event_id], slug)
    return slugs


def needed_twice(
    db: Session, *, first: UUID, second: UUID, at: datetime
) -> tuple[NeededTwice, ...]:
    """Returns who has a part in both events, by name: people who must be there, and the delegates
    of their groups on the day.
    """
    one, other = (_parts_of(db, event_id, at) for event_id in (first, second))
    both = set(one) & set(other)
    if not both:
        return ()
    rows = db.execute(
        select(Person.id, Person.full_name, Person.country_code)
        .where(Person.id.in_(both))
        .order_by(Person.sort_key, Person.id)
    )
    return tuple(
        NeededTwice(name, country or "", (one[person_id], other[person_id]))
        for person_id, name, country in rows
    )


def _parts_of(db: Session, event_id: UUID, at: datetime) -> dict[int, str]:
    day = reference_day(at)
    sitting = delegates_within(db, first=day, last=day).on(day)
    parts = {
        person_id: ROLE_OF_DELEGATE
        for slug in _groups_of(db, [event_id]).get(event_id, ())
        for people in sitting.get(slug, {}).values()
        for person_id in people
    }
    named = db.execute(
        select(EventPerson.person_id, EventPerson.role).where(EventPerson.event_id == event_id)
    )
    return parts | dict(iter(named))
