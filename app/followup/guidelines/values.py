"""A section of the Guidelines with what refers to it, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from app.followup.agreements.values import AgreementView, FindingKind
from app.followup.matrix.values import RowView
from app.followup.practices.values import Practice
from app.kernel.text import LocalizedText
from app.participation.materials.values import LibraryItem
from app.training.library.values import SectionText, VersionText


@dataclass(frozen=True)
class GuidelinesVersionLine:
    """A version of the Guidelines in the list of all. `adopted_on` is None where nobody wrote it."""

    label: str
    adopted_on: date | None
    sections: int
    is_newest: bool


@dataclass(frozen=True)
class FindingLine:
    """A finding of a work table. `activities`: ids of those that were made of it and are in force.
    `may_open`: the reader may open the page of all findings.
    """

    id: int
    kind: FindingKind
    text: LocalizedText
    edition_slug: str
    edition_label: str
    table: LocalizedText
    table_id: int
    may_open: bool
    activities: tuple[int, ...] = ()


@dataclass(frozen=True)
class PlannedWebinar:
    """A webinar that an activity on the section became. `starts_at` is None without a day."""

    event_id: UUID
    title: LocalizedText
    starts_at: datetime | None


@dataclass(frozen=True)
class LessonLine:
    """A lesson of the newest edition of the course. `is_open`: the reader may read it now."""

    code: str
    title: LocalizedText
    module: LocalizedText
    course_slug: str
    module_slug: str
    is_open: bool


@dataclass(frozen=True)
class SectionReferences:
    """What refers to a section, by kind, as far as the reader may see it.

    `instruments` are the rows of the matrix that report a rule; `rows` are the other ones. `tables`
    are the themes of the work tables that wrote the activities, by the activity's id.
    """

    findings: tuple[FindingLine, ...] = ()
    activities: tuple[AgreementView, ...] = ()
    webinars: tuple[PlannedWebinar, ...] = ()
    agreements: tuple[AgreementView, ...] = ()
    rows: tuple[RowView, ...] = ()
    instruments: tuple[RowView, ...] = ()
    practices: tuple[Practice, ...] = ()
    lessons: tuple[LessonLine, ...] = ()
    materials: tuple[LibraryItem, ...] = ()
    tables: Mapping[int, LocalizedText] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(
            len(some)
            for some in (
                self.findings,
                self.activities,
                self.webinars,
                self.agreements,
                self.rows,
                self.instruments,
                self.practices,
                self.lessons,
                self.materials,
            )
        )


@dataclass(frozen=True)
class SectionPage:
    """A section of a version, with its neighbours in the document's order."""

    version: VersionText
    is_newest: bool
    section: SectionText
    previous: SectionText | None
    following: SectionText | None
    references: SectionReferences


@dataclass(frozen=True)
class Trace:
    """What stands before and after an agreement: the finding it was made of, and what countries
    report about it, the rules that carry it out first (R9).
    """

    finding: FindingLine | None
    rows: tuple[RowView, ...]

    def __bool__(self) -> bool:
        return self.finding is not None or bool(self.rows)
