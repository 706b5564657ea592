"""Pages of the matrix. Each module adds its routes to the one blueprint."""

from flask import Blueprint

bp = Blueprint("matrix", __name__)


from app.followup.matrix.views import (  # noqa: E402, F401 - they need the blueprint above
    country,
    passed,
    periods,
    region,
    sheet,
)
