"""What happened to reviews of the Guidelines. Ids and codes only."""

from dataclasses import dataclass
from typing import ClassVar

from app.kernel.fact import Fact


@dataclass(frozen=True)
class GuidelinesReviewFact(Fact):
    """Base: about one review."""

    subject_kind: ClassVar[str] = "guidelines_review"

    review_id: int

    @property
    def subject_id(self) -> str:
        return str(self.review_id)


@dataclass(frozen=True)
class GuidelinesReviewDated(GuidelinesReviewFact):
    """Its day was set, or moved."""

    due_on: str


@dataclass(frozen=True)
class GuidelinesReviewOpened(GuidelinesReviewFact):
    """Focal points are asked to answer."""


@dataclass(frozen=True)
class GuidelinesChallengeAdded(GuidelinesReviewFact):
    """By a country, or by who runs the review with country ""."""

    key: str
    country_code: str


@dataclass(frozen=True)
class GuidelinesAnswered(GuidelinesReviewFact):
    about: str
    key: str
    country_code: str
    proposal: str = ""


@dataclass(frozen=True)
class GuidelinesReviewClosed(GuidelinesReviewFact):
    """`changed`: codes of sections that the next version words otherwise; lessons that rest on them
    are to be looked at. `next_version_id` is 0 when nothing changes.
    """

    outcome: str
    decision_ref: str
    changed: tuple[str, ...]
    next_version_id: int
