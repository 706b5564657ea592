"""The pages of the first day."""

from app.office.setup.views import people, reach, region, steps
from app.office.setup.views.steps import bp

__all__ = ["bp", "people", "reach", "region", "steps"]
