"""What is asked of the rule book: one proposed time, with all that the rules need to judge it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.kernel.actor import Actor
from app.kernel.timespan import Timespan
from app.planning.scheduling.values import (
    EngagementDraft,
    Holiday,
    InvitedCountry,
    Nature,
    Party,
    Standing,
)

Delegations = Mapping[str, Mapping[str, Collection[int]]]
"""By a group's slug and a country's code: the ids of the people who sit in the group for the
country.
"""


@dataclass(frozen=True)
class Question:
    """Is this time free, for whom, and what must be confirmed? `holder` is the asker's own
    engagement, left out.

    `holidays` are those that bind nobody: binding ones stand in the calendar. `permitted`: (rule,
    against) overridden now. Without `is_timely` nothing is said about notice: for what is past, or
    was agreed elsewhere. `is_agreed` leaves only the rules that hold time (`binds_holds`): for what
    was agreed elsewhere, and for what stands already just as it is asked about. `also`: what would
    be claimed in the same act and stands nowhere yet. `sittings`: the parts of the event with the
    people whom only these need; a free slot must suit them too.
    """

    span: Timespan
    parties: tuple[Party, ...]
    now: datetime
    holder: str | None = None
    countries: tuple[InvitedCountry, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    in_person: bool = False
    is_timely: bool = True
    is_agreed: bool = False
    delegations: Delegations = field(default_factory=dict)
    permitted: frozenset[tuple[str, str]] = frozenset()
    side_event_of: str = ""
    also: tuple[Standing, ...] = ()
    sittings: tuple[tuple[Timespan, tuple[Party, ...]], ...] = ()


def holds_only(engagement: EngagementDraft, *, actor: Actor, is_agreed: bool = False) -> bool:
    """Returns whether only the rules that hold time are asked, which is decided here alone.

    So it is for a hold, for what is no event of its own, for what the system records, which was
    agreed elsewhere, and for what stands already just as it is asked about (`is_agreed`).
    """
    return (
        is_agreed
        or actor.is_system
        or engagement.tentative_until is not None
        or engagement.nature is not Nature.EVENT
    )


def agreed(engagement: EngagementDraft, parties: Sequence[Party], *, now: datetime) -> Question:
    """Returns the question about an engagement that was agreed elsewhere: it only must not clash."""
    return Question(
        span=engagement.span,
        parties=tuple(parties),
        now=now,
        holder=engagement.holder,
        is_agreed=True,
        side_event_of=engagement.side_event_of,
    )
