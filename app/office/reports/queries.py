"""Reads for reports: what one event was, what a source paid for, and what was made of reports."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from app.followup.agreements.queries.agreements import agreements_of
from app.followup.agreements.queries.events import findings_of
from app.followup.agreements.values import TableFindings
from app.followup.congress.queries import congress_progress
from app.followup.congress.values import CongressProgress
from app.infra.body import current_body
from app.infra.language import both
from app.kernel.actor import SYSTEM, Actor
from app.kernel.reference import REFERENCE
from app.kernel.refusal import NotFound
from app.kernel.small_numbers import hidden, hidden_over, may_name
from app.kernel.text import N_, Language, LocalizedText, untranslated
from app.office.privacy.models import Consent
from app.office.privacy.values import Purpose
from app.office.reports import policy
from app.office.reports.models import ReportFile
from app.office.reports.values import (
    Audience,
    Cell,
    DonorReport,
    EventReport,
    FundedEvent,
    HandedOut,
)
from app.participation.materials.models import Material, MaterialDownload
from app.participation.registrations.models import Registration, RegistrationConsent
from app.participation.registrations.values import ConsentPurpose
from app.participation.surveys.queries import results
from app.people.directory.models import Person
from app.people.directory.queries import roster
from app.people.directory.values import SharedFigures
from app.planning.events.models import (
    Attendance,
    EditionFunding,
    Event,
    EventFunding,
    EventLink,
    FundingSource,
)
from app.planning.events.queries.events import event_of
from app.planning.events.queries.people import presence_in
from app.planning.events.values import EventDetail, EventStatus, LinkRole

# Counts of people with the small ones hidden, and who may be counted by country and sex at all.

OTHERS, NOT_SAID = N_("Guests, others, and those who did not wish to be counted"), N_("Not said")
WOMEN, MEN = N_("Women"), N_("Men")
EVERYBODY = N_("Too few to be told apart")


def is_counted() -> ColumnElement[bool]:
    """Says in a statement whether somebody of an attendance is counted in figures by country and
    sex: people who agreed for the event and did not take it back since, there or for all of
    Convoca.

    People who were never asked at the event (nominated, or who came unregistered) are counted
    unless they took it back for all of Convoca.
    """
    seat = and_(
        Registration.event_id == Attendance.event_id, Registration.person_id == Attendance.person_id
    )
    own = and_(
        Consent.person_id == Attendance.person_id, Consent.purpose == Purpose.STATISTICS.value
    )
    stands = exists().where(own, Consent.withdrawn_at.is_(None))
    agreed = exists().where(
        seat,
        RegistrationConsent.registration_id == Registration.id,
        RegistrationConsent.withdrawn_at.is_(None),
        RegistrationConsent.purpose == ConsentPurpose.STATISTICS.value,
        or_(stands, not_(exists().where(own, Consent.withdrawn_at > RegistrationConsent.given_at))),
    )
    has_agreed = exists().where(seat, Registration.consent_version != "")
    taken_back = and_(not_(stands), exists().where(own, Consent.withdrawn_at.is_not(None)))
    return or_(agreed, and_(not_(has_agreed), not_(taken_back)))


def by_country(
    counts: Mapping[str, int],
    kept_back: Collection[str] | None = None,
    audience: Audience = Audience.HANDED_ON,
) -> tuple[Cell, ...]:
    """Returns the countries of the region in the order of their codes, then whoever belongs to
    none, without countries of nobody. `kept_back`: what is hidden, where the counts alone do not
    say it.
    """
    names = {**current_body().country_names, "": both(OTHERS)}
    named = {code: names.get(code) or untranslated(code) for code in sorted(counts, key=_last)}
    return _cells(counts, named, hidden(counts) if kept_back is None else kept_back, audience)


def by_sex(counts: Mapping[str, int], audience: Audience = Audience.HANDED_ON) -> tuple[Cell, ...]:
    return _cells(
        counts, {"F": both(WOMEN), "M": both(MEN), "": both(NOT_SAID)}, hidden(counts), audience
    )


def _cells(
    counts: Mapping[str, int],
    names: Mapping[str, LocalizedText],
    kept_back: Collection[str],
    audience: Audience,
) -> tuple[Cell, ...]:
    is_whole = audience is Audience.OFFICE
    if not is_whole and not may_name(counts, kept_back):
        return (Cell("", both(EVERYBODY), None, is_kept_back=True),)
    return tuple(
        Cell(
            key=key,
            name=name,
            count=counts[key] if is_whole or key not in kept_back else None,
            is_kept_back=key in kept_back,
        )
        for key, name in names.items()
        if counts.get(key)
    )


def _last(code: str) -> tuple[bool, str]:
    return not code, code


# What a donor or fund paid for (requirement R28 of the first user): its events only, by country,
# without names.


def donor_report(
    db: Session, *, actor: Actor, slug: str, year: int, audience: Audience = Audience.HANDED_ON
) -> DonorReport:
    """Returns the events that a source paid for by themselves or through their edition, held in a
    year (of the secretariat's clock).
    """
    policy.require_may_report_to_donors(actor)
    source = db.scalar(select(FundingSource).where(FundingSource.slug == slug))
    if source is None:
        raise NotFound
    events = _events(db, source.id, year)
    ids = [event.id for event in events]
    placed = _per_event(db, ids)
    came = came_to(db, ids)
    lines = tuple(
        FundedEvent(
            event_id=event.id,
            title=event.title,
            starts_at=event.starts_at,
            ends_at=event.ends_at,
            timezone=event.timezone,
            placed=placed.get(event.id, 0),
            came=came[event.id].total(),
        )
        for event in events
    )
    tables = tuple(came.values())
    not_shared = roster.countries_keeping(
        roster.countries(db), actor=None, figures=SharedFigures.TRAINED
    )
    kept_back = hidden_over(tables, not_shared)
    countries = tuple(
        replace(cell, is_shared=cell.key not in not_shared)
        for cell in by_country(sum(tables, Counter[str]()), kept_back, audience)
    )
    return DonorReport(slug=slug, name=source.name, year=year, events=lines, countries=countries)


def came_to(db: Session, ids: list[UUID]) -> dict[UUID, Counter[str]]:
    """Returns how many were there at all, event by event and by country, "" of who may not be
    counted by it.
    """
    country = func.coalesce(case((is_counted(), Person.country_code)), "")
    rows = db.execute(
        select(Attendance.event_id, country, func.count(Attendance.id))
        .join(Person, Person.id == Attendance.person_id)
        .where(Attendance.event_id.in_(ids), Attendance.minutes > 0)
        .group_by(Attendance.event_id, country)
    )
    came = {event_id: Counter[str]() for event_id in ids}
    for event_id, code, count in rows:
        came[event_id][code] = count
    return came


def _events(db: Session, source_id: int, year: int) -> list[Event]:
    own = select(EventFunding.event_id).where(EventFunding.funding_source_id == source_id)
    through = (
        select(EventLink.event_id)
        .join(EditionFunding, EditionFunding.edition_id == EventLink.edition_id)
        .where(EditionFunding.funding_source_id == source_id)
    )
    zone = REFERENCE
    first, last = (datetime(one, 1, 1, tzinfo=zone).astimezone(UTC) for one in (year, year + 1))
    events = select(Event).where(
        or_(Event.id.in_(own), Event.id.in_(through)),
        Event.status == EventStatus.PUBLISHED,
        Event.starts_at >= first,
        Event.starts_at < last,
    )
    return list(db.scalars(events.order_by(Event.starts_at, Event.id)))


def _per_event(db: Session, ids: list[UUID]) -> dict[UUID, int]:
    counted = (
        select(Registration.event_id, func.count(Registration.id))
        .where(Registration.event_id.in_(ids), Registration.status == "registered")
        .group_by(Registration.event_id)
    )
    return {row[0]: row[1] for row in db.execute(counted)}


# One event as it is reported: a constant number of statements however many came.


def event_report(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    today: date,
    audience: Audience = Audience.HANDED_ON,
) -> EventReport:
    """Returns the report of an event for whoever runs it. Small cells are hidden in what is handed
    on, and from nobody who holds the names.
    """
    event = event_of(db, actor=actor, event_id=event_id)
    policy.require_may_read_report(actor, event.group_slugs)
    policy.require_may_hear(actor, event.group_slugs, audience)
    came = _came(db, event_id)
    there = presence_in(db, event_id=event_id, starts_at=event.starts_at, ends_at=event.ends_at)
    placed = select(func.count(Registration.id)).where(
        Registration.event_id == event_id, Registration.status == "registered"
    )
    of_countries = Counter(country for _minutes, country, _sex in came)
    not_shared = roster.countries_keeping(
        roster.countries(db), actor=None, figures=SharedFigures.TRAINED
    )
    return EventReport(
        event=event,
        placed=db.scalar(placed) or 0,
        present=there.present,
        partly=there.partly,
        countries=by_country(of_countries, hidden(of_countries, not_shared), audience),
        sexes=by_sex(Counter(sex for _minutes, _country, sex in came), audience),
        agreements=agreements_of(db, actor=SYSTEM, event_id=event_id),
        tables=_tables(db, event),
        materials=_materials(db, event_id),
        survey=results(db, event=event, today=today),
        progress=_progress(db, event, today),
    )


def _came(db: Session, event_id: UUID) -> list[tuple[int, str, str]]:
    """Returns minutes, country and sex of everybody who attended, "" of people who may not be
    counted by them. No names are loaded.
    """
    rows = db.execute(
        select(
            Attendance.minutes,
            case((is_counted(), Person.country_code)),
            case((is_counted(), Person.sex)),
        )
        .join(Person, Person.id == Attendance.person_id)
        .where(Attendance.event_id == event_id, Attendance.minutes > 0)
    )
    return [(row[0], row[1] or "", row[2] or "") for row in rows]


def _tables(db: Session, event: EventDetail) -> tuple[TableFindings, ...]:
    """Returns what the work tables of a congress found."""
    slug = _edition_of(event)
    return findings_of(db, actor=SYSTEM, slug=slug).tables if slug else ()


def _progress(db: Session, event: EventDetail, today: date) -> CongressProgress | None:
    """Returns what a congress looked back on: what tables had promised and how far it is (R30)."""
    slug = _edition_of(event)
    shown = congress_progress(db, actor=SYSTEM, slug=slug, today=today) if slug else None
    return shown if shown and shown.tables else None


def _edition_of(event: EventDetail) -> str:
    """Returns the edition whose congress the event is, "" for other events."""
    return next((link.slug for link in event.links if link.role is LinkRole.CONGRESS), "")


def _materials(db: Session, event_id: UUID) -> tuple[HandedOut, ...]:
    times = select(func.sum(MaterialDownload.times)).where(
        MaterialDownload.material_id == Material.id
    )
    rows = db.execute(
        select(Material.title, Material.file_key, times.scalar_subquery())
        .where(Material.event_id == event_id, Material.withdrawn_at.is_(None))
        .order_by(Material.added_at, Material.id)
    )
    return tuple(HandedOut(title, int(taken or 0) if key else None) for title, key, taken in rows)


def report_file(db: Session, *, event_id: UUID, language: Language) -> ReportFile | None:
    """Returns the kept file of a report. Not scoped by actor: the edge asks `event_report` first."""
    return db.get(ReportFile, (event_id, language))
