"""Pages about letters: what did not arrive, and which letters one wants."""

from flask import Blueprint

bp = Blueprint("notifications", __name__)

from app.office.notifications.views import messages, texts, wishes  # noqa: E402, F401 - they register their routes
