"""Two who write at one form: which state each began from, and the refusal of whoever was second."""

import hashlib

from app.kernel.refusal import Refusal
from app.kernel.text import N_


class ChangedMeanwhile(Refusal):
    """`mark`: of what stands now, for the form to carry on: who has read this and saves again knows
    it.
    """

    rule = "changed-meanwhile"
    msgid = N_(
        "Somebody else changed this while you were writing. What you wrote is not saved yet; if you save it now, it "
        "replaces what is stored."
    )

    def __init__(self, mark: str) -> None:
        super().__init__()
        self.mark = mark


def mark_of(value: object) -> str:
    """Returns a mark of a frozen value: 16 hexadecimal digits that differ as soon as anything in it
    does. A form carries the mark of the state that its writer saw.
    """
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]


def require_as_seen(
    seen: str, standing: object, refusal: type[ChangedMeanwhile] = ChangedMeanwhile
) -> None:
    """Raises ChangedMeanwhile unless what stands is as the writer saw it. `seen` is a mark; "" for
    a writer who did not say.
    """
    mark = mark_of(standing)
    if seen and seen != mark:
        raise refusal(mark)
