"""What happened to the parts that people have in a published event: speaker, moderator, rapporteur,
interpreter.
"""

from dataclasses import dataclass

from app.planning.events.facts.events import EventFact


@dataclass(frozen=True)
class PartGiven(EventFact):
    """The event was published with the person in its programme, or they were added since."""

    person_id: int


@dataclass(frozen=True)
class PartChanged(EventFact):
    """The person keeps a part in the programme and has other roles in it now."""

    person_id: int


@dataclass(frozen=True)
class PartTaken(EventFact):
    """The person has no part in the programme any more."""

    person_id: int
