"""The doors of turnover: `figures` (my country, a country, the region), `roster` and `newcomers`,
whose answers change them, `delegations`, who speaks for a country, and `funnel`, how far
learners come.
"""

from app.training.turnover.views import delegations, figures, funnel, held, newcomers, roster

__all__ = ["delegations", "figures", "funnel", "held", "newcomers", "roster"]
