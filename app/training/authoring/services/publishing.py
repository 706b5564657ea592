"""A draft becomes an edition: checked as a whole, published by learning's own service, closed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_, LocalizedText
from app.training.authoring.facts import CourseDraftPublished
from app.training.authoring.queries.drafts import draft_of
from app.training.authoring.queries.editions import content_of, labels_of
from app.training.authoring.rules.assembly import assemble
from app.training.authoring.rules.changes import Differences, differences, judged
from app.training.authoring.rules.readiness import DraftNotReady, ToMend, problems_of
from app.training.authoring.services.reviewing import end_review
from app.training.authoring.services.storing import locked_draft
from app.training.authoring.values import Draft
from app.training.learning.forms.content import Media, parse_course
from app.training.learning.services import publish_edition
from app.training.learning.values.content import CourseContent

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
    assembled = assemble(draft)
    assembled.files["course.yaml"]["edition"] = label
    media = {
        folder: Media(assembled.figures[folder], assembled.videos[folder])
        for folder in assembled.figures
    }
    content: CourseContent | None = None
    refused: Mapping[str, Sentence] = {}
    try:
        content = parse_course(assembled.files, media)
    except InvalidInput as refusal:
        refused = refusal.errors
    problems = problems_of(draft, assembled, refused)
    return (None if problems else content), problems


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
