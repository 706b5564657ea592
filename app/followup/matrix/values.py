"""The monitoring matrix as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.followup.agreements.values import AgreementView
from app.kernel.refusal import Sentence
from app.kernel.text import LocalizedText


class RowKind(StrEnum):
    PROGRESS = "progress"
    REGULATORY = "regulatory"
    GOOD_PRACTICE = "good-practice"
    SUCCESS_STORY = "success-story"
    RESEARCH = "research"
    CAMPAIGN = "campaign"
    INFORMATION_DAY = "information-day"
    """"Jornada": an information day or workshop."""
    OBSTACLE = "obstacle"


class RowStatus(StrEnum):
    """A row without a status is not answered. NO_CHANGE is only of what was agreed; ADVANCED of
    something new means that it is under way.
    """

    NO_CHANGE = "no-change"
    ADVANCED = "advanced"
    DONE = "done"
    STOPPED = "stopped"


class RowState(StrEnum):
    DRAFT = "draft"
    SENT = "sent"
    PUBLISHED = "published"


class MigrationPhase(StrEnum):
    """Of the migration cycle (module 4 of the course)."""

    ORIGIN = "origin"
    TRANSIT = "transit"
    DESTINATION = "destination"
    RETURN = "return"


class RowSharing(StrEnum):
    """Who reads a published row: the country's focal point and the secretariat, officials of the
    region, all.
    """

    COUNTRY = "country"
    REGION = "region"
    PUBLIC = "public"


class InstrumentType(StrEnum):
    LAW = "law"
    DECREE = "decree"
    REGULATION = "regulation"
    PROTOCOL = "protocol"
    POLICY = "policy"
    AGREEMENT = "agreement"
    OTHER = "other"


class Held(StrEnum):
    """What a text seems to hold of a person; the secretariat looks at it before it is published."""

    DOCUMENT = "document"
    TELEPHONE = "telephone"
    CASE_NAME = "case-name"


class PeriodState(StrEnum):
    """Read from days and instants: coming, open, over (its last day has passed), closed, published."""

    COMING = "coming"
    OPEN = "open"
    OVER = "over"
    CLOSED = "closed"
    PUBLISHED = "published"


@dataclass(frozen=True)
class PeriodDraft:
    """`covers_from` to `closes_on` is reported on; rows are written from `opens_on` on. Local days,
    both ends included.
    """

    edition: str
    covers_from: date
    opens_on: date
    closes_on: date


@dataclass(frozen=True)
class Period:
    id: int
    edition_slug: str
    covers_from: date
    opens_on: date
    closes_on: date
    state: PeriodState
    published_at: datetime | None = None


@dataclass(frozen=True)
class GivenEvidence:
    """A file as it was stored: key in infra's files, and the name it came with."""

    key: str
    name: str


@dataclass(frozen=True)
class RowDraft:
    """The five parts of a row (fact, section, evidence, status, contact) and what kind it is.

    Of a row about an agreement, section and kind are kept from it where they are left out. While a
    row is a draft everything may be missing; `status` None is not answered.
    """

    status: RowStatus | None = None
    fact: LocalizedText = LocalizedText()  # noqa: RUF009 - it never changes
    kind: RowKind = RowKind.PROGRESS
    section: str = ""
    phase: MigrationPhase | None = None
    month: date | None = None
    evidence_url: str = ""
    evidence: GivenEvidence | None = None
    contact: str = ""
    sharing: RowSharing = RowSharing.REGION
    instrument_type: InstrumentType | None = None
    instrument_date: date | None = None
    is_practice: bool = False


@dataclass(frozen=True)
class MatrixLine:
    """A line of a sheet that was brought in. `line`: as people count, from 1."""

    line: int
    country: str
    agreement_id: int | None
    draft: RowDraft


@dataclass(frozen=True)
class UnreadLine:
    """A line of a sheet that is not understood: what stands in it, and why."""

    line: int
    text: str
    reason: Sentence


@dataclass(frozen=True)
class SheetRead:
    """What was understood of a sheet, and what was not."""

    rows: tuple[MatrixLine, ...]
    unread: tuple[UnreadLine, ...]


class LineOutcome(StrEnum):
    """What becomes of a line: it answers what was agreed, it is a new fact, or it is there already."""

    ANSWER = "answer"
    FACT = "fact"
    KNOWN = "known"


@dataclass(frozen=True)
class Passing:
    """A row that was passed to a colleague. `came_back_at` once it was answered by the link."""

    to: str
    at: datetime
    until: date
    came_back_at: datetime | None = None


@dataclass(frozen=True)
class RowView:
    """A row as its reader may see it. `last_words`: what the country said of the same agreement in
    the period before. `also_in`: countries with something alike, published in the same period.
    """

    id: int
    period_id: int
    country: str
    agreement_id: int | None
    kind: RowKind
    fact: LocalizedText
    section: str
    phase: MigrationPhase | None
    status: RowStatus | None
    month: date | None
    evidence_url: str
    evidence_key: str
    evidence_name: str
    contact: str
    sharing: RowSharing
    instrument_type: InstrumentType | None
    instrument_date: date | None
    is_practice: bool
    practice_id: UUID | None
    state: RowState
    held: frozenset[Held]
    passing: Passing | None
    is_carried_over: bool
    changed_at: datetime
    last_words: LocalizedText | None = None
    agreement: AgreementView | None = None
    also_in: tuple[str, ...] = ()

    @property
    def is_answered(self) -> bool:
        return self.status is not None

    @property
    def is_out(self) -> bool:
        """Returns True while a colleague has it and has not answered."""
        return self.passing is not None and self.passing.came_back_at is None

    @property
    def is_shared(self) -> bool:
        """Returns True once it is published for more than its own country."""
        return self.state is RowState.PUBLISHED and self.sharing is not RowSharing.COUNTRY

    def as_draft(self) -> RowDraft:
        """Returns the draft that would leave the row as it is."""
        evidence = (
            GivenEvidence(self.evidence_key, self.evidence_name) if self.evidence_key else None
        )
        return RowDraft(
            status=self.status,
            fact=self.fact,
            kind=self.kind,
            section=self.section,
            phase=self.phase,
            month=self.month,
            evidence_url=self.evidence_url,
            evidence=evidence,
            contact=self.contact,
            sharing=self.sharing,
            instrument_type=self.instrument_type,
            instrument_date=self.instrument_date,
            is_practice=self.is_practice,
        )


@dataclass(frozen=True)
class CountryMatrix:
    """A country's matrix in one period: A what was agreed, B what is new."""

    period: Period
    country: str
    agreed: tuple[RowView, ...]
    new: tuple[RowView, ...]
    may_write: bool

    @property
    def answered(self) -> int:
        return sum(row.is_answered for row in self.agreed)

    @property
    def unanswered(self) -> tuple[RowView, ...]:
        return tuple(row for row in self.agreed if not row.is_answered)

    @property
    def is_sent(self) -> bool:
        rows = (*self.agreed, *self.new)
        return bool(rows) and all(row.state is not RowState.DRAFT for row in rows)


@dataclass(frozen=True)
class RowFilters:
    """`like`: the id of a row; it and what is alike to it."""

    kind: RowKind | None = None
    section: str = ""
    phase: MigrationPhase | None = None
    country: str = ""
    work_table_id: int | None = None
    like: int | None = None


@dataclass(frozen=True)
class RegionMatrix:
    """What is published of a period, as the reader may see it, and how it is spread. `by_kind`
    counts what the other filters leave, whatever kind was asked for.
    """

    period: Period
    rows: tuple[RowView, ...]
    by_kind: Mapping[RowKind, int]
    by_section: Mapping[str, int]


@dataclass(frozen=True)
class CountryProgress:
    """How far a country is, without a word of what it says."""

    country: str
    answered: int
    agreed: int
    new: int
    is_sent: bool
    is_out: bool


@dataclass(frozen=True)
class MatrixToSend:
    """What of the open period waits for a country that has not sent its matrix."""

    answered: int
    agreed: int
    closes_on: date
