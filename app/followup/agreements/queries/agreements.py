"""Agreements with their parts, within what the reader may see of their events."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.followup.agreements.models import (
    Agreement,
    AgreementParty,
    AgreementProposal,
    AgreementReview,
    ClosingReason,
    TableFinding,
)
from app.followup.agreements.policy import may_propose, may_read, sees_names
from app.followup.agreements.values import (
    UNSETTLED,
    ActivityPart,
    AgreementView,
    ListedAgreement,
    Paragraph,
    ProposalView,
    ResponsibleKind,
    ResponsibleView,
    ReviewView,
    Status,
    Verb,
)
from app.kernel.actor import SYSTEM, Actor
from app.kernel.paging import Paging
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.people.directory.models import Country, Institution, Person, WorkingGroup
from app.people.directory.rules.people import sort_key
from app.people.identity.models import Account
from app.people.identity.queries import Authors, ids_written_by
from app.planning.events.models import Edition, Event, EventLink, FundingSource
from app.planning.events.queries.events import Sight, event_of, sight_of, visible_to
from app.planning.events.values import EventStatus, GenderMarker, LinkRole
from app.training.learning.models import Course, CourseEdition
from app.training.learning.values import GUIDELINES
from app.training.library.models import GuidelineSection, GuidelineVersion

# The parts of agreements, each of many agreements in one statement.

KINDS = tuple(ResponsibleKind)
OF_ANOTHER_COURSE = (
    select(CourseEdition.id)
    .join(Course, Course.id == CourseEdition.course_id)
    .where(CourseEdition.guideline_version_id == GuidelineVersion.id, Course.slug != GUIDELINES)
)
NEWEST_GUIDELINES = (
    select(GuidelineVersion.id)
    .where(~OF_ANOTHER_COURSE.exists())
    .order_by(GuidelineVersion.id.desc())
    .limit(1)
    .scalar_subquery()
)
Key = TypeVar("Key")
Part = TypeVar("Part")


def parties_of(db: Session, ids: Collection[int]) -> dict[int, tuple[ResponsibleView, ...]]:
    """Returns who answers for each: countries first, then institutions, groups, the two organs and
    observers. Three statements.
    """
    rows = db.scalars(select(AgreementParty).where(AgreementParty.agreement_id.in_(ids))).all()
    countries = {c.code: c.name for c in db.scalars(select(Country))} if rows else {}
    of_kind = {kind: {row.key for row in rows if row.kind == kind} for kind in KINDS}
    institutions = {
        str(one.id): one.name
        for one in db.scalars(
            select(Institution).where(
                Institution.id.in_([int(key) for key in of_kind[ResponsibleKind.INSTITUTION]])
            )
        )
    }
    groups = {
        one.slug: one.name
        for one in db.scalars(
            select(WorkingGroup).where(
                WorkingGroup.slug.in_(of_kind[ResponsibleKind.WORKING_GROUP])
            )
        )
    }

    def view(row: AgreementParty) -> ResponsibleView:
        kind = ResponsibleKind(row.kind)
        known = {
            ResponsibleKind.COUNTRY: countries,
            ResponsibleKind.INSTITUTION: institutions,
            ResponsibleKind.WORKING_GROUP: groups,
        }.get(kind, {})
        return ResponsibleView(
            kind, row.key, known.get(row.key, LocalizedText(es=row.key)), row.country_code or ""
        )

    parties = [(row.agreement_id, view(row)) for row in rows]
    return grouped(
        sorted(parties, key=lambda pair: (KINDS.index(pair[1].kind), pair[1].name.in_()))
    )


def editions_of(db: Session, events: Collection[UUID]) -> dict[UUID, tuple[tuple[str, str], ...]]:
    """Returns slug and label of the editions in whose cycle each event stands, oldest first."""
    rows = db.execute(
        select(EventLink.event_id, Edition.slug, Edition.label, Edition.id)
        .join(Edition, Edition.id == EventLink.edition_id)
        .where(EventLink.event_id.in_(events))
        .distinct()
        .order_by(Edition.id)
    )
    return grouped((row.event_id, (row.slug, row.label)) for row in rows)


def guidelines_version(db: Session) -> int | None:
    """Returns the newest version of the Guidelines. Documents of other courses do not count."""
    return db.scalar(select(NEWEST_GUIDELINES))


def sections(db: Session) -> dict[str, LocalizedText]:
    """Returns titles by code from the newest version of the Guidelines, in the document's order."""
    chosen = select(GuidelineSection.code, GuidelineSection.title)
    rows = db.execute(
        chosen.where(GuidelineSection.guideline_version_id == NEWEST_GUIDELINES).order_by(
            GuidelineSection.position
        )
    )
    return {row[0]: row[1] for row in rows}


def reviews_of(
    db: Session, ids: Collection[int], *, actor: Actor
) -> dict[int, tuple[ReviewView, ...]]:
    """Returns the reviews of each, oldest first; a correction counts from when it was made."""
    rows = db.execute(
        select(AgreementReview, Event.title, Person.full_name)
        .join(Event, Event.id == AgreementReview.event_id)
        .outerjoin(Account, Account.id == AgreementReview.by)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(AgreementReview.agreement_id.in_(ids))
        .order_by(AgreementReview.at, AgreementReview.agreement_id)
    )
    named = sees_names(actor)
    return grouped(
        (
            row.agreement_id,
            ReviewView(
                event_id=row.event_id,
                event_title=title,
                status=Status(row.status),
                note=row.note,
                at=row.at,
                by=(name or "") if named else "",
            ),
        )
        for row, title, name in rows
    )


def proposals_of(
    db: Session, ids: Collection[int], *, actor: Actor
) -> dict[int, tuple[ProposalView, ...]]:
    """Returns all proposals to organizers, and those of their own country to a focal point."""
    rows = db.scalars(
        select(AgreementProposal)
        .where(AgreementProposal.agreement_id.in_(ids))
        .order_by(AgreementProposal.agreement_id, AgreementProposal.country_code)
    )
    return grouped(
        (
            row.agreement_id,
            ProposalView(row.country_code, Status(row.status), row.note, row.evidence_url, row.at),
        )
        for row in rows
        if sees_names(actor) or may_propose(actor, [row.country_code])
    )


def grouped(pairs: Iterable[tuple[Key, Part]]) -> dict[Key, tuple[Part, ...]]:
    """Returns the parts by key, in the order in which they came."""
    by_key: dict[Key, list[Part]] = {}
    for key, part in pairs:
        by_key.setdefault(key, []).append(part)
    return {key: tuple(parts) for key, parts in by_key.items()}


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
    """Returns what an event agreed, in the order of its paragraphs, without the activities of work
    tables.

    For reports, SYSTEM sees all.
    """
    agreed = _seen(actor).where(Agreement.event_id == event_id, Agreement.plan_id.is_(None))
    return _views(db, agreed, actor=actor)


def activities_of(
    db: Session, *, actor: Actor, plans: Collection[int]
) -> tuple[AgreementView, ...]:
    """Returns the activities of plans, drafts too, by plan and number.

    The caller has made sure that the actor may read these plans.
    """
    rows = db.execute(
        select(Agreement, Event)
        .join(Event, Event.id == Agreement.event_id)
        .where(Agreement.plan_id.in_(plans))
        .order_by(Agreement.plan_id, Agreement.number)
    ).all()
    return views_of(db, [(row[0], row[1]) for row in rows], actor=actor)


def webinars_of(db: Session, *, actor: Actor, ids: Collection[int]) -> dict[int, UUID]:
    """Returns, by activity, the webinar that it became, where the actor may see it and it is not
    cancelled.
    """
    rows = db.execute(
        select(Agreement.id, Event.id)
        .join(Event, Event.id == Agreement.webinar_id)
        .where(
            Agreement.id.in_(ids), Event.status != EventStatus.CANCELLED.value, visible_to(actor)
        )
    )
    return {row[0]: row[1] for row in rows}


def activity_of_webinar(db: Session, *, actor: Actor, event_id: UUID) -> AgreementView | None:
    """Returns the activity that a webinar was planned of; None for all other events."""
    of_webinar = db.scalar(select(Agreement.id).where(Agreement.webinar_id == event_id))
    if of_webinar is None:
        return None
    return next(iter(agreements_called(db, actor=actor, ids=frozenset({of_webinar}))), None)


def activity_numbers(db: Session, plans: Collection[int]) -> dict[int, int]:
    """Returns how many activities each plan has; a plan without any is left out."""
    counted = select(Agreement.plan_id, func.count()).where(Agreement.plan_id.in_(plans))
    rows = db.execute(counted.group_by(Agreement.plan_id))
    return {plan: number for plan, number in rows if plan is not None}


def open_of_countries(db: Session) -> tuple[tuple[str, int, str], ...]:
    """Returns, of each open agreement and activity in force, each country that answers for it: code,
    id and section. What is confidential is left out, because everybody of the country reads it.
    """
    rows = db.execute(
        select(AgreementParty.country_code, Agreement.id, Agreement.section)
        .join(Agreement, Agreement.id == AgreementParty.agreement_id)
        .join(Event, Event.id == Agreement.event_id)
        .where(
            AgreementParty.country_code.is_not(None),
            Agreement.status.in_(UNSETTLED),
            Agreement.is_draft.is_(False),
            Event.is_confidential.is_(False),
        )
        .distinct()
        .order_by(AgreementParty.country_code, Agreement.id)
    )
    return tuple((code, number, section) for code, number, section in rows if code)


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


def agreements_on_section(db: Session, *, actor: Actor, section: str) -> tuple[AgreementView, ...]:
    """Returns agreements and activities in force on a section of the Guidelines; none to guests."""
    if not may_read(actor):
        return ()
    return _views(db, _seen(actor).where(Agreement.section == section), actor=actor)


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


TODAY = bindparam("today", type_=Date())
OF_COUNTRY = select(AgreementParty.agreement_id).where(
    AgreementParty.country_code == bindparam("country", type_=AgreementParty.country_code.type)
)


@dataclass(frozen=True)
class Unsettled:
    """How many open agreements are overdue and how many are not; the earliest day that has passed,
    and the next to come, None where there is none.
    """

    overdue: int
    overdue_since: date | None
    coming: int
    next_due: date | None


def unsettled_agreements(db: Session, *, actor: Actor, today: date, country: str = "") -> Unsettled:
    """Returns how many the lists of open and of overdue ones show to the actor, of those that one
    country answers for or of all; one statement.
    """
    if not may_read(actor):
        raise NotFound
    sight, params = sight_of(actor)
    counts = _unsettled_counts(sight, is_of_country=bool(country))
    return Unsettled(*db.execute(counts, {**params, "today": today, "country": country}).one())


@cache
def _unsettled_counts(
    sight: Sight, *, is_of_country: bool
) -> Select[int, date | None, int, date | None]:
    is_overdue = _is_overdue(TODAY)
    is_coming = or_(Agreement.due.is_(None), ~is_overdue)
    counts = (
        select(
            func.count().filter(is_overdue),
            func.min(Agreement.due).filter(is_overdue),
            func.count().filter(is_coming),
            func.min(Agreement.due).filter(is_coming),
        )
        .join(Event, Event.id == Agreement.event_id)
        .where(sight.condition(), Agreement.is_draft.is_(False), Agreement.status.in_(UNSETTLED))
    )
    return counts.where(Agreement.id.in_(OF_COUNTRY)) if is_of_country else counts


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
        .where(visible_to(actor), Agreement.is_draft.is_(False))
        .order_by(
            Event.starts_at.desc().nulls_last(),
            Event.id,
            Agreement.plan_id.nulls_first(),
            Agreement.number,
            Agreement.letter,
        )
    )


def _is_overdue(today: Any) -> ColumnElement[bool]:
    """`today` is a day or a bound parameter."""
    is_over: ColumnElement[bool] = Agreement.due < today
    return is_over


def _filtered(actor: Actor, filters: AgreementFilters, today: date) -> Select[Agreement, Event]:
    agreements = _seen(actor)
    if filters.which in (OPEN, OVERDUE):
        agreements = agreements.where(Agreement.status.in_(UNSETTLED))
    if filters.which == OVERDUE:
        agreements = agreements.where(_is_overdue(today))
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
    funds = _funds_of(db, [one.funding_source_id for one, _ in rows])
    return tuple(
        AgreementView(
            id=one.id,
            event_id=event.id,
            event_title=event.title,
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
            activity=_activity_part(one, funds),
        )
        for one, event in rows
    )


def _funds_of(db: Session, ids: Iterable[int | None]) -> dict[int, str]:
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    rows = select(FundingSource.id, FundingSource.slug).where(FundingSource.id.in_(wanted))
    return {row.id: row.slug for row in db.execute(rows)}


def _activity_part(row: Agreement, funds: Mapping[int, str]) -> ActivityPart | None:
    if row.plan_id is None:
        return None
    return ActivityPart(
        plan_id=row.plan_id,
        is_draft=row.is_draft,
        indicator=row.indicator,
        target=row.target,
        gender_marker=None if row.gender_marker is None else GenderMarker(row.gender_marker),
        funding_source=funds.get(row.funding_source_id or 0, ""),
        partners=tuple(row.partners),
        finding_id=row.finding_id,
        changed_at=row.changed_at,
    )


# The agreements that a follow-up webinar reviews: of the editions it follows up, and of its own
# series.


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
    listed = and_(listed, Agreement.is_draft.is_(False))
    if event.closed_at is None:
        listed = or_(
            listed,
            and_(
                Agreement.status.in_(UNSETTLED),
                Agreement.is_draft.is_(False),
                _is_followed_by(event),
            ),
        )
    return (
        select(Agreement, Event)
        .join(Event, Event.id == Agreement.event_id)
        .where(listed)
        .order_by(
            Event.starts_at.nulls_first(),
            Event.id,
            Agreement.plan_id.nulls_first(),
            Agreement.number,
            Agreement.letter,
        )
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


# What the forms offer: countries, institutions, groups, sections of the Guidelines.

ORGANS = ("presidency", "secretariat")
"""Groups that stand as bodies of their own among those who answer."""


@dataclass(frozen=True)
class NamedChoice:
    key: str
    name: LocalizedText


@dataclass(frozen=True)
class AgreementChoices:
    countries: tuple[NamedChoice, ...]
    institutions: tuple[tuple[NamedChoice, tuple[NamedChoice, ...]], ...]
    groups: tuple[NamedChoice, ...]
    sections: Mapping[str, LocalizedText]


def choices(db: Session) -> AgreementChoices:
    """Returns what the forms offer, institutions under their country, in four statements."""
    states = countries(db)
    open_institutions = db.scalars(
        select(Institution)
        .where(Institution.closed_on.is_(None))
        .order_by(Institution.kind, Institution.id)
    ).all()
    institutions = tuple(
        (
            state,
            tuple(
                NamedChoice(str(one.id), one.name)
                for one in open_institutions
                if one.country_code == state.key
            ),
        )
        for state in states
        if any(one.country_code == state.key for one in open_institutions)
    )
    named = select(WorkingGroup).where(WorkingGroup.slug.not_in(ORGANS))
    groups = db.scalars(named.order_by(WorkingGroup.position, WorkingGroup.id))
    return AgreementChoices(
        states,
        institutions,
        tuple(NamedChoice(one.slug, one.name) for one in groups),
        sections(db),
    )


def countries(db: Session) -> tuple[NamedChoice, ...]:
    """Returns the countries by their name in Spanish, as people look for them."""
    rows = sorted(db.scalars(select(Country)), key=lambda one: sort_key(one.name.in_()))
    return tuple(NamedChoice(one.code, one.name) for one in rows)


AUTHORS: Authors = {
    "agreements_recorded": (Agreement.id, Agreement.created_by),
    "agreements_reviewed": (AgreementReview.agreement_id, AgreementReview.by),
    "statuses_proposed": (AgreementProposal.agreement_id, AgreementProposal.by),
    "findings_recorded": (TableFinding.id, TableFinding.created_by),
    "closed_without_attendance": (ClosingReason.event_id, ClosingReason.by),
}


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns the ids of what the person wrote down, by kind."""
    return ids_written_by(db, person_id, AUTHORS)
