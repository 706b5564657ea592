"""Words of the survey as values."""

from dataclasses import dataclass, field
from enum import StrEnum

LOWEST, HIGHEST = 1, 5


class SurveyQuestion(StrEnum):
    """The four that are answered on a scale from 1 (not at all) to 5 (very much); the fifth is open
    text.
    """

    USEFUL = "useful"
    CLEAR = "clear"
    TIMELY = "timely"
    APPLIED = "applied"


@dataclass(frozen=True)
class Response:
    """What somebody said; a question that was left out is absent. `is_anonymous`: nobody may ever
    learn who.
    """

    scores: dict[SurveyQuestion, int] = field(default_factory=dict)
    comment: str = ""
    is_anonymous: bool = True


@dataclass(frozen=True)
class Tally:
    """How often each score was given to one question, from 1 to 5."""

    question: SurveyQuestion
    counts: tuple[int, ...]

    @property
    def n(self) -> int:
        return sum(self.counts)

    @property
    def mean(self) -> float | None:
        if not self.n:
            return None
        return sum(score * count for score, count in enumerate(self.counts, start=LOWEST)) / self.n


@dataclass(frozen=True)
class Comment:
    """`name` is empty when it was given anonymously."""

    text: str
    language: str
    name: str = ""


@dataclass(frozen=True)
class Results:
    """`answered` of `asked` people, who attended or were registered; the answers of `waiting` of them
    are not told yet. While nothing is told, `tallies` and `comments` are empty and `is_hidden` is
    true. A tally without numbers is of a question that too few answered.
    """

    asked: int
    answered: int
    tallies: tuple[Tally, ...] = ()
    comments: tuple[Comment, ...] = ()
    is_hidden: bool = False
    waiting: int = 0
