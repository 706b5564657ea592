"""Pages of second factors: the second step of signing in, the own factors, and those of the office."""

from app.people.factors.views import office, own, second_step
from app.people.factors.views.place import bp

__all__ = ["bp", "office", "own", "second_step"]
