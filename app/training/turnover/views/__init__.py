"""Pages of turnover: figures, and the roster, whose blueprint `newcomers` shares."""

from app.training.turnover.views import (  # noqa: F401 - each adds its routes
    copies,
    figures,
    forecast,
    movement,
    newcomers,
    roster,
)
