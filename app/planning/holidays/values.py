"""Values of holidays."""

from enum import StrEnum


class HolidayScope(StrEnum):
    """Whether the whole country keeps a holiday or only a part of it, usually the capital; or the
    country votes, after which many officials change.
    """

    NATIONAL = "national"
    REGIONAL = "regional"
    ELECTION = "election"
