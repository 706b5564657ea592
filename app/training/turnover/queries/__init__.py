"""Reads of turnover: `records` loads appointments and certificates, `figures` answers by the rules,
scoped by actor.
"""

from app.training.turnover.queries.figures import (
    CountryReport,
    NamedList,
    OwnCoverage,
    act_list,
    country_coverage,
    country_report,
    own_coverage,
    region,
)
from app.training.turnover.queries.records import certified_among, courses, extents_of, has_account

__all__ = [
    "CountryReport",
    "NamedList",
    "OwnCoverage",
    "act_list",
    "certified_among",
    "country_coverage",
    "country_report",
    "courses",
    "extents_of",
    "has_account",
    "own_coverage",
    "region",
]
