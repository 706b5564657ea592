"""Half-open spans of time between two aware instants."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, order=True)
class Timespan:
    """[starts_at, ends_at) in UTC: back-to-back spans do not overlap.

    Refuses naive datetimes and empty or reversed spans with ValueError: an empty span overlaps
    nothing and would be a hole in every no-overlap rule.
    """

    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        if self.starts_at.tzinfo is None or self.ends_at.tzinfo is None:
            raise ValueError("a timespan needs aware datetimes")
        object.__setattr__(self, "starts_at", self.starts_at.astimezone(UTC))
        object.__setattr__(self, "ends_at", self.ends_at.astimezone(UTC))
        if self.ends_at <= self.starts_at:
            raise ValueError("a timespan must end after it starts")

    @property
    def duration(self) -> timedelta:
        return self.ends_at - self.starts_at

    def overlaps(self, other: "Timespan") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def moved_to(self, starts_at: datetime) -> "Timespan":
        return Timespan(starts_at, starts_at + self.duration)
