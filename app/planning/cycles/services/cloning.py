"""The next edition from one that was held (R1): its structure, none of its dates, people and
donors.
"""

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
from app.planning.events.services.planning import plan_event
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
    """Returns the slug of a draft edition with the tables, the kinds of sessions and the checklist
    of the one named, and a draft congress without date. Refuses at the field a label that is taken.
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
    """Makes the day plan that came with a clone into sessions of the edition's congress; returns
    its id.

    Refuses NothingToLayOut (also a second time), CongressNotDated and CongressTooShort.
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
    """New ids by old ones."""
    found = db.scalars(
        select(WorkTable).where(WorkTable.edition_id == source.id).order_by(WorkTable.id)
    ).all()
    copies = [
        WorkTable(edition_id=new.id, theme=table.theme, position=table.position) for table in found
    ]
    db.add_all(copies)
    db.flush()
    return {table.id: copy.id for table, copy in zip(found, copies, strict=True)}


def _copy_items(db: Session, source: Edition, new: Edition) -> None:
    found = db.scalars(
        select(ChecklistItem)
        .where(ChecklistItem.edition_id == source.id)
        .order_by(ChecklistItem.id)
    )
    db.add_all(
        ChecklistItem(edition_id=new.id, words=item.words, position=item.position) for item in found
    )


def _copy_outline(
    db: Session, source: Edition, new: Edition, congress: Event | None, tables: dict[int, int]
) -> None:
    """The day plan that was held; of a source that was never held, the day plan it had been given
    itself.
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
    found = db.scalars(rows.order_by(SessionOutline.after_minutes, SessionOutline.id))
    return tuple(
        OutlineItem(row.kind, row.title, row.after_minutes, row.minutes, row.work_table_id)
        for row in found
    )


def _congress_of(db: Session, edition: Edition) -> Event | None:
    """The edition's congress; when there are several, the one that has hours and comes last."""
    asked = (
        select(Event)
        .join(EventLink, EventLink.event_id == Event.id)
        .where(EventLink.edition_id == edition.id, EventLink.role == LinkRole.CONGRESS)
        .where(Event.status != EventStatus.CANCELLED)
        .order_by(Event.starts_at.is_(None), Event.starts_at.desc(), Event.created_at)
    )
    return db.scalars(asked.limit(1)).first()


def _sessions(db: Session, event_id: UUID) -> list[EventSession]:
    asked = select(EventSession).where(EventSession.event_id == event_id)
    return list(db.scalars(asked.order_by(EventSession.starts_at, EventSession.id)))
