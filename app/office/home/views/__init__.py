"""Home, the desk of those who plan, and the pages about this place."""

from flask import Blueprint

bp = Blueprint("home", __name__)

from app.office.home.views import desk, guides, home  # noqa: E402, F401 - they need the blueprint above
