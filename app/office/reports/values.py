"""Values of a report: counts, some of them hidden, and what was agreed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.followup.agreements.values import AgreementView, TableFindings
from app.followup.congress.values import CongressProgress
from app.kernel.text import LocalizedText
from app.participation.surveys.values import Results
from app.planning.events.values import EventDetail


class Audience(StrEnum):
    """OFFICE sees the names of everybody counted. HANDED_ON is anybody whom a copy may reach, such
    as donors and the public.
    """

    OFFICE = "office"
    HANDED_ON = "handed-on"


@dataclass(frozen=True)
class Cell:
    """The number of people of one kind; None where the audience may not know it.

    `is_kept_back`: a copy to hand on does not show the number; `is_shared` False: because its
    country shares none of its figures.
    """

    key: str
    name: LocalizedText
    count: int | None
    is_kept_back: bool = False
    is_shared: bool = True


@dataclass(frozen=True)
class HandedOut:
    """`downloads` is None for a link, because its uses are not counted."""

    title: LocalizedText
    downloads: int | None


@dataclass(frozen=True)
class EventReport:
    """The report of an event. `present` attended at least the minimum time and `partly` less; both
    count people of `placed`, who had a place, and others who came. `countries` and `sexes` count
    everybody who came. `progress`: what a congress looked back on; None where nothing was promised.
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
    progress: CongressProgress | None = None

    @property
    def came(self) -> int:
        return self.present + self.partly

    @property
    def keeps_back(self) -> bool:
        """Returns True where a copy to hand on shows less than there is."""
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
    """The events that a source paid for in a year, with attendance by country. `came` counts
    attendances: a person who came to two events counts twice.
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
