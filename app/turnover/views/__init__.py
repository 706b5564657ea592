"""The doors of turnover: `figures` (my country, a country, the region), `roster`, whose answers change them, and
`delegations`, who speaks for a country."""

from app.turnover.views import delegations, figures, roster

__all__ = ["delegations", "figures", "roster"]
