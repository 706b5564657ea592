"""Pages of series. Each module adds its routes to the one blueprint."""

from flask import Blueprint

bp = Blueprint("series", __name__)


from app.planning.series.views import (  # noqa: E402, F401 - they need the blueprint above
    series,
)
