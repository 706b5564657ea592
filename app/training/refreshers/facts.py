"""What happened to somebody's refreshers."""

from dataclasses import dataclass
from typing import ClassVar

from app.kernel.fact import Fact


@dataclass(frozen=True)
class RefresherFact(Fact):
    subject_kind: ClassVar[str] = "person"

    person_id: int

    @property
    def subject_id(self) -> str:
        return str(self.person_id)


@dataclass(frozen=True)
class RefresherReady(RefresherFact):
    """Questions wait for the person; a letter with the link follows."""

    refresher_id: str


@dataclass(frozen=True)
class RefresherPaused(RefresherFact):
    """Three in a row were not answered: none follow until the person asks for them again."""


@dataclass(frozen=True)
class RefresherWishChanged(RefresherFact):
    """The person asked for refreshers or stopped them: `state` is on or off."""

    state: str
