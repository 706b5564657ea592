"""The acts of a learner, one line for each, in the order in which they were stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4, uuid5


class LearningVerb(StrEnum):
    """`ATTENDED` says whether an attendance of a webinar unit counts now, because minutes may be
    corrected. `CREDITED` completes a module without its screens and quiz, because it was completed
    in an earlier enrolment or before events were stored. `EXEMPTED` completes it by its pre-test.
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
    """One press of a button as the browser names it: each repetition of the press has the same id.
    `at` is the browser's clock; it is stored and never trusted.
    """

    id: UUID = field(default_factory=uuid4)
    at: datetime | None = None

    def key(self, *content: object) -> UUID:
        """Returns the id under which the act is stored. It depends on what was sent too: on a page
        without scripts, somebody may go back, choose another answer and send the same form. The
        press's own id is not stored, so that the key of an erased answer tells nothing.
        """
        return uuid5(self.id, repr(content))


@dataclass(frozen=True)
class EventLine:
    """`position` is a screen or the number of a question; 0 for whole attempts and modules.
    `number` counts the events of an enrolment from 1.
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
