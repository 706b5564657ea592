"""When a conflict case is settled without a decision, and who may accept one and why."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.kernel.actor import Actor, Role
from app.kernel.refusal import Kind, NotAllowed, Refusal
from app.kernel.text import N_
from app.kernel.timespan import Timespan
from app.planning.scheduling.values import Approver


class Cause(StrEnum):
    """Why a clash arose after scheduling."""

    DESIGNATION = "designation"
    LEFT = "left"
    RULE = "rule"
    ZONE = "zone"
    UNDONE = "undone"


class Outcome(StrEnum):
    """How a case ended. Settled: one of the two is no longer planned, or its time is over."""

    MOVED = "moved"
    REPLACED = "replaced"
    SETTLED = "settled"
    ACCEPTED = "accepted"


class CaseAlreadyClosed(Refusal):
    kind = Kind.CONFLICT
    rule = "case-already-closed"
    msgid = N_("This case has been closed in the meantime. Reload the page to see how.")


GROUPS = ("working-group", "working-groups")
"""Two groups clash although neither needs the other: what they share is that no two of them meet at
once.
"""


@dataclass(frozen=True)
class OccupiedResource:
    """The time for which an engagement occupies a resource, with its quiet time."""

    kind: str
    key: str
    lane_lo: int
    lane_hi: int
    span: Timespan

    def concerns(self, kind: str, key: str) -> bool:
        return self.kind in GROUPS if kind in GROUPS else (self.kind, self.key) == (kind, key)

    def shares(self, other: "OccupiedResource") -> bool:
        is_same = (self.kind, self.key) == (other.kind, other.key)
        return is_same and self.lane_lo < other.lane_hi and other.lane_lo < self.lane_hi


@dataclass(frozen=True)
class Side:
    """One of the engagements of a case, as it is today."""

    span: Timespan
    needs: tuple[OccupiedResource, ...]

    def about(self, kind: str, key: str) -> tuple[OccupiedResource, ...]:
        return tuple(need for need in self.needs if need.concerns(kind, key))


def outcome_of(
    mine: Side | None, other: Side | None, *, kind: str, key: str, is_alone: bool, now: datetime
) -> Outcome | None:
    """Returns how a case about a party ended without a decision; None while the clash lasts.

    A side that is None is no longer planned. `is_alone`: the case is about no other engagement but
    about somebody needed who no longer serves, so that moving does not settle it.
    """
    if mine is None or mine.span.ends_at <= now:
        return Outcome.SETTLED
    if is_alone:
        return None if mine.about(kind, key) else Outcome.REPLACED
    if other is None or other.span.ends_at <= now:
        return Outcome.SETTLED
    pairs = [
        (need, their)
        for need in mine.about(kind, key)
        for their in other.about(kind, key)
        if need.shares(their)
    ]
    if not pairs:
        return Outcome.REPLACED
    return None if any(need.span.overlaps(their.span) for need, their in pairs) else Outcome.MOVED


def approver_of_case(approver: Approver) -> Approver:
    """Returns who may accept a clash that arose after scheduling.

    What nobody may plan knowingly (one person in two places), the secretariat may still accept once
    it has come about: it says what is done instead, and the calendar protects both events against a
    third.
    """
    return Approver.SECRETARIAT if approver is Approver.NOBODY else approver


def may_accept(actor: Actor, approver: Approver) -> bool:
    """Returns True for the approver; the presidency may accept whatever the secretariat may."""
    if actor.is_system or actor.acts_as(Role.PRESIDENCY):
        return True
    return approver_of_case(approver) is Approver.SECRETARIAT and actor.acts_as(Role.ORGANIZER)


def require_may_accept(actor: Actor, approver: Approver) -> None:
    if not may_accept(actor, approver):
        raise NotAllowed
