"""What an event lacks before it may be published, all of it at once; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from app.kernel.refusal import Refusal, Sentence
from app.kernel.text import N_
from app.planning.events.rules.stages import is_dated
from app.planning.events.values import EventDraft

NO_DATE = N_("it has no date")
TWO = N_("%(first)s; %(second)s")


@dataclass(frozen=True)
class Lack:
    """One thing that is missing, as a clause without a full stop. `edition`: whose checklist shows
    it, or "".
    """

    rule: str
    sentence: Sentence
    edition: str = ""


class NotReady(Refusal):
    """Says everything that is missing in one sentence; `lacks` has it piece by piece."""

    rule = "not-ready-to-publish"
    msgid = N_("This event cannot be published yet: %(missing)s.")

    def __init__(self, lacks: Sequence[Lack]) -> None:
        super().__init__(missing=reduce(_and, (lack.sentence for lack in lacks)))
        self.lacks = tuple(lacks)

    @property
    def editions(self) -> tuple[str, ...]:
        """Slugs of the editions whose checklists say more, each once."""
        return tuple(dict.fromkeys(lack.edition for lack in self.lacks if lack.edition))


def lack_of_date(draft: EventDraft) -> Lack | None:
    """Nobody can come to an event without a date: it stays a draft until it has one."""
    return None if is_dated(draft) else Lack("no-date", Sentence(NO_DATE))


def require_ready(lacks: Sequence[Lack]) -> None:
    if lacks:
        raise NotReady(lacks)


def _and(first: Sentence, second: Sentence) -> Sentence:
    return Sentence(TWO, {"first": first, "second": second})
