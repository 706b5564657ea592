"""Words of the yearly cycle as values: what somebody proposes of an edition, its tables, its
plan.
"""

from dataclasses import dataclass

from app.kernel.text import LocalizedText


@dataclass(frozen=True)
class EditionDraft:
    """An edition as proposed. Dates are ISO and may be partial ("2027", "2027-07", "2027-07-06") or
    ""; no presidency is "".
    """

    label: str
    theme: LocalizedText
    presidency: str = ""
    place: str = ""
    starts_on: str = ""
    ends_on: str = ""
    decision_ref: str = ""


@dataclass(frozen=True)
class TableDraft:
    """A work table as proposed; people by id, the coordinating country by code or ""."""

    theme: LocalizedText
    position: int = 1
    coordinator: str = ""
    moderator_id: int | None = None
    rapporteur_id: int | None = None


@dataclass(frozen=True)
class EntryDraft:
    """An entry of an annual plan as proposed; no group is the whole region, no quarter any time of
    the year. `decision_ref`: by which Decision it came into a plan that was approved already.
    """

    title: LocalizedText
    group: str = ""
    quarter: int | None = None
    events_planned: int = 1
    decision_ref: str = ""
