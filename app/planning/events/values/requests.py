"""Where a request for the presidency's authorization stands."""

from enum import StrEnum


class RequestState(StrEnum):
    """Offered: the presidency proposed another hour, and it is for those who asked to take it.
    Lapsed: the deadline passed without an answer, and silence authorizes nothing.
    """

    OPEN = "open"
    AUTHORIZED = "authorized"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
