"""How many an event is for, against those who are registered already; pure."""

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_

FEWER_THAN_REGISTERED = N_(
    "%(taken)s places are taken already. Write at least %(taken)s, or free some first."
)


def require_capacity(capacity: int | None, registered: int) -> None:
    """Refuses, at the field, a capacity below the number of people registered; None is no limit."""
    if capacity is not None and registered > capacity:
        raise InvalidInput({"capacity": Sentence(FEWER_THAN_REGISTERED, {"taken": registered})})
