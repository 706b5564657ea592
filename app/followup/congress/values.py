"""What became of what tables promised, as values."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.followup.agreements.values import AgreementView
from app.followup.matrix.values import RowView
from app.kernel.text import LocalizedText


class ActivityProgress(StrEnum):
    """How an activity goes on, in the order in which it is shown."""

    OVERDUE = "overdue"
    NOT_BEGUN = "not-begun"
    UNDER_WAY = "under-way"
    DONE = "done"
    DROPPED = "dropped"


OPEN = (ActivityProgress.OVERDUE, ActivityProgress.NOT_BEGUN, ActivityProgress.UNDER_WAY)


@dataclass(frozen=True)
class PromisedActivity:
    """An activity with its number in the general plan, and the newest row of each country about it:
    published ones that the region may read, because the page is projected.
    """

    number: int
    activity: AgreementView
    progress: ActivityProgress
    rows: tuple[RowView, ...] = ()

    @property
    def said(self) -> tuple[RowView, ...]:
        """Returns the rows that say something in words."""
        return tuple(row for row in self.rows if row.fact)


@dataclass(frozen=True)
class TableProgress:
    """`work_table_id` of the edition that promised."""

    work_table_id: int
    theme: LocalizedText
    activities: tuple[PromisedActivity, ...]

    @property
    def promised(self) -> int:
        return len(self.activities)

    @property
    def done(self) -> int:
        return self._count((ActivityProgress.DONE,))

    @property
    def open(self) -> int:
        return self._count(OPEN)

    def _count(self, which: Iterable[ActivityProgress]) -> int:
        return sum(one.progress in which for one in self.activities)


@dataclass(frozen=True)
class CongressProgress:
    """What a congress looks at: `promised_by` is the edition before it whose plans were validated,
    or itself where there is none before; "" where nobody has promised anything.
    """

    slug: str
    label: str
    promised_by: str
    promised_by_label: str
    tables: tuple[TableProgress, ...] = ()
