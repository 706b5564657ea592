"""Pages of merging, and of taking back who was written down by mistake."""

from app.office.merging.views import removals
from app.office.merging.views.merges import bp

__all__ = ["bp", "removals"]
