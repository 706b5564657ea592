"""Makes the next edition from an earlier one (R1): its structure without dates, people and donors."""

from datetime import datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.language import both
from app.kernel.actor import Actor
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.text import N_
from app.planning.arranging.services.planning import plan_event
from app.planning.cycles.facts import AgendaLaidOut, EditionCloned
from app.planning.cycles.rules import editions as rules
from app.planning.cycles.rules.outline import OutlineItem, laid_out, outlined
from app.planning.cycles.services.editions import edition_to_change, free_slug
from app.planning.events.models import (
    ChecklistItem,
    Edition,
    Event,
    EventLink,
    EventSession,
    SessionOutline,
    WorkTable,
)
from app.planning.events.values import (
    NO_TEXT,
    DatePrecision,
    EditionLink,
    EventDraft,
    EventKind,
    EventStatus,
    LinkRole,
    Mode,
)

TITLE = N_("Congress, edition %(label)s")


def clone_edition(db: Session, *, actor: Actor, slug: str, label: str, now: datetime) -> str:
    """Clones the edition as a draft with its tables, kinds of sessions and checklist, and a draft
    congress without a date. Returns the slug. Raises InvalidInput at `label` where it is taken.
    """
    source = edition_to_change(db, actor, slug)
    label = label.strip()
    rules.require_sound_label(label)
    new = Edition(slug=free_slug(db, label), label=label, theme=NO_TEXT, cloned_from=source.id)
    db.add(new)
    db.flush()
    tables = _copy_tables(db, source, new)
    _copy_items(db, source, new)
    congress = _congress_of(db, source)
    _copy_outline(db, source, new, congress, tables)
    draft = EventDraft(
        kind=EventKind.CONGRESS,
        title=both(TITLE, label=label),
        span=None,
        date_precision=DatePrecision.UNKNOWN,
        timezone=congress.timezone if congress else REFERENCE_ZONE,
        mode=Mode.IN_PERSON,
        links=(EditionLink(new.slug, LinkRole.CONGRESS),),
    )
    event_id = plan_event(db, actor=actor, draft=draft, publish=False, now=now)
    journal.record(db, EditionCloned(new.id, source.id, event_id), actor=actor, now=now)
    return new.slug


def lay_out_agenda(db: Session, *, actor: Actor, slug: str, now: datetime) -> UUID:
    """Makes the day plan of a clone into sessions of its congress; returns the id of the congress.
    Raises NothingToLayOut (also the second time), CongressNotDated and CongressTooShort.
    """
    edition = edition_to_change(db, actor, slug)
    sittings = _sittings(db, edition)
    event = _congress_of(db, edition)
    if event is None or not sittings or _sessions(db, event.id):
        raise rules.NothingToLayOut
    if event.starts_at is None or event.ends_at is None:
        raise rules.CongressNotDated
    placed = laid_out(sittings, event.starts_at, event.ends_at, ZoneInfo(event.timezone))
    rows = [
        EventSession(
            id=uuid4(),
            event_id=event.id,
            kind=one.kind,
            title=one.title,
            notes=NO_TEXT,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            work_table_id=one.work_table_id,
        )
        for one, span in placed
    ]
    db.add_all(rows)
    db.flush()
    fact = AgendaLaidOut(edition.id, event.id, tuple(row.id for row in rows))
    journal.record(db, fact, actor=actor, now=now)
    return event.id


def _copy_tables(db: Session, source: Edition, new: Edition) -> dict[int, int]:
    """Copies the tables; returns the new ids by the old ones."""
    tables = db.scalars(
        select(WorkTable).where(WorkTable.edition_id == source.id).order_by(WorkTable.id)
    ).all()
    copies = [
        WorkTable(edition_id=new.id, theme=table.theme, position=table.position) for table in tables
    ]
    db.add_all(copies)
    db.flush()
    return {table.id: copy.id for table, copy in zip(tables, copies, strict=True)}


def _copy_items(db: Session, source: Edition, new: Edition) -> None:
    items = db.scalars(
        select(ChecklistItem)
        .where(ChecklistItem.edition_id == source.id)
        .order_by(ChecklistItem.id)
    )
    db.add_all(
        ChecklistItem(edition_id=new.id, words=item.words, position=item.position) for item in items
    )


def _copy_outline(
    db: Session, source: Edition, new: Edition, congress: Event | None, tables: dict[int, int]
) -> None:
    """Copies the day plan as it was held; where the source was not held, the day plan that it was
    cloned with.
    """
    sittings: tuple[OutlineItem, ...] = ()
    if congress is not None and congress.starts_at is not None:
        sessions = _sessions(db, congress.id)
        sittings = outlined(
            [
                (row.kind, row.title, row.work_table_id, row.starts_at, row.ends_at)
                for row in sessions
            ],
            congress.starts_at,
            ZoneInfo(congress.timezone),
        )
    for one in sittings or _sittings(db, source):
        table_id = tables.get(one.work_table_id) if one.work_table_id else None
        db.add(
            SessionOutline(
                edition_id=new.id,
                kind=one.kind,
                title=one.title,
                after_minutes=one.after_minutes,
                minutes=one.minutes,
                work_table_id=table_id,
            )
        )
    db.flush()


def _sittings(db: Session, edition: Edition) -> tuple[OutlineItem, ...]:
    rows = select(SessionOutline).where(SessionOutline.edition_id == edition.id)
    outline = db.scalars(rows.order_by(SessionOutline.after_minutes, SessionOutline.id))
    return tuple(
        OutlineItem(row.kind, row.title, row.after_minutes, row.minutes, row.work_table_id)
        for row in outline
    )


def _congress_of(db: Session, edition: Edition) -> Event | None:
    """Returns the congress of the edition; of several, the latest that has hours."""
    congresses = (
        select(Event)
        .join(EventLink, EventLink.event_id == Event.id)
        .where(EventLink.edition_id == edition.id, EventLink.role == LinkRole.CONGRESS)
        .where(Event.status != EventStatus.CANCELLED)
        .order_by(Event.starts_at.is_(None), Event.starts_at.desc(), Event.created_at)
    )
    return db.scalars(congresses.limit(1)).first()


def _sessions(db: Session, event_id: UUID) -> list[EventSession]:
    sessions = select(EventSession).where(EventSession.event_id == event_id)
    return list(db.scalars(sessions.order_by(EventSession.starts_at, EventSession.id)))
