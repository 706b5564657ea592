"""The doors of turnover: `figures` (my country, a country, the region), `roster` and `newcomers`,
whose answers change them, and `delegations`, who speaks for a country.
"""

from app.training.turnover.views import delegations, figures, held, newcomers, roster

__all__ = ["delegations", "figures", "held", "newcomers", "roster"]
