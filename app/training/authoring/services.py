"""Use cases of authoring: starting and closing a draft, its parts, publishing it, and reviewing a course."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import ANONYMOUS, Actor
from app.kernel.reference import reference_day
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.seen import require_as_seen
from app.kernel.text import N_, Language, LocalizedText
from app.training.authoring.facts import (
    CourseDraftDiscarded,
    CourseDraftPublished,
    CourseDraftStarted,
    CourseReviewOpened,
    CourseReviewSet,
)
from app.training.authoring.models import CourseDraft, CourseReview, DraftPart
from app.training.authoring.policy import require_author
from app.training.authoring.queries import (
    courses_to_edit,
    document_named,
    draft_of,
    labels_of,
    part_value,
    present_edition,
)
from app.training.authoring.rules import drafting
from app.training.authoring.rules.assembly import (
    document_of,
    guidelines_data,
    parts_of,
    section_parts,
)
from app.training.authoring.rules.drafting import DraftIsOpen, slug_of
from app.training.authoring.rules.publishing import (
    Differences,
    DraftNotReady,
    ReviewIsOpen,
    ReviewNotDue,
    ToMend,
    differences,
    is_due,
    judged,
    next_review,
    problems_of,
)
from app.training.authoring.values import (
    NAMES_OTHERS,
    CoursePart,
    CoursePartKind,
    Draft,
    NewPart,
    NextReview,
)
from app.training.learning.forms.document import Problems
from app.training.learning.forms.folder import course_of
from app.training.learning.queries.courses import locked_course
from app.training.learning.queries.editions import content_of
from app.training.learning.services.publishing import publish_edition
from app.training.learning.values import VALIDITY_MONTHS, CourseContent

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
        """Writes a part with all that stands under it; returns its id. A level is written at once:
        a course has some thousand parts.
        """
        root = self.write(part.kind, parent_id, position, dict(part.data))
        self.db.flush()
        written = level = [(part, root)]
        while level:
            below: list[tuple[NewPart, DraftPart]] = []
            for parent, row in level:
                count: Counter[CoursePartKind] = Counter()
                for child in parent.children:
                    count[child.kind] += 1
                    place = count[child.kind]
                    below.append((child, self.write(child.kind, row.id, place, dict(child.data))))
            self.db.flush()
            level = below
            written = [*written, *below]
        self._name_by_number(written)
        return root.id

    def _name_by_number(self, written: list[tuple[NewPart, DraftPart]]) -> None:
        """Replaces the codes by which questions and quizzes name parts of their module by numbers."""
        parents = {row.id: row.parent_id for _part, row in written}
        numbers = {
            (
                parents[row.parent_id] if part.kind is CoursePartKind.SCREEN else row.parent_id,
                part.kind,
                part.ref,
            ): row.id
            for part, row in written
            if part.ref and row.parent_id is not None
        }
        for part, row in written:
            if part.kind is CoursePartKind.QUESTION:
                named = {
                    name: numbers.get((row.parent_id, kind, str(row.data.get(name))))
                    for name, kind in NAMES_OTHERS.items()
                }
                row.data = {**row.data, **named}
            elif part.kind is CoursePartKind.QUIZ:
                draw = {
                    str(number): count
                    for code, count in row.data.get("draw", {}).items()
                    if (number := numbers.get((row.parent_id, CoursePartKind.OBJECTIVE, code)))
                }
                row.data = {**row.data, "draw": draw}
        self.db.flush()


# A draft begins as a new course or from the present edition of one, and may be thrown away.


def start_course(
    db: Session,
    *,
    actor: Actor,
    title: LocalizedText,
    summary: LocalizedText,
    document: str = "",
    now: datetime,
) -> int:
    """Starts a draft of a course that does not exist yet; returns its id. `document`: the label of
    what it rests on in the library, or "" for a document of its own.
    """
    require_author(actor)
    taken = {line.slug for line in courses_to_edit(db, actor=actor)}
    taken |= set(db.scalars(select(CourseDraft.slug).where(CourseDraft.closed_at.is_(None))))
    slug = slug_of(title.in_(), taken)
    data: dict[str, Any] = {
        "title": dict(title),
        "summary": dict(summary),
        "edition": "1",
        "validity_months": VALIDITY_MONTHS,
    }
    sections: tuple[NewPart, ...] = ()
    if document:
        content = document_named(db, label=document)
        data |= guidelines_data(content)
        sections = section_parts(content)
    else:
        data |= {"document": slug[:20], "document_title": {}, "document_note": {}}
    course = NewPart(CoursePartKind.COURSE, data, sections)
    return _start(db, actor, course, slug=slug, base_edition_id=None, now=now)


def draft_from_edition(db: Session, *, actor: Actor, slug: str, now: datetime) -> int:
    """Starts a draft that says what the present edition says; returns its id. Raises DraftIsOpen
    while there is one.
    """
    require_author(actor)
    edition_id, content = present_edition(db, actor=actor, slug=slug)
    return _start(db, actor, parts_of(content), slug=slug, base_edition_id=edition_id, now=now)


def _start(
    db: Session,
    actor: Actor,
    course: NewPart,
    *,
    slug: str,
    base_edition_id: int | None,
    now: datetime,
) -> int:
    standing = select(CourseDraft.id).where(
        CourseDraft.slug == slug, CourseDraft.closed_at.is_(None)
    )
    open_id = db.scalar(standing)
    if open_id is not None:
        raise DraftIsOpen(open_id)
    draft = CourseDraft(
        slug=slug,
        base_edition_id=base_edition_id,
        started_by=actor.account_id or None,
        started_at=now,
    )
    try:
        with db.begin_nested():
            db.add(draft)
            db.flush()
    except IntegrityError:
        raise DraftIsOpen(db.scalars(standing).one()) from None
    # Nobody wrote in this draft what is copied from an edition.
    writer = actor if base_edition_id is None else ANONYMOUS
    Writer(db, writer, draft.id, now).write_tree(course, None)
    journal.record(db, CourseDraftStarted(draft.id, slug), actor=actor, now=now)
    return draft.id


def rest_on(db: Session, *, actor: Actor, draft_id: int, document: str, now: datetime) -> None:
    """Lets the course rest on another document of the library; its sections replace those of the
    draft.
    """
    row, course = locked_draft(db, actor, draft_id)
    content = document_named(db, label=document)
    remove_sections(db, row.id, now)
    course.data = {**course.data, **guidelines_data(content)}
    course.changed_at, course.changed_by = now, actor.account_id or None
    writer = Writer(db, actor, row.id, now)
    for position, part in enumerate(section_parts(content), start=1):
        writer.write_tree(part, course.id, position)
    db.flush()


def discard_draft(db: Session, *, actor: Actor, draft_id: int, now: datetime) -> None:
    """Closes a draft without an edition. Its parts stay in the database and are shown no more. A
    review that was open is due again.
    """
    row, _course = locked_draft(db, actor, draft_id)
    row.closed_at = now
    course_id = locked_course(db, row.slug)
    review = db.get(CourseReview, course_id) if course_id is not None else None
    if review is not None:
        review.opened_at = None
    db.flush()
    journal.record(db, CourseDraftDiscarded(row.id, row.slug), actor=actor, now=now)


# Parts of a draft: added, written, moved, removed and brought back.

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
    siblings = select(DraftPart).where(
        DraftPart.parent_id == parent_id,
        DraftPart.kind == kind.value,
        DraftPart.removed_at.is_(None),
    )
    return list(db.scalars(siblings.order_by(DraftPart.position, DraftPart.id)))


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
    row.marks = drafting.marks_after(before, replace(before, data=after))
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
    marks = drafting.marks_confirmed(part_value(row), name, language)
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


# A review is set for a day, opened once it is due, and ended by the edition that comes of it.

IN_THE_PAST = N_("This day is in the past. Choose today or a later day.")


def _review_of(db: Session, slug: str) -> tuple[int, CourseReview | None]:
    """Returns the course's id and its review, both locked. Raises NotFound for an unknown
    course.
    """
    course_id = locked_course(db, slug)
    if course_id is None:
        raise NotFound
    return course_id, db.get(CourseReview, course_id, populate_existing=True)


def set_review(db: Session, *, actor: Actor, slug: str, due_on: date, now: datetime) -> None:
    """Sets the day of the next review, counted in the reference zone. Raises InvalidInput for a day
    in the past, ReviewIsOpen while the review is open.
    """
    require_author(actor)
    course_id, row = _review_of(db, slug)
    if row is not None and row.opened_at is not None:
        raise ReviewIsOpen
    if due_on < reference_day(now):
        raise InvalidInput({"due_on": Sentence(IN_THE_PAST)})
    if row is None:
        db.add(CourseReview(course_id=course_id, due_on=due_on))
    else:
        row.due_on = due_on
    db.flush()
    journal.record(db, CourseReviewSet(slug, due_on.isoformat()), actor=actor, now=now)


def open_review(db: Session, *, actor: Actor, slug: str, now: datetime) -> int:
    """Opens the review that is due: returns the id of the course's open draft, or of a new one made
    from its present edition. Again it returns the same. Raises ReviewNotDue.
    """
    require_author(actor)
    _course_id, row = _review_of(db, slug)
    is_open = row is not None and row.opened_at is not None
    if row is None or not (is_open or is_due(NextReview(row.due_on), reference_day(now))):
        raise ReviewNotDue
    try:
        draft_id = draft_from_edition(db, actor=actor, slug=slug, now=now)
    except DraftIsOpen as refusal:
        draft_id = refusal.draft_id
    if not is_open:
        row.opened_at = now
        db.flush()
        journal.record(db, CourseReviewOpened(slug, draft_id), actor=actor, now=now)
    return draft_id


def end_review(db: Session, *, actor: Actor, slug: str, now: datetime) -> None:
    """Sets the day of the next review after an edition was published from a draft, where a review
    was open or due. A day that is still to come stays: small corrections do not put it off.
    """
    _course_id, row = _review_of(db, slug)
    if row is None or (row.opened_at is None and row.due_on > reference_day(now)):
        return
    row.due_on, row.opened_at = next_review(reference_day(now)), None
    db.flush()
    journal.record(db, CourseReviewSet(slug, row.due_on.isoformat()), actor=actor, now=now)


# A draft becomes an edition: checked as a whole, published by learning's own service, closed.

UNNAMED = "draft"
NO_LABEL = N_("Write what the edition is called, such as 2027.1, in at most 20 characters.")
LABEL_TAKEN = N_("There is an edition of this name already.")
LONGEST_LABEL = 20


@dataclass(frozen=True)
class Readiness:
    """`content` is None while there are problems."""

    content: CourseContent | None
    problems: tuple[ToMend, ...]
    differences: Differences


def content_of_draft(
    draft: Draft, label: str = UNNAMED
) -> tuple[CourseContent | None, tuple[ToMend, ...]]:
    """Returns the course as it would be published, or None with what keeps it from being so."""
    problems = Problems()
    content = course_of(document_of(draft, label, problems))
    to_mend = problems_of(draft, problems.found)
    return (None if to_mend else content), to_mend


def readiness(db: Session, *, actor: Actor, draft_id: int) -> Readiness:
    """Returns what is still to do, and what the draft changes against the edition it began from."""
    draft = draft_of(db, actor=actor, draft_id=draft_id)
    content, problems = content_of_draft(draft)
    if content is None:
        return Readiness(None, problems, Differences(()))
    return Readiness(content, (), differences(_base(db, draft), content))


def _base(db: Session, draft: Draft) -> CourseContent | None:
    if draft.base_edition_id is None:
        return None
    return content_of(db, edition_id=draft.base_edition_id)


def publish_draft(
    db: Session,
    *,
    actor: Actor,
    draft_id: int,
    label: str,
    changes: Mapping[str, str],
    told: Mapping[str, LocalizedText],
    now: datetime,
) -> int:
    """Publishes the draft under a label and closes it; returns the id of the edition.

    `changes` are the author's words on each difference and `told` what those who learned it before
    should know, both by its keys. Raises DraftNotReady, or InvalidInput by the fields of the form.
    """
    row, _course = locked_draft(db, actor, draft_id)
    draft = draft_of(db, actor=actor, draft_id=draft_id)
    name = " ".join(label.split())
    if not name or len(name) > LONGEST_LABEL or not name.isprintable():
        raise InvalidInput({"label": Sentence(NO_LABEL)})
    if name in labels_of(db, slug=draft.slug):
        raise InvalidInput({"label": Sentence(LABEL_TAKEN)})
    content, problems = content_of_draft(draft, name)
    if content is None or problems:
        raise DraftNotReady
    judgement = judged(differences(_base(db, draft), content), changes, told)
    content = replace(content, changes=judgement)
    edition_id = publish_edition(db, actor=actor, content=content, now=now)
    row.edition_id, row.closed_at = edition_id, now
    db.flush()
    fact = CourseDraftPublished(row.id, row.slug, edition_id, name)
    journal.record(db, fact, actor=actor, now=now)
    end_review(db, actor=actor, slug=row.slug, now=now)
    return edition_id
