"""The pages of the first day."""

from app.office.setup.views import body, first, institutions, mail, people, steps
from app.office.setup.views.frame import bp

__all__ = ["body", "bp", "first", "institutions", "mail", "people", "steps"]
