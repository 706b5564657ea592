"""Season planning without machines: the problem, what a plan costs, a plan by greed, and the
independent checker.
"""

from app.planning.seasons.rules.candidates import candidates
from app.planning.seasons.rules.checker import Violation, violations
from app.planning.seasons.rules.cost import MOVED, NO_PLACE, cost_at, cost_of
from app.planning.seasons.rules.greedy import greedy
from app.planning.seasons.rules.problem import (
    Candidate,
    CountryZone,
    Plan,
    SeasonProblem,
    TakenTime,
    Wish,
    working_days_after,
)

__all__ = [
    "MOVED",
    "NO_PLACE",
    "Candidate",
    "CountryZone",
    "Plan",
    "SeasonProblem",
    "TakenTime",
    "Violation",
    "Wish",
    "candidates",
    "cost_at",
    "cost_of",
    "greedy",
    "violations",
    "working_days_after",
]
