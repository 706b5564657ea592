"""Work tables, their members and plans as values."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.followup.agreements.values import AgreementView
from app.kernel.text import LocalizedText
from app.planning.events.values import GenderMarker


class PlanState(StrEnum):
    """Sent back is no state of its own: it is a draft with a note."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    VALIDATED = "validated"


class Sector(StrEnum):
    """What a member of a table comes from; the warning of R11 counts by it."""

    MIGRATION = "migration"
    WOMEN = "women"
    FOREIGN_AFFAIRS = "foreign-affairs"
    LABOUR = "labour"
    OTHER = "other"


SECTOR_OF_KIND = {
    "migration": Sector.MIGRATION,
    "interior": Sector.MIGRATION,
    "womens-mechanism": Sector.WOMEN,
    "foreign-affairs": Sector.FOREIGN_AFFAIRS,
    "labour": Sector.LABOUR,
}
"""By kind of institution, where nobody says another; all other kinds are OTHER."""


class ActivityLack(StrEnum):
    """What an activity still needs before its plan is submitted. A section is only advised (R8)."""

    RESPONSIBLE = "responsible"
    DUE = "due"
    INDICATOR = "indicator"
    GENDER_MARKER = "gender-marker"
    SECTION = "section"


@dataclass(frozen=True)
class TableReach:
    """Who has to do with a table: its moderator, rapporteur and the countries of its members."""

    moderator_id: int | None
    rapporteur_id: int | None
    coordinator: str
    countries: frozenset[str] = frozenset()


@dataclass(frozen=True)
class MemberView:
    id: int
    country: str
    institution_id: int
    institution: LocalizedText
    sector: Sector


@dataclass(frozen=True)
class PlanRequest:
    """What was asked for when the plan was sent back. `number`: of an activity, 0 for the plan."""

    number: int
    words: str
    done_at: datetime | None = None
    """When the activity was changed after that; a request about the plan is never ticked by us."""


@dataclass(frozen=True)
class PlanStep:
    """Who took a step and when. `by` is "" for who may not read names and for who was erased."""

    at: datetime
    by: str = ""


@dataclass(frozen=True)
class PlanView:
    """A plan with its table."""

    id: int
    work_table_id: int
    theme: LocalizedText
    position: int
    edition_slug: str
    state: PlanState
    activities: tuple[AgreementView, ...] = ()
    submitted: PlanStep | None = None
    returned: PlanStep | None = None
    note: str = ""
    requests: tuple[PlanRequest, ...] = ()
    validated: PlanStep | None = None
    decision_ref: str = ""
    edition_label: str = ""

    @property
    def is_sent_back(self) -> bool:
        return self.state is PlanState.DRAFT and self.returned is not None


@dataclass(frozen=True)
class TableView:
    """A table as its page shows it. `one_sector`: countries whose members all come from one."""

    plan: PlanView
    members: tuple[MemberView, ...]
    one_sector: tuple[str, ...]
    may_write: bool
    may_submit: bool
    may_send_back: bool
    may_validate: bool
    leads: bool = False
    """The reader moderates it, reports for it or acts for the region, and may seat anybody."""
    may_seat: tuple[str, ...] = ()
    """Countries whose institutions the reader may seat besides."""


@dataclass(frozen=True)
class PlanLine:
    """A plan on the page of its edition. `is_open`: its reader may open it."""

    work_table_id: int
    state: PlanState
    is_sent_back: bool
    is_open: bool


@dataclass(frozen=True)
class PlannedActivity:
    """An activity of the general plan, numbered through all tables."""

    number: int
    plan: PlanView
    activity: AgreementView


@dataclass(frozen=True)
class Together:
    """Two things that meet. `countries`: who answers for both."""

    first: int
    second: int
    countries: tuple[str, ...] = ()


@dataclass(frozen=True)
class GeneralPlan:
    """Exactly the validated activities of an edition (R13), and the state of all its tables.

    `clashes`: due in one week with a country in common; `duplicates`: alike by section, month and
    words. Both name activities by their number here.
    """

    edition_slug: str
    tables: tuple[PlanView, ...]
    activities: tuple[PlannedActivity, ...]
    clashes: tuple[Together, ...] = ()
    duplicates: tuple[Together, ...] = ()

    @property
    def mainstreamed(self) -> int:
        """Returns how many have gender equality as a part or as their aim."""
        markers = self.by_gender_marker
        return sum(number for one, number in markers.items() if one.is_mainstreamed)

    def overdue(self, today: date) -> tuple[PlannedActivity, ...]:
        return tuple(one for one in self.activities if one.activity.is_overdue(today))

    @property
    def by_gender_marker(self) -> dict[GenderMarker, int]:
        """Returns how many activities have each marker; all validated ones have one."""
        markers = [
            one.activity.activity.gender_marker for one in self.activities if one.activity.activity
        ]
        return {
            value: markers.count(value) for value in sorted({m for m in markers if m is not None})
        }


@dataclass(frozen=True)
class Meeting:
    """Two activities of different tables that meet while one of them can still be changed (R34).

    `countries`: who answers for both, where they are due in one week; none where they are alike.
    Their numbers are those within their plans.
    """

    first: PlannedActivity
    second: PlannedActivity
    countries: tuple[str, ...] = ()


@dataclass(frozen=True)
class DraftsCompared:
    """The plans of an edition that the reader may see and that are not validated yet, held against
    one another and against the validated ones.
    """

    plans: tuple[PlanView, ...] = ()
    clashes: tuple[Meeting, ...] = ()
    duplicates: tuple[Meeting, ...] = ()
