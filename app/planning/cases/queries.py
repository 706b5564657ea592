"""Conflict cases as whoever leads the region reads them: the two events by title, and what each may
do about it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.paging import Paging
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.people.identity.policy import leads_the_region
from app.people.identity.queries import names_of_accounts
from app.planning.events.models import Event
from app.planning.events.values import EventStatus, holder_of
from app.planning.scheduling.queries import cases as scheduling
from app.planning.scheduling.queries.cases import CaseRecord
from app.planning.scheduling.rules.cases import may_accept
from app.planning.scheduling.values import PartyKind

PER_PAGE = 20


@dataclass(frozen=True)
class CaseEvent:
    id: UUID
    title: LocalizedText
    starts_at: datetime | None
    ends_at: datetime | None
    timezone: str
    is_cancelled: bool


@dataclass(frozen=True)
class ConflictCaseView:
    """A case with its events, in the order of the record; an engagement that is no event is left
    out.
    """

    record: CaseRecord
    events: tuple[CaseEvent, ...]
    closed_by: str
    may_accept: bool

    @property
    def person_id(self) -> int | None:
        """Returns who would have to be replaced, when the case is about a person."""
        party = self.record.party
        return (
            int(party.key)
            if party and party.kind is PartyKind.PERSON and party.key.isdecimal()
            else None
        )


@dataclass(frozen=True)
class CasePage:
    cases: tuple[ConflictCaseView, ...]
    paging: Paging


def conflict_cases(
    db: Session, *, actor: Actor, number: int = 1, is_open: bool | None = None
) -> CasePage:
    """Returns a page of cases, open ones first; one beyond the last is the last. Refuses whoever
    does not lead the region with NotFound.
    """
    _require_leader(actor)
    _, total = scheduling.cases(db, is_open=is_open, limit=0)
    paging = Paging(total, PER_PAGE, number)
    records, _total = scheduling.cases(db, is_open=is_open, limit=PER_PAGE, offset=paging.offset)
    return CasePage(_views(db, records, actor), paging)


def conflict_case(db: Session, *, actor: Actor, case_id: int) -> ConflictCaseView:
    _require_leader(actor)
    return _views(db, [scheduling.case_of(db, case_id)], actor)[0]


def _require_leader(actor: Actor) -> None:
    if not leads_the_region(actor):
        raise NotFound


def _views(
    db: Session, records: Iterable[CaseRecord], actor: Actor
) -> tuple[ConflictCaseView, ...]:
    """Returns the cases in two statements however many there are."""
    found = tuple(records)
    ids = {
        event_id
        for case in found
        for holder in (case.holder, case.against)
        if (event_id := _event_id(holder))
    }
    events = {
        holder_of(event.id): _event(event)
        for event in db.scalars(select(Event).where(Event.id.in_(ids)))
    }
    names = names_of_accounts(db, {case.closed_by for case in found if case.closed_by})
    return tuple(
        ConflictCaseView(
            case,
            tuple(events[holder] for holder in (case.holder, case.against) if holder in events),
            names.get(case.closed_by or 0, ""),
            may_accept(actor, case.approver),
        )
        for case in found
    )


def _event_id(holder: str) -> UUID | None:
    kind, _, number = holder.partition(":")
    return UUID(number) if kind == "event" else None


def _event(row: Event) -> CaseEvent:
    return CaseEvent(
        id=row.id,
        title=row.title,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        timezone=row.timezone,
        is_cancelled=row.status == EventStatus.CANCELLED,
    )
