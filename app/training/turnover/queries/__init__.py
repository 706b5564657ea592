"""Reads of turnover: `records` loads appointments and certificates, `figures` answers by the rules,
scoped by actor.
"""

from app.training.turnover.queries.figures import (
    CountryReport,
    NamedList,
    act_list,
    country_coverage,
    country_report,
    region,
)
from app.training.turnover.queries.records import certified_among, courses, extents_of, has_account

__all__ = [
    "CountryReport",
    "NamedList",
    "act_list",
    "certified_among",
    "country_coverage",
    "country_report",
    "courses",
    "extents_of",
    "has_account",
    "region",
]
