"""Solves a season with CP-SAT when OR-Tools is installed (the extra "planner"). The result is never
worse than the greedy plan.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from importlib.util import find_spec

from app.planning.seasons.rules import (
    NO_PLACE,
    Candidate,
    Plan,
    SeasonProblem,
    Wish,
    candidates,
    cost_of,
    greedy,
)
from app.planning.seasons.rules.greedy import RESTARTS
from app.planning.seasons.services.model import Model, Offers
from app.planning.seasons.values import Solver

GREEDY_SHARE = 30
"""How much of the progress bar, in percent, the greedy plan takes."""
TICK = 0.5
Tell = Callable[[int], None]


@dataclass(frozen=True)
class Solution:
    """`improvements` is the number of better plans that the solver found; `is_optimal` means that
    no cheaper plan exists.
    """

    plan: Plan
    cost: int
    solver: Solver
    greedy_cost: int
    is_optimal: bool = False
    improvements: int = 0


def solver_is_installed() -> bool:
    return find_spec("ortools") is not None


def solve(
    problem: SeasonProblem,
    *,
    seconds: float,
    seed: int = 1,
    tell: Tell = lambda _percent: None,
    use_solver: bool = True,
) -> Solution:
    """Returns the cheapest plan found within the time. `tell` is called with the progress in
    percent, in the caller's thread.

    The greedy plan is made first. The solver starts from it, and the cheaper of the two is
    returned.
    """
    offers = candidates(problem)
    floor = greedy(
        problem,
        seed=seed,
        offers=offers,
        progress=lambda done, _cost: tell(done * GREEDY_SHARE // RESTARTS),
    )
    cost = cost_of(problem, floor)
    made = Solution(floor, cost, Solver.GREEDY, cost, is_optimal=cost == 0)
    if cost == 0 or not use_solver or not solver_is_installed():
        return made
    better = _search(problem, offers, floor, seconds=seconds, seed=seed, tell=tell)
    return better if better is not None and better.cost <= cost else made


def _search(
    problem: SeasonProblem, offers: Offers, floor: Plan, *, seconds: float, seed: int, tell: Tell
) -> Solution | None:
    from ortools.sat.python import cp_model

    offers = worth_trying(problem, offers, cost_of(problem, floor))
    made = Model(cp_model.CpModel(), problem, offers, floor)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 1
    # One worker that takes turns between strategies: the neighbourhood searches among them find
    # most, and it repeats.
    solver.parameters.interleave_search = True
    # The model has little to simplify: a long presolve only keeps the search waiting.
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.symmetry_level = 0
    solver.parameters.max_presolve_iterations = 1
    solver.parameters.random_seed = seed
    improvements: list[float] = []

    class Heard(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            improvements.append(self.objective_value)

    with ThreadPoolExecutor(1) as pool:
        begun = time.monotonic()
        status = pool.submit(solver.solve, made.model, Heard())
        try:
            while wait([status], timeout=TICK).not_done:
                share = (time.monotonic() - begun) / seconds
                tell(min(99, GREEDY_SHARE + int((100 - GREEDY_SHARE) * share)))
        # if nobody can be told (the season is gone, or asked for anew), there is no use in
        # searching on
        finally:
            solver.stop_search()
    if status.result() not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    plan = {
        key: at
        for key, ways in made.ways.items()
        for at, variable in ways.items()
        if solver.boolean_value(variable)
    }
    return Solution(
        plan,
        cost_of(problem, plan),
        Solver.CP_SAT,
        cost_of(problem, floor),
        status.result() == cp_model.OPTIMAL,
        len(improvements),
    )


def worth_trying(problem: SeasonProblem, offers: Offers, known: int) -> Offers:
    """Returns the candidates without starts that no plan as cheap as the known one can use, given
    that every other wish costs at least its cheapest start.
    """
    least = {wish.key: _cheapest(wish, offers[wish.key]) for wish in problem.wishes}
    to_spare = known - sum(least.values())
    return {
        key: tuple(c for c in many if c.cost - least[key] <= to_spare)
        for key, many in offers.items()
    }


def _cheapest(wish: Wish, many: tuple[Candidate, ...]) -> int:
    costs = [candidate.cost for candidate in many]
    return min(costs if wish.published_at is not None else [*costs, NO_PLACE])
