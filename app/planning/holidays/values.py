"""Values of holidays."""

from enum import StrEnum


class HolidayScope(StrEnum):
    """Whether the whole country keeps a holiday or only a part of it, usually the capital."""

    NATIONAL = "national"
    REGIONAL = "regional"
