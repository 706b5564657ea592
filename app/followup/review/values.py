"""The review of the Guidelines as values."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.kernel.text import LocalizedText
from app.training.library.values import SectionText

NO_WORDS = LocalizedText()


class ReviewState(StrEnum):
    """Read from days and instants: set for a day to come, due, open, closed."""

    SET = "set"
    DUE = "due"
    OPEN = "open"
    CLOSED = "closed"


class About(StrEnum):
    CHALLENGE = "challenge"
    SECTION = "section"


class SectionProposal(StrEnum):
    KEEP = "keep"
    REWORD = "reword"
    ADD = "add"


class ReviewOutcome(StrEnum):
    NO_CHANGE = "no-change"
    REVISE = "revise"


class InputKind(StrEnum):
    """What a review takes as a contribution: things that have a page of their own."""

    ROW = "row"
    FINDING = "finding"
    AGREEMENT = "agreement"
    LESSON = "lesson"
    MATERIAL = "material"
    INSTRUMENT = "instrument"
    PRACTICE = "practice"


class SeedChallenge(StrEnum):
    """The five that the body itself names (R32); countries add their own."""

    HEALTH_EMERGENCIES = "health-emergencies"
    CLIMATE_CHANGE = "climate-change"
    MIXED_MOVEMENTS = "mixed-movements"
    FORCED_DISPLACEMENT = "forced-displacement"
    OTHER = "other"


@dataclass(frozen=True)
class ReviewInput:
    """`ref` is the key of the thing within its kind; `about` the challenge's key or the section's
    code that it contributes to.
    """

    kind: InputKind
    ref: str
    about: str


@dataclass(frozen=True)
class AnswerDraft:
    """What is said of a challenge (`words` alone) or of a section. `supports_id`: the answer whose
    wording is wanted too.
    """

    words: LocalizedText = NO_WORDS
    proposal: SectionProposal | None = None
    reason: LocalizedText = NO_WORDS
    supports_id: int | None = None


@dataclass(frozen=True)
class GuidelinesAnswer:
    """`country` "" for the region's own. `supports_id`: the answer whose wording it wants too."""

    id: int
    about: About
    key: str
    country: str
    proposal: SectionProposal | None
    words: LocalizedText
    reason: LocalizedText
    supports_id: int | None
    answered_at: datetime

    def as_draft(self) -> AnswerDraft:
        """Returns the draft that would leave the answer as it is."""
        return AnswerDraft(self.words, self.proposal, self.reason, self.supports_id)


@dataclass(frozen=True)
class Challenge:
    """`is_answered`: the region has answered; "nothing changes" is an answer too. `countries`: that
    have said something; `inputs`: how many contributions were ticked.
    """

    key: str
    words: LocalizedText
    answer: GuidelinesAnswer | None
    countries: tuple[str, ...] = ()
    inputs: int = 0

    @property
    def is_answered(self) -> bool:
        return self.answer is not None


@dataclass(frozen=True)
class Wording:
    """A proposed wording with the countries that want it, the one that wrote it first."""

    answer: GuidelinesAnswer
    countries: tuple[str, ...]


@dataclass(frozen=True)
class SectionStand:
    """What the countries say of one section: who keeps it, what would be worded otherwise or added,
    who has said nothing.
    """

    code: str
    keep: tuple[str, ...]
    wordings: tuple[Wording, ...]
    silent: tuple[str, ...]

    @property
    def changing(self) -> int:
        """Returns how many countries would word it otherwise or add it."""
        return sum(len(one.countries) for one in self.wordings)

    @property
    def answered(self) -> int:
        return len(self.keep) + self.changing

    @property
    def asked(self) -> int:
        return self.answered + len(self.silent)


@dataclass(frozen=True)
class ReviewedSection:
    """A section with what the countries say of it. `text` is None of one that would be added."""

    text: SectionText | None
    stand: SectionStand


@dataclass(frozen=True)
class OfferedInput:
    """What may be ticked as a contribution. `mark` stands before its title: a country, a lesson's
    or a paragraph's code. `place` is what its address needs beside `ref`: an edition, a course, a
    period of the matrix, or the address of a link.
    `right` of `answers` first answers were right, where it is about a lesson's questions.
    """

    kind: InputKind
    ref: str
    title: LocalizedText
    mark: str = ""
    place: str = ""
    answers: int = 0
    right: int = 0


@dataclass(frozen=True)
class FlaggedLesson:
    """A lesson of a course that rests on sections which have changed since its version of the
    Guidelines.
    """

    course: str
    course_title: LocalizedText
    code: str
    title: LocalizedText
    sections: tuple[str, ...]


@dataclass(frozen=True)
class Review:
    id: int
    version_id: int
    version_label: str
    state: ReviewState
    due_on: date
    opened_at: datetime | None = None
    answers_until: date | None = None
    challenges: tuple[Challenge, ...] = ()
    inputs: tuple[ReviewInput, ...] = ()
    answers: tuple[GuidelinesAnswer, ...] = ()
    closed_at: datetime | None = None
    outcome: ReviewOutcome | None = None
    decision_ref: str = ""
    changed: tuple[str, ...] = ()
    next_version_id: int | None = None

    @property
    def unanswered(self) -> tuple[Challenge, ...]:
        return tuple(one for one in self.challenges if not one.is_answered)

    def inputs_about(self, about: str) -> frozenset[ReviewInput]:
        """Returns what was ticked as a contribution to a challenge or a section."""
        return frozenset(one for one in self.inputs if one.about == about)

    def answers_about(self, about: About, key: str) -> tuple[GuidelinesAnswer, ...]:
        """Returns what the region and the countries say of a challenge or a section."""
        return tuple(one for one in self.answers if (one.about, one.key) == (about, key))


@dataclass(frozen=True)
class ReviewLine:
    """A review in the list of all."""

    id: int
    version_label: str
    due_on: date
    closed_at: datetime | None


@dataclass(frozen=True)
class ReviewToSeeTo:
    """What a home page says of a review. `due_on`: when it fell due, or until when an open one is
    answered; `unanswered` challenges, 0 of one that is to be opened; `next_key` the first of them.
    """

    review_id: int
    due_on: date
    unanswered: int = 0
    next_key: str = ""


@dataclass(frozen=True)
class ReviewClosure:
    """How a review ends. Without `changes` nothing changes and there is no next version; with them
    `label` names it. `next_due_on`: the day of the next review.
    """

    decision_ref: str
    next_due_on: date
    changes: tuple[SectionText, ...] = ()
    label: str = ""
