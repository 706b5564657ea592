"""Reads of turnover: `records` loads appointments and certificates, `figures` answers by the rules, scoped by actor."""

from app.turnover.queries.figures import CountryReport, country_coverage, country_report, region
from app.turnover.queries.records import certified_among

__all__ = ["CountryReport", "certified_among", "country_coverage", "country_report", "region"]
