"""Reads of turnover: `records` loads appointments and certificates, `figures` answers by the rules,
scoped by actor.
"""

from app.training.turnover.queries.figures import (
    CountryReport,
    NamedList,
    OwnCoverage,
    act_list,
    calendar_load,
    country_coverage,
    country_report,
    course_steps,
    group_week_limit,
    notes_to_ask,
    own_coverage,
    people_to_act_on,
    region,
)
from app.training.turnover.queries.records import certified_among, courses, extents_of, has_account

__all__ = [
    "CountryReport",
    "NamedList",
    "OwnCoverage",
    "act_list",
    "calendar_load",
    "certified_among",
    "country_coverage",
    "country_report",
    "course_steps",
    "courses",
    "extents_of",
    "group_week_limit",
    "has_account",
    "notes_to_ask",
    "own_coverage",
    "people_to_act_on",
    "region",
]
