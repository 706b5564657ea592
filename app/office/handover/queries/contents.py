"""Contents of the page of a handover. Whoever may open the page may see all of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.followup.agreements.queries.agreements import AgreementFilters, agreements_page
from app.followup.agreements.values import AgreementView
from app.infra.orm import not_over
from app.kernel.actor import Actor, Grant, Role
from app.kernel.text import LocalizedText
from app.office.handover.queries.notes import notes_of
from app.office.handover.values import (
    DraftHandedOver,
    Handover,
    Note,
    OfficeKind,
    RoleHeld,
    RosterState,
)
from app.people.directory.models import Country, Person, WorkingGroup
from app.people.directory.queries.roster import roster_of
from app.people.identity.models import Account, RoleGrant
from app.people.identity.values import SCOPE_BY_COUNTRY
from app.planning.arranging.queries.plans import PlanPage, plan_of
from app.planning.cases.queries import ConflictCaseView, conflict_cases
from app.planning.events.models import Event
from app.planning.events.queries.events import visible_to
from app.planning.events.values import EventStatus, holder_of
from app.planning.programme.queries.programme import ProgrammeEntry, agenda
from app.planning.scheduling.models import Engagement

LISTED = 20
DRAFTS_LISTED = 200
"""No other page lists them."""
SHOWN_ROLES = (Role.ORGANIZER, Role.PRESIDENCY, Role.CONVENOR, Role.FOCAL_POINT)


@dataclass(frozen=True)
class HandoverContents:
    """Everything a successor needs to know. What the office does not have is None. `opens`: the
    events whose pages the reader may open today; the others open on the day of the handover.
    """

    drafts: Sequence[DraftHandedOver]
    drafts_total: int
    cases: Sequence[ConflictCaseView] | None
    agreements: Sequence[AgreementView]
    agreements_total: int
    plan: PlanPage | None
    coming: Sequence[ProgrammeEntry]
    people: Sequence[RoleHeld]
    roster: RosterState | None
    notes: Sequence[Note]
    opens: Collection[UUID]


def contents_of(
    db: Session, *, actor: Actor, handover: Handover, today: date, now: datetime
) -> HandoverContents:
    """Returns the contents of the page. The caller checks whether the actor may read it. A constant
    number of statements.
    """
    code = handover.outgoing.country_code
    reader = replace(actor, grants=actor.grants | {Grant(handover.office.role, code)})
    presides = handover.office is OfficeKind.PRESIDENCY
    open_ones = agreements_page(
        db, actor=reader, filters=AgreementFilters(country="" if presides else code), today=today
    )
    coming = agenda(db, actor=reader, now=now, past=False, limit=LISTED)
    drafts = _drafts(db, reader) if presides else ()
    named = (
        {one.id for one in drafts}
        | {one.id for one in coming}
        | {one.event_id for one in open_ones.agreements}
    )
    return HandoverContents(
        drafts=drafts,
        drafts_total=db.scalar(_open(select(func.count(Event.id)), reader)) or 0 if presides else 0,
        cases=conflict_cases(db, actor=reader, is_open=True).cases if presides else None,
        agreements=open_ones.agreements[:LISTED],
        agreements_total=open_ones.paging.total,
        plan=plan_of(db, actor=reader, year=(handover.on or today).year) if presides else None,
        coming=coming,
        people=_people(db, today, "" if presides else code),
        roster=None if presides else _roster(db, reader, code, today),
        notes=notes_of(db, handover),
        opens=frozenset(db.scalars(select(Event.id).where(Event.id.in_(named), visible_to(actor)))),
    )


def _drafts(db: Session, reader: Actor) -> Sequence[DraftHandedOver]:
    """Returns drafts with the end of their hold on the calendar; those that wait for approval come
    first.
    """
    ordered = _open(select(Event), reader).order_by(
        Event.approved_at.is_(None).desc(), Event.asked_at.is_(None), Event.starts_at, Event.id
    )
    rows = db.scalars(ordered.limit(DRAFTS_LISTED)).all()
    held = select(Engagement).where(Engagement.holder.in_([holder_of(row.id) for row in rows]))
    until = {one.holder: one.expires_at for one in db.scalars(held)}
    return [
        DraftHandedOver(
            id=row.id,
            title=row.title,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            timezone=row.timezone,
            held_until=until.get(holder_of(row.id)),
            is_waiting=row.asked_at is not None and row.approved_at is None,
        )
        for row in rows
    ]


def _open(asked: Select[Any], reader: Actor) -> Select[Any]:
    return asked.where(Event.status == EventStatus.DRAFT, visible_to(reader))


def _roster(db: Session, reader: Actor, code: str, today: date) -> RosterState:
    serving = roster_of(db, actor=reader, country_code=code, on=today)
    unsure = roster_of(db, actor=reader, country_code=code, on=today, to_confirm=True)
    return RosterState(serving.people, unsure.people)


def _people(db: Session, today: date, country_code: str) -> Sequence[RoleHeld]:
    """Returns who holds which role today or later. With a country: its own people and the
    organizers.
    """
    asked = (
        select(RoleGrant, Person.full_name)
        .join(Account, Account.id == RoleGrant.account_id)
        .join(Person, Person.id == Account.person_id)
        .where(Account.active, not_over(RoleGrant, today))
        .where(RoleGrant.role.in_([role.value for role in SHOWN_ROLES]))
        .where(not_over(RoleGrant, RoleGrant.valid_from))
    )
    if country_code:
        asked = asked.where(
            or_(RoleGrant.role == Role.ORGANIZER.value, RoleGrant.scope == country_code)
        )
    rows = db.execute(
        asked.order_by(RoleGrant.role, RoleGrant.scope, RoleGrant.valid_from, RoleGrant.id)
    ).all()
    names = _scope_names(db, {grant.scope for grant, _name in rows})
    found = [
        RoleHeld(
            role=Role(g.role),
            scope=names.get((Role(g.role) in SCOPE_BY_COUNTRY, g.scope)),
            name=name,
            since=g.valid_from,
            until=g.valid_until,
        )
        for g, name in rows
    ]
    return sorted(found, key=lambda one: SHOWN_ROLES.index(one.role))


def _scope_names(db: Session, scopes: set[str]) -> dict[tuple[bool, str], LocalizedText]:
    """Returns names by (True, country code) and (False, group slug)."""
    countries = db.scalars(select(Country).where(Country.code.in_(scopes)))
    groups = db.scalars(select(WorkingGroup).where(WorkingGroup.slug.in_(scopes)))
    return {
        **{(True, one.code): one.name for one in countries},
        **{(False, one.slug): one.name for one in groups},
    }
