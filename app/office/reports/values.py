"""What a report tells, as values: counts, some of them hidden, and what was agreed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.followup.agreements.values import AgreementView, TableFindings
from app.kernel.text import LocalizedText
from app.participation.surveys.values import Results
from app.planning.events.values import EventDetail


class Audience(StrEnum):
    """Office: who holds the names of everybody counted. Handed on: whoever a copy may reach, donors
    and the public.
    """

    OFFICE = "office"
    HANDED_ON = "handed-on"


@dataclass(frozen=True)
class Cell:
    """How many people there were of one kind; None where the number is not for the audience.

    `is_kept_back`: a copy to hand on does not show the number.
    """

    key: str
    name: LocalizedText
    count: int | None
    is_kept_back: bool = False


@dataclass(frozen=True)
class HandedOut:
    """`downloads` is None of a link, which nobody counts."""

    title: LocalizedText
    downloads: int | None


@dataclass(frozen=True)
class EventReport:
    """An event as it is reported. `present` were there for the threshold of the time, `partly` for
    less; both of `placed`, who had a place, and of others who came. `countries` and `sexes` count
    whoever was there at all.
    """

    event: EventDetail
    placed: int
    present: int
    partly: int
    countries: tuple[Cell, ...]
    sexes: tuple[Cell, ...]
    agreements: tuple[AgreementView, ...]
    tables: tuple[TableFindings, ...]
    materials: tuple[HandedOut, ...]
    survey: Results

    @property
    def came(self) -> int:
        return self.present + self.partly

    @property
    def keeps_back(self) -> bool:
        """True where a copy to hand on shows less than there is."""
        return any(cell.is_kept_back for cell in (*self.countries, *self.sexes))


@dataclass(frozen=True)
class FundedEvent:
    """One line of a donor's report."""

    event_id: UUID
    title: LocalizedText
    starts_at: datetime | None
    ends_at: datetime | None
    timezone: str
    placed: int
    came: int


@dataclass(frozen=True)
class DonorReport:
    """The events that a source paid for in a year, and who came to them by country. `came` counts
    an attendance each: who came to two events counts twice.
    """

    slug: str
    name: LocalizedText
    year: int
    events: tuple[FundedEvent, ...]
    countries: tuple[Cell, ...]

    @property
    def came(self) -> int:
        return sum(event.came for event in self.events)

    @property
    def keeps_back(self) -> bool:
        return any(cell.is_kept_back for cell in self.countries)
