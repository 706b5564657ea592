"""What a plan costs: the one function by which plans are compared, whoever made them. Lower is
better, 0 is ideal.
"""

from datetime import date, datetime

from app.planning.seasons.rules.problem import Plan, SeasonProblem, Wish

NO_PLACE = 1000
MOVED = 20
HOLIDAY, OUTSIDE_OFFICE, WEEK_AWAY = 3, 1, 1


def cost_of(problem: SeasonProblem, plan: Plan) -> int:
    """A wish without a place, a published event that moves, each country on holiday or outside
    08:00–17:00, and each week away from the day that was wished for.
    """
    return sum(
        cost_at(problem, wish, plan[wish.key]) if wish.key in plan else NO_PLACE
        for wish in problem.wishes
    )


def cost_at(problem: SeasonProblem, wish: Wish, starts_at: datetime) -> int:
    countries, on = problem.invited(wish), problem.day_of(starts_at)
    return (
        HOLIDAY * len(problem.on_holiday(countries, on))
        + OUTSIDE_OFFICE * len(problem.outside_office(countries, wish.span(starts_at)))
        + WEEK_AWAY * weeks_away(wish, on)
        + (MOVED if wish.published_at is not None and wish.published_at != starts_at else 0)
    )


def weeks_away(wish: Wish, on: date) -> int:
    return abs((on - wish.wished_on).days) // 7 if wish.wished_on else 0
