"""What a learner did, as it is kept for good: one line for each act, in order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4, uuid5


class LearningVerb(StrEnum):
    """`ATTENDED` says of a webinar unit whether an attendance counts now: minutes may be corrected.
    `CREDITED` counts a module as complete without its screens and its quiz: it was completed
    before events were kept. `EXEMPTED` does so by its pre-test.
    """

    STARTED = "started"
    SEEN = "seen"
    CHECKED = "checked"
    ANSWERED = "answered"
    SUBMITTED = "submitted"
    ATTENDED = "attended"
    CREDITED = "credited"
    EXEMPTED = "exempted"


@dataclass(frozen=True)
class Press:
    """One press of a button, as the browser tells it: the same id each time it sends this press.

    `at` is the browser's clock; it is kept and never trusted.
    """

    id: UUID = field(default_factory=uuid4)
    at: datetime | None = None

    def key(self, *content: object) -> UUID:
        """The id under which what was pressed is kept.

        What was sent is part of it: whoever goes back on a page without scripts, chooses something
        else and sends the same form again means another thing. The press's own id is not kept, so
        that a key says nothing of an answer that was erased.
        """
        return uuid5(self.id, repr(content))


@dataclass(frozen=True)
class EventLine:
    """`position` is a screen, or the number of a question; 0 for whole attempts and modules.
    `number` counts an enrolment's events from 1.
    """

    number: int
    client_id: UUID
    verb: LearningVerb
    edition_id: int
    language: str
    at: datetime
    unit_id: int | None = None
    module_id: int | None = None
    position: int = 0
    attempt_id: UUID | None = None
    client_at: datetime | None = None
    payload: Mapping[str, object] = field(default_factory=dict)
