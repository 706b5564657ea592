"""Pages of the directory that need nothing of other wings. The pages of the roster are in turnover."""

from app.people.directory.views.who_is_who import bp

__all__ = ["bp"]
