"""The doors of turnover: `figures` (my country, a country, the region) and `roster`, whose answers change them."""

from app.turnover.views import figures, roster

__all__ = ["figures", "roster"]
