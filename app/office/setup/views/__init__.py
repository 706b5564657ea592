"""The pages of the first day."""

from app.office.setup.views import address, body, first, institutions, mail, people, steps
from app.office.setup.views.frame import bp

__all__ = ["address", "body", "bp", "first", "institutions", "mail", "people", "steps"]
