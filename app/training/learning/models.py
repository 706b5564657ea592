"""Tables of learning. A published edition and its parts never change; progress and results are
never deleted.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    ForeignKey,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.infra.orm import Base, BigId
from app.kernel.text import LocalizedText


class Course(Base):
    __tablename__ = "course"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # In addresses, and the same in every edition.
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    # As in the latest edition; each edition keeps its own.
    title: Mapped[LocalizedText]


class CourseEdition(Base):
    """A published, immutable state of a course. `content_hash` is the SHA-256 of its document."""

    __tablename__ = "course_edition"
    __table_args__ = (UniqueConstraint("course_id", "label"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    label: Mapped[str] = mapped_column(String(20))
    title: Mapped[LocalizedText]
    summary: Mapped[LocalizedText]
    guideline_version_id: Mapped[int] = mapped_column(ForeignKey("guideline_version.id"))
    published_at: Mapped[datetime]
    # Publishing the same again changes nothing, and another content needs another label.
    content_hash: Mapped[str] = mapped_column(String(64))
    # Of a certificate, from the day of completion in its holder's country.
    validity_months: Mapped[int]
    modules: Mapped[list["Module"]] = relationship(lazy="raise", order_by="Module.number")


class EditionDocument(Base):
    """All that an edition says, as `CourseContent` writes it in this version. The tables below hold
    again what is asked for one by one.
    """

    __tablename__ = "edition_document"

    edition_id: Mapped[int] = mapped_column(
        ForeignKey("course_edition.id"), primary_key=True, autoincrement=False
    )
    version: Mapped[int]
    content: Mapped[dict[str, Any]]


class Module(Base):
    """A part of an edition. A module that is not available yet is announced in the syllabus, and no
    rule counts it.
    """

    __tablename__ = "module"
    __table_args__ = (UniqueConstraint("edition_id", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"))
    number: Mapped[int]
    # In addresses; what was completed in an earlier edition is known by it.
    slug: Mapped[str] = mapped_column(String(60))
    title: Mapped[LocalizedText]
    outcome: Mapped[LocalizedText]
    # As its author wrote, else the sum of its units.
    minutes: Mapped[int]
    is_available: Mapped[bool] = mapped_column(default=True)
    units: Mapped[list["Unit"]] = relationship(lazy="raise", order_by="Unit.position")


class Objective(Base):
    __tablename__ = "objective"
    __table_args__ = (UniqueConstraint("module_id", "code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    code: Mapped[str] = mapped_column(String(20))
    text: Mapped[LocalizedText]
    # Codes of sections of the Guidelines.
    sections: Mapped[list[Any]]


class Unit(Base):
    """Kinds: page, case, quiz, webinar. For a quiz, `draw` says how many items of each objective,
    `pass_mark` is 0–1, `pause_minutes` the wait between two attempts and `max_attempts` 0 for any
    number. For a webinar, `webinar` says which count. What is optional is not needed to complete the
    module. `measured` are the minutes its texts take, by rule; editions before 2026.2 have none and
    are measured when asked.
    """

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("module_id", "position"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    # As authors refer to it, "M2-L1"; unique in its module.
    code: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    # As its author wrote, else as measured; what is told of a course sums `measured`.
    minutes: Mapped[int]
    title: Mapped[LocalizedText]
    # How many; their texts are in UnitRendition.
    screens: Mapped[int] = mapped_column(default=1)
    # JSON, because nobody queries it: an attempt is drawn from it and keeps what was drawn.
    draw: Mapped[dict[str, Any]]
    pass_mark: Mapped[Decimal | None] = mapped_column(Numeric(4, 3))
    pause_minutes: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    webinar: Mapped[dict[str, Any] | None]
    is_optional: Mapped[bool] = mapped_column(default=False, server_default=false())
    measured: Mapped[int | None]


class UnitRendition(Base):
    """One screen of a unit in one language, as Markdown. Screens count from 1."""

    __tablename__ = "unit_rendition"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    screen: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(Text)


class Item(Base):
    """A question of a module's bank. Kinds: single, multiple, truefalse, ordering, short, numerical,
    matching. `section` is a Guidelines section code, `screen` where the reason is read ("M2-L2#3"),
    `case_code` the vignette above it. The options of an ordering stand in the right order. It counts
    `weight` times. `strict` lists what a short answer must have right: case, accents.
    """

    __tablename__ = "item"
    __table_args__ = (UniqueConstraint("module_id", "code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    code: Mapped[str] = mapped_column(String(20))
    objective_code: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(10))
    section: Mapped[str] = mapped_column(String(20))
    stem: Mapped[LocalizedText]
    # None for kinds whose options say why, each in its feedback.
    explanation: Mapped[LocalizedText | None]
    is_critical: Mapped[bool] = mapped_column(default=False, server_default=false())
    screen: Mapped[str | None] = mapped_column(String(40))
    case_code: Mapped[str | None] = mapped_column(String(20))
    weight: Mapped[int] = mapped_column(default=1, server_default="1")
    strict: Mapped[list[Any] | None]
    options: Mapped[list["ItemOption"]] = relationship(lazy="raise", order_by="ItemOption.position")


class ItemOption(Base):
    """What is chosen, accepted or matched. `weight` is in per cent, where its author gave one.
    `match` belongs to the text of a matching question's line; `number` within `tolerance` is what a
    number answer is, both with a decimal point.
    """

    __tablename__ = "item_option"
    __table_args__ = (UniqueConstraint("item_id", "position"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    position: Mapped[int]
    is_correct: Mapped[bool]
    text: Mapped[LocalizedText]
    feedback: Mapped[LocalizedText]
    weight: Mapped[Decimal | None] = mapped_column(Numeric(8, 5))
    match: Mapped[LocalizedText | None]
    number: Mapped[str | None] = mapped_column(String(40))
    # Text, so that both engines keep it as its author wrote it: 0.1 is no binary fraction.
    tolerance: Mapped[str | None] = mapped_column(String(40))


class Vignette(Base):
    """A case above several questions of a module's bank."""

    __tablename__ = "vignette"
    __table_args__ = (UniqueConstraint("module_id", "code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    code: Mapped[str] = mapped_column(String(20))
    text: Mapped[LocalizedText]


class LessonCheck(Base):
    """A small question under a screen of a lesson, for practice. `options` is a list of objects:
    `text` and `feedback` by language, and `correct`. Their numbers count from 1.
    """

    __tablename__ = "lesson_check"
    __table_args__ = (UniqueConstraint("unit_id", "code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    code: Mapped[str] = mapped_column(String(20))
    screen: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    stem: Mapped[LocalizedText]
    # JSON and no rows as an item's: no mark, figure or erasure asks for one of them.
    options: Mapped[list[Any]]


class CourseFigure(Base):
    """A picture of a module in one language: SVG that was checked when it was read or, where
    `media_type` names another kind, a file in the storage under its fingerprint.
    """

    __tablename__ = "course_figure"
    __table_args__ = (UniqueConstraint("module_id", "code", "language"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    code: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(2))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    # In pixels, so that the page leaves room before the picture is there.
    width: Mapped[int]
    height: Mapped[int]
    # The SVG; empty for a file in the storage.
    body: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str | None] = mapped_column(String(40))


class CourseVideo(Base):
    """A film of a module: a link, or a file in the storage under `sha256`. `captions` are WebVTT by
    language.
    """

    __tablename__ = "course_video"
    __table_args__ = (UniqueConstraint("module_id", "code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    code: Mapped[str] = mapped_column(String(20))
    title: Mapped[LocalizedText]
    url: Mapped[str | None] = mapped_column(String(300))
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    media_type: Mapped[str | None] = mapped_column(String(40))
    captions: Mapped[LocalizedText]
    transcript: Mapped[LocalizedText]


class ObjectiveChange(Base):
    """What an edition changed in an objective, against the edition before it: editorial, minor or
    material; and what is told to those who learned it before.
    """

    __tablename__ = "objective_change"

    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"), primary_key=True)
    module_slug: Mapped[str] = mapped_column(String(60), primary_key=True)
    objective_code: Mapped[str] = mapped_column(String(20), primary_key=True)
    change: Mapped[str] = mapped_column(String(10))
    told: Mapped[LocalizedText | None]


class Enrolment(Base):
    """I take this edition. Language is that of the last view: it may change midway.

    Open until `closed_at`, when the edition was completed; of one person and course at most one is
    open. Whoever renews a certificate enrols again: `renews_id` is the enrolment that earned it.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        Index(
            "uq_enrolment_open",
            "person_id",
            "course_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_enrolment_person_id_edition_id", "person_id", "edition_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # Also the edition's: a unique index cannot look into another table.
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"), index=True)
    language: Mapped[str] = mapped_column(String(2))
    started_at: Mapped[datetime]
    # Where “continue” leads; the highest screen of each unit is in UnitProgress.
    last_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    last_screen: Mapped[int] = mapped_column(default=1)
    closed_at: Mapped[datetime | None]
    renews_id: Mapped[UUID | None] = mapped_column(ForeignKey("enrolment.id"))


class UnitProgress(Base):
    """How far somebody read a unit: the highest screen left by "continue", and when its end was
    reached.
    """

    __tablename__ = "unit_progress"

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    screen: Mapped[int] = mapped_column(default=1)
    completed_at: Mapped[datetime | None]


class CheckAnswer(Base):
    """What somebody last answered to a check inside a lesson: numbers of options. It counts for
    nothing and only its owner sees it.
    """

    __tablename__ = "check_answer"

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    check_id: Mapped[int] = mapped_column(ForeignKey("lesson_check.id"), primary_key=True)
    response: Mapped[list[Any]]
    is_correct: Mapped[bool]
    answered_at: Mapped[datetime]


class LessonNote(Base):
    """A private line at a screen that invites to think. Only its owner sees it."""

    __tablename__ = "lesson_note"

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    screen: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]


class Attempt(Base):
    """I try a quiz. The pass mark is copied in, so that it cannot change in the middle; at most one
    is open. `is_passed` needs the pass mark and every critical question right.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "unit_id", "number"),
        Index(
            "uq_attempt_open",
            "enrolment_id",
            "unit_id",
            unique=True,
            sqlite_where=text("submitted_at IS NULL"),
            postgresql_where=text("submitted_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    number: Mapped[int]
    language: Mapped[str] = mapped_column(String(2))
    # Both are shares, 0–1.
    pass_mark: Mapped[Decimal] = mapped_column(Numeric(4, 3))
    started_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    score: Mapped[Decimal | None] = mapped_column(Numeric(5, 4))
    is_passed: Mapped[bool | None]
    items: Mapped[list["AttemptItem"]] = relationship(lazy="raise", order_by="AttemptItem.position")


class AttemptItem(Base):
    """A frozen copy of what was asked: option ids in the order shown; and the answer as `mark_of`
    reads it. `mark` is the share that is right, 0–1; attempts before 2026.3 have `is_correct` alone.
    """

    __tablename__ = "attempt_item"
    __table_args__ = (UniqueConstraint("attempt_id", "position"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("attempt.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    position: Mapped[int]
    # Ids in the order shown, as an answer must be marked against what was on the screen.
    option_order: Mapped[list[Any]]
    response: Mapped[list[Any]]
    answered_at: Mapped[datetime | None]
    is_correct: Mapped[bool | None]
    mark: Mapped[Decimal | None] = mapped_column(Numeric(5, 4))


class Pretest(Base):
    """A learner's one pre-test of a module. `asked` holds for each question its item and the ids of
    its options in the order shown, `answers` the ids chosen, `right` how many were right.
    """

    __tablename__ = "pretest"

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    module_id: Mapped[int] = mapped_column(
        ForeignKey("module.id"), primary_key=True, autoincrement=False
    )
    language: Mapped[str] = mapped_column(String(2))
    asked: Mapped[list[Any]]
    answers: Mapped[list[Any]]
    started_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    right: Mapped[int | None]
    is_passed: Mapped[bool | None]


class LearningEvent(Base):
    """One act of a learner, kept for good in the order in which it came in: no UPDATE, no DELETE.

    `client_id` names the press, so that one sent twice is kept once; `client_at` is the browser's
    clock and trusted for nothing. `hash` covers the event and all before it. No answer stands
    here: those may be erased.
    """

    __tablename__ = "learning_event"
    __table_args__ = (UniqueConstraint("enrolment_id", "client_id"),)

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    client_id: Mapped[UUID]
    verb: Mapped[str] = mapped_column(String(12))
    edition_id: Mapped[int] = mapped_column(ForeignKey("course_edition.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    module_id: Mapped[int | None] = mapped_column(ForeignKey("module.id"))
    # Of a screen or question, from 1; 0 for whole attempts and modules.
    position: Mapped[int]
    attempt_id: Mapped[UUID | None] = mapped_column(ForeignKey("attempt.id"))
    language: Mapped[str] = mapped_column(String(2))
    client_at: Mapped[datetime | None]
    at: Mapped[datetime]
    payload: Mapped[dict[str, Any]]
    hash: Mapped[str] = mapped_column(String(64))


class Completion(Base):
    """It is done, by rule. `module_id` is null for the whole edition. A later failure never undoes
    it.
    """

    __tablename__ = "completion"
    __table_args__ = (
        Index("uq_completion_module", "enrolment_id", "module_id", unique=True),
        Index(
            "uq_completion_edition",
            "enrolment_id",
            unique=True,
            sqlite_where=text("module_id IS NULL"),
            postgresql_where=text("module_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"))
    module_id: Mapped[int | None] = mapped_column(ForeignKey("module.id"))
    # A later rule leaves what an earlier one decided (`rules.progress.RULE_VERSION`).
    rule_version: Mapped[str] = mapped_column(String(20))
    decided_at: Mapped[datetime]
