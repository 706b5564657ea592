"""Pages of the matrix. Each module adds its routes to the one blueprint."""

from flask import Blueprint

bp = Blueprint("matrix", __name__)


from app.followup.matrix.views import region as region  # noqa: E402 - it needs the blueprint above
