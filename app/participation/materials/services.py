"""Handing out, describing otherwise, withdrawing, counting."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from app.infra import journal
from app.infra.database import is_sqlite
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.seen import require_as_seen
from app.kernel.text import N_
from app.participation.materials import policy, rules
from app.participation.materials.facts import (
    MaterialAdded,
    MaterialChanged,
    MaterialWithdrawn,
)
from app.participation.materials.models import Material, MaterialDownload
from app.participation.materials.queries import description_in
from app.participation.materials.values import MaterialDescription, MaterialDraft, MaterialKind
from app.planning.arranging.services.planning import UNRECORDED
from app.planning.events.queries.events import event_of
from app.planning.events.queries.locking import locked_event
from app.planning.events.queries.references import is_session_of

FROM_THE_LIST = N_("Choose a session from the list.")


def add_material(
    db: Session, *, actor: Actor, event_id: UUID, draft: MaterialDraft, file_key: str, now: datetime
) -> UUID:
    """Hands out a file or a link; returns its id. What is handed out already just so is not
    doubled: the button was pressed twice.

    `file_key`: where the file's bytes were put beforehand, "" for a link. Raises InvalidInput, by
    field. Bytes put for a draft that is refused here belong to no row; they are harmless, as files
    are named by content.
    """
    event = event_of(db, actor=actor, event_id=event_id)
    policy.require_may_hand_out(actor, event.group_slugs)
    rules.require_sound(draft)
    _require_fitting(db, draft, actor=actor, event_id=event_id)
    row = Material(
        id=uuid4(),
        event_id=event_id,
        session_id=draft.session_id,
        kind=draft.kind,
        title=draft.title,
        language=draft.language,
        visibility=draft.visibility,
        url=draft.url,
        sections=list(draft.sections),
        theme=draft.theme,
        file_key=file_key,
        added_by=actor.account_id or None,
        added_at=now,
    )
    if draft.file is not None:
        row.filename = rules.plain_filename(draft.file.name)
        row.media_type, row.size_bytes = rules.media_type(draft.file.name), len(draft.file.content)
    same = _same_as(db, row)
    if same is not None:
        return same
    db.add(row)
    db.flush()
    journal.record(
        db, MaterialAdded(event_id, row.id, draft.visibility.value), actor=actor, now=now
    )
    return row.id


def change_material(
    db: Session,
    *,
    actor: Actor,
    material_id: UUID,
    description: MaterialDescription,
    now: datetime,
    seen: str = "",
) -> UUID:
    """Says otherwise what a material is, what it is about or who may open it; its file or link
    stays. Returns the event's id. `seen`: the mark of the description that the writer began from.

    Raises InvalidInput, by field, ChangedMeanwhile, and NotFound for what was withdrawn.
    """
    row = db.scalar(select(Material).where(Material.id == material_id).with_for_update())
    if row is None or row.withdrawn_at is not None:
        raise NotFound
    event = event_of(db, actor=actor, event_id=row.event_id)
    policy.require_may_hand_out(actor, event.group_slugs)
    rules.require_sound_description(description)
    _require_fitting(db, description, actor=actor, event_id=row.event_id)
    standing = description_in(row)
    if description == standing:
        return row.event_id
    require_as_seen(seen, standing)
    row.kind, row.title, row.language = description.kind, description.title, description.language
    row.visibility, row.session_id = description.visibility, description.session_id
    row.sections, row.theme = list(description.sections), description.theme
    db.flush()
    fact = MaterialChanged(row.event_id, row.id, description.visibility.value)
    journal.record(db, fact, actor=actor, now=now)
    return row.event_id


def _require_fitting(
    db: Session, description: MaterialDescription, *, actor: Actor, event_id: UUID
) -> None:
    """Refuses a session of another event, and a recording of an event that is not recorded. Leaves
    the event locked.
    """
    if description.session_id is not None and not is_session_of(
        db, description.session_id, event_id
    ):
        raise InvalidInput({"session": Sentence(FROM_THE_LIST)})
    locked = locked_event(db, actor=actor, event_id=event_id)
    if locked.is_unrecorded and description.kind == MaterialKind.RECORDING:
        raise InvalidInput({"kind": Sentence(UNRECORDED)})


def _same_as(db: Session, row: Material) -> UUID | None:
    """Returns the id of what is handed out already with the same words and content; None if nothing
    is. Wants the event locked: of two presses at once the second waits for the first.
    """
    query = select(Material).where(
        Material.event_id == row.event_id,
        Material.withdrawn_at.is_(None),
        Material.file_key == row.file_key,
        Material.url == row.url,
    )
    return next((one.id for one in db.scalars(query) if _said(one) == _said(row)), None)


def _said(row: Material) -> tuple[object, ...]:
    words = row.title, row.language, tuple(row.sections), row.theme
    return row.session_id, row.kind, *words, row.visibility, row.filename or ""


def copy_materials(
    db: Session, *, actor: Actor, source_id: UUID, event_id: UUID, now: datetime
) -> int:
    """Hands out at one event what another hands out, but for reports, and returns how many.

    Sessions are not copied with them. An event that has materials already gets none, and no
    recording goes to an event that keeps none.
    """
    event = locked_event(db, actor=actor, event_id=event_id)
    if db.scalar(select(Material.id).where(Material.event_id == event_id).limit(1)) is not None:
        return 0
    query = select(Material).where(
        Material.event_id == source_id,
        Material.withdrawn_at.is_(None),
        Material.kind != MaterialKind.REPORT.value,
    )
    if event.is_unrecorded:
        query = query.where(Material.kind != MaterialKind.RECORDING.value)
    facts = []
    for row in db.scalars(query.order_by(Material.added_at, Material.id)).all():
        copy = Material(
            id=uuid4(),
            event_id=event_id,
            kind=row.kind,
            title=row.title,
            language=row.language,
            visibility=row.visibility,
            url=row.url,
            sections=list(row.sections),
            theme=row.theme,
            file_key=row.file_key,
            filename=row.filename,
            media_type=row.media_type,
            size_bytes=row.size_bytes,
            added_by=row.added_by,
            added_at=now,
        )
        db.add(copy)
        facts.append(MaterialAdded(event_id, copy.id, copy.visibility))
    db.flush()
    journal.record_all(db, facts, actor=actor, now=now)
    return len(facts)


def withdraw_material(db: Session, *, actor: Actor, material_id: UUID, now: datetime) -> UUID:
    """Withdraws a material; returns the event's id. A second time changes nothing."""
    row = db.scalar(select(Material).where(Material.id == material_id).with_for_update())
    if row is None:
        raise NotFound
    event = event_of(db, actor=actor, event_id=row.event_id)
    policy.require_may_hand_out(actor, event.group_slugs)
    if row.withdrawn_at is None:
        row.withdrawn_at = now
        db.flush()
        journal.record(db, MaterialWithdrawn(row.event_id, row.id), actor=actor, now=now)
    return row.event_id


def withdraw_recordings(db: Session, *, actor: Actor, event_id: UUID, now: datetime) -> None:
    """Withdraws the event's recordings, because somebody speaks there under a chosen name (R73)."""
    locked_event(db, actor=actor, event_id=event_id)
    recordings = select(Material.id).where(
        Material.event_id == event_id,
        Material.kind == MaterialKind.RECORDING,
        Material.withdrawn_at.is_(None),
    )
    for material_id in db.scalars(recordings.order_by(Material.id)).all():
        withdraw_material(db, actor=actor, material_id=material_id, now=now)


def count_download(db: Session, *, material_id: UUID, country_code: str, on: date) -> None:
    """Counts one more download on this day by somebody of this country; two at once count two."""
    insert = insert_sqlite if is_sqlite(db) else insert_postgresql
    key = (MaterialDownload.material_id, MaterialDownload.on, MaterialDownload.country_code)
    first = insert(MaterialDownload).values(
        {key[0]: material_id, key[1]: on, key[2]: country_code, MaterialDownload.times: 1}
    )
    again = {MaterialDownload.times: MaterialDownload.times + 1}
    columns = [column.property.columns[0] for column in key]
    db.execute(
        first.on_conflict_do_update(
            index_elements=columns, set_={"times": again[MaterialDownload.times]}
        )
    )
