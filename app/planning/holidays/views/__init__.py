"""Pages of holidays. Each module adds its routes to the one blueprint."""

from flask import Blueprint

bp = Blueprint("holidays", __name__)


from app.planning.holidays.views import (  # noqa: E402, F401 - they need the blueprint above
    holidays,
)
