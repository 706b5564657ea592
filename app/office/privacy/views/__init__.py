"""Pages about one's own data, and the secretariat's page for requests by letter."""

from flask import Blueprint

bp = Blueprint("privacy", __name__)

from app.office.privacy.views import own, requests  # noqa: E402, F401 - they need the blueprint above
