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
    """Another one whenever anything of a frozen value is: which state a writer had before the
    eyes.
    """
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]


def require_as_seen(
    seen: str, standing: object, refusal: type[ChangedMeanwhile] = ChangedMeanwhile
) -> None:
    """Refuses with ChangedMeanwhile what is no longer as the writer saw it; "" for a writer who did
    not say.
    """
    mark = mark_of(standing)
    if seen and seen != mark:
        raise refusal(mark)
