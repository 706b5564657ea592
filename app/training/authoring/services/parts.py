"""Parts of a draft: added, written, moved, removed and brought back."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.seen import require_as_seen
from app.kernel.text import Language, LocalizedText
from app.training.authoring.models import DraftPart
from app.training.authoring.queries.drafts import part_value
from app.training.authoring.rules import drafting, translation
from app.training.authoring.services.storing import Writer, locked_draft, part_row
from app.training.authoring.values import CoursePart, CoursePartKind, NewPart

CODED = {
    CoursePartKind.OBJECTIVE,
    CoursePartKind.LESSON,
    CoursePartKind.QUIZ,
    CoursePartKind.WEBINAR,
    CoursePartKind.CASE,
    CoursePartKind.QUESTION,
    CoursePartKind.PICTURE,
    CoursePartKind.VIDEO,
}
"""Parts whose code is made here; a section's is its author's own."""


def add_part(
    db: Session,
    *,
    actor: Actor,
    draft_id: int,
    parent_id: int,
    kind: CoursePartKind,
    data: dict[str, Any],
    now: datetime,
) -> int:
    """Adds a part at the end of its kind; returns its id. A lesson begins with an empty screen."""
    draft, _course = locked_draft(db, actor, draft_id)
    parent = part_row(db, draft.id, parent_id)
    standing = _siblings(db, parent.id, kind)
    drafting.require_room(part_value(parent), kind, len(standing))
    given = {**data, **_named(db, draft.id, parent, kind, data)}
    position = max((one.position for one in standing), default=0) + 1
    row = Writer(db, actor, draft.id, now).write(kind, parent.id, position, given)
    db.flush()
    if kind is CoursePartKind.LESSON:
        Writer(db, actor, draft.id, now).write(CoursePartKind.SCREEN, row.id, 1, {"body": {}})
        db.flush()
    return row.id


def _siblings(db: Session, parent_id: int, kind: CoursePartKind) -> list[DraftPart]:
    """Returns the parts of a kind under a parent, in order, without those that were removed."""
    found = select(DraftPart).where(
        DraftPart.parent_id == parent_id,
        DraftPart.kind == kind.value,
        DraftPart.removed_at.is_(None),
    )
    return list(db.scalars(found.order_by(DraftPart.position, DraftPart.id)))


def _named(
    db: Session, draft_id: int, parent: DraftPart, kind: CoursePartKind, data: dict[str, Any]
) -> dict[str, Any]:
    """Returns the data of a new part with its code or address. Those of removed parts are not used
    again, because a removed part can be restored.
    """
    if kind is CoursePartKind.MODULE:
        taken = [
            str(given.get("slug"))
            for given in db.scalars(
                select(DraftPart.data).where(
                    DraftPart.draft_id == draft_id, DraftPart.kind == kind.value
                )
            )
        ]
        return {"slug": drafting.slug_of(LocalizedText(data.get("title") or {}).in_(), taken)}
    if kind is CoursePartKind.CHECK:
        lesson = db.get_one(DraftPart, parent.parent_id)
        screens = select(DraftPart.id).where(DraftPart.parent_id == lesson.id)
        return {
            "code": drafting.check_code(
                str(lesson.data.get("code")), _codes(db, DraftPart.parent_id.in_(screens))
            )
        }
    if kind not in CODED:
        return {}
    return {
        "code": drafting.next_code(
            kind, parent.position, _codes(db, DraftPart.parent_id == parent.id)
        )
    }


def _codes(db: Session, where: Any) -> set[str]:
    return {str(data.get("code")) for data in db.scalars(select(DraftPart.data).where(where))}


def save_part(
    db: Session,
    *,
    actor: Actor,
    draft_id: int,
    part_id: int,
    data: dict[str, Any],
    seen: str = "",
    now: datetime,
) -> None:
    """Replaces the fields that are given; others stay. `seen`: the mark of the fields that the
    writer began from; refuses ChangedMeanwhile when they are others now.
    """
    draft, _course = locked_draft(db, actor, draft_id)
    row = part_row(db, draft.id, part_id)
    before = part_value(row)
    after = {**row.data, **data}
    if after == row.data:
        return
    require_as_seen(seen, mark_source(before))
    row.marks = translation.marks_after(before, replace(before, data=after))
    row.data = after
    row.changed_by, row.changed_at = actor.account_id or None, now
    db.flush()


def mark_source(part: CoursePart) -> str:
    """Returns the text from which `mark_of` makes the mark of a part. The order of the fields does
    not matter.
    """
    return repr(_sorted(part.data))


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return [(key, _sorted(value[key])) for key in sorted(value)]
    return [_sorted(one) for one in value] if isinstance(value, list) else value


def confirm_translation(
    db: Session,
    *,
    actor: Actor,
    draft_id: int,
    part_id: int,
    name: str,
    language: Language,
    now: datetime,
) -> None:
    """Records that somebody read a translation that was out of date and finds it still right."""
    draft, _course = locked_draft(db, actor, draft_id)
    row = part_row(db, draft.id, part_id)
    marks = translation.marks_confirmed(part_value(row), name, language)
    if marks != row.marks:
        row.marks = marks
        row.changed_by, row.changed_at = actor.account_id or None, now
        db.flush()


def move_part(
    db: Session, *, actor: Actor, draft_id: int, part_id: int, step: int, now: datetime
) -> None:
    """Moves a part up (-1) or down (1) among its kind; at the end of the list nothing happens."""
    draft, _course = locked_draft(db, actor, draft_id)
    row = part_row(db, draft.id, part_id)
    if row.parent_id is None:
        raise NotFound
    siblings = {one.id: one for one in _siblings(db, row.parent_id, CoursePartKind(row.kind))}
    for position, id_ in enumerate(drafting.moved(siblings, row.id, step), start=1):
        siblings[id_].position = position
    row.changed_by, row.changed_at = actor.account_id or None, now
    db.flush()


def remove_part(db: Session, *, actor: Actor, draft_id: int, part_id: int, now: datetime) -> int:
    """Takes a part out, with all that stands under it; returns the id of its parent."""
    draft, _course = locked_draft(db, actor, draft_id)
    row = part_row(db, draft.id, part_id)
    if row.parent_id is None:
        raise NotFound
    row.removed_at = now
    row.changed_by, row.changed_at = actor.account_id or None, now
    db.flush()
    return row.parent_id


def restore_part(db: Session, *, actor: Actor, draft_id: int, part_id: int, now: datetime) -> None:
    """Brings a removed part back to where it was."""
    draft, _course = locked_draft(db, actor, draft_id)
    row = part_row(db, draft.id, part_id, removed=True)
    if row.parent_id is not None:
        parent = db.get_one(DraftPart, row.parent_id)
        kind = CoursePartKind(row.kind)
        drafting.require_room(part_value(parent), kind, len(_siblings(db, parent.id, kind)))
    row.removed_at = None
    row.changed_by, row.changed_at = actor.account_id or None, now
    db.flush()


def import_questions(
    db: Session,
    *,
    actor: Actor,
    draft_id: int,
    module_id: int,
    questions: Iterable[NewPart],
    now: datetime,
) -> int:
    """Adds questions at the end of a module's bank and returns how many. All come in or none."""
    draft, _course = locked_draft(db, actor, draft_id)
    module = part_row(db, draft.id, module_id)
    given = list(questions)
    standing = _siblings(db, module.id, CoursePartKind.QUESTION)
    if given:
        drafting.require_room(
            part_value(module), CoursePartKind.QUESTION, len(standing) + len(given) - 1
        )
    taken = _codes(db, DraftPart.parent_id == module.id)
    position = max((one.position for one in standing), default=0)
    writer = Writer(db, actor, draft.id, now)
    number = 1
    for place, question in enumerate(given, start=position + 1):
        while (code := f"M{module.position}-{number:03d}") in taken:
            number += 1
        taken.add(code)
        writer.write(CoursePartKind.QUESTION, module.id, place, {**question.data, "code": code})
    db.flush()
    return len(given)
