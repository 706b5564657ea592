"""Whether an invitation stands in somebody's calendar; pure.

RFC 5546 asks nothing of who wants no invitations, but a calendar keeps what it was sent: who opts
out gets nothing new, and what stands there already is brought up to date and taken out in the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class CalendarMessage:
    """A message to the attendee's calendar. `has_arrived`: it was handed over and did not come
    back, as far as is known. `is_withdrawn`: it is not to leave any more.
    """

    method: str
    has_arrived: bool
    is_withdrawn: bool = False


def stands(messages: Sequence[CalendarMessage]) -> bool:
    """By the messages in the order of their writing. In doubt it stands: a CANCEL of what is not
    there is passed over, one that is missing leaves a meeting that nobody holds. So an invitation
    counts from when it is written, and its end only once it has arrived; none is known where
    letters are kept no longer, and then it was sent once.
    """
    if not messages:
        return True
    found = False
    for one in messages:
        if one.method == "REQUEST" and not one.is_withdrawn:
            found = True
        elif one.method == "CANCEL" and one.has_arrived and not one.is_withdrawn:
            found = False
    return found
