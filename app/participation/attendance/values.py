"""What a participant report says, and what becomes of it. Instants are aware UTC; minutes are
whole, rounded down.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReportProvider(StrEnum):
    ZOOM = "zoom"
    TEAMS = "teams"
    MEET = "meet"
    WEBEX = "webex"


class ImportState(StrEnum):
    """Uploaded: its people are being looked for. Ready: somebody decides and applies. Applied: the
    minutes stand.
    """

    UPLOADED = "uploaded"
    READY = "ready"
    APPLIED = "applied"


class Verdict(StrEnum):
    """What the names and addresses say by themselves; a person has the last word."""

    SURE = "sure"
    DOUBTFUL = "doubtful"
    UNMATCHED = "unmatched"


class MatchDecision(StrEnum):
    """Open: nobody has said yet. Person: it is `person_id`. Kept: nobody we know, name and minutes
    stay for later. Ignored: not one of ours (a recording robot, an interpreter's console).
    """

    OPEN = "open"
    PERSON = "person"
    KEPT = "kept"
    IGNORED = "ignored"


@dataclass(frozen=True, order=True)
class Span:
    """From `starts_at` until before `ends_at`."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Stay:
    """One row of a report: somebody joined and left. The same person has as many rows as
    connections.
    """

    name: str
    email: str
    span: Span


@dataclass(frozen=True)
class ParticipantReport:
    """`skipped` rows had no usable times: absent registrants, waiting rooms, a line that was
    cut.
    """

    provider: ReportProvider
    stays: tuple[Stay, ...]
    skipped: int


@dataclass(frozen=True)
class ReportParticipant:
    """Everything a report says of one name or address, within the event."""

    name: str
    email: str
    spans: tuple[Span, ...]
    minutes: int


@dataclass(frozen=True)
class Known:
    """Somebody who may have been there: registered, or on the event's own list. `emails` are
    folded.
    """

    person_id: int
    name: str
    emails: frozenset[str]


@dataclass(frozen=True)
class Suggestion:
    person_id: int
    score: int


@dataclass(frozen=True)
class MatchProposal:
    """`suggestions` are the best few, the best first. `by_email` when an address said so and not a
    name.
    """

    verdict: Verdict
    suggestions: tuple[Suggestion, ...]
    by_email: bool = False


@dataclass(frozen=True)
class RowChoice:
    """`words`: a name or an address of the event's list, typed instead of a choice; then
    `person_id` is None.
    """

    decision: MatchDecision
    person_id: int | None = None
    words: str = ""
