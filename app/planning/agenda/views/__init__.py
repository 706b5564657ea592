"""Pages of an agenda."""

from flask import Blueprint

bp = Blueprint("agenda", __name__)

from app.planning.agenda.views import rows, sessions  # noqa: E402, F401 - they register their routes
