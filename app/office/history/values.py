"""Sheets of earlier years: what is in them, how each row is understood, and what it would write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.followup.agreements.values import AgreementDraft, Paragraph, Status
from app.kernel.days import WrittenDate
from app.kernel.refusal import Sentence
from app.kernel.text import LocalizedText
from app.people.directory.rules.institutions import KnownInstitution
from app.planning.events.values import EventDraft


class ImportKind(StrEnum):
    """What the rows of a sheet are."""

    EVENTS = "events"
    ROSTER = "roster"
    ATTENDANCE = "attendance"
    CERTIFICATES = "certificates"
    AGREEMENTS = "agreements"


OF_A_COUNTRY = frozenset({ImportKind.ROSTER, ImportKind.ATTENDANCE, ImportKind.CERTIFICATES})
"""What a focal point brings in of their own country; the rest is the secretariat's."""


class HistoryState(StrEnum):
    DRAFT = "draft"
    SAVING = "saving"
    SAVED = "saved"
    UNDONE = "undone"


class RowOutcome(StrEnum):
    """What becomes of a row. Asked: it enters once somebody answers. Out: it does not enter."""

    READY = "ready"
    KNOWN = "known"
    ASKED = "asked"
    OUT = "out"


@dataclass(frozen=True)
class SheetField:
    """Something that a row can say. `headings`: what offices call its column, simplified; `is_shown`:
    tables of rows have a column for it.
    """

    key: str
    label: str
    headings: frozenset[str]
    is_shown: bool = False
    is_date: bool = False


@dataclass(frozen=True)
class SheetColumn:
    """A column as it is understood: `meaning` is the key of a field, "" where it is not read.
    `is_asked`: nobody has said yet what it is, and `candidates` are the fields that it may be.
    """

    place: int
    heading: str
    sample: str
    meaning: str = ""
    is_asked: bool = False
    candidates: tuple[str, ...] = ()

    @property
    def letter(self) -> str:
        """Returns what the sheet calls the column: A to Z, then AA."""
        before, last = divmod(self.place, 26)
        return (chr(64 + before) if before else "") + chr(65 + last)


@dataclass(frozen=True)
class SheetLine:
    """A row by its number in the sheet, counted from 1. `cells`: what it says, by the key of the
    field, with what was `typed` over some of it; `row` as it stands.
    """

    number: int
    cells: Mapping[str, str]
    row: tuple[str, ...]
    typed: frozenset[str] = frozenset()

    def __getitem__(self, key: str) -> str:
        return self.cells.get(key, "")


@dataclass(frozen=True)
class HistorySheet:
    """A sheet as it is understood before its rows are judged."""

    kind: ImportKind
    columns: tuple[SheetColumn, ...]
    lines: tuple[SheetLine, ...]
    heading: tuple[str, ...]


@dataclass(frozen=True)
class Correction:
    """What somebody typed over a cell of a `row`, and what stood there; "" is an empty cell. `by` is
    an account.
    """

    row: int
    field: str
    was: str
    says: str
    by: int | None
    at: datetime


Label = str | date | LocalizedText | Sentence
"""What stands on a button: words as they were written, a day, or a sentence to translate."""


@dataclass(frozen=True)
class RowQuestion:
    """What is asked about a row; rows that share the `key` are answered at once. `choices`: value and
    label, `others` those that are less likely; without any the answer is typed.
    """

    key: str
    choices: tuple[tuple[str, Label], ...] = ()
    others: tuple[tuple[str, Label], ...] = ()


@dataclass(frozen=True)
class AnsweredQuestion:
    """What was asked about rows, and the answer that holds."""

    key: str
    reason: Sentence
    answer: Label


@dataclass(frozen=True)
class MeantPerson:
    """Who is meant by a name: a record by its number, or somebody new (None), whom the row `first`
    names first.
    """

    id: int | None
    name: str
    email: str
    country_code: str
    first: int = 0

    @property
    def who(self) -> tuple[int, int]:
        """Returns what tells one person of a sheet from the others."""
        return (self.id or 0, self.first)


@dataclass(frozen=True)
class PastService:
    """Somebody in a post. Without `institution_id` the institution is new, and called `institution`."""

    person: MeantPerson
    institution_id: int
    institution: str
    post: str
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True)
class PastAttendance:
    person: MeantPerson
    event_id: UUID
    minutes: int


@dataclass(frozen=True)
class PastTraining:
    """A certificate of earlier years, for one of our courses by its slug; `title` as it was called."""

    person: MeantPerson
    course: str
    title: str
    completed_on: date
    hours: str


@dataclass(frozen=True)
class PastAgreement:
    event_id: UUID
    draft: AgreementDraft
    status: Status


PastRow = EventDraft | PastService | PastAttendance | PastTraining | PastAgreement
"""What a row writes."""


@dataclass(frozen=True)
class JudgedRow:
    """A row with what becomes of it, and why it does not enter. `read`: what was understood, by the
    key of the field, where it differs from the words of the cell.
    """

    line: SheetLine
    outcome: RowOutcome
    reason: Sentence | None = None
    question: RowQuestion | None = None
    read: Mapping[str, Any] = field(default_factory=dict)
    writes: PastRow | None = None


@dataclass(frozen=True)
class JudgedSheet:
    """All rows of a sheet; the three figures add up to them. `answered`: the questions about them
    that are settled.
    """

    sheet: HistorySheet
    rows: Sequence[JudgedRow]
    answered: Sequence[AnsweredQuestion] = ()

    def of(self, *outcomes: RowOutcome) -> list[JudgedRow]:
        return [row for row in self.rows if row.outcome in outcomes]

    @property
    def ready(self) -> list[JudgedRow]:
        return self.of(RowOutcome.READY)

    @property
    def known(self) -> list[JudgedRow]:
        return self.of(RowOutcome.KNOWN)

    @property
    def with_reason(self) -> list[JudgedRow]:
        """Returns the others: those that an answer brings in first, then those left out."""
        return [*self.of(RowOutcome.ASKED), *self.of(RowOutcome.OUT)]

    def by_question(self) -> list[list[JudgedRow]]:
        """Returns the rows that wait for an answer: together those that one answer settles."""
        rows: dict[str, list[JudgedRow]] = {}
        for one in self.of(RowOutcome.ASKED):
            if one.question is not None:
                rows.setdefault(one.question.key, []).append(one)
        return list(rows.values())


@dataclass(frozen=True)
class KnownPerson:
    """Somebody on record. `shown` is the name as pages may say it, a stand-in where the country withholds
    it.
    """

    id: int
    name: str
    email: str
    country_code: str
    shown: str = ""


@dataclass(frozen=True)
class KnownService:
    """An appointment on record; `post` are the titles of the post."""

    person_id: int
    institution_id: int
    post: tuple[str, ...]
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True)
class KnownEvent:
    """An event on record with its titles; `on` as exactly as its date is known, None where it is
    not. `minutes`: how long it lasted, None where its hours are not known.
    """

    id: UUID
    titles: tuple[str, ...]
    on: WrittenDate | None
    minutes: int | None = None


@dataclass(frozen=True)
class KnownAgreement:
    event_id: UUID
    paragraph: Paragraph
    texts: tuple[str, ...]


@dataclass(frozen=True)
class OnRecord:
    """What is on record of all that a sheet may speak of. `spellings`: of countries, with their code;
    `groups`: slug by what a group is called; `courses`: titles by the slug of a course; `attended`:
    event and person; `trainings`: person, course and day, `ended` those that were declined or taken
    back; `names`: of events, courses and institutions, by id or slug, as buttons say them.
    """

    spellings: Mapping[str, str] = field(default_factory=dict)
    country_names: Mapping[str, LocalizedText] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    people: Sequence[KnownPerson] = ()
    institutions: Sequence[KnownInstitution] = ()
    services: Sequence[KnownService] = ()
    events: Sequence[KnownEvent] = ()
    attended: frozenset[tuple[UUID, int]] = frozenset()
    courses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    trainings: frozenset[tuple[int, str, date]] = frozenset()
    ended: frozenset[tuple[int, str, date]] = frozenset()
    agreements: Sequence[KnownAgreement] = ()
    names: Mapping[Any, LocalizedText] = field(default_factory=dict)


@dataclass(frozen=True)
class ImportView:
    """An import as the pages show it. `kept`: rows that an undo left; `is_undoable` until
    ninety days have passed.
    """

    id: int
    kind: ImportKind
    filename: str
    country_code: str
    country: LocalizedText | None
    state: HistoryState
    rows: int
    entered: int
    known: int
    left: int
    done: int
    created_at: Any
    saved_at: Any
    undone_at: Any
    by: str
    undone_by: str
    is_undoable: bool = False
    kept: int = 0
