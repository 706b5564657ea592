"""What is true about coverage and its course.

`cover` counts, `decay` estimates, `act` says whom it concerns, `chart` where the points of a line
lie.
"""

from app.training.turnover.rules.act import (
    NEW,
    certified_left,
    lapsing,
    newcomers,
    not_certified,
    to_act,
)
from app.training.turnover.rules.chart import Chart, trend, weeks_of_load
from app.training.turnover.rules.cover import coverage_on, in_public, month_days
from app.training.turnover.rules.decay import (
    FLOOR,
    MIN_DEPARTURES,
    exposure,
    forecast,
    gamma_quantile,
    missing_to_floor,
    months_ahead,
    retention,
    separation_rate,
)

__all__ = [
    "FLOOR",
    "MIN_DEPARTURES",
    "NEW",
    "Chart",
    "certified_left",
    "coverage_on",
    "exposure",
    "forecast",
    "gamma_quantile",
    "in_public",
    "lapsing",
    "missing_to_floor",
    "month_days",
    "months_ahead",
    "newcomers",
    "not_certified",
    "retention",
    "separation_rate",
    "to_act",
    "trend",
    "weeks_of_load",
]
