"""Words of holidays as values."""

from enum import StrEnum


class HolidayScope(StrEnum):
    """Whether the whole country keeps a holiday or a part of it, as a rule the capital."""

    NATIONAL = "national"
    REGIONAL = "regional"
