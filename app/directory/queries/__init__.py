"""Reads of the directory: `roster`, who serves in a country, and `designations`, who speaks for one."""

from app.directory.queries.designations import (
    Candidate,
    DesignationRow,
    OfficeName,
    candidates_for,
    designations_of,
    holdings_of,
    left_by,
    office_of,
    offices_for,
    serving_on,
)
from app.directory.queries.roster import (
    LONGEST_SEARCH,
    PER_PAGE,
    CountryName,
    InstitutionName,
    RosterPage,
    RosterRow,
    countries,
    country_of,
    institutions_of,
    person_known_as,
    post_titles_of,
    roster_of,
    serving_since,
    vacant_post,
    whole_roster,
)

__all__ = [
    "LONGEST_SEARCH", "PER_PAGE", "Candidate", "CountryName", "DesignationRow", "InstitutionName", "OfficeName",
    "RosterPage", "RosterRow", "candidates_for", "countries", "country_of", "designations_of", "holdings_of",
    "institutions_of", "left_by", "office_of", "offices_for", "person_known_as", "post_titles_of", "roster_of",
    "serving_on", "serving_since", "vacant_post", "whole_roster",
]  # fmt: skip
