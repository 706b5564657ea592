"""Pages of merging."""

from app.office.merging.views.merges import bp

__all__ = ["bp"]
