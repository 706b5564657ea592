"""Pages of the directory that need nothing from other wings; the roster's stand in turnover."""

from app.people.directory.views.who_is_who import bp

__all__ = ["bp"]
