"""What happened to speakers from outside. Ids only: names and addresses stay in their tables."""

from dataclasses import dataclass

from app.planning.events.facts import EventFact


@dataclass(frozen=True)
class SpeakerAsked(EventFact):
    """Their letter with the link may go out; again when it is sent again."""

    person_id: int


@dataclass(frozen=True)
class SpeakerAnswered(EventFact):
    """`state`: confirmed or declined."""

    person_id: int
    state: str


@dataclass(frozen=True)
class SpeakerProtected(EventFact):
    """A chosen name takes the place of the one they were named by. Told while the earlier one still
    stands.
    """

    person_id: int


@dataclass(frozen=True)
class SpeakerTakenOut(EventFact):
    person_id: int


@dataclass(frozen=True)
class SpeakerPutBack(EventFact):
    """Taking them out was undone within the minute."""

    person_id: int
