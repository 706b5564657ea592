"""The lines of a plan, what each of them adds, and when it reaches the floor."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.training.turnover.rules.forecast import (
    AHEAD_MONTHS,
    DAYS_A_MONTH,
    FLOOR,
    NOTHING,
    projection,
    seats_needed,
)
from app.training.turnover.values import (
    CertificateEnds,
    CourseCycle,
    Coverage,
    Estimate,
    Exposure,
    Prior,
    TrainingPlan,
)

FEWEST_ENROLLED = 10
COMMON = 0.5
"""How many pass where too few were enrolled anywhere to say."""
HORIZON = AHEAD_MONTHS * DAYS_A_MONTH


@dataclass(frozen=True)
class CompletionRate:
    """Of so many who were enrolled so many passed. `is_own` is False for the region's figure, and
    `enrolled` 0 for the common assumption.
    """

    enrolled: int
    passed: int
    is_own: bool

    @property
    def share(self) -> float:
        return self.passed / self.enrolled if self.enrolled and self.passed else COMMON

    @classmethod
    def observed(cls, own: tuple[int, int], *, of_region: tuple[int, int]) -> "CompletionRate":
        """Returns the rate of the country, else of the region, of which enough were enrolled and
        somebody passed.
        """
        for (enrolled, passed), is_own in ((own, True), (of_region, False)):
            if enrolled >= FEWEST_ENROLLED and passed:
                return cls(enrolled, passed, is_own)
        return cls(0, 0, is_own=False)


@dataclass(frozen=True)
class Basis:
    """What every projection of one country goes on from."""

    now: Coverage
    exposure: Exposure
    ends: CertificateEnds
    prior: Prior

    def on(self, days: float, plan: TrainingPlan = NOTHING) -> Estimate:
        return projection(
            self.now, self.exposure, self.ends, days=days, plan=plan, prior=self.prior
        )

    @property
    def ending(self) -> int:
        """Returns how many certificates end within the months of the forecast."""
        return bisect_right(self.ends.of_all, HORIZON)

    @property
    def untrained(self) -> int:
        return self.now.serving - self.now.certified


def full_plan(
    basis: Basis, cycle: CourseCycle | None, *, today: date, vacant: int, completion: float
) -> TrainingPlan:
    """Returns the plan with every line: renew all that ends, as many seats as keep today's coverage
    or reach the floor, and somebody for each vacant post.
    """
    certified_in = (cycle.ends_on - today).days if cycle else 0
    renewed = replace(NOTHING, renewed=basis.ending)
    target = max(FLOOR, basis.now.share or 0)
    left = basis.on(max(certified_in, HORIZON), renewed).median
    seats = seats_needed(target, serving=basis.now.serving, certified=left, completion=completion)
    return TrainingPlan(
        renewed=basis.ending,
        seats=min(seats, basis.untrained) if cycle else 0,
        named=vacant if cycle else 0,
        completion=completion,
        certified_in=certified_in,
    )


def gain(basis: Basis, line: TrainingPlan) -> float:
    """Returns how many more are certified at the end of the months with a line of the plan alone."""
    return basis.on(HORIZON, line).median - basis.on(HORIZON).median


def course_of(
    basis: Basis, plan: TrainingPlan, months: Sequence[int]
) -> tuple[tuple[float, Estimate], ...]:
    """Returns the projection at each month and at the day of the cycle's certificates, with months
    from today.
    """
    days = [month * DAYS_A_MONTH for month in months]
    if 0 < plan.certified_in < days[-1]:
        days += [plan.certified_in - 0.5, float(plan.certified_in)]
    return tuple((day / DAYS_A_MONTH, basis.on(day, plan)) for day in sorted(days))


@dataclass(frozen=True)
class FloorReached:
    """The day on which a plan reaches the floor by the median, and how many are certified then.
    `is_sure`: the low end reaches it too; `is_kept`: it is still reached at the end of the months.
    """

    on: date
    certified: Estimate
    is_sure: bool
    is_kept: bool


def reaches_floor(
    basis: Basis, plan: TrainingPlan, today: date, floor: float
) -> FloorReached | None:
    """Returns the day of the cycle's certificates where these bring coverage from below the floor to
    it, by the median; None where they do not, or it never falls below.
    """
    if not plan.certified_in:
        return None
    needed = floor * (basis.now.serving + plan.named) - 1e-9
    before, after = (basis.on(days, plan) for days in (plan.certified_in - 1, plan.certified_in))
    if before.median >= needed or after.median < needed:
        return None
    return FloorReached(
        on=today + timedelta(days=plan.certified_in),
        certified=after,
        is_sure=after.low >= needed,
        is_kept=basis.on(max(HORIZON, plan.certified_in), plan).median >= needed,
    )
