"""Writes editions of the congress, their tables, checklists and funding, and clones them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.language import both
from app.kernel.actor import Actor
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.seen import require_as_seen
from app.kernel.text import N_, LocalizedText, field_in, is_printable
from app.people.directory.queries.people import person_of
from app.people.directory.queries.reference import is_country
from app.planning.arranging.services.planning import plan_event
from app.planning.cycles import rules
from app.planning.cycles.facts import (
    AgendaLaidOut,
    Change,
    ChecklistItemChanged,
    EditionChanged,
    EditionCloned,
    EditionCreated,
    EditionFundingChanged,
    EventFundingChanged,
    FundingSourceAdded,
    WorkTableChanged,
)
from app.planning.cycles.queries import draft_of_edition, draft_of_table
from app.planning.cycles.rules import OutlineItem, laid_out, outlined
from app.planning.events import policy
from app.planning.events.models import (
    ChecklistItem,
    Edition,
    EditionFunding,
    Event,
    EventFunding,
    EventLink,
    EventSession,
    FundingSource,
    SessionOutline,
    WorkTable,
)
from app.planning.events.queries.events import (
    event_of,
    slugs_of,
    sources_of_edition,
    sources_of_event,
)
from app.planning.events.values import (
    NO_TEXT,
    DatePrecision,
    EditionDraft,
    EditionLink,
    EventDraft,
    EventKind,
    EventStatus,
    LinkRole,
    Mode,
    TableDraft,
)
from app.planning.scheduling.services import claims

NO_COUNTRY = N_("Choose a country from the list.")
NO_PERSON = N_("Choose a person from the list.")


def create_edition(db: Session, *, actor: Actor, draft: EditionDraft, now: datetime) -> str:
    """Creates a draft edition; returns its slug, which stays when the label changes. Raises
    InvalidInput where the label is taken.
    """
    policy.require_may_keep_editions(actor)
    claims.lock(db)
    row = Edition(slug=free_slug(db, draft.label))
    _write(db, row, draft)
    db.add(row)
    db.flush()
    journal.record(db, EditionCreated(row.id), actor=actor, now=now)
    return row.slug


def change_edition(
    db: Session, *, actor: Actor, slug: str, draft: EditionDraft, now: datetime, seen: str = ""
) -> None:
    """Makes the edition what the draft says; saving the same again changes nothing. `seen`, here
    and for a table: the mark of what the form was filled from. Raises ChangedMeanwhile where
    something else is stored now.
    """
    row = edition_to_change(db, actor, slug)
    standing = draft_of_edition(row)
    if standing == draft:
        return
    require_as_seen(seen, standing)
    if draft.label.casefold() != row.label.casefold():
        require_free_label(db, draft.label)
    _write(db, row, draft)
    db.flush()
    journal.record(db, EditionChanged(row.id), actor=actor, now=now)


def save_table(
    db: Session,
    *,
    actor: Actor,
    slug: str,
    draft: TableDraft,
    now: datetime,
    table_id: int | None = None,
    seen: str = "",
) -> int:
    """Adds a work table, or changes the one named. A new table that equals a stored one is that
    one, and saving the same again changes nothing.
    """
    edition = edition_to_change(db, actor, slug)
    rules.require_sound_table(draft)
    _require_country(db, "coordinator", draft.coordinator)
    people = {"moderator": draft.moderator_id, "rapporteur": draft.rapporteur_id}
    unknown = [
        name
        for name, person in people.items()
        if person is not None and person_of(db, person) is None
    ]
    if unknown:
        raise InvalidInput({name: Sentence(NO_PERSON) for name in unknown})
    standing = _tables(db, edition) if table_id is None else [_table(db, edition, table_id)]
    same = next((row.id for row in standing if draft_of_table(row) == draft), None)
    if same is not None:
        return same
    if table_id is not None:
        require_as_seen(seen, draft_of_table(standing[0]))
    row = WorkTable(edition_id=edition.id) if table_id is None else standing[0]
    row.theme, row.position = draft.theme, draft.position
    row.coordinator_country = draft.coordinator or None
    row.moderator_id, row.rapporteur_id = draft.moderator_id, draft.rapporteur_id
    db.add(row)
    db.flush()
    change = Change.ADDED if table_id is None else Change.CHANGED
    journal.record(db, WorkTableChanged(edition.id, row.id, change), actor=actor, now=now)
    return row.id


def remove_table(db: Session, *, actor: Actor, slug: str, table_id: int, now: datetime) -> None:
    """Removes a table. Raises TableInUse where a session of an agenda belongs to it, and
    TableHasFindings.
    """
    edition = edition_to_change(db, actor, slug)
    row = _table(db, edition, table_id)
    if db.scalar(
        select(func.count()).select_from(EventSession).where(EventSession.work_table_id == row.id)
    ):
        raise rules.TableInUse
    for outline in db.scalars(select(SessionOutline).where(SessionOutline.work_table_id == row.id)):
        outline.work_table_id = None
    db.flush()
    try:
        with db.begin_nested():
            db.delete(row)
            db.flush()
    except IntegrityError as kept:  # what another domain keeps of it: its findings
        raise rules.TableHasFindings from kept
    journal.record(db, WorkTableChanged(edition.id, table_id, Change.REMOVED), actor=actor, now=now)


def add_item(db: Session, *, actor: Actor, slug: str, words: LocalizedText, now: datetime) -> int:
    """Adds a line at the end of the checklist, to be ticked by hand. A line that is there already
    is not added again.
    """
    edition = edition_to_change(db, actor, slug)
    words = rules.require_words("words", words, rules.NO_WORDS)
    for line in db.scalars(select(ChecklistItem).where(ChecklistItem.edition_id == edition.id)):
        if line.words == words:
            return line.id
    last = (
        db.scalar(
            select(func.max(ChecklistItem.position)).where(ChecklistItem.edition_id == edition.id)
        )
        or 0
    )
    row = ChecklistItem(edition_id=edition.id, words=words, position=last + 1)
    db.add(row)
    db.flush()
    journal.record(db, ChecklistItemChanged(edition.id, row.id, Change.ADDED), actor=actor, now=now)
    return row.id


def tick_item(
    db: Session, *, actor: Actor, slug: str, item_id: int, is_done: bool, now: datetime
) -> None:
    """Ticks or unticks a line and stores who did it and when. The same again changes nothing."""
    edition = edition_to_change(db, actor, slug)
    row = _item(db, edition, item_id)
    if (row.done_at is not None) == is_done:
        return
    row.done_at, row.done_by = (now, actor.account_id or None) if is_done else (None, None)
    db.flush()
    journal.record(
        db, ChecklistItemChanged(edition.id, row.id, Change.CHANGED, is_done), actor=actor, now=now
    )


def remove_item(db: Session, *, actor: Actor, slug: str, item_id: int, now: datetime) -> None:
    edition = edition_to_change(db, actor, slug)
    row = _item(db, edition, item_id)
    fact = ChecklistItemChanged(edition.id, row.id, Change.REMOVED, row.done_at is not None)
    db.delete(row)
    db.flush()
    journal.record(db, fact, actor=actor, now=now)


def edition_to_change(db: Session, actor: Actor, slug: str) -> Edition:
    """Returns the edition, locked, so that the second of two writers sees what the first stored."""
    policy.require_may_keep_editions(actor)
    claims.lock(db)
    row = db.scalar(select(Edition).where(Edition.slug == slug)) if is_printable(slug) else None
    if row is None:
        raise NotFound
    return row


def free_slug(db: Session, label: str) -> str:
    """Returns the slug of a new edition. Raises InvalidInput at `label` where it is taken in any
    spelling or gives no slug.
    """
    slug = rules.slug_of(label)
    if not slug:
        raise InvalidInput({"label": Sentence(rules.NO_LABEL)})
    require_free_label(db, label)
    if db.scalar(select(Edition.id).where(Edition.slug == slug)) is not None:
        raise InvalidInput({"label": Sentence(rules.LABEL_TAKEN, {"label": label})})
    return slug


def require_free_label(db: Session, label: str) -> None:
    """Raises InvalidInput where another edition has the label. It compares in Python, because
    databases fold the case of ASCII letters only.
    """
    if label.casefold() in {known.casefold() for known in db.scalars(select(Edition.label))}:
        raise InvalidInput({"label": Sentence(rules.LABEL_TAKEN, {"label": label})})


def _write(db: Session, row: Edition, draft: EditionDraft) -> None:
    rules.require_sound_edition(draft)
    _require_country(db, "presidency", draft.presidency)
    row.label, row.theme, row.place = draft.label, draft.theme, draft.place
    row.presidency_code = draft.presidency or None
    row.starts_on, row.ends_on, row.decision_ref = (
        draft.starts_on,
        draft.ends_on,
        draft.decision_ref,
    )


def _require_country(db: Session, field: str, code: str) -> None:
    if code and not is_country(db, code):
        raise InvalidInput({field: Sentence(NO_COUNTRY)})


def _tables(db: Session, edition: Edition) -> Sequence[WorkTable]:
    return db.scalars(
        select(WorkTable).where(WorkTable.edition_id == edition.id).order_by(WorkTable.id)
    ).all()


def _table(db: Session, edition: Edition, table_id: int) -> WorkTable:
    row = db.get(WorkTable, table_id)
    if row is None or row.edition_id != edition.id:
        raise NotFound
    return row


def _item(db: Session, edition: Edition, item_id: int) -> ChecklistItem:
    row = db.get(ChecklistItem, item_id)
    if row is None or row.edition_id != edition.id:
        raise NotFound
    return row


# Makes the next edition from an earlier one (R1): its structure without dates, people and donors.

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
        OutlineItem(
            kind=row.kind,
            title=row.title,
            after_minutes=row.after_minutes,
            minutes=row.minutes,
            work_table_id=row.work_table_id,
        )
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


# Donors and funds, and the editions and events that they pay for.

UNKNOWN_SOURCE = N_("Choose from the list.")


def add_source(db: Session, *, actor: Actor, name: LocalizedText, now: datetime) -> str:
    """Adds a donor or fund; returns its slug. Raises InvalidInput at the field where the list has
    it already.
    """
    policy.require_may_keep_editions(actor)
    claims.lock(db)
    name = rules.require_words("name", name, rules.NO_NAME, rules.LONGEST_NAME)
    slug = rules.slug_of(name.in_(), prefix="")
    if not slug:
        raise InvalidInput({field_in("name"): Sentence(rules.NO_NAME)})
    if db.scalar(select(FundingSource.id).where(FundingSource.slug == slug)) is not None:
        raise InvalidInput({field_in("name"): Sentence(rules.NAME_TAKEN)})
    row = FundingSource(slug=slug, name=name)
    db.add(row)
    db.flush()
    journal.record(db, FundingSourceAdded(row.id), actor=actor, now=now)
    return slug


def set_edition_funding(
    db: Session, *, actor: Actor, slug: str, sources: Collection[str], now: datetime, seen: str = ""
) -> None:
    """Sets who pays for the edition; saving the same again changes nothing. `seen`, here and for an
    event: the mark of those who paid when the form was shown. Raises ChangedMeanwhile where others
    pay now.
    """
    edition = edition_to_change(db, actor, slug)
    wanted, standing = _ids(db, sources), slugs_of(sources_of_edition(db, edition_id=edition.id))
    if set(standing) == set(sources):
        return
    require_as_seen(seen, standing)
    db.execute(delete(EditionFunding).where(EditionFunding.edition_id == edition.id))
    db.add_all(EditionFunding(edition_id=edition.id, funding_source_id=source) for source in wanted)
    db.flush()
    journal.record(db, EditionFundingChanged(edition.id, wanted), actor=actor, now=now)


def set_event_funding(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    sources: Collection[str],
    now: datetime,
    seen: str = "",
) -> None:
    """Sets who pays for the event. Whoever may change the event may do so."""
    claims.lock(db)
    event = event_of(db, actor=actor, event_id=event_id)
    policy.require_may_plan_for(actor, event.group_slugs, event.kind)
    wanted, standing = _ids(db, sources), slugs_of(sources_of_event(db, event_id=event_id))
    if set(standing) == set(sources):
        return
    require_as_seen(seen, standing)
    db.execute(delete(EventFunding).where(EventFunding.event_id == event_id))
    db.add_all(EventFunding(event_id=event_id, funding_source_id=source) for source in wanted)
    db.flush()
    journal.record(db, EventFundingChanged(event_id, wanted), actor=actor, now=now)


def _ids(db: Session, slugs: Collection[str]) -> tuple[int, ...]:
    rows = db.execute(
        select(FundingSource.slug, FundingSource.id).where(FundingSource.slug.in_(slugs))
    )
    known = dict(rows.all())
    if set(slugs) - known.keys():
        raise InvalidInput({"sources": Sentence(UNKNOWN_SOURCE)})
    return tuple(sorted(known.values()))
