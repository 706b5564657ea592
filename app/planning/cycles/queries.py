"""Editions of the congress as their readers may see them; a constant number of statements however many there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, or_, select, true
from sqlalchemy.orm import Session, aliased

from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText, is_printable
from app.people.directory.models import Country, Person
from app.planning.arranging.queries.plans import has_guidelines_review
from app.planning.arranging.rules.cycle import EditionState, TableState, days_of_edition
from app.planning.events import policy
from app.planning.events.models import (
    ChecklistItem,
    Edition,
    Event,
    EventLink,
    EventSession,
    SessionOutline,
    SessionPerson,
    WorkTable,
)
from app.planning.events.queries.events import details, visible_to
from app.planning.events.values import (
    EditionDraft,
    EventDetail,
    EventStatus,
    LinkRole,
    PersonRole,
    TableDraft,
)


@dataclass(frozen=True)
class EditionLine:
    """One edition in the list. `is_public`: an event of it is published. `starts_on` and `ends_on`
    are the days of its congress where the reader may see one with hours, else what was written
    down.
    """

    id: int
    slug: str
    label: str
    theme: LocalizedText
    presidency: LocalizedText | None
    place: str
    starts_on: str
    ends_on: str
    decision_ref: str
    is_public: bool


@dataclass(frozen=True)
class TableLine:
    """`moderator` and `rapporteur` are names, "" for who may not read them and where nobody is
    named yet: of whoever is named for the table, else in its sessions of the agenda.
    """

    id: int
    theme: LocalizedText
    position: int
    coordinator: LocalizedText | None
    moderator: str
    rapporteur: str
    has_moderator: bool
    has_rapporteur: bool


@dataclass(frozen=True)
class ItemLine:
    id: int
    words: LocalizedText
    done_at: datetime | None


@dataclass(frozen=True)
class OutlineLine:
    """A sitting of the day plan that came with a clone; minutes after the congress starts."""

    kind: str
    title: LocalizedText
    after_minutes: int
    minutes: int


def visible_editions(actor: Actor) -> ColumnElement[bool]:
    return true() if policy.may_plan(actor) else _is_public()


def editions_for(db: Session, *, actor: Actor) -> tuple[EditionLine, ...]:
    """Returns those that the actor may see, the latest first; what has no date yet stands at the
    top.
    """
    statement = (
        select(Edition, Country, _is_public())
        .outerjoin(Country, Country.code == Edition.presidency_code)
        .where(visible_editions(actor))
        .order_by(Edition.id.desc())
    )
    held = _held_on(db, actor)
    return tuple(_line(*row, held) for row in db.execute(statement))


def edition_of(db: Session, *, actor: Actor, slug: str) -> EditionLine:
    """Refuses with NotFound what the actor may not see, as if it did not exist."""
    statement = (
        select(Edition, Country, _is_public())
        .outerjoin(Country, Country.code == Edition.presidency_code)
        .where(visible_editions(actor), Edition.slug == slug)
    )
    row = db.execute(statement).one_or_none() if is_printable(slug) else None
    if row is None:
        raise NotFound
    return _line(*row, _held_on(db, actor))


def source_of_clone(db: Session, *, actor: Actor, edition_id: int) -> EditionLine | None:
    """Returns the edition whose structure this one has, when the actor may see it."""
    original = select(Edition.cloned_from).where(Edition.id == edition_id).scalar_subquery()
    slug = db.scalar(select(Edition.slug).where(Edition.id == original, visible_editions(actor)))
    return edition_of(db, actor=actor, slug=slug) if slug else None


def events_of(db: Session, *, actor: Actor, edition_id: int) -> tuple[EventDetail, ...]:
    """Returns everything linked to the edition that the actor may see, in order of time."""
    linked = select(EventLink.event_id).where(EventLink.edition_id == edition_id)
    statement = select(Event).where(Event.id.in_(linked), visible_to(actor))
    return details(
        db, statement.order_by(Event.starts_at.is_(None), Event.starts_at, Event.id), actor=actor
    )


def in_role(events: tuple[EventDetail, ...], slug: str, role: LinkRole) -> tuple[EventDetail, ...]:
    return tuple(
        event
        for event in events
        if any(link.slug == slug and link.role is role for link in event.links)
    )


def tables_of(db: Session, *, actor: Actor, edition_id: int) -> tuple[TableLine, ...]:
    """Returns the tables in their order. Names are for whoever is signed in, as everywhere."""
    moderator, rapporteur = aliased(Person), aliased(Person)
    statement = (
        select(WorkTable, Country.name, moderator.full_name, rapporteur.full_name)
        .outerjoin(Country, Country.code == WorkTable.coordinator_country)
        .outerjoin(moderator, moderator.id == WorkTable.moderator_id)
        .outerjoin(rapporteur, rapporteur.id == WorkTable.rapporteur_id)
        .where(WorkTable.edition_id == edition_id)
        .order_by(WorkTable.position, WorkTable.id)
    )
    may_read = actor.signed_in or actor.is_system
    sitting = _sitting_at(db, actor, edition_id)
    lines = []
    for table, country, leads, reports in db.execute(statement):
        led_by = leads or sitting.get((table.id, PersonRole.MODERATOR.value), "")
        reported_by = reports or sitting.get((table.id, PersonRole.RAPPORTEUR.value), "")
        lines.append(
            TableLine(
                id=table.id,
                theme=table.theme,
                position=table.position,
                coordinator=country if table.coordinator_country else None,
                moderator=led_by if may_read else "",
                rapporteur=reported_by if may_read else "",
                has_moderator=bool(led_by),
                has_rapporteur=bool(reported_by),
            )
        )
    return tuple(lines)


def _sitting_at(db: Session, actor: Actor, edition_id: int) -> dict[tuple[int, str], str]:
    """Returns by table and role the names of those with a part in a session of the table."""
    seen = select(Event.id).where(Event.status != EventStatus.CANCELLED, visible_to(actor))
    statement = (
        select(WorkTable.id, SessionPerson.role, Person.full_name)
        .join(EventSession, EventSession.work_table_id == WorkTable.id)
        .join(SessionPerson, SessionPerson.session_id == EventSession.id)
        .join(Person, Person.id == SessionPerson.person_id)
        .where(WorkTable.edition_id == edition_id, EventSession.event_id.in_(seen))
        .order_by(EventSession.starts_at, Person.sort_key)
    )
    found: dict[tuple[int, str], list[str]] = {}
    for table_id, role, name in db.execute(statement):
        names = found.setdefault((table_id, role), [])
        if name not in names:
            names.append(name)
    return {key: ", ".join(names) for key, names in found.items()}


def items_of(db: Session, *, edition_id: int) -> tuple[ItemLine, ...]:
    rows = select(ChecklistItem).where(ChecklistItem.edition_id == edition_id)
    items = db.scalars(rows.order_by(ChecklistItem.position, ChecklistItem.id))
    return tuple(ItemLine(row.id, row.words, row.done_at) for row in items)


def outline_of(db: Session, *, edition_id: int) -> tuple[OutlineLine, ...]:
    rows = select(SessionOutline).where(SessionOutline.edition_id == edition_id)
    sessions = db.scalars(rows.order_by(SessionOutline.after_minutes, SessionOutline.id))
    return tuple(
        OutlineLine(row.kind, row.title, row.after_minutes, row.minutes) for row in sessions
    )


def edition_draft(db: Session, *, slug: str) -> EditionDraft:
    """Returns what would be proposed to leave it as it is. Refuses with NotFound."""
    row = db.scalar(select(Edition).where(Edition.slug == slug)) if is_printable(slug) else None
    if row is None:
        raise NotFound
    return draft_of_edition(row)


def table_draft(db: Session, *, edition_id: int, table_id: int) -> TableDraft:
    """Refuses with NotFound a table of another edition."""
    row = db.get(WorkTable, table_id)
    if row is None or row.edition_id != edition_id:
        raise NotFound
    return draft_of_table(row)


def draft_of_edition(row: Edition) -> EditionDraft:
    return EditionDraft(
        label=row.label,
        theme=row.theme,
        presidency=row.presidency_code or "",
        place=row.place,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        decision_ref=row.decision_ref,
    )


def draft_of_table(row: WorkTable) -> TableDraft:
    return TableDraft(
        theme=row.theme,
        position=row.position,
        coordinator=row.coordinator_country or "",
        moderator_id=row.moderator_id,
        rapporteur_id=row.rapporteur_id,
    )


def _is_public() -> ColumnElement[bool]:
    linked = EventLink.edition_id == Edition.id
    seen = (Event.published_at.is_not(None), ~Event.is_confidential)
    return or_(exists().where(EventLink.event_id == Event.id, linked, *seen).correlate(Edition))


def _held_on(db: Session, actor: Actor) -> dict[int, tuple[str, str]]:
    """Returns by edition the first and the last day of its congress on its own clock."""
    statement = (
        select(EventLink.edition_id, Event.starts_at, Event.ends_at, Event.timezone)
        .join(Event, Event.id == EventLink.event_id)
        .where(
            EventLink.role == LinkRole.CONGRESS,
            Event.starts_at.is_not(None),
            Event.status != EventStatus.CANCELLED,
            visible_to(actor),
        )
        .order_by(Event.published_at.is_(None).desc(), Event.starts_at.desc())
    )
    found = {}
    for edition_id, starts_at, ends_at, timezone in db.execute(statement):
        if starts_at is not None and ends_at is not None:
            days = (starts_at, ends_at - timedelta(microseconds=1))
            first, last = (at.astimezone(ZoneInfo(timezone)).date().isoformat() for at in days)
            found[edition_id] = (first, last)  # the published and earliest one comes last
    return found


def _line(
    edition: Edition,
    country: Country | None,
    is_public: bool,
    held: Mapping[int, tuple[str, str]],
) -> EditionLine:
    starts_on, ends_on = held.get(edition.id, (edition.starts_on, edition.ends_on))
    return EditionLine(
        id=edition.id,
        slug=edition.slug,
        label=edition.label,
        theme=edition.theme,
        presidency=country.name if country else None,
        place=edition.place,
        starts_on=starts_on,
        ends_on=ends_on,
        decision_ref=edition.decision_ref,
        is_public=is_public,
    )


# What the checklist of an edition is computed from; not scoped, for those who plan.


def congress_of(events: Sequence[EventDetail], slug: str) -> EventDetail | None:
    """Returns the edition's congress: one with hours before one without, what is published before a
    draft.
    """
    congresses = [
        event for event in in_role(tuple(events), slug, LinkRole.CONGRESS) if not _is_off(event)
    ]
    return min(
        congresses,
        key=lambda event: (event.span is None, event.status is EventStatus.DRAFT),
        default=None,
    )


def state_of(
    db: Session, *, edition: EditionLine, events: Sequence[EventDetail], tables: Sequence[TableLine]
) -> EditionState:
    """Returns what the checklist looks at; `events` and `tables` are all of the edition's, as one
    who leads the region sees them.
    """
    congress = congress_of(events, edition.slug)
    days = days_of_edition(edition.starts_on, edition.ends_on) if congress is None else None
    prepares = in_role(tuple(events), edition.slug, LinkRole.PREPARATORY)
    starts_at = congress.starts_at if congress else None
    return EditionState(
        are_days_known=starts_at is not None or days is not None,
        is_congress_planned=congress is not None,
        starts_at=starts_at or (days.starts_at if days else None),
        preparatory_ends=tuple(
            e.ends_at for e in prepares if e.ends_at and e.status is EventStatus.PUBLISHED
        ),
        has_guidelines_review=congress is not None and has_guidelines_review(db, congress.id),
        tables=tuple(
            TableState(table.position, table.theme, table.has_moderator, table.has_rapporteur)
            for table in tables
        ),
        texts=(edition.theme, *(table.theme for table in tables)),
        has_presidency=edition.presidency is not None,
        is_decided=bool(edition.decision_ref) or (congress is not None and _is_decided(congress)),
    )


def _is_decided(event: EventDetail) -> bool:
    return event.plan_entry_id is not None or bool(event.decision_ref)


def _is_off(event: EventDetail) -> bool:
    return event.status is EventStatus.CANCELLED
