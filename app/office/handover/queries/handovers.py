"""Terms of the presidency and of focal points, their handovers, notes and what the page of a
handover shows. A constant number of statements.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import Session

from app.followup.agreements.queries.agreements import AgreementFilters, agreements_page
from app.followup.agreements.values import AgreementView
from app.infra.orm import not_over
from app.kernel import dated
from app.kernel.actor import Actor, Grant, Role
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.office.handover import policy
from app.office.handover.models import HandoverNote
from app.office.handover.rules import handover_among, is_near
from app.office.handover.values import (
    DraftHandedOver,
    Handover,
    Holder,
    Note,
    OfficeKind,
    PresidencyYear,
    RoleHeld,
    RosterState,
)
from app.people.directory.models import Country, FocalPoint, Person, PresidencyTerm, WorkingGroup
from app.people.directory.queries.counts_only import gives_no_names
from app.people.directory.queries.roster import CODE, roster_of
from app.people.identity.models import Account, RoleGrant
from app.people.identity.values import SCOPE_BY_COUNTRY
from app.planning.arranging.queries.plans import PlanPage, plan_of
from app.planning.cases.queries import ConflictCaseView, conflict_cases
from app.planning.events.models import Event
from app.planning.events.queries.events import visible_to
from app.planning.events.values import EventStatus, holder_of
from app.planning.programme.queries.programme import ProgrammeEntry, agenda
from app.planning.scheduling.models import Engagement

FocalPointTerms = Mapping[str, Sequence[PresidencyYear]]
"""The terms of the focal points by country, in order."""
PRESIDENCY_GRANTS = (
    select(
        RoleGrant.id,
        RoleGrant.scope,
        RoleGrant.valid_from,
        RoleGrant.valid_until,
        Person.id.label("person_id"),
        Person.full_name,
    )
    .join(Account, Account.id == RoleGrant.account_id)
    .join(Person, Person.id == Account.person_id)
    .where(RoleGrant.role == Role.PRESIDENCY.value)
    .order_by(Person.sort_key, RoleGrant.id)
)
PRESIDENCY_TERMS = (
    select(
        PresidencyTerm.id,
        PresidencyTerm.country_code,
        Country.name,
        PresidencyTerm.valid_from,
        PresidencyTerm.valid_until,
    )
    .join(Country)
    .order_by(PresidencyTerm.valid_from.desc())
)
FOCAL_POINT_TERMS = (
    select(
        FocalPoint.id,
        FocalPoint.country_code,
        Country.name,
        FocalPoint.valid_from,
        FocalPoint.valid_until,
        FocalPoint.person_id,
        Person.full_name,
    )
    .join(Person, Person.id == FocalPoint.person_id)
    .join(Country, Country.code == FocalPoint.country_code)
    .order_by(FocalPoint.country_code, FocalPoint.valid_from, FocalPoint.id)
)


def presidency_terms(db: Session, *, reader: Actor | None = None) -> tuple[PresidencyYear, ...]:
    """Returns all terms with their people, the latest first; two statements. None to a `reader` who
    is of no term's people and not of the secretariat; one statement.
    """
    grants = db.execute(PRESIDENCY_GRANTS).all()
    reader_id = reader and reader.person_id
    is_of_it = reader is None or reader.holds(Role.ORGANIZER)
    if not is_of_it and all(grant.person_id != reader_id for grant in grants):
        return ()
    return tuple(
        PresidencyYear(
            id=term.id,
            country_code=term.country_code,
            country=term.name,
            since=term.valid_from,
            until=term.valid_until,
            holders=tuple(
                Holder(grant.person_id, grant.full_name, grant.id)
                for grant in grants
                if _acts_in(grant, term)
            ),
        )
        for term in db.execute(PRESIDENCY_TERMS)
    )


def _acts_in(grant: Row[*tuple[Any, ...]], term: Row[*tuple[Any, ...]]) -> bool:
    """Says whether a row of PRESIDENCY_GRANTS holds during one of PRESIDENCY_TERMS."""
    return grant.scope == term.country_code and dated.overlap(
        (grant.valid_from, grant.valid_until), (term.valid_from, term.valid_until)
    )


def focal_point_terms(
    db: Session, countries: Collection[str] | None = None
) -> dict[str, tuple[PresidencyYear, ...]]:
    """Returns the terms by country, in order. Leaves out those that were ended before they began.
    One statement.
    """
    wanted = FOCAL_POINT_TERMS
    if countries is not None:
        wanted = wanted.where(FocalPoint.country_code.in_(countries))
    terms = [
        PresidencyYear(
            id=row.id,
            country_code=row.country_code,
            country=row.name,
            since=row.valid_from,
            until=row.valid_until,
            holders=(Holder(row.person_id, row.full_name),),
        )
        for row in db.execute(wanted)
        if dated.not_over(row.valid_until, row.valid_from)
    ]
    return {code: tuple(some) for code, some in groupby(terms, key=lambda term: term.country_code)}


def all_handovers(
    db: Session,
    today: date,
    *,
    focal_points: FocalPointTerms | None = None,
    reader: Actor | None = None,
) -> tuple[Handover, ...]:
    """Returns the handover of the presidency and of each country's focal point whose term has
    begun. Three statements, or two for a caller that has read `focal_point_terms` already; one less
    for a `reader` who never was of the presidency and reads its handover on no day.
    """
    terms = focal_point_terms(db) if focal_points is None else focal_points
    handovers = (
        handover_among(OfficeKind.PRESIDENCY, presidency_terms(db, reader=reader), today),
        *(handover_among(OfficeKind.FOCAL_POINT, terms[code], today) for code in sorted(terms)),
    )
    return tuple(handover for handover in handovers if handover is not None)


def handovers_for(
    db: Session, *, actor: Actor, today: date, focal_points: FocalPointTerms | None = None
) -> tuple[Handover, ...]:
    """Returns the handovers the actor may open: for the secretariat that of the presidency and
    those that are near, for others their own. `focal_points` as for `all_handovers`.
    """
    everything = all_handovers(db, today, focal_points=focal_points, reader=actor)
    seen = [one for one in everything if policy.may_read_handover(actor, one, today)]
    if not actor.holds(Role.ORGANIZER):
        return tuple(seen)
    return tuple(one for one in seen if one.office is OfficeKind.PRESIDENCY or is_near(one, today))


def handover_of(
    db: Session, *, actor: Actor, office: OfficeKind, country_code: str, today: date
) -> Handover:
    """Returns one handover; `country_code` is "" for the presidency. Raises NotFound also for what
    the actor may not see.
    """
    if office is OfficeKind.PRESIDENCY:
        terms = presidency_terms(db) if country_code == "" else ()
    else:
        codes = [country_code] if CODE.fullmatch(country_code) else []
        terms = focal_point_terms(db, codes).get(country_code, ())
    handover = handover_among(office, terms, today)
    if handover is None or not policy.may_read_handover(actor, handover, today):
        raise NotFound
    return handover


# Notes of a term. Not scoped by actor: the caller checks whether the handover may be read.

VERSIONS = 20


def latest_note(notes: Sequence[Note]) -> str:
    """Returns the text of the latest note; "" when there is none."""
    return notes[0].text if notes else ""


def notes_of(db: Session, handover: Handover) -> tuple[Note, ...]:
    """Returns the twenty latest versions of the note, the latest first."""
    term = handover.outgoing
    rows = db.execute(
        select(HandoverNote, Person.full_name)
        .outerjoin(Account, Account.id == HandoverNote.written_by)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(
            HandoverNote.office == handover.office.value,
            HandoverNote.country_code == term.country_code,
            HandoverNote.since == term.since,
        )
        .order_by(HandoverNote.id.desc())
        .limit(VERSIONS)
    )
    return tuple(Note(row.text, row.written_at, name or "") for row, name in rows)


# Contents of the page of a handover. Whoever may open the page may see all of them.

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
        agreements=sorted(
            open_ones.agreements, key=lambda one: (one.due is None, one.due or today)
        )[:LISTED],
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


def _open(events: Select[Any], reader: Actor) -> Select[Any]:
    return events.where(Event.status == EventStatus.DRAFT, visible_to(reader))


def _roster(db: Session, reader: Actor, code: str, today: date) -> RosterState | None:
    """Returns None for a country that gives no names: nobody is on a list here."""
    if gives_no_names(db, code):
        return None
    serving = roster_of(db, actor=reader, country_code=code, on=today)
    unsure = roster_of(db, actor=reader, country_code=code, on=today, to_confirm=True)
    return RosterState(serving.people, unsure.people)


def _people(db: Session, today: date, country_code: str) -> Sequence[RoleHeld]:
    """Returns who holds which role today or later. With a country: its own people and the
    organizers.
    """
    grants = (
        select(RoleGrant, Person.full_name)
        .join(Account, Account.id == RoleGrant.account_id)
        .join(Person, Person.id == Account.person_id)
        .where(Account.active, not_over(RoleGrant, today))
        .where(RoleGrant.role.in_([role.value for role in SHOWN_ROLES]))
        .where(not_over(RoleGrant, RoleGrant.valid_from))
    )
    if country_code:
        grants = grants.where(
            or_(RoleGrant.role == Role.ORGANIZER.value, RoleGrant.scope == country_code)
        )
    rows = db.execute(
        grants.order_by(RoleGrant.role, RoleGrant.scope, RoleGrant.valid_from, RoleGrant.id)
    ).all()
    names = _scope_names(db, {grant.scope for grant, _name in rows})
    people = [
        RoleHeld(
            role=Role(g.role),
            scope=names.get((Role(g.role) in SCOPE_BY_COUNTRY, g.scope)),
            name=name,
            since=g.valid_from,
            until=g.valid_until,
        )
        for g, name in rows
    ]
    return sorted(people, key=lambda one: SHOWN_ROLES.index(one.role))


def _scope_names(db: Session, scopes: set[str]) -> dict[tuple[bool, str], LocalizedText]:
    """Returns names by (True, country code) and (False, group slug)."""
    countries = db.scalars(select(Country).where(Country.code.in_(scopes)))
    groups = db.scalars(select(WorkingGroup).where(WorkingGroup.slug.in_(scopes)))
    return {
        **{(True, one.code): one.name for one in countries},
        **{(False, one.slug): one.name for one in groups},
    }


# What this package keeps of one person: the notes they wrote, which stay.


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    own_accounts = select(Account.id).where(Account.person_id == person_id)
    notes = (
        select(HandoverNote)
        .where(HandoverNote.written_by.in_(own_accounts))
        .order_by(HandoverNote.id)
    )
    return {
        "notes": [{"text": row.text, "at": row.written_at.isoformat()} for row in db.scalars(notes)]
    }
