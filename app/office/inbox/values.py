"""What a calendar answered, as a value."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AttendeeAnswer:
    """One ATTENDEE line of an answer: a mailbox in lower case ("" where none is written) and its
    PARTSTAT.
    """

    mailbox: str
    partstat: str
