"""Pages of people and access."""

from app.people.access.views import accounts, people, requests
from app.people.access.views.accounts import bp

__all__ = ["accounts", "bp", "people", "requests"]
