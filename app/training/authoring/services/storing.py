"""Rows of a draft: the lock that its writers take, and a tree of new parts written at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.training.authoring.models import CourseDraft, DraftPart
from app.training.authoring.policy import require_author
from app.training.authoring.values import NAMES_OTHERS, CoursePartKind, NewPart

LARGEST_ID = 2**62


def locked_draft(db: Session, actor: Actor, draft_id: int) -> tuple[CourseDraft, DraftPart]:
    """Returns an open draft and its root, locked: whoever publishes waits for whoever writes."""
    require_author(actor)
    row = (
        db.scalar(
            select(CourseDraft)
            .where(CourseDraft.id == draft_id, CourseDraft.closed_at.is_(None))
            .with_for_update()
        )
        if draft_id < LARGEST_ID
        else None
    )
    if row is None:
        raise NotFound
    course = db.scalars(
        select(DraftPart).where(
            DraftPart.draft_id == row.id, DraftPart.kind == CoursePartKind.COURSE.value
        )
    ).one()
    return row, course


def part_row(db: Session, draft_id: int, part_id: int, *, removed: bool = False) -> DraftPart:
    """Returns a part of this draft, or one that was removed from it. Raises NotFound."""
    row = db.get(DraftPart, part_id) if part_id < LARGEST_ID else None
    if row is None or row.draft_id != draft_id or (row.removed_at is not None) is not removed:
        raise NotFound
    return row


def remove_sections(db: Session, draft_id: int, now: datetime) -> None:
    for section in db.scalars(
        select(DraftPart).where(
            DraftPart.draft_id == draft_id,
            DraftPart.kind == CoursePartKind.SECTION.value,
            DraftPart.removed_at.is_(None),
        )
    ):
        section.removed_at = now


@dataclass(frozen=True)
class Writer:
    """Who writes into a draft, and when."""

    db: Session
    actor: Actor
    draft_id: int
    now: datetime

    def write(
        self, kind: CoursePartKind, parent_id: int | None, position: int, data: dict[str, Any]
    ) -> DraftPart:
        row = DraftPart(
            draft_id=self.draft_id,
            parent_id=parent_id,
            kind=kind.value,
            position=position,
            data=data,
            marks={},
            changed_by=self.actor.account_id or None,
            changed_at=self.now,
        )
        self.db.add(row)
        return row

    def write_tree(self, part: NewPart, parent_id: int | None, position: int = 1) -> int:
        """Writes a part with all that stands under it, level by level; returns its id."""
        levels: list[tuple[NewPart, int | None, int, tuple[int, ...]]] = [
            (part, parent_id, position, (0,))
        ]
        written: list[tuple[NewPart, DraftPart, tuple[int, ...]]] = []
        while levels:
            rows = [
                (one, self.write(one.kind, above, place, dict(one.data)), where)
                for one, above, place, where in levels
            ]
            self.db.flush()
            written += rows
            levels = []
            for one, row, where in rows:
                count: dict[CoursePartKind, int] = {}
                for index, child in enumerate(one.children):
                    count[child.kind] = count.get(child.kind, 0) + 1
                    # the module whose parts name each other: the second level of a whole course
                    levels.append((child, row.id, count[child.kind], (*where, index)))
        self._name_by_number(written)
        return written[0][1].id

    def _name_by_number(self, written: list[tuple[NewPart, DraftPart, tuple[int, ...]]]) -> None:
        """Replaces the codes by which questions and quizzes name their neighbours by numbers."""
        numbers = {(where[:2], new.kind, new.ref): row.id for new, row, where in written if new.ref}
        for new, row, where in written:
            if new.kind is CoursePartKind.QUESTION:
                row.data = {
                    **row.data,
                    **{
                        name: numbers.get((where[:2], kind, str(row.data.get(name))))
                        for name, kind in NAMES_OTHERS.items()
                    },
                }
            elif new.kind is CoursePartKind.QUIZ:
                row.data = {
                    **row.data,
                    "draw": {
                        str(numbers[where[:2], CoursePartKind.OBJECTIVE, code]): number
                        for code, number in row.data.get("draw", {}).items()
                        if (where[:2], CoursePartKind.OBJECTIVE, code) in numbers
                    },
                }
        self.db.flush()
