"""Writes editions of the congress, their work tables and checklists."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.seen import require_as_seen
from app.kernel.text import N_, LocalizedText, is_printable
from app.people.directory.queries.known import is_country, person_of
from app.planning.cycles.facts import (
    Change,
    ChecklistItemChanged,
    EditionChanged,
    EditionCreated,
    WorkTableChanged,
)
from app.planning.cycles.queries.editions import draft_of_edition, draft_of_table
from app.planning.cycles.rules import editions as rules
from app.planning.events import policy
from app.planning.events.models import (
    ChecklistItem,
    Edition,
    EventSession,
    SessionOutline,
    WorkTable,
)
from app.planning.events.values.editions import EditionDraft, TableDraft
from app.planning.scheduling import services as scheduling

NO_COUNTRY = N_("Choose a country from the list.")
NO_PERSON = N_("Choose a person from the list.")


def create_edition(db: Session, *, actor: Actor, draft: EditionDraft, now: datetime) -> str:
    """Creates a draft edition; returns its slug, which stays when the label changes. Raises
    InvalidInput where the label is taken.
    """
    policy.require_may_keep_editions(actor)
    scheduling.lock(db)
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
    scheduling.lock(db)
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
