"""What is left of a claim beside others: areas of lanes × time, cut into tiles. Geometry only,
without a calendar.

An engagement that is allowed beside another by an override holds only the tiles that the other
leaves open. So the enforced tiles of a resource never overlap, and together they cover all that is
needed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

Lanes = tuple[tuple[int, int], ...]


@dataclass(frozen=True, order=True)
class Tile:
    """Lanes [lane_lo, lane_hi) during [starts_at, ends_at)."""

    starts_at: datetime
    ends_at: datetime
    lane_lo: int
    lane_hi: int

    def overlaps(self, other: "Tile") -> bool:
        return (
            self.starts_at < other.ends_at
            and other.starts_at < self.ends_at
            and self.lane_lo < other.lane_hi
            and other.lane_lo < self.lane_hi
        )


def uncovered(need: Tile, taken: Iterable[Tile]) -> tuple[Tile, ...]:
    """Returns the parts of `need` that none of `taken` covers: disjoint, in order, joined where
    nothing lies between.
    """
    near = [tile for tile in taken if tile.overlaps(need)]
    edges = {need.starts_at, need.ends_at}
    for tile in near:
        edges |= {max(tile.starts_at, need.starts_at), min(tile.ends_at, need.ends_at)}
    strips: list[tuple[datetime, datetime, Lanes]] = []
    for starts_at, ends_at in pairwise(sorted(edges)):
        busy = sorted(
            (t.lane_lo, t.lane_hi) for t in near if t.starts_at < ends_at and starts_at < t.ends_at
        )
        lanes = _between(need.lane_lo, need.lane_hi, busy)
        if strips and strips[-1][2] == lanes:
            starts_at = strips.pop()[0]  # noqa: PLW2901 - joined with the strip before
        strips.append((starts_at, ends_at, lanes))
    return tuple(
        Tile(starts_at=a, ends_at=z, lane_lo=lo, lane_hi=hi)
        for a, z, lanes in strips
        for lo, hi in lanes
    )


def _between(lo: int, hi: int, busy: Iterable[tuple[int, int]]) -> Lanes:
    """Returns the lanes of [lo, hi) that none of the busy ones covers; these come in order."""
    free, at = [], lo
    for busy_lo, busy_hi in busy:
        if busy_lo > at:
            free.append((at, min(busy_lo, hi)))
        at = max(at, busy_hi)
    if at < hi:
        free.append((at, hi))
    return tuple(free)


def first_free_lane(
    capacity: int, starts_at: datetime, ends_at: datetime, taken: Iterable[Tile]
) -> int | None:
    """Returns the lowest of `capacity` lanes that nobody holds at any moment of the time; None when
    all are held.
    """
    near = tuple(taken)
    for lane in range(capacity):
        tile = Tile(starts_at=starts_at, ends_at=ends_at, lane_lo=lane, lane_hi=lane + 1)
        if not any(tile.overlaps(other) for other in near):
            return lane
    return None
