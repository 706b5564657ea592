"""Pages of the yearly cycle. Each module adds its routes to the one blueprint."""

from flask import Blueprint

bp = Blueprint("cycles", __name__)


from app.planning.cycles.views import (  # noqa: E402, F401 - they need the blueprint above
    editions,
    plans,
)
