"""Home, the desk of those who plan, and the pages about this place."""

from app.office.home.views import desk, home
from app.office.home.views.door import bp

__all__ = ["bp", "desk", "home"]
