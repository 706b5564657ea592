"""How far an activity is, by the register and by what countries reported; pure."""

from collections.abc import Iterable
from datetime import date

from app.followup.agreements.values import AgreementView, Status
from app.followup.congress.values import ActivityProgress
from app.followup.matrix.values import RowStatus, RowView

BEGUN = frozenset({RowStatus.ADVANCED, RowStatus.DONE})


def newest_shown(rows: Iterable[RowView]) -> tuple[RowView, ...]:
    """Returns the newest row of each country, by code, of those that may be projected. `rows`: oldest
    period first.
    """
    newest = {row.country: row for row in rows if row.is_shared}
    return tuple(newest[country] for country in sorted(newest))


def progress_of(activity: AgreementView, rows: Iterable[RowView], today: date) -> ActivityProgress:
    """Returns how far an activity is. It is done when the register says so, or every country that
    answers for it reported so. `rows`: the newest of each country.
    """
    if activity.status is Status.NO_LONGER_APPLICABLE:
        return ActivityProgress.DROPPED
    told = {row.country: row.status for row in rows}
    countries = activity.countries
    reported = bool(countries) and all(told.get(one) is RowStatus.DONE for one in countries)
    if activity.status is Status.DONE or reported:
        return ActivityProgress.DONE
    if activity.is_overdue(today):
        return ActivityProgress.OVERDUE
    has_begun = activity.status is Status.IN_PROGRESS or not BEGUN.isdisjoint(told.values())
    return ActivityProgress.UNDER_WAY if has_begun else ActivityProgress.NOT_BEGUN
