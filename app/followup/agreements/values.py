"""Words of agreements as values: what is written down, and what a reader sees of it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.kernel.text import LocalizedText
from app.planning.events.values import GenderMarker, OpenPoint


class Verb(StrEnum):
    """What a paragraph does: the four kinds that conclusions of the region are written in."""

    TAKE_NOTE = "take-note"
    REQUEST = "request"
    COMMIT = "commit"
    DEADLINE = "deadline"


class Status(StrEnum):
    """Overdue is none of these: it follows from the due day and today."""

    OPEN = "open"
    IN_PROGRESS = "in-progress"
    DONE = "done"
    NO_LONGER_APPLICABLE = "no-longer-applicable"


NOTHING_SAID = ("", "")
"""Instead of a status and a note."""
UNSETTLED = frozenset({Status.OPEN, Status.IN_PROGRESS})


class ResponsibleKind(StrEnum):
    COUNTRY = "country"
    INSTITUTION = "institution"
    WORKING_GROUP = "working-group"
    SECRETARIAT = "secretariat"
    PRESIDENCY = "presidency"
    OBSERVER = "observer"


class FindingKind(StrEnum):
    """What a table found, and what it recommends to do first (R30)."""

    FINDING = "finding"
    ACTION = "action"


class IssueKind(StrEnum):
    """The kind of session that a priority issue becomes."""

    PANEL = "panel"
    WORK_TABLE = "work-table"


@dataclass(frozen=True, order=True)
class Paragraph:
    """Where it stands in the conclusions: 10, or 10(a)."""

    number: int
    letter: str = ""

    def __str__(self) -> str:
        return f"{self.number}({self.letter})" if self.letter else str(self.number)


@dataclass(frozen=True, order=True)
class Responsible:
    """`key`: a country's code, an institution's number, a group's slug, an observer's name; "" for
    the two organs.
    """

    kind: ResponsibleKind
    key: str = ""


@dataclass(frozen=True)
class AgreementDraft:
    paragraph: Paragraph
    text: LocalizedText
    verb: Verb
    responsible: tuple[Responsible, ...]
    due: date | None = None
    section: str = ""


@dataclass(frozen=True)
class ActivityDraft:
    """What a work table writes down that it will do. While its plan is a draft only the text is
    needed; `funding_source` is the slug of a fund, `finding_id` the finding it was made of.
    """

    text: LocalizedText
    responsible: tuple[Responsible, ...] = ()
    due: date | None = None
    section: str = ""
    indicator: str = ""
    target: str = ""
    gender_marker: GenderMarker | None = None
    funding_source: str = ""
    partners: tuple[str, ...] = ()
    finding_id: int | None = None


@dataclass(frozen=True)
class StatusReport:
    """A status with what proves or explains it."""

    status: Status
    note: str = ""
    evidence_url: str = ""


Proposed = tuple[str, StatusReport]
"""What the country of a code proposes."""


@dataclass(frozen=True)
class FindingDraft:
    kind: FindingKind
    text: LocalizedText
    section: str = ""


@dataclass(frozen=True)
class IssueDraft:
    text: LocalizedText
    kind: IssueKind = IssueKind.PANEL
    proposed_by: str = ""


@dataclass(frozen=True)
class ResponsibleView:
    """`country` is the code of the country that answers through it, "" for bodies of the whole
    region.
    """

    kind: ResponsibleKind
    key: str
    name: LocalizedText
    country: str = ""


@dataclass(frozen=True)
class ReviewView:
    """What a follow-up webinar said. `by` is empty for who does not plan."""

    event_id: UUID
    event_title: LocalizedText
    status: Status
    note: str
    at: datetime
    by: str = ""


@dataclass(frozen=True)
class ProposalView:
    """What a country's focal point proposes as status; it counts once a review or its planners say
    so.
    """

    country: str
    status: Status
    note: str
    evidence_url: str
    at: datetime


@dataclass(frozen=True)
class ActivityPart:
    """What an agreement has besides when a work table wrote it."""

    plan_id: int
    is_draft: bool
    indicator: str
    target: str
    gender_marker: GenderMarker | None
    funding_source: str
    partners: tuple[str, ...]
    finding_id: int | None
    changed_at: datetime


@dataclass(frozen=True)
class AgreementView:
    """`editions`: (slug, label) of its event."""

    id: int
    event_id: UUID
    event_title: LocalizedText
    editions: tuple[tuple[str, str], ...]
    paragraph: Paragraph
    text: LocalizedText
    verb: Verb
    responsible: tuple[ResponsibleView, ...]
    due: date | None
    section: str
    section_title: LocalizedText | None
    status: Status
    evidence: str
    evidence_url: str
    last_review: ReviewView | None = None
    proposals: tuple[ProposalView, ...] = ()
    activity: ActivityPart | None = None

    @property
    def countries(self) -> frozenset[str]:
        return frozenset(one.country for one in self.responsible if one.country)

    def as_draft(self) -> AgreementDraft:
        responsible = tuple(sorted(Responsible(one.kind, one.key) for one in self.responsible))
        return AgreementDraft(
            paragraph=self.paragraph,
            text=self.text,
            verb=self.verb,
            responsible=responsible,
            due=self.due,
            section=self.section,
        )

    def as_activity_draft(self) -> ActivityDraft:
        """Returns the draft that would leave an activity as it is."""
        if self.activity is None:
            raise TypeError("an agreement that no table wrote is no activity")
        return ActivityDraft(
            text=self.text,
            responsible=tuple(sorted(Responsible(one.kind, one.key) for one in self.responsible)),
            due=self.due,
            section=self.section,
            indicator=self.activity.indicator,
            target=self.activity.target,
            gender_marker=self.activity.gender_marker,
            funding_source=self.activity.funding_source,
            partners=self.activity.partners,
            finding_id=self.activity.finding_id,
        )

    def standing(self) -> StatusReport:
        return StatusReport(self.status, self.evidence, self.evidence_url)

    def proposed_by(self, countries: Collection[str]) -> tuple[Proposed, ...]:
        return tuple(
            (one.country, StatusReport(one.status, one.note, one.evidence_url))
            for one in self.proposals
            if one.country in countries
        )

    def is_overdue(self, today: date) -> bool:
        return self.status in UNSETTLED and self.due is not None and self.due < today


@dataclass(frozen=True)
class ListedAgreement:
    """An agreement on the list of a follow-up webinar; `review` is what that webinar itself said of
    it.
    """

    agreement: AgreementView
    review: ReviewView | None

    @property
    def said(self) -> tuple[str, str]:
        return (self.review.status.value, self.review.note) if self.review else NOTHING_SAID


@dataclass(frozen=True)
class IssueView:
    """`session_id` once it stands in a congress's agenda; `is_placed` stays when that session is
    taken out again.
    """

    id: int
    position: int
    text: LocalizedText
    kind: IssueKind
    proposed_by: str
    is_placed: bool
    session_id: UUID | None


@dataclass(frozen=True)
class FindingView:
    id: int
    kind: FindingKind
    position: int
    text: LocalizedText
    section: str
    section_title: LocalizedText | None


@dataclass(frozen=True)
class TableFindings:
    """A work table with what it found. `may_write`: for the reader who asked."""

    id: int
    theme: LocalizedText
    position: int
    rapporteur: str
    findings: tuple[FindingView, ...] = ()
    may_write: bool = False

    def of(self, kind: FindingKind) -> tuple[FindingView, ...]:
        return tuple(one for one in self.findings if one.kind is kind)

    @property
    def is_complete(self) -> bool:
        return bool(self.of(FindingKind.FINDING) and self.of(FindingKind.ACTION))


@dataclass(frozen=True)
class EditionFindings:
    slug: str
    label: str
    theme: LocalizedText
    is_closed: bool
    tables: tuple[TableFindings, ...] = field(default=())


@dataclass(frozen=True)
class Closing:
    """What an event lacks before it may be closed, what is open besides, and how much is on record
    of it.

    `congress` is the edition's slug when it is one's congress. `present` and `partly` count people
    as everywhere.
    """

    unreviewed: tuple[AgreementView, ...] = ()
    incomplete: tuple[TableFindings, ...] = ()
    congress: str = ""
    lacks_guidelines_review: bool = False
    lacks_attendance: bool = False
    present: int = 0
    partly: int = 0
    agreements: int = 0
    open_points: tuple[OpenPoint, ...] = ()

    @property
    def open_mark(self) -> str:
        """Returns one mark of all that is open.

        Who closes the event sends back what the page named, so that nothing new is passed over.
        """
        return " ".join(point.mark for point in self.open_points)
